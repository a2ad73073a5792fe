package shopify

import "fmt"

// Cancellation ends an order.
type Cancellation struct {
	Reason string // CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF; empty means OTHER
	// KeepMoney leaves what was paid with the merchant, who then owes it. Otherwise it goes back at once.
	KeepMoney bool
}

// Cancel reverses all that is left of an order, dated on the cancellation, whether or not it was paid or shipped. Money that was
// received goes back; an authorisation is voided.
func (s *Shop) Cancel(o *Order, at Instant, c Cancellation) error {
	if o.CancelledAt != 0 {
		return fmt.Errorf("cancel: order %d is cancelled already", o.ID)
	}
	if c.Reason == "" {
		c.Reason = "OTHER"
	}
	r := Refunding{Everything: true, cancelling: true}
	if c.KeepMoney {
		r.Amount = new(int64)
	}
	if o.Totals.Received == 0 {
		if id := o.authorisation(); id != 0 {
			if err := s.pay(grainOf(s.Currency), o, Payment{At: at, Kind: "VOID", Gateway: o.Transactions[0].Gateway}); err != nil {
				return fmt.Errorf("cancel: %w", err)
			}
		}
	}
	o.CancelledAt, o.CancelReason, o.ClosedAt = at, c.Reason, at
	for i := range o.FulfillmentOrders {
		if f := &o.FulfillmentOrders[i]; f.Status == "OPEN" {
			f.Status, f.UpdatedAt = "CANCELLED", at
		}
	}
	if _, err := s.refund(o, at, r); err != nil {
		return fmt.Errorf("cancel: %w", err)
	}
	s.tell(happening{topic: "orders/cancelled", id: o.ID, at: at, person: personOf(o)})
	return nil
}
