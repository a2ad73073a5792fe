package shopify

import (
	"fmt"
	"slices"
)

// due says how much money goes back, and by how much that misses what the goods are worth: negative where more was given than the
// order is overpaid by, positive where part of the goods' value is kept.
func (o *Order) due(g grain, reversed []Sale, r Refunding) (amount, difference int64) {
	var value int64
	for i := range reversed {
		value -= reversed[i].Total
	}
	overpaid := max(0, value-o.Totals.Outstanding)
	amount = min(overpaid, o.refundable())
	if r.Amount != nil {
		amount = g.round(*r.Amount)
	}
	if amount > overpaid {
		return amount, overpaid - amount
	}
	// An earlier gift of money beyond the goods comes back into the ledger once there is less left to give than the goods are worth.
	difference = max(0, overpaid-o.refundable())
	if !r.cancelling {
		difference = max(difference, min(value, overpaid)-amount)
	}
	return amount, difference
}

// refundable is what was received and neither given back nor promised to be.
func (o *Order) refundable() int64 {
	left := o.Totals.Received - o.Totals.Refunded
	for i := range o.Transactions {
		if x := &o.Transactions[i]; x.Kind == "REFUND" && x.Status == "PENDING" {
			left -= x.Amount
		}
	}
	return left
}

// payBack makes the refund's transactions: the last payment is given back first.
func (s *Shop) payBack(o *Order, f *Refund, at Instant, amount int64, r Refunding) {
	status := "SUCCESS"
	if r.Pending {
		status = "PENDING"
	} else {
		f.Total = amount
	}
	payments := len(o.Transactions)
	for i := payments - 1; i >= 0 && amount > 0; i-- {
		x := o.Transactions[i]
		if x.Status != "SUCCESS" || (x.Kind != "SALE" && x.Kind != "CAPTURE") {
			continue
		}
		left := x.Amount
		for j := range o.Transactions {
			if y := &o.Transactions[j]; y.Kind == "REFUND" && y.ParentID == x.ID && y.Status != "FAILURE" {
				left -= y.Amount
			}
		}
		if left <= 0 {
			continue
		}
		t := Transaction{ID: s.NewID(), ParentID: x.ID, Kind: "REFUND", Status: status, Gateway: x.Gateway, Test: o.Test,
			CreatedAt: at, ProcessedAt: at, Amount: min(left, amount)}
		if r.Gateway != "" {
			t.Gateway = r.Gateway
			o.gateway(r.Gateway)
		}
		amount -= t.Amount
		o.Transactions = append(o.Transactions, t)
		f.Transactions = append(f.Transactions, t.ID)
	}
}

// SettleRefund says how the pending transactions of a refund ended: with success the money totals move and the bridging adjustment
// goes; without, the order stays overpaid.
func (s *Shop) SettleRefund(o *Order, at Instant, refundID int64, success bool) error {
	for i := range o.Refunds {
		f := &o.Refunds[i]
		if f.ID != refundID {
			continue
		}
		for j := range o.Transactions {
			x := &o.Transactions[j]
			if x.Status != "PENDING" || !slices.Contains(f.Transactions, x.ID) {
				continue
			}
			x.Status, x.ProcessedAt = "FAILURE", at
			if success {
				x.Status = "SUCCESS"
				f.Total += x.Amount
			}
		}
		kept := f.Adjustments[:0]
		for _, a := range f.Adjustments {
			if a.Reason != "PENDING_REFUND_DISCREPANCY" {
				kept = append(kept, a)
			}
		}
		f.Adjustments, f.UpdatedAt = kept, at
		s.settle(grainOf(s.Currency), o)
		s.bump(o, at)
		return nil
	}
	return fmt.Errorf("settle refund: order %d has no refund %d", o.ID, refundID)
}
