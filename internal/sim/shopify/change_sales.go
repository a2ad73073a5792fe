package shopify

// agree writes the order's first agreement: a sale for everything on it.
func (s *Shop) agree(g grain, o *Order) {
	n := len(o.Lines) + len(o.Shipping) + len(o.Fees)
	for i := range o.Lines {
		n += len(o.Lines[i].Duties)
	}
	a := Agreement{ID: s.NewID(), HappenedAt: o.ProcessedAt, Reason: "ORDER", Sales: make([]Sale, 0, n)}
	for i := range o.Lines {
		a.Sales = s.sellLine(g, a.Sales, o, &o.Lines[i])
	}
	for i := range o.Shipping {
		l := &o.Shipping[i]
		a.Sales = append(a.Sales, Sale{ID: s.NewID(), ActionType: "ORDER", LineType: "SHIPPING", NoQuantity: true, ShippingLineID: l.ID}.
			worth(g, l.Price, allocated(l.Discounts), l.Taxes, o.TaxesIncluded))
	}
	for i := range o.Fees {
		f := &o.Fees[i]
		a.Sales = append(a.Sales, Sale{ID: s.NewID(), ActionType: "ORDER", LineType: "ADDITIONAL_FEE", NoQuantity: true, FeeID: f.ID}.
			worth(g, f.Price, 0, f.Taxes, o.TaxesIncluded))
	}
	o.Agreements = append(o.Agreements, a)
}

// sellLine appends the sale of a whole line and of the duties on it.
func (s *Shop) sellLine(g grain, sales []Sale, o *Order, l *LineItem) []Sale {
	sales = append(sales, Sale{ID: s.NewID(), ActionType: "ORDER", LineType: l.lineType(), Quantity: l.Quantity, LineItemID: l.ID}.
		worth(g, l.OriginalTotal(), l.discounted(), l.Taxes, o.TaxesIncluded))
	for i := range l.Duties {
		d := &l.Duties[i]
		sales = append(sales, Sale{ID: s.NewID(), ActionType: "ORDER", LineType: "DUTY", NoQuantity: true, DutyID: d.ID, Total: d.Price})
	}
	return sales
}

func (l *LineItem) lineType() string {
	switch {
	case l.GiftCard:
		return "GIFT_CARD"
	case l.Tip:
		return "TIP"
	}
	return "PRODUCT"
}

// worth fills in a sale's amounts: the price as shown to the buyer, the discount off it, and the taxes on what remains. The discount
// before taxes is what lifts the amount without tax back to the price without tax; the discount after taxes, what lifts the total
// back to what would have been paid without it.
func (v Sale) worth(g grain, price, discount int64, taxes []TaxLine, included bool) Sale {
	for i := range taxes {
		v.Tax += taxes[i].Price
	}
	v.Total = price - discount
	if !included {
		v.Total += v.Tax
	}
	if discount == 0 {
		return v
	}
	v.DiscountBeforeTax, v.DiscountAfterTax = discount, discount
	if len(taxes) == 0 {
		return v
	}
	var buffer [4]Rate
	rates := buffer[:0]
	for i := range taxes {
		rates = append(rates, Rate{Rate: taxes[i].Rate})
	}
	saved := g.tax(price, rates, included) - v.Tax
	if included {
		v.DiscountBeforeTax -= saved
	} else {
		v.DiscountAfterTax += saved
	}
	return v
}
