package count

import (
	"cmp"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Customer is everything known of one customer, with all orders.
type Customer struct {
	ID         string
	ConsentAt  time.Time // to marketing; zero if there is none
	ConsentDay period.Day
	Gone       bool
	Orders     []*Order
}

// CustomerDay is one purchase day of a customer, in one channel or under Whole in all of them.
type CustomerDay struct {
	Channel, Customer string
	Day, Prev, First  period.Day // Prev is zero on the first
	Ordinal, Orders   int64
}

const (
	repeatWithin = 90
	secondReturn = 180
	cohortAge    = 365
	leadWithin   = 30
	// atCheckout is how long before its order a consent is still part of the checkout.
	atCheckout = time.Hour
)

// OfCustomer counts what takes all of a customer's orders: who is new, who came back and when, what a cohort brought. It returns
// the customer's purchase days, in order of channel and day.
func OfCustomer(t *Tally, c *Customer, r *Rules) []CustomerDay {
	c.lead(t)
	var kept []*Order
	for _, o := range c.Orders {
		if o.Kept() {
			kept = append(kept, o)
		}
	}
	slices.SortFunc(kept, func(a, b *Order) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), a.ProcessedAt.Compare(b.ProcessedAt), cmp.Compare(a.ID, b.ID))
	})
	days := c.scope(t, Whole, kept, c.Orders, r)
	channels := make(map[string]bool)
	for _, o := range c.Orders {
		channels[o.Channel] = true
	}
	names := make([]string, 0, len(channels))
	for name := range channels {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		in := func(list []*Order) (own []*Order) {
			for _, o := range list {
				if o.Channel == name {
					own = append(own, o)
				}
			}
			return own
		}
		days = append(days, c.scope(t, name, in(kept), in(c.Orders), r)...)
	}
	return days
}

// scope counts the customer in one channel, or in all of them: kept are the kept orders, oldest first.
func (c *Customer) scope(t *Tally, channel string, kept, all []*Order, r *Rules) []CustomerDay {
	c.returns(t, channel, all)
	if len(kept) == 0 {
		return nil
	}
	days := c.link(t, channel, kept)
	first := kept[0].Day
	k := Key{Channel: channel, Day: first}
	if len(days) > 1 && days[1].Day-first <= repeatWithin {
		k.Measure = kpi.RepeatWithin90
		t.Add(k, 1)
	}
	if from, ok := kept[0].Origin(); ok {
		t.Add(Key{Channel: channel, Measure: OriginNew, Day: first, Part: string(from)}, 1)
	}
	if kept[0].Referral {
		k.Measure = kpi.NewReferred
		t.Add(k, 1)
	}
	c.cohort(t, channel, kept, r)
	return days
}

// link chains the purchase days: each with the day before it, so that totals by both answer for any period who is new, who is
// back, and how many there are.
func (c *Customer) link(t *Tally, channel string, kept []*Order) []CustomerDay {
	var days []CustomerDay
	var before []period.Day
	for _, o := range kept {
		if n := len(days); n > 0 && days[n-1].Day == o.Day {
			days[n-1].Orders++
			continue
		}
		d := CustomerDay{Channel: channel, Customer: c.ID, Day: o.Day, First: kept[0].Day, Ordinal: int64(len(days) + 1), Orders: 1}
		prev := ""
		if n := len(before); n > 0 {
			d.Prev = before[n-1]
			prev = d.Prev.String()
		}
		t.Add(Key{Channel: channel, Measure: Links, Day: o.Day, Part: prev}, 1)
		if n := len(before); n > 1 && o.Day-before[n-2] <= LoyalSpan {
			t.Add(Key{Channel: channel, Measure: Loyalty, Day: o.Day, Part: loyalPart(before)}, 1)
		}
		days = append(days, d)
		before = append(before, o.Day)
	}
	return days
}

// cohort sums what kept orders brought from the first purchase day to its 365th day after, on that first day.
func (c *Customer) cohort(t *Tally, channel string, kept []*Order, r *Rules) {
	first := kept[0].Day
	for _, o := range kept {
		if o.Day > first+cohortAge {
			break // no row is older than its order
		}
		add := func(m kpi.Measure, n int64) {
			t.Add(Key{Channel: channel, Measure: m, Day: first, Currency: o.Currency}, n)
		}
		rows := o.rows(r)
		o.curve(t, channel, first, rows, r)
		for i := range rows {
			v := &rows[i]
			if v.day > first+cohortAge || !v.netSale() {
				continue
			}
			add(kpi.CohortNet365, int64(v.net))
			if v.costed {
				add(kpi.CohortWithCost365, int64(v.net))
				add(kpi.CohortProfit365, int64(v.net-v.costOfGoods()))
			}
		}
	}
}

// returns counts the customer on the day of the first return. Two returns of one day are one occasion, as two orders are.
func (c *Customer) returns(t *Tally, channel string, orders []*Order) {
	var days []period.Day
	for _, o := range orders {
		if o.Counts() {
			days = append(days, o.returnDays()...)
		}
	}
	if len(days) == 0 {
		return
	}
	slices.Sort(days)
	days = slices.Compact(days)
	k := Key{Channel: channel, Measure: kpi.FirstReturns, Day: days[0]}
	t.Add(k, 1)
	if len(days) > 1 && days[1]-days[0] <= secondReturn {
		k.Measure = kpi.SecondReturns180
		t.Add(k, 1)
	}
}

// lead counts a customer who gave marketing consent before any order. Consent given in the checkout of the first order is none.
func (c *Customer) lead(t *Tally) {
	if c.ConsentAt.IsZero() || c.Gone {
		return
	}
	converted := false
	for _, o := range c.Orders {
		if !o.Counts() {
			continue
		}
		if o.ProcessedAt.Before(c.ConsentAt.Add(atCheckout)) {
			return
		}
		converted = converted || (o.Kept() && o.Day-c.ConsentDay <= leadWithin)
	}
	k := Key{Measure: kpi.Leads, Day: c.ConsentDay}
	t.Add(k, 1)
	if converted {
		k.Measure = kpi.LeadsConverted30
		t.Add(k, 1)
	}
}
