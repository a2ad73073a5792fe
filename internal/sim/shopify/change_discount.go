package shopify

// of is what the discount takes off base.
func (d Discount) of(g grain, base int64) int64 {
	if d.Percent != 0 {
		return g.percent(base, d.Percent)
	}
	return g.round(d.Amount)
}

// apply notes a discount on the order and returns its index.
func (o *Order) apply(d Discount, selection string) int {
	a := DiscountApplication{Kind: "Manual", Title: d.Title, Method: "ACROSS", Target: "LINE_ITEM", Selection: selection,
		Amount: d.Amount, Percent: d.Percent}
	switch {
	case d.Code != "":
		a.Kind, a.Title = "Code", d.Code
	case d.Automatic:
		a.Kind = "Automatic"
	}
	if d.Shipping {
		a.Target = "SHIPPING_LINE"
	}
	if d.Code != "" { // one code may take off several lines: Shopify lists it once
		for i := range o.Discounts {
			if x := &o.Discounts[i]; x.Kind == "Code" && x.Title == d.Code && x.Target == a.Target {
				return i
			}
		}
		o.DiscountCodes = append(o.DiscountCodes, d.Code)
	}
	o.Discounts = append(o.Discounts, a)
	return len(o.Discounts) - 1
}

// discount divides an order-wide discount over what is left of the lines' prices, or of the shipping's.
func (o *Order) discount(g grain, d Discount) {
	var buffer [16]int64
	weights := buffer[:0]
	var base int64
	if d.Shipping {
		for i := range o.Shipping {
			weights = append(weights, o.Shipping[i].Price-allocated(o.Shipping[i].Discounts))
			base += weights[i]
		}
	} else {
		for i := range o.Lines {
			w := int64(0)
			if l := &o.Lines[i]; !l.GiftCard && !l.Tip {
				w = l.OriginalTotal() - l.discounted()
			}
			weights = append(weights, w)
			base += w
		}
	}
	index := o.apply(d, "ALL")
	g.allocate(min(d.of(g, base), base), weights)
	for i, w := range weights {
		if w == 0 {
			continue
		}
		a := DiscountAllocation{Index: index, Amount: w}
		if d.Shipping {
			o.Shipping[i].Discounts = append(o.Shipping[i].Discounts, a)
		} else {
			o.Lines[i].Discounts = append(o.Lines[i].Discounts, a)
		}
	}
}

func allocated(all []DiscountAllocation) (sum int64) {
	for i := range all {
		sum += all[i].Amount
	}
	return sum
}

func (l *LineItem) discounted() int64 { return allocated(l.Discounts) }
