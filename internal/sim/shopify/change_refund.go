package shopify

import (
	"errors"
	"fmt"
)

// Refunding is what is given back: goods, shipping, money. Goods and shipping make reversals in the ledger; money makes
// transactions; where the two differ, the difference is an adjustment.
type Refunding struct {
	Lines []RefundPart
	// ReturnID refunds a return. Goods that the return has reversed on being processed are not reversed a second time. Without Lines
	// it refunds all that was processed and not refunded yet.
	ReturnID    int64
	Shipping    int64 // as shown to the buyer: with tax where the order's prices contain it, else tax goes on top
	AllShipping bool
	Everything  bool // all that is left of lines, tips, shipping, duties and fees
	// Amount is the money given back. Nil gives what the order is then overpaid by. More or less than that makes an ADJUSTMENT sale.
	Amount  *int64
	Gateway string // empty: back the way it came
	// Pending leaves the transaction PENDING: the money totals wait for SettleRefund, and a PENDING_REFUND_DISCREPANCY bridges the gap.
	Pending bool
	// KeepUpdatedAt leaves the order's updatedAt where it is: the refund that only a trailing re-read finds.
	KeepUpdatedAt bool

	cancelling bool // money not given back stays owed instead of becoming an adjustment
}

// RefundPart is units of one line.
type RefundPart struct {
	LineItemID int64
	Quantity   int
	Restock    string // CANCEL NO_RESTOCK RETURN; empty: RETURN for a return, CANCEL for what was not shipped, else NO_RESTOCK
	LocationID int64
}

// Refund gives back, and returns the ID of the refund.
func (s *Shop) Refund(o *Order, at Instant, r Refunding) (int64, error) {
	id, err := s.refund(o, at, r)
	if err != nil {
		return 0, fmt.Errorf("refund order %d: %w", o.ID, err)
	}
	return id, nil
}

func (s *Shop) refund(o *Order, at Instant, r Refunding) (int64, error) {
	if r.Everything {
		r.AllShipping = true
		r.Lines = nil
		for i := range o.Lines {
			if l := &o.Lines[i]; l.Current > 0 {
				r.Lines = append(r.Lines, RefundPart{LineItemID: l.ID, Quantity: l.Current})
			}
		}
	}
	var back *Return
	if r.ReturnID != 0 {
		if back = o.returnByID(r.ReturnID); back == nil {
			return 0, fmt.Errorf("no return %d", r.ReturnID)
		}
		if len(r.Lines) == 0 {
			for i := range back.Lines {
				if l := &back.Lines[i]; l.Processed > l.Refunded {
					r.Lines = append(r.Lines, RefundPart{LineItemID: l.LineItemID, Quantity: l.Processed - l.Refunded})
				}
			}
		}
	}
	g := grainOf(s.Currency)
	if err := r.check(o, back); err != nil {
		return 0, err
	}
	if r.Amount != nil {
		if a, paid := g.round(*r.Amount), o.refundable(); a < 0 || a > paid {
			return 0, fmt.Errorf("amount %d is not between nothing and the %d that was received", a, paid)
		}
	}

	f := Refund{ID: s.NewID(), CreatedAt: at, ProcessedAt: at, UpdatedAt: at, ReturnID: r.ReturnID}
	a := Agreement{ID: s.NewID(), HappenedAt: at, Reason: "REFUND", RefundID: f.ID}
	for _, p := range r.Lines {
		a.Sales = s.refundLine(g, a.Sales, o, &f, back, p)
	}
	a.Sales = s.refundShipping(g, a.Sales, o, &f, r)
	if r.Everything {
		for i := range o.Fees {
			if b := o.heldFee(o.Fees[i].ID); b.total != 0 {
				v := b.leave(g, 0, 1)
				v.ID, v.LineType, v.FeeID = s.NewID(), "ADDITIONAL_FEE", o.Fees[i].ID
				a.Sales = append(a.Sales, v)
			}
		}
	}
	amount, difference := o.due(g, a.Sales, r)
	if difference != 0 {
		f.Adjustments = append(f.Adjustments, Adjustment{ID: s.NewID(), Reason: "REFUND_DISCREPANCY", Amount: difference})
		a.Sales = append(a.Sales, Sale{ID: s.NewID(), ActionType: "RETURN", LineType: "ADJUSTMENT", NoQuantity: true, Total: difference})
	}
	if r.Pending && amount > 0 {
		f.Adjustments = append(f.Adjustments, Adjustment{ID: s.NewID(), Reason: "PENDING_REFUND_DISCREPANCY", Amount: amount})
	}
	s.payBack(o, &f, at, amount, r)
	o.Refunds = append(o.Refunds, f)
	if len(a.Sales) > 0 { // money for goods that a return has reversed agrees on nothing new
		o.Agreements = append(o.Agreements, a)
	}
	s.settle(g, o)
	s.owe(o, at, Promise{})
	if r.KeepUpdatedAt {
		s.Touch(o)
	} else {
		s.bump(o, at)
	}
	s.tell(happening{topic: "refunds/create", id: f.ID, order: o.ID, at: at})
	return f.ID, nil
}

func (r *Refunding) check(o *Order, back *Return) error {
	seen := map[int64]bool{}
	for _, p := range r.Lines {
		l := o.lineByID(p.LineItemID)
		if l == nil {
			return fmt.Errorf("no line %d", p.LineItemID)
		}
		if seen[l.ID] {
			return fmt.Errorf("line %d is there twice", l.ID)
		}
		seen[l.ID] = true
		open := l.Current
		if back != nil {
			x := back.line(l.ID)
			if x == nil {
				return fmt.Errorf("line %d is not part of return %d", l.ID, back.ID)
			}
			open = x.Quantity - x.Refunded
			if x.Processed > 0 {
				open = x.Processed - x.Refunded
			}
		}
		if p.Quantity < 1 || p.Quantity > open {
			return fmt.Errorf("line %d: %d units, of which %d can be refunded", l.ID, p.Quantity, open)
		}
	}
	if r.Shipping < 0 {
		return errors.New("shipping is negative")
	}
	if left := o.Totals.CurrentShipping; r.Shipping > left {
		return fmt.Errorf("shipping of %d, of which %d is left", r.Shipping, left)
	}
	return nil
}
