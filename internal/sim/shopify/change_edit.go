package shopify

import (
	"errors"
	"fmt"
)

// Edit is what the merchant changes on an order after it was placed. Its rows of the ledger are dated on the edit.
type Edit struct {
	Add       []Item            // new lines; order-wide discounts do not reach them
	Set       []QuantityChange  // more or fewer of a line
	Discounts []DiscountAdvance // a discount given afterwards
}

// QuantityChange sets how many of a line remain agreed: its currentQuantity. Zero removes the line.
type QuantityChange struct {
	LineItemID int64
	Quantity   int
}

// DiscountAdvance takes a discount off what is left of a line.
type DiscountAdvance struct {
	LineItemID int64
	Discount   Discount
}

// Edit changes an order. Fewer units give back their share of the line's discounts and taxes. More units cost the line's unit
// price; percentages extend to them, fixed discounts do not. Units that were already shipped cannot be removed.
func (s *Shop) Edit(o *Order, at Instant, e Edit) error {
	if err := e.check(o); err != nil {
		return fmt.Errorf("edit order %d: %w", o.ID, err)
	}
	g := grainOf(s.Currency)
	a := Agreement{ID: s.NewID(), HappenedAt: at, Reason: "ORDER_EDIT"}
	for _, c := range e.Set {
		switch l := o.lineByID(c.LineItemID); {
		case c.Quantity < l.Current:
			a.Sales = s.takeBack(g, a.Sales, o, l, l.Current-c.Quantity)
			l.Refundable -= l.Current - c.Quantity
			l.release(l.Current - c.Quantity)
			l.Current = c.Quantity
		case c.Quantity > l.Current:
			a.Sales = append(a.Sales, s.more(g, o, l, c.Quantity-l.Current))
		}
	}
	for _, d := range e.Discounts {
		a.Sales = append(a.Sales, s.lower(g, o, o.lineByID(d.LineItemID), d.Discount))
	}
	for i := range e.Add {
		a.Sales = s.addLine(g, a.Sales, o, &e.Add[i])
	}
	o.Agreements = append(o.Agreements, a)
	o.Edited = true
	s.settle(g, o)
	s.owe(o, at, Promise{})
	s.bump(o, at)
	s.tell(happening{topic: "orders/edited", id: o.ID + int64(at), order: o.ID, at: at})
	return nil
}

func (e *Edit) check(o *Order) error {
	if len(e.Add)+len(e.Set)+len(e.Discounts) == 0 {
		return errors.New("the edit changes nothing")
	}
	if o.CancelledAt != 0 {
		return errors.New("the order is cancelled")
	}
	for i := range e.Add {
		if err := e.Add[i].check(); err != nil {
			return fmt.Errorf("new line %d: %w", i+1, err)
		}
	}
	seen := map[int64]bool{}
	twice := func(id int64) bool {
		was := seen[id]
		seen[id] = true
		return was
	}
	for _, c := range e.Set {
		l := o.lineByID(c.LineItemID)
		switch {
		case l == nil:
			return fmt.Errorf("no line %d", c.LineItemID)
		case twice(l.ID):
			return fmt.Errorf("line %d is changed twice", l.ID)
		case c.Quantity < 0:
			return fmt.Errorf("line %d: quantity is negative", l.ID)
		case !l.NoShipping && l.Current-c.Quantity > l.Unfulfilled:
			return fmt.Errorf("line %d: only %d of %d are still unfulfilled", l.ID, l.Unfulfilled, l.Current)
		case c.Quantity > l.Current && (l.GiftCard || l.Tip):
			return fmt.Errorf("line %d: cannot grow", l.ID)
		}
	}
	for _, d := range e.Discounts {
		if l := o.lineByID(d.LineItemID); l == nil || l.GiftCard || l.Tip || l.Current == 0 {
			return fmt.Errorf("line %d bears no discount", d.LineItemID)
		}
		if twice(d.LineItemID) {
			return fmt.Errorf("line %d is changed twice", d.LineItemID)
		}
	}
	return nil
}

// takeBack appends the reversal of quantity units of a line, and of the duties on them.
func (s *Shop) takeBack(g grain, sales []Sale, o *Order, l *LineItem, quantity int) []Sale {
	b := o.heldLine(l.ID)
	v := b.reverse(g, quantity)
	v.ID, v.LineType, v.LineItemID = s.NewID(), l.lineType(), l.ID
	sales = append(sales, v)
	for i := range l.Duties {
		d := o.heldDuty(l.Duties[i].ID)
		if d.total == 0 {
			continue
		}
		v := d.leave(g, int64(b.quantity-quantity), int64(b.quantity))
		v.ID, v.LineType, v.DutyID = s.NewID(), "DUTY", l.Duties[i].ID
		sales = append(sales, v)
	}
	return sales
}

// release takes units that are no longer agreed out of what has to be shipped.
func (l *LineItem) release(quantity int) { l.Unfulfilled = max(0, l.Unfulfilled-quantity) }

// more sells added units of a line.
func (s *Shop) more(g grain, o *Order, l *LineItem, added int) Sale {
	price := g.part(l.OriginalTotal(), int64(added), int64(l.Quantity))
	var discount int64
	for i := range l.Discounts {
		x := &l.Discounts[i]
		if d := &o.Discounts[x.Index]; d.Percent != 0 {
			extra := min(g.part(x.Amount, int64(added), int64(l.Quantity)), price-discount)
			x.Amount += extra
			discount += extra
			if d.Kind != "Code" && d.Selection == "EXPLICIT" {
				l.LineDiscount += extra
			}
		}
	}
	if l.Total != 0 {
		l.Total += price
	}
	taxes := taxLines(g, price-discount, l.rates(), o.TaxesIncluded)
	for i := range taxes {
		l.Taxes[i].Price += taxes[i].Price
	}
	l.Quantity += added
	l.Current += added
	l.Refundable += added
	if !l.NoShipping {
		l.Unfulfilled += added
	}
	return Sale{ID: s.NewID(), ActionType: "ORDER", LineType: l.lineType(), Quantity: added, LineItemID: l.ID}.
		worth(g, price, discount, taxes, o.TaxesIncluded)
}

// lower is the row by which a discount given afterwards makes what is left of a line cheaper: gross stays, discount grows.
func (s *Shop) lower(g grain, o *Order, l *LineItem, d Discount) Sale {
	b := o.heldLine(l.ID)
	face := b.total
	if !o.TaxesIncluded {
		face -= b.tax
	}
	off := min(d.of(g, face), face)
	l.Discounts = append(l.Discounts, DiscountAllocation{Index: o.apply(d, "EXPLICIT"), Amount: off})
	if d.Code == "" {
		l.LineDiscount += off
	}
	l.Taxes = taxLines(g, face-off, l.rates(), o.TaxesIncluded)
	v := Sale{ID: s.NewID(), ActionType: "UPDATE", LineType: l.lineType(), LineItemID: l.ID, Tax: -b.tax}
	for i := range l.Taxes {
		v.Tax += l.Taxes[i].Price
	}
	v.Tax = max(min(v.Tax, 0), -off) // units added one by one may have rounded their taxes another way
	v.Total = -off
	if !o.TaxesIncluded {
		v.Total += v.Tax
	}
	v.DiscountBeforeTax, v.DiscountAfterTax = v.Tax-v.Total, -v.Total
	return v
}

// addLine puts a new line on an existing order and appends its sale.
func (s *Shop) addLine(g grain, sales []Sale, o *Order, it *Item) []Sale {
	l := s.line(g, o, it)
	l.bear(g, it.Rates, o.TaxesIncluded)
	o.Lines = append(o.Lines, l)
	return s.sellLine(g, sales, o, &o.Lines[len(o.Lines)-1])
}

func (l *LineItem) rates() []Rate {
	rates := make([]Rate, len(l.Taxes))
	for i := range l.Taxes {
		rates[i] = Rate{Title: l.Taxes[i].Title, Rate: l.Taxes[i].Rate}
	}
	return rates
}
