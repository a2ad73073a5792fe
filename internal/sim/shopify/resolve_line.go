package shopify

func lineFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"LineItem": {
			"currentQuantity": of2(func(_ *Order, l *LineItem) any { return l.Current }),
			"discountAllocations": of2(func(o *Order, l *LineItem) any {
				return parts(o, l.Discounts)
			}),
			"discountedTotalSet": with2(func(_ *exec, o *Order, l *LineItem, a args) any {
				if a.flag("withCodeDiscounts") {
					return bag(o, l.OriginalTotal()-allocated(l.Discounts))
				}
				return bag(o, l.OriginalTotal()-l.LineDiscount)
			}),
			"discountedUnitPriceSet": of2(func(o *Order, l *LineItem) any {
				return bag(o, perUnit(l.OriginalTotal()-l.LineDiscount, l.Quantity))
			}),
			"duties":                 of2(func(o *Order, l *LineItem) any { return parts(o, l.Duties) }),
			"id":                     of2(func(_ *Order, l *LineItem) any { return gid{"LineItem", l.ID} }),
			"isGiftCard":             of2(func(_ *Order, l *LineItem) any { return l.GiftCard }),
			"name":                   of2(func(_ *Order, l *LineItem) any { return l.Title }),
			"nonFulfillableQuantity": of2(func(_ *Order, l *LineItem) any { return max(0, l.Current-l.Unfulfilled) }),
			"originalTotalSet":       of2(func(o *Order, l *LineItem) any { return bag(o, l.OriginalTotal()) }),
			"originalUnitPriceSet":   of2(func(o *Order, l *LineItem) any { return bag(o, l.UnitPrice) }),
			"product":                with2(func(x *exec, _ *Order, l *LineItem, _ args) any { return x.srv.product(l.ProductID) }),
			"quantity":               of2(func(_ *Order, l *LineItem) any { return l.Quantity }),
			"refundableQuantity":     of2(func(_ *Order, l *LineItem) any { return l.Refundable }),
			"requiresShipping":       of2(func(_ *Order, l *LineItem) any { return !l.NoShipping }),
			"sku":                    of2(func(_ *Order, l *LineItem) any { return text(l.SKU) }),
			"taxLines":               of2(func(o *Order, l *LineItem) any { return parts(o, l.Taxes) }),
			"taxable":                of2(func(_ *Order, l *LineItem) any { return !l.Untaxed }),
			"title":                  of2(func(_ *Order, l *LineItem) any { return l.Title }),
			"totalDiscountSet":       of2(func(o *Order, l *LineItem) any { return bag(o, l.LineDiscount) }),
			"unfulfilledQuantity":    of2(func(_ *Order, l *LineItem) any { return l.Unfulfilled }),
			"variant":                with2(func(x *exec, _ *Order, l *LineItem, _ args) any { return x.srv.variant(l.VariantID) }),
			"variantTitle":           of2(func(*Order, *LineItem) any { return nil }),
			"vendor":                 of2(func(_ *Order, l *LineItem) any { return text(l.Vendor) }),
		},
		"DiscountAllocation": {
			"allocatedAmountSet":  of2(func(o *Order, d *DiscountAllocation) any { return bag(o, d.Amount) }),
			"discountApplication": of2(func(o *Order, d *DiscountAllocation) any { return discount{o, d.Index} }),
		},
		"AutomaticDiscountApplication": discountFields("title", func(d *DiscountApplication) any { return d.Title }),
		"DiscountCodeApplication":      discountFields("code", func(d *DiscountApplication) any { return d.Title }),
		"ScriptDiscountApplication":    discountFields("title", func(d *DiscountApplication) any { return d.Title }),
		"ManualDiscountApplication": discountFields("title", func(d *DiscountApplication) any { return d.Title },
			"description", func(*DiscountApplication) any { return nil }),
		"PricingPercentageValue": {"percentage": of(func(p percent) any { return float64(p) })},
		"TaxLine": {
			"channelLiable":  of2(func(*Order, *TaxLine) any { return false }),
			"priceSet":       of2(func(o *Order, t *TaxLine) any { return bag(o, t.Price) }),
			"rate":           of2(func(_ *Order, t *TaxLine) any { return t.Rate }),
			"ratePercentage": of2(func(_ *Order, t *TaxLine) any { return ratePercent(t.Rate) }),
			"source":         of2(func(*Order, *TaxLine) any { return "Shopify" }),
			"title":          of2(func(_ *Order, t *TaxLine) any { return or(t.Title, "Tax") }),
		},
		"Duty": {
			"harmonizedSystemCode": of2(func(*Order, *Duty) any { return nil }),
			"id":                   of2(func(_ *Order, d *Duty) any { return gid{"Duty", d.ID} }),
			"price":                of2(func(o *Order, d *Duty) any { return bag(o, d.Price) }),
			"taxLines":             of2(func(o *Order, d *Duty) any { return parts(o, d.Taxes) }),
		},
		"ShippingLine": {
			"code": of2(func(_ *Order, s *ShippingLine) any { return text(s.Code) }),
			"currentDiscountedPriceSet": of2(func(o *Order, s *ShippingLine) any {
				if s.Removed {
					return bag(o, 0)
				}
				return bag(o, s.Price-allocated(s.Discounts))
			}),
			"discountAllocations": of2(func(o *Order, s *ShippingLine) any { return parts(o, s.Discounts) }),
			"discountedPriceSet":  of2(func(o *Order, s *ShippingLine) any { return bag(o, s.Price-allocated(s.Discounts)) }),
			"id":                  of2(func(_ *Order, s *ShippingLine) any { return gid{"ShippingLine", s.ID} }),
			"isRemoved":           of2(func(_ *Order, s *ShippingLine) any { return s.Removed }),
			"originalPriceSet":    of2(func(o *Order, s *ShippingLine) any { return bag(o, s.Price) }),
			"source":              of2(func(*Order, *ShippingLine) any { return "shopify" }),
			"taxLines":            of2(func(o *Order, s *ShippingLine) any { return parts(o, s.Taxes) }),
			"title":               of2(func(_ *Order, s *ShippingLine) any { return or(s.Title, "Shipping") }),
		},
	}
}

func perUnit(amount int64, n int) int64 {
	if n == 0 {
		return 0
	}
	return amount / int64(n)
}

// ratePercent turns 0.19 into 19 without the float's tail.
func ratePercent(rate float64) float64 { return float64(int64(rate*1e6+0.5)) / 1e4 }

// discount is one of an order's discount applications.
type discount struct {
	o     *Order
	index int
}

func (d discount) get() *DiscountApplication {
	if d.index < 0 || d.index >= len(d.o.Discounts) {
		return &DiscountApplication{}
	}
	return &d.o.Discounts[d.index]
}

func (d discount) kind() string {
	switch d.get().Kind {
	case "Code":
		return "DiscountCodeApplication"
	case "Automatic":
		return "AutomaticDiscountApplication"
	case "Script":
		return "ScriptDiscountApplication"
	}
	return "ManualDiscountApplication"
}

type percent float64

// discountFields are those of every discount application and the concrete type's own, given as name and getter in turn.
func discountFields(own ...any) map[string]resolver {
	get := func(f func(*DiscountApplication) any) resolver {
		return of(func(d discount) any { return f(d.get()) })
	}
	out := map[string]resolver{
		"allocationMethod": get(func(d *DiscountApplication) any { return or(d.Method, "ACROSS") }),
		"index":            of(func(d discount) any { return d.index }),
		"targetSelection":  get(func(d *DiscountApplication) any { return or(d.Selection, "ALL") }),
		"targetType":       get(func(d *DiscountApplication) any { return or(d.Target, "LINE_ITEM") }),
		"value": with(func(x *exec, d discount, _ args) any {
			if p := d.get().Percent; p != 0 {
				return percent(p)
			}
			return money{d.o, d.get().Amount}.shop(x)
		}),
	}
	for i := 0; i < len(own); i += 2 {
		out[own[i].(string)] = get(own[i+1].(func(*DiscountApplication) any))
	}
	return out
}
