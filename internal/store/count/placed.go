package count

import "fourfold/kpi"

// OfOrder counts everything that belongs to one order by itself, whoever bought it.
func OfOrder(t *Tally, o *Order, r *Rules) {
	if !o.Counts() {
		return
	}
	rows := o.rows(r)
	o.placed(t)
	o.ledger(t, rows, r)
	o.delivered(t, r)
	o.shipped(t, rows, r)
	o.returned(t)
	o.paid(t)
	o.sourced(t, rows)
	o.charged(t, r)
}

// placed counts the order on the day it was placed. A cancelled order is one all the same: it nets to zero in the ledger.
func (o *Order) placed(t *Tally) {
	k := Key{Channel: o.Channel, Measure: kpi.Orders, Day: o.Day}
	t.Add(k, 1)
	if o.CustomerID != "" {
		k.Measure = kpi.OrdersIdentified
		t.Add(k, 1)
	}
	if o.Kept() {
		k.Measure = kpi.KeptOrders
		t.Add(k, 1)
	}
}
