package count

import (
	"cmp"
	"slices"
	"strconv"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Counters of what no tariff says the cost of: while there are any in a window, what it cost is unknown, and not zero.
const (
	UnpricedPayments   kpi.Measure = "payments_without_fee"
	UnpricedShipping   kpi.Measure = "orders_without_shipping_cost"
	UnpricedFulfilment kpi.Measure = "orders_without_fulfilment_cost"
	UnpricedReturns    kpi.Measure = "returns_without_cost"
)

// Tariffs are the merchant's rate card: by kind, in the order of the days from which they are in force.
type Tariffs map[fact.TariffKind][]fact.Tariff

// Add adds one, in any order. Of two of one day the later stands.
func (t Tariffs) Add(v fact.Tariff) {
	list := t[v.Kind]
	at, found := slices.BinarySearchFunc(list, v.From, func(v fact.Tariff, d period.Day) int { return cmp.Compare(v.From, d) })
	if found {
		list[at] = v
		return
	}
	t[v.Kind] = slices.Insert(list, at, v)
}

// on is the tariff in force on a day.
func (t Tariffs) on(kind fact.TariffKind, day period.Day) (v fact.Tariff, ok bool) {
	list := t[kind]
	at, _ := slices.BinarySearchFunc(list, day+1, func(v fact.Tariff, d period.Day) int { return cmp.Compare(v.From, d) })
	if at == 0 {
		return v, false
	}
	return list[at-1], true
}

// charge is something that handling an order cost, or where unpriced, something of which nobody says what it cost.
type charge struct {
	measure  kpi.Measure
	unpriced kpi.Measure
	day      period.Day
	currency string
	amount   money.Micros
}

// charges are what handling the order cost: what the provider tells of its payments, and what the rate card says of the rest. Payments cost
// on their day, shipping and fulfilment on the order's, returns on the day they were asked for.
func (o *Order) charges(r *Rules) []charge {
	var all []charge
	// by applies a tariff; amount is what was paid, in the order's currency.
	by := func(kind fact.TariffKind, m, unpriced kpi.Measure, day period.Day, orders, units int64, amount money.Micros) {
		v, ok := r.Tariffs.on(kind, day)
		if !ok {
			all = append(all, charge{unpriced: unpriced, day: day})
			return
		}
		if fixed := v.PerOrder*money.Micros(orders) + v.PerUnit*money.Micros(units); fixed != 0 {
			all = append(all, charge{measure: m, day: day, currency: v.Currency, amount: fixed})
		}
		if part := share(amount, v.Share, 1e6); part != 0 {
			all = append(all, charge{measure: m, day: day, currency: o.Currency, amount: part})
		}
	}
	var paid money.Micros
	first := int64(1)
	for i := range o.Transactions {
		p := &o.Transactions[i]
		if p.Test || p.Status != "success" || (p.Kind != "sale" && p.Kind != "capture") {
			continue
		}
		paid += p.Amount
		if p.Gateway == "gift_card" || p.Amount == 0 && !p.FeeKnown {
			continue // a gift card was paid for when it was sold
		}
		if p.FeeKnown {
			all = append(all, charge{measure: kpi.PaymentFees, day: p.Day, currency: o.Currency, amount: p.Fee})
			continue
		}
		by(fact.TariffPayment, kpi.PaymentFees, UnpricedPayments, p.Day, first, 0, p.Amount)
		first = 0
	}
	if o.Shippable && !o.cancelledUnshipped() {
		var units int64
		for _, l := range o.Lines {
			if l.Shippable {
				units += l.Quantity
			}
		}
		by(fact.TariffShipping, kpi.ShippingCost, UnpricedShipping, o.Day, 1, units, paid)
		by(fact.TariffFulfilment, kpi.FulfilmentCost, UnpricedFulfilment, o.Day, 1, units, paid)
	}
	for _, b := range o.sentBack() {
		by(fact.TariffReturn, kpi.ReturnCost, UnpricedReturns, b.day, 1, b.units, b.refunded)
	}
	return all
}

// sentBack is a return: when it was asked for, how many units, and what was given back for it.
type sentBack struct {
	day      period.Day
	units    int64
	refunded money.Micros
}

// sentBack lists the returns or, where the order has none that is one, the refunds that took goods back.
func (o *Order) sentBack() []sentBack {
	var all []sentBack
	for i := range o.Returns {
		v := &o.Returns[i]
		if !v.counts() {
			continue
		}
		b := sentBack{day: v.Day}
		for _, l := range o.ReturnLines {
			if l.ReturnID == v.ID && !l.Unverified {
				b.units += l.Quantity
			}
		}
		for _, f := range o.Refunds {
			if f.ReturnID == v.ID {
				b.refunded += f.Total
			}
		}
		all = append(all, b)
	}
	if len(all) > 0 {
		return all
	}
	for _, f := range o.Refunds {
		b := sentBack{day: f.Day, refunded: f.Total}
		for _, l := range o.RefundLines {
			if l.RefundID == f.ID && l.Restock == "return" {
				b.units += l.Quantity
			}
		}
		if b.units > 0 {
			all = append(all, b)
		}
	}
	return all
}

// charged counts what handling the order cost.
func (o *Order) charged(t *Tally, r *Rules) {
	for _, c := range o.charges(r) {
		if c.unpriced != "" {
			t.Add(Key{Channel: o.Channel, Measure: c.unpriced, Day: c.day}, 1)
			continue
		}
		t.Add(Key{Channel: o.Channel, Measure: c.measure, Day: c.day, Currency: c.currency}, int64(c.amount))
	}
}

// curveStep is the resolution of what a cohort brings, in days of its members' age.
const curveStep = 7

// CurveAges are the ages up to which what a cohort brings is counted: the first purchase day, and then week by week.
func CurveAges() []period.Day {
	ages := []period.Day{0}
	for age := period.Day(curveStep); age < cohortAge; age += curveStep {
		ages = append(ages, age)
	}
	return append(ages, cohortAge)
}

// curve counts what a kept order of a customer brought, by the customer's age: gross profit and shipping charged, less what handling it cost.
func (o *Order) curve(t *Tally, channel string, first period.Day, rows []row, r *Rules) {
	add := func(day period.Day, currency string, n money.Micros) {
		age := max(day-first, 0) // a payment may come before its order's day
		if age > cohortAge {
			return
		}
		age = min((age+curveStep-1)/curveStep*curveStep, cohortAge)
		t.Add(Key{Channel: channel, Measure: kpi.CohortMargin365, Day: first, Part: strconv.Itoa(int(age)), Currency: currency}, int64(n))
	}
	for i := range rows {
		switch v := &rows[i]; {
		case v.Line == fact.LineProduct && v.costed:
			add(v.day, o.Currency, v.net-v.costOfGoods())
		case v.Line == fact.LineShipping:
			add(v.day, o.Currency, v.net)
		}
	}
	for _, c := range o.charges(r) {
		if c.unpriced == "" {
			add(c.day, c.currency, -c.amount)
		}
	}
}
