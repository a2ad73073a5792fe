package shopify

import (
	"errors"
	"fmt"
)

// Returning is what a buyer wants to send back.
type Returning struct {
	Lines       []ReturnPart
	ShippingFee int64 // kept back for the way home
	Approved    bool  // the merchant made the return: it is open at once
}

// ReturnPart is units of one line that was shipped.
type ReturnPart struct {
	LineItemID     int64
	Quantity       int
	Reason         string  // UNWANTED SIZE_TOO_SMALL DEFECTIVE …; empty means UNKNOWN
	RestockPercent float64 // of the units' value after discounts, kept back
}

// RequestReturn makes a return and returns its ID. It changes no money: goods go back into the ledger when the return is processed.
func (s *Shop) RequestReturn(o *Order, at Instant, r Returning) (int64, error) {
	if len(r.Lines) == 0 {
		return 0, fmt.Errorf("return of order %d: no line", o.ID)
	}
	for _, p := range r.Lines {
		l := o.lineByID(p.LineItemID)
		if l == nil {
			return 0, fmt.Errorf("return of order %d: no line %d", o.ID, p.LineItemID)
		}
		if open := l.Current - l.Unfulfilled - o.returning(l.ID); p.Quantity < 1 || p.Quantity > open {
			return 0, fmt.Errorf("return of order %d: line %d: %d units, of which %d were shipped and can come back", o.ID, l.ID, p.Quantity, open)
		}
	}
	x := Return{ID: s.NewID(), Name: fmt.Sprintf("#%d-R%d", o.Number, len(o.Returns)+1), Status: "REQUESTED", CreatedAt: at,
		ShippingFee: grainOf(s.Currency).round(r.ShippingFee)}
	if x.ShippingFee > 0 {
		x.FeeID = s.NewID()
	}
	for _, p := range r.Lines {
		l := ReturnLine{ID: s.NewID(), LineItemID: p.LineItemID, Quantity: p.Quantity, Reason: p.Reason, RestockPercent: p.RestockPercent}
		if l.Reason == "" {
			l.Reason = "UNKNOWN"
		}
		if l.RestockPercent > 0 {
			l.RestockingID = s.NewID()
		}
		x.Lines = append(x.Lines, l)
	}
	o.Returns = append(o.Returns, x)
	o.ReturnStatus = "RETURN_REQUESTED"
	if r.Approved {
		o.Returns[len(o.Returns)-1].approve(o, at)
	}
	s.bump(o, at)
	return x.ID, nil
}

// returning counts units of a line that are on their way back in open returns.
func (o *Order) returning(lineID int64) (n int) {
	for i := range o.Returns {
		if r := &o.Returns[i]; r.Status == "OPEN" || r.Status == "REQUESTED" {
			if l := r.line(lineID); l != nil {
				n += l.Quantity - max(l.Processed, l.Refunded)
			}
		}
	}
	return n
}

func (r *Return) approve(o *Order, at Instant) {
	r.Status, r.ApprovedAt = "OPEN", at
	o.ReturnStatus = "IN_PROGRESS"
}

// ApproveReturn opens a requested return.
func (s *Shop) ApproveReturn(o *Order, at Instant, id int64) error {
	r := o.returnByID(id)
	if r == nil || r.Status != "REQUESTED" {
		return fmt.Errorf("approve return: order %d has no requested return %d", o.ID, id)
	}
	r.approve(o, at)
	s.bump(o, at)
	return nil
}

// DeclineReturn refuses a requested return. Nothing comes back.
func (s *Shop) DeclineReturn(o *Order, at Instant, id int64) error {
	r := o.returnByID(id)
	if r == nil || r.Status != "REQUESTED" {
		return fmt.Errorf("decline return: order %d has no requested return %d", o.ID, id)
	}
	r.Status, r.ClosedAt = "DECLINED", at
	o.ReturnStatus = "NO_RETURN"
	s.bump(o, at)
	return nil
}

// Processing says what happens as the goods of a return come in.
type Processing struct {
	Exchange []Item // what the buyer gets instead: a new line of the same order
}

// ProcessReturn takes the goods of an open return back: the ledger's reversal is dated here, whenever the money follows. Fees kept
// back become rows of their own, and exchanged goods are sold in the same agreement.
func (s *Shop) ProcessReturn(o *Order, at Instant, id int64, p Processing) error {
	r := o.returnByID(id)
	if r == nil || r.Status != "OPEN" {
		return fmt.Errorf("process return: order %d has no open return %d", o.ID, id)
	}
	for i := range p.Exchange {
		if err := p.Exchange[i].check(); err != nil {
			return fmt.Errorf("process return: exchange line %d: %w", i+1, err)
		}
	}
	for i := range r.Lines {
		x := &r.Lines[i]
		if l := o.lineByID(x.LineItemID); x.Quantity-x.Refunded > l.Current-l.Unfulfilled {
			return fmt.Errorf("process return %d: %w", id, errors.New("its goods were refunded apart from it"))
		}
	}
	g := grainOf(s.Currency)
	a := Agreement{ID: s.NewID(), HappenedAt: at, Reason: "RETURN", ReturnID: r.ID}
	for i := range r.Lines {
		x := &r.Lines[i]
		l := o.lineByID(x.LineItemID)
		if n := x.Quantity - x.Refunded; n > 0 {
			a.Sales = s.takeBack(g, a.Sales, o, l, n)
			l.Current -= n
		}
		x.Processed = x.Quantity
	}
	s.keepFees(g, o, r, &a)
	for i := range p.Exchange {
		a.Sales = s.addLine(g, a.Sales, o, &p.Exchange[i])
	}
	r.Status, r.ClosedAt = "CLOSED", at
	o.ReturnStatus = "RETURNED"
	if len(a.Sales) > 0 {
		o.Agreements = append(o.Agreements, a)
	}
	s.settle(g, o)
	s.owe(o, at, Promise{})
	s.bump(o, at)
	return nil
}

// keepFees sells the fees of a return: a percentage of what its lines were reversed by, and the way home.
func (s *Shop) keepFees(g grain, o *Order, r *Return, a *Agreement) {
	fee := func(id, amount int64) {
		if amount > 0 {
			a.Sales = append(a.Sales, Sale{ID: s.NewID(), ActionType: "ORDER", LineType: "FEE", NoQuantity: true, FeeID: id, Total: amount})
		}
	}
	for i := range r.Lines {
		x := &r.Lines[i]
		if x.RestockPercent == 0 {
			continue
		}
		var value int64
		for j := range a.Sales {
			if v := &a.Sales[j]; v.LineItemID == x.LineItemID {
				value = -v.Total
				if !o.TaxesIncluded {
					value += v.Tax
				}
			}
		}
		x.RestockingFee = g.percent(value, x.RestockPercent)
		fee(x.RestockingID, x.RestockingFee)
	}
	fee(r.FeeID, r.ShippingFee)
}

func (o *Order) returnByID(id int64) *Return {
	for i := range o.Returns {
		if o.Returns[i].ID == id {
			return &o.Returns[i]
		}
	}
	return nil
}

func (r *Return) line(lineItemID int64) *ReturnLine {
	for i := range r.Lines {
		if r.Lines[i].LineItemID == lineItemID {
			return &r.Lines[i]
		}
	}
	return nil
}
