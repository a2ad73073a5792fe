package count

import (
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// shipWithin is how many days after its order a unit is to be shipped where nothing was promised.
const shipWithin = 3

// delivered counts how the order was fulfilled, on the day it was placed, so that parcels that are slow or lost are not left out.
func (o *Order) delivered(t *Tally, r *Rules) {
	if !o.toShip() {
		return
	}
	k := Key{Channel: o.Channel, Day: o.Day}
	add := func(m kpi.Measure, n int64) {
		k.Measure = m
		t.Add(k, n)
	}
	parcels := o.parcels()
	last, whole := o.lastDelivery(parcels)
	add(kpi.OrdersShippable, 1)
	if tracked(parcels) {
		add(kpi.OrdersTracked, 1)
		bin := inf
		if whole {
			bin = Bin(int64(last.Sub(o.ProcessedAt) / time.Second))
		}
		t.Add(Key{Channel: o.Channel, Measure: kpi.CycleTime, Day: o.Day, Part: bin}, 1)
	}
	due := o.unitsDue()
	add(kpi.UnitsDue, due)
	add(kpi.UnitsInTime, min(due, o.unitsInTime(parcels, r)))

	onTime := true
	if by, ok := o.promise(); ok {
		promised := r.day(by.By)
		if by.Kind == "dispatch" {
			onTime = o.shippedInFull(parcels) && len(parcels) > 0 && r.day(handedOver(parcels[len(parcels)-1])) <= promised
		} else {
			onTime = whole && r.day(last) <= promised
		}
		p := Key{Channel: o.Channel, Measure: kpi.OrdersPromised, Day: promised}
		t.Add(p, 1)
		if onTime {
			p.Measure = kpi.OrdersOnTime
			t.Add(p, 1)
		}
	}
	if whole && onTime && !o.refunded() && !o.returnedForFault() {
		add(kpi.OrdersPerfect, 1)
	}
}

// promise is what the buyer was promised: a day of delivery before a day of dispatch.
func (o *Order) promise() (p fact.Promise, ok bool) {
	for _, q := range o.Promises {
		if !q.By.IsZero() && (!ok || q.Kind == "delivery") {
			p, ok = q, true
		}
	}
	return p, ok
}

// tracked says whether delivery can be known: every parcel reports events, or nothing was sent at all.
func tracked(parcels []fact.Fulfillment) bool {
	for _, f := range parcels {
		if !f.EventsSeen && f.DeliveredAt.IsZero() {
			return false
		}
	}
	return true
}

// lastDelivery is when the last parcel arrived; whole says that everything that was to come has.
func (o *Order) lastDelivery(parcels []fact.Fulfillment) (last time.Time, whole bool) {
	whole = len(parcels) > 0 && o.shippedInFull(parcels)
	for _, f := range parcels {
		if f.DeliveredAt.IsZero() {
			whole = false
		}
		if f.DeliveredAt.After(last) {
			last = f.DeliveredAt
		}
	}
	return last, whole
}

// shippedInFull says whether the parcels hold at least what is still on the order.
func (o *Order) shippedInFull(parcels []fact.Fulfillment) bool {
	var open int64
	for _, l := range o.Lines {
		if l.Shippable {
			open += l.CurrentQuantity
		}
	}
	return parcelUnits(parcels) >= open
}

func parcelUnits(parcels []fact.Fulfillment) (n int64) {
	for _, f := range parcels {
		n += f.Units
	}
	return n
}

// unitsDue are the shippable units ordered less those the customer called off: by an edit, which takes off what both agreed on, or
// by a cancellation for the customer's reason. What the merchant could not deliver stays due.
func (o *Order) unitsDue() int64 {
	shippable := make(map[string]bool, len(o.Lines))
	var due int64
	for _, l := range o.Lines {
		shippable[l.ID] = l.Shippable
		if l.Shippable {
			due += l.Quantity
		}
	}
	edits := make(map[string]bool)
	for _, a := range o.Agreements {
		edits[a.ID] = a.Reason == fact.ReasonEdit
	}
	for _, s := range o.Sales {
		if s.Line == fact.LineProduct && s.Quantity < 0 && edits[s.AgreementID] && shippable[s.LineID] {
			due += s.Quantity
		}
	}
	if o.CancelledBy == "customer" && !o.CancelledAt.IsZero() {
		for _, l := range o.RefundLines {
			if l.Restock == "cancel" && shippable[l.LineID] {
				due -= l.Quantity
			}
		}
	}
	return max(due, 0)
}

// unitsInTime are the units handed over by the promised day, or within three days where none was promised.
func (o *Order) unitsInTime(parcels []fact.Fulfillment, r *Rules) (n int64) {
	by := o.Day + shipWithin
	if p, ok := o.promise(); ok {
		by = r.day(p.By)
	}
	for _, f := range parcels {
		if r.day(handedOver(f)) <= by {
			n += f.Units
		}
	}
	return n
}

// refunded says whether any money or goods of the order were given back.
func (o *Order) refunded() bool {
	for _, f := range o.Refunds {
		if f.Total != 0 {
			return true
		}
	}
	return len(o.RefundLines) > 0
}

// shipDay is the day the order was first shipped; ok is false if it was not, or is none to be shipped.
func (o *Order) shipDay(r *Rules) (d period.Day, ok bool) {
	parcels := o.parcels()
	if len(parcels) == 0 || !o.Shippable {
		return 0, false
	}
	return r.day(handedOver(parcels[0])), true
}
