package count

import (
	"slices"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// returnWithin is how many days after it was requested a return is due.
const returnWithin = 10

// counts says whether a return is one: not called off by the buyer, not declined by the merchant.
func (v *Return) counts() bool {
	return v.Status != "canceled" && v.Status != "cancelled" && v.Status != "declined"
}

// returned counts how long the order's returns took, on the day each was requested, and whether they were done when due.
func (o *Order) returned(t *Tally) {
	for i := range o.Returns {
		v := &o.Returns[i]
		if !v.counts() || v.CreatedAt.IsZero() {
			continue
		}
		done, ok := o.completed(v)
		if !ok && v.Status == "closed" {
			continue // closed with nothing given back: neither done nor open
		}
		bin := inf
		if ok {
			bin = Bin(int64(done.at.Sub(v.CreatedAt) / time.Second))
		}
		t.Add(Key{Channel: o.Channel, Measure: kpi.ReturnTime, Day: v.Day, Part: bin}, 1)
		k := Key{Channel: o.Channel, Measure: kpi.ReturnsDue, Day: v.Day + returnWithin}
		t.Add(k, 1)
		if ok && done.day <= k.Day {
			k.Measure = kpi.ReturnsInTime
			t.Add(k, 1)
		}
	}
}

// moment is an instant with its civil day.
type moment struct {
	at  time.Time
	day period.Day
}

// completed is when a return was settled: its first refund, else the first refund of one of its lines, else the exchange. Its
// closing is housekeeping and says nothing.
func (o *Order) completed(v *Return) (m moment, ok bool) {
	first := func(at time.Time, day period.Day) {
		if !at.IsZero() && (!ok || at.Before(m.at)) {
			m, ok = moment{at, day}, true
		}
	}
	for _, f := range o.Refunds {
		if f.ReturnID == v.ID {
			first(f.CreatedAt, f.Day)
		}
	}
	if ok {
		return m, ok
	}
	lines := make(map[string]bool)
	for _, l := range o.ReturnLines {
		if l.ReturnID == v.ID && l.LineID != "" {
			lines[l.LineID] = true
		}
	}
	for _, f := range o.Refunds {
		if f.ReturnID != "" || f.CreatedAt.Before(v.CreatedAt) {
			continue
		}
		for _, l := range o.RefundLines {
			if l.RefundID == f.ID && lines[l.LineID] {
				first(f.CreatedAt, f.Day)
			}
		}
	}
	if ok {
		return m, ok
	}
	for _, a := range o.Agreements {
		if a.Reason != fact.ReasonReturn || a.HappenedAt.Before(v.CreatedAt) {
			continue
		}
		for _, s := range o.Sales {
			if s.AgreementID == a.ID && s.Line == fact.LineProduct && s.Quantity > 0 {
				first(a.HappenedAt, a.Day)
			}
		}
	}
	return m, ok
}

// returnDays are the days on which goods of the order came, or were asked, back: one a return, or where the order has none that is
// one, one a refund that took goods back.
func (o *Order) returnDays() []period.Day {
	var days []period.Day
	for i := range o.Returns {
		if o.Returns[i].counts() {
			days = append(days, o.Returns[i].Day)
		}
	}
	if len(days) == 0 {
		for _, f := range o.Refunds {
			if slices.ContainsFunc(o.RefundLines, func(l fact.RefundLine) bool { return l.RefundID == f.ID && l.Restock == "return" }) {
				days = append(days, f.Day)
			}
		}
	}
	return days
}
