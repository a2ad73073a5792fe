package shopify

// refundLine appends the reversal of a part, unless the return has made it, and notes the part on the refund.
func (s *Shop) refundLine(g grain, sales []Sale, o *Order, f *Refund, back *Return, p RefundPart) []Sale {
	l := o.lineByID(p.LineItemID)
	if p.Restock == "" {
		switch p.Restock = "NO_RESTOCK"; {
		case back != nil:
			p.Restock = "RETURN"
		case l.Unfulfilled >= p.Quantity:
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
		v := b.leave(g, face-take, face)
		if !o.TaxesIncluded {
			v.Total = v.Tax - take
		}
		v.ID, v.LineType, v.ShippingLineID = s.NewID(), "SHIPPING", o.Shipping[i].ID
		sales = append(sales, v)
		f.Shipping = append(f.Shipping, RefundShipping{ID: s.NewID(), ShippingLineID: o.Shipping[i].ID, Subtotal: take, Tax: -v.Tax})
	}
	return sales
}
