package count

import (
	"slices"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/kpi"
)

// shipped counts what was shipped and what of it came back, all of it on the day the order was first shipped: a return belongs
// to the cohort it was shipped with, however late it comes.
func (o *Order) shipped(t *Tally, rows []row, r *Rules) {
	day, ok := o.shipDay(r)
	if !ok {
		return
	}
	things := func(m kpi.Measure, n int64) { t.Add(Key{Channel: o.Channel, Measure: m, Day: day}, n) }
	amount := func(m kpi.Measure, n money.Micros) {
		t.Add(Key{Channel: o.Channel, Measure: m, Day: day, Currency: o.Currency}, int64(n))
	}
	var ordered int64
	for _, l := range o.Lines {
		if l.Shippable {
			ordered += l.Quantity
		}
	}
	things(kpi.UnitsShipped, min(parcelUnits(o.parcels()), ordered))
	sold := o.soldShippable(rows)
	for _, s := range sold {
		amount(kpi.ValueShipped, s.net)
	}
	for _, u := range o.cameBack() {
		if l := o.line(u.line); l == nil || !l.Shippable {
			continue
		}
		things(kpi.UnitsReturned, u.units)
		if fault(u.reason) {
			things(kpi.UnitsDefective, u.units)
		}
		if u.reason != "" && u.reason != "unknown" && u.reason != "other" {
			things(kpi.UnitsWithReason, u.units)
		}
		if s := sold[u.line]; s.units > 0 {
			amount(kpi.ValueReturned, share(s.net, min(u.units, s.units), s.units))
		}
	}
}

// worth is what a line was sold for, after discounts and without tax.
type worth struct {
	net   money.Micros
	units int64
}

func (o *Order) soldShippable(rows []row) map[string]worth {
	sold := make(map[string]worth)
	for i := range rows {
		v := &rows[i]
		if v.Line == fact.LineProduct && !v.reversal && v.line != nil && v.line.Shippable {
			w := sold[v.LineID]
			w.net += v.net
			w.units += v.Quantity
			sold[v.LineID] = w
		}
	}
	return sold
}

// share is part ÷ whole of an amount, rounded half up to the micro.
func share(a money.Micros, part, whole int64) money.Micros {
	q, rest := int64(a)/whole*part, int64(a)%whole*part
	return money.Micros(q + (rest+whole/2)/whole)
}

// back is a number of units of a line that were physically returned.
type back struct {
	line, reason string
	units        int64
}

// cameBack lists the units physically returned. Returns say which of their units were processed, and refunds which units they put
// back as returned. Both may tell of the same goods, so that line by line the larger count stands: a refund may come before the
// goods are processed, or without a return. What refunds know beyond the returns bears the reason of units that a return still
// awaits. A refund that lets the buyer keep the goods is no return; unverified returns name no line.
func (o *Order) cameBack() []back {
	more := make(map[string]int64) // by line: what refunds know beyond the returns
	for _, l := range o.RefundLines {
		if l.Restock == "return" {
			more[l.LineID] += l.Quantity
		}
	}
	lines := o.validReturnLines()
	var units []back
	for _, l := range lines {
		if l.Processed > 0 {
			units = append(units, back{l.LineID, l.Reason, l.Processed})
		}
		more[l.LineID] -= l.Processed
	}
	for _, l := range lines {
		if n := min(more[l.LineID], l.Quantity-l.Processed); n > 0 {
			units = append(units, back{l.LineID, l.Reason, n})
			more[l.LineID] -= n
		}
	}
	for line, n := range more {
		if n > 0 {
			units = append(units, back{line: line, units: n})
		}
	}
	return units
}

// validReturnLines are the lines of returns that are ones and that name what came back.
func (o *Order) validReturnLines() []fact.ReturnLine {
	valid := make(map[string]bool, len(o.Returns))
	for _, v := range o.Returns {
		valid[v.ID] = v.counts()
	}
	return slices.DeleteFunc(slices.Clone(o.ReturnLines), func(l fact.ReturnLine) bool { return !valid[l.ReturnID] || l.Unverified })
}

// fault says whether a return's reason is a defect: faulty goods, or goods that are not what was described. A wrong item is a
// fault of picking, not of the goods.
func fault(reason string) bool { return reason == "defective" || reason == "not_as_described" }

// merchantFault says whether the merchant is to blame for a return.
func merchantFault(reason string) bool {
	return fault(reason) || reason == "wrong_item" || reason == "damaged"
}

func (o *Order) returnedForFault() bool {
	valid := make(map[string]bool, len(o.Returns))
	for _, v := range o.Returns {
		valid[v.ID] = v.counts()
	}
	for _, l := range o.ReturnLines {
		if valid[l.ReturnID] && merchantFault(l.Reason) {
			return true
		}
	}
	return false
}
