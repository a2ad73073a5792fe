package count

import (
	"fourfold/internal/period"
	"fourfold/kpi"
)

// paid counts the payments that came through the provider's own payments, and the order's chargeback on the day of the first of
// them: a chargeback comes weeks later and belongs to the sales it is about.
func (o *Order) paid(t *Tally) {
	var first period.Day
	for _, p := range o.Transactions {
		if p.Test || p.Status != "success" || (p.Kind != "sale" && p.Kind != "capture") || !ownPayments(&p) {
			continue
		}
		t.Add(Key{Channel: o.Channel, Measure: kpi.CardPayments, Day: p.Day}, 1)
		if first == 0 || p.Day < first {
			first = p.Day
		}
	}
	if first == 0 {
		return
	}
	for _, d := range o.Disputes {
		if d.Kind == "chargeback" {
			t.Add(Key{Channel: o.Channel, Measure: kpi.Chargebacks, Day: first}, 1)
			return
		}
	}
}

// ownPayments says whether a payment went through the provider's own payments: those whose fees it shows.
func ownPayments(p *Transaction) bool { return p.FeeKnown || p.Gateway == "shopify_payments" }
