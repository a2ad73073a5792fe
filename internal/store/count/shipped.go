package count

import (
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

// cameBack lists the units physically returned: processed return lines, or, where the order has no returns, refund lines that
// were restocked as returned. A refund that lets the buyer keep the goods is no return; unverified returns name no line.
func (o *Order) cameBack() []back {
	var units []back
	if len(o.Returns) > 0 {
		valid := make(map[string]bool, len(o.Returns))
		for _, v := range o.Returns {
			valid[v.ID] = v.counts()
		}
		for _, l := range o.ReturnLines {
			if valid[l.ReturnID] && l.Processed > 0 && !l.Unverified {
				units = append(units, back{l.LineID, l.Reason, l.Processed})
			}
		}
		return units
	}
	for _, l := range o.RefundLines {
		if l.Restock == "return" {
			units = append(units, back{line: l.LineID, units: l.Quantity})
		}
	}
	return units
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
