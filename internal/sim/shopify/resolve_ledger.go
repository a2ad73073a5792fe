package shopify

func ledgerFields() map[string]map[string]resolver {
	out := map[string]map[string]resolver{
		"OrderAgreement": agreementFields(map[string]resolver{
			"order": of2(func(o *Order, _ *Agreement) any { return o }),
		}),
		"OrderEditAgreement": agreementFields(nil),
		"RefundAgreement": agreementFields(map[string]resolver{
			"refund": of2(func(o *Order, a *Agreement) any { return o.refund(a.RefundID) }),
		}),
		"ReturnAgreement": agreementFields(map[string]resolver{
			"return": of2(func(o *Order, a *Agreement) any { return o.returned(a.ReturnID) }),
		}),
		"AdjustmentSale": saleFields("", nil),
		"UnknownSale":    saleFields("", nil),
		"SaleTax": {
			"amount":  of(func(t saleTax) any { return bag(t.o, t.amount) }),
			"id":      of(func(t saleTax) any { return gid{"SaleTax", t.sale.ID} }),
			"taxLine": of(func(t saleTax) any { return part[TaxLine]{t.o, &TaxLine{Price: t.amount}} }),
		},
		"SaleAdditionalFee": {
			"id":       of2(func(_ *Order, f *AdditionalFee) any { return gid{"SaleAdditionalFee", f.ID} }),
			"name":     of2(func(_ *Order, f *AdditionalFee) any { return f.Name }),
			"price":    of2(func(o *Order, f *AdditionalFee) any { return bag(o, f.Price) }),
			"taxLines": of2(func(o *Order, f *AdditionalFee) any { return parts(o, f.Taxes) }),
		},
	}
	lineItem := func(o *Order, s *Sale) any { return o.line(s.LineItemID) }
	for typ := range map[string]bool{"ProductSale": true, "GiftCardSale": true, "TipSale": true} {
		out[typ] = saleFields("lineItem", lineItem)
	}
	out["ShippingLineSale"] = saleFields("shippingLine", func(o *Order, s *Sale) any { return o.shippingLine(s.ShippingLineID) })
	out["DutySale"] = saleFields("duty", func(o *Order, s *Sale) any {
		for i := range o.Lines {
			for k := range o.Lines[i].Duties {
				if d := &o.Lines[i].Duties[k]; d.ID == s.DutyID {
					return part[Duty]{o, d}
				}
			}
		}
		return nil
	})
	out["AdditionalFeeSale"] = saleFields("additionalFee", func(o *Order, s *Sale) any {
		for i := range o.Fees {
			if o.Fees[i].ID == s.FeeID {
				return part[AdditionalFee]{o, &o.Fees[i]}
			}
		}
		return nil
	})
	out["FeeSale"] = saleFields("fee", func(o *Order, s *Sale) any { return o.fee(s.FeeID) })
	return out
}

func agreementFields(own map[string]resolver) map[string]resolver {
	out := map[string]resolver{
		"happenedAt": of2(func(_ *Order, a *Agreement) any { return a.HappenedAt }),
		// The ID says SalesAgreement whatever the concrete type.
		"id":     of2(func(_ *Order, a *Agreement) any { return gid{"SalesAgreement", a.ID} }),
		"reason": of2(func(_ *Order, a *Agreement) any { return or(a.Reason, "UNKNOWN") }),
		"sales": with2(func(x *exec, o *Order, a *Agreement, ar args) any {
			return paged(x, o, a.Sales, func(s *Sale) int64 { return s.ID }, ar)
		}),
	}
	for k, v := range own {
		out[k] = v
	}
	return out
}

func saleFields(name string, own func(*Order, *Sale) any) map[string]resolver {
	out := map[string]resolver{
		"actionType": of2(func(_ *Order, s *Sale) any { return or(s.ActionType, "UNKNOWN") }),
		"id":         of2(func(_ *Order, s *Sale) any { return gid{"Sale", s.ID} }),
		"lineType":   of2(func(_ *Order, s *Sale) any { return or(s.LineType, "UNKNOWN") }),
		"quantity": of2(func(_ *Order, s *Sale) any {
			if s.NoQuantity {
				return nil
			}
			return s.Quantity
		}),
		"taxes": of2(func(o *Order, s *Sale) any {
			if s.Tax == 0 {
				return list{}
			}
			return list{1, func(int) any { return saleTax{o, s, s.Tax} }}
		}),
		"totalAmount":                    of2(func(o *Order, s *Sale) any { return bag(o, s.Total) }),
		"totalDiscountAmountAfterTaxes":  of2(func(o *Order, s *Sale) any { return bag(o, s.DiscountAfterTax) }),
		"totalDiscountAmountBeforeTaxes": of2(func(o *Order, s *Sale) any { return bag(o, s.DiscountBeforeTax) }),
		"totalTaxAmount":                 of2(func(o *Order, s *Sale) any { return bag(o, s.Tax) }),
	}
	if own != nil {
		out[name] = of2(own)
	}
	return out
}

// saleTax is the tax of a sale; the simulation keeps one sum of it.
type saleTax struct {
	o      *Order
	sale   *Sale
	amount int64
}

func agreementType(a *Agreement) string {
	switch {
	case a.RefundID != 0:
		return "RefundAgreement"
	case a.ReturnID != 0:
		return "ReturnAgreement"
	case a.Reason == "ORDER_EDIT":
		return "OrderEditAgreement"
	}
	return "OrderAgreement"
}

func saleType(s *Sale) string {
	switch s.LineType {
	case "PRODUCT":
		return "ProductSale"
	case "GIFT_CARD":
		return "GiftCardSale"
	case "TIP":
		return "TipSale"
	case "SHIPPING":
		return "ShippingLineSale"
	case "DUTY":
		return "DutySale"
	case "ADDITIONAL_FEE":
		return "AdditionalFeeSale"
	case "FEE":
		return "FeeSale"
	case "ADJUSTMENT":
		return "AdjustmentSale"
	}
	return "UnknownSale"
}

func (o *Order) shippingLine(id int64) any {
	for i := range o.Shipping {
		if o.Shipping[i].ID == id {
			return part[ShippingLine]{o, &o.Shipping[i]}
		}
	}
	return nil
}
