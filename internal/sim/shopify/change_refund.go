package shopify

import (
	"errors"
	"fmt"
	"slices"
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
	Restock    string // CANCEL NO_RESTOCK RETURN; empty: CANCEL for what was not shipped, else NO_RESTOCK
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
				v := b.reverseAll()
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

// refundLine appends the reversal of a part, unless the return has made it, and notes the part on the refund.
func (s *Shop) refundLine(g grain, sales []Sale, o *Order, f *Refund, back *Return, p RefundPart) []Sale {
	l := o.lineByID(p.LineItemID)
	if p.Restock == "" {
		p.Restock = "NO_RESTOCK"
		if l.Unfulfilled >= p.Quantity {
			p.Restock = "CANCEL"
		}
	}
	x := RefundLine{ID: s.NewID(), LineItemID: l.ID, Quantity: p.Quantity, RestockType: p.Restock, LocationID: p.LocationID,
		Restocked: p.Restock != "NO_RESTOCK", Price: l.UnitPrice}
	var row Sale
	var returned *ReturnLine
	if back != nil {
		returned = back.line(l.ID)
	}
	if returned != nil && returned.Processed > 0 {
		b := o.reversedBy(back.ID, l.ID)
		open, reversed := int64(returned.Processed-returned.Refunded), int64(-b.quantity)
		share := func(a int64) int64 {
			return g.part(a, open, reversed) - g.part(a, open-int64(p.Quantity), reversed)
		}
		row.Total, row.Tax = share(b.total), share(b.tax)
	} else {
		n := len(sales)
		sales = s.takeBack(g, sales, o, l, p.Quantity)
		row = sales[n]
		for i := n + 1; i < len(sales); i++ {
			f.Duties = append(f.Duties, RefundDuty{DutyID: sales[i].DutyID, Amount: -sales[i].Total})
		}
		l.Current -= p.Quantity
		l.release(p.Quantity)
	}
	if returned != nil {
		returned.Refunded += p.Quantity
	}
	l.Refundable -= p.Quantity
	x.Tax, x.Subtotal = -row.Tax, -row.Total
	if !o.TaxesIncluded {
		x.Subtotal += row.Tax
	}
	f.Lines = append(f.Lines, x)
	return sales
}

// reversedBy sums what a return has reversed of one line.
func (o *Order) reversedBy(returnID, lineID int64) (b balance) {
	for i := range o.Agreements {
		if o.Agreements[i].ReturnID != returnID {
			continue
		}
		for j := range o.Agreements[i].Sales {
			if v := &o.Agreements[i].Sales[j]; v.LineItemID == lineID {
				b.add(v)
			}
		}
	}
	return b
}

// refundShipping appends reversals of shipping lines, in their order, until the wanted amount is reached.
func (s *Shop) refundShipping(g grain, sales []Sale, o *Order, f *Refund, r Refunding) []Sale {
	want := g.round(r.Shipping)
	for i := range o.Shipping {
		b := o.heldShipping(o.Shipping[i].ID)
		face := b.total
		if !o.TaxesIncluded {
			face -= b.tax
		}
		take := min(want, face)
		if r.AllShipping {
			take = face
		}
		if take <= 0 {
			continue
		}
		want -= take
		rest := balance{total: b.total, tax: b.tax, before: b.before, after: b.after}
		v := rest.reverseAll()
		if take < face {
			left := face - take
			v.Total, v.Tax = g.part(b.total, left, face)-b.total, g.part(b.tax, left, face)-b.tax
			v.DiscountBeforeTax, v.DiscountAfterTax = g.part(b.before, left, face)-b.before, g.part(b.after, left, face)-b.after
			if o.TaxesIncluded {
				v.Total = -take
			} else {
				v.Total = -take + v.Tax
			}
		}
		v.ID, v.LineType, v.ShippingLineID = s.NewID(), "SHIPPING", o.Shipping[i].ID
		sales = append(sales, v)
		x := RefundShipping{ID: s.NewID(), ShippingLineID: o.Shipping[i].ID, Subtotal: take, Tax: -v.Tax}
		f.Shipping = append(f.Shipping, x)
	}
	return sales
}

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
