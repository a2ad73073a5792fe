package count

import (
	"cmp"
	"slices"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// row is a ledger row with what counting adds to it.
type row struct {
	fact.Sale
	day      period.Day
	at       time.Time
	reason   fact.AgreementReason
	net      money.Micros // without tax
	reversal bool
	line     *Line
	shelved  int64 // of a reversal: units that went back on the shelf
	cost     money.Micros
	costed   bool
}

// rows are the order's dated ledger rows, oldest first. A row whose agreement is not in yet has no date and is left out.
func (o *Order) rows(r *Rules) []row {
	agreements := make(map[string]*Agreement, len(o.Agreements))
	for i := range o.Agreements {
		agreements[o.Agreements[i].ID] = &o.Agreements[i]
	}
	rows := make([]row, 0, len(o.Sales))
	for _, s := range o.Sales {
		a := agreements[s.AgreementID]
		if a == nil {
			continue
		}
		v := row{Sale: s, day: a.Day, at: a.HappenedAt, reason: a.Reason, net: s.Total - s.Tax, line: o.line(s.LineID)}
		v.reversal = v.net < 0 || (v.net == 0 && (s.Discount < 0 || s.Quantity < 0))
		rows = append(rows, v)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.AgreementID, b.AgreementID), cmp.Compare(a.ID, b.ID))
	})
	o.price(rows, r)
	o.shelve(rows)
	return rows
}

// price gives product rows their unit cost: that of the day of the sale, also where the units come back later.
func (o *Order) price(rows []row, r *Rules) {
	sold := make(map[string]period.Day)
	for i := range rows {
		v := &rows[i]
		if v.Line != fact.LineProduct || v.line == nil || r.Items == nil {
			continue
		}
		day := v.day
		if first, ok := sold[v.LineID]; ok && v.reversal {
			day = first
		} else if !ok && !v.reversal {
			sold[v.LineID] = v.day
		}
		v.cost, v.costed = r.Items.CostOf(v.line, day, o.Currency)
	}
}

// shelve works out how many of the units reversed went back on the shelf. An edit takes off what never left it. Of other
// reversals the refund says so, unit by unit in the order they were refunded; units reversed whose refund is not in yet, or that
// were written off, did not.
func (o *Order) shelve(rows []row) {
	type lot struct {
		units int64
		back  bool
	}
	when := make(map[string]time.Time, len(o.Refunds))
	for _, f := range o.Refunds {
		when[f.ID] = f.CreatedAt
	}
	lines := slices.Clone(o.RefundLines)
	slices.SortFunc(lines, func(a, b fact.RefundLine) int {
		return cmp.Or(when[a.RefundID].Compare(when[b.RefundID]), cmp.Compare(a.ID, b.ID))
	})
	lots := make(map[string][]lot)
	for _, l := range lines {
		lots[l.LineID] = append(lots[l.LineID], lot{l.Quantity, l.Restocked})
	}
	for i := range rows {
		v := &rows[i]
		if v.Line != fact.LineProduct || !v.reversal || v.Quantity >= 0 {
			continue
		}
		units := -v.Quantity
		if v.reason == fact.ReasonEdit {
			v.shelved = units
			continue
		}
		for units > 0 && len(lots[v.LineID]) > 0 {
			l := &lots[v.LineID][0]
			n := min(units, l.units)
			if l.back {
				v.shelved += n
			}
			units -= n
			if l.units -= n; l.units == 0 {
				lots[v.LineID] = lots[v.LineID][1:]
			}
		}
	}
}

// costOfGoods is what the row adds to the cost of goods sold.
func (v *row) costOfGoods() money.Micros {
	if !v.costed {
		return 0
	}
	if v.reversal {
		return v.cost * money.Micros(-v.shelved)
	}
	return v.cost * money.Micros(v.Quantity)
}

// product is what the row's product is called in totals by product: its ID, else its SKU.
func (v *row) product() string {
	switch {
	case v.line == nil:
		return ""
	case v.line.ProductID != "":
		return v.line.ProductID
	case v.line.SKU != "":
		return "sku:" + v.line.SKU
	}
	return ""
}

// ledger counts the order's ledger rows on their own days, and net sales on the order's day as well.
func (o *Order) ledger(t *Tally, rows []row, r *Rules) {
	for i := range rows {
		v := &rows[i]
		add := func(m kpi.Measure, n money.Micros) {
			t.Add(Key{Channel: o.Channel, Measure: m, Day: v.day, Currency: o.Currency}, int64(n))
		}
		switch v.Line {
		case fact.LineProduct:
			o.product(t, v, r)
		case fact.LineAdjustment:
			add(kpi.SalesReversals, -v.net)
			add(kpi.Taxes, v.Tax)
			o.net(t, v)
		case fact.LineShipping:
			add(kpi.Shipping, v.net)
			add(kpi.Taxes, v.Tax)
		case fact.LineDuty:
			add(kpi.Duties, v.net)
			add(kpi.Taxes, v.Tax)
		case fact.LineFee:
			add(kpi.Fees, v.net)
			add(kpi.Taxes, v.Tax)
		case fact.LineTip:
			add(kpi.Tips, v.net)
		case fact.LineGiftCard:
			add(kpi.GiftCards, v.net)
		default:
			t.Add(Key{Channel: o.Channel, Measure: kpi.UnknownSales, Day: v.day}, 1)
		}
	}
}

// net counts a row of net sales on both bases.
func (o *Order) net(t *Tally, v *row) {
	k := Key{Channel: o.Channel, Measure: kpi.NetSales, Day: v.day, Currency: o.Currency}
	t.Add(k, int64(v.net))
	if o.CustomerID != "" {
		k.Measure = kpi.NetIdentified
		t.Add(k, int64(v.net))
	}
	k.Measure, k.Day = kpi.NetByOrderDate, o.Day
	t.Add(k, int64(v.net))
}

func (o *Order) product(t *Tally, v *row, r *Rules) {
	amount := Key{Channel: o.Channel, Day: v.day, Currency: o.Currency}
	things := Key{Channel: o.Channel, Day: v.day}
	add := func(k Key, m kpi.Measure, n int64) {
		k.Measure = m
		t.Add(k, n)
	}
	if v.reversal {
		add(amount, kpi.SalesReversals, -int64(v.net))
	} else {
		add(amount, kpi.GrossSales, int64(v.net+v.Discount))
		add(amount, kpi.Discounts, int64(v.Discount))
		if v.reason == fact.ReasonOrder {
			t.Add(Key{Channel: o.Channel, Measure: kpi.OrderSales, Day: o.Day, Currency: o.Currency}, int64(v.net))
		}
	}
	o.net(t, v)
	add(amount, kpi.Taxes, int64(v.Tax))
	add(things, kpi.Units, v.Quantity)
	if v.costed {
		add(amount, kpi.NetWithCost, int64(v.net))
		add(amount, kpi.COGS, int64(v.costOfGoods()))
	}
	parts := v.product()
	amount.Part, things.Part = parts, parts
	add(amount, ProductNet, int64(v.net))
	add(things, ProductUnits, v.Quantity)

	// Stock is read for the store as a whole, and what it is compared with has no channel either.
	if v.line != nil && r.Items != nil && r.Items.Stocked(v.line, v.day) {
		t.Add(Key{Measure: kpi.UnitsStocked, Day: v.day}, v.Quantity)
		if v.costed {
			t.Add(Key{Measure: kpi.COGSStocked, Day: v.day, Currency: o.Currency}, int64(v.costOfGoods()))
			t.Add(Key{Measure: kpi.CostStocked, Day: v.day, Currency: o.Currency}, int64(v.cost)*v.Quantity)
		}
	}
}

// netSale says whether the row is part of net sales.
func (v *row) netSale() bool { return v.Line == fact.LineProduct || v.Line == fact.LineAdjustment }
