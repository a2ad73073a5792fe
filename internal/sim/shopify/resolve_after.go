package shopify

import "strings"

func refundFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Refund": {
			"createdAt":        of2(func(_ *Order, r *Refund) any { return r.CreatedAt }),
			"duties":           of2(func(o *Order, r *Refund) any { return parts(o, r.Duties) }),
			"id":               of2(func(_ *Order, r *Refund) any { return gid{"Refund", r.ID} }),
			"legacyResourceId": of2(func(_ *Order, r *Refund) any { return unsigned(r.ID) }),
			"note":             personal,
			"order":            of2(func(o *Order, _ *Refund) any { return o }),
			"orderAdjustments": with2(func(x *exec, o *Order, r *Refund, a args) any {
				return paged(x, o, r.Adjustments, func(d *Adjustment) int64 { return d.ID }, a)
			}),
			"processedAt": of2(func(_ *Order, r *Refund) any {
				if r.ProcessedAt == 0 {
					return r.CreatedAt
				}
				return r.ProcessedAt
			}),
			"refundLineItems": with2(func(x *exec, o *Order, r *Refund, a args) any {
				return paged(x, o, r.Lines, func(l *RefundLine) int64 { return l.ID }, a)
			}),
			"refundShippingLines": with2(func(x *exec, o *Order, r *Refund, a args) any {
				return paged(x, o, r.Shipping, func(l *RefundShipping) int64 { return l.ID }, a)
			}),
			"return":           of2(func(o *Order, r *Refund) any { return o.returned(r.ReturnID) }),
			"totalRefundedSet": of2(func(o *Order, r *Refund) any { return bag(o, r.Total) }),
			"transactions": with2(func(x *exec, o *Order, r *Refund, a args) any {
				at := func(i int) any { return o.transaction(r.Transactions[i]) }
				return x.pageOf(len(r.Transactions), at, func(i int) int64 { return r.Transactions[i] }, a)
			}),
			"updatedAt": of2(func(_ *Order, r *Refund) any {
				if r.UpdatedAt == 0 {
					return r.CreatedAt
				}
				return r.UpdatedAt
			}),
		},
		"RefundLineItem": {
			"id":          of2(func(_ *Order, l *RefundLine) any { return gid{"RefundLineItem", l.ID} }),
			"lineItem":    of2(func(o *Order, l *RefundLine) any { return o.line(l.LineItemID) }),
			"location":    with2(func(x *exec, _ *Order, l *RefundLine, _ args) any { return x.srv.location(l.LocationID) }),
			"priceSet":    of2(func(o *Order, l *RefundLine) any { return bag(o, l.Price) }),
			"quantity":    of2(func(_ *Order, l *RefundLine) any { return l.Quantity }),
			"restockType": of2(func(_ *Order, l *RefundLine) any { return or(l.RestockType, "NO_RESTOCK") }),
			"restocked":   of2(func(_ *Order, l *RefundLine) any { return l.Restocked }),
			"subtotalSet": of2(func(o *Order, l *RefundLine) any { return bag(o, l.Subtotal) }),
			"totalTaxSet": of2(func(o *Order, l *RefundLine) any { return bag(o, l.Tax) }),
		},
		"RefundShippingLine": {
			"id":                of2(func(_ *Order, l *RefundShipping) any { return gid{"RefundShippingLine", l.ID} }),
			"shippingLine":      of2(func(o *Order, l *RefundShipping) any { return o.shippingLine(l.ShippingLineID) }),
			"subtotalAmountSet": of2(func(o *Order, l *RefundShipping) any { return bag(o, l.Subtotal) }),
			"taxAmountSet":      of2(func(o *Order, l *RefundShipping) any { return bag(o, l.Tax) }),
		},
		"OrderAdjustment": {
			"amountSet":    of2(func(o *Order, a *Adjustment) any { return bag(o, a.Amount) }),
			"id":           of2(func(_ *Order, a *Adjustment) any { return gid{"OrderAdjustment", a.ID} }),
			"reason":       of2(func(_ *Order, a *Adjustment) any { return text(a.Reason) }),
			"taxAmountSet": of2(func(o *Order, a *Adjustment) any { return bag(o, a.Tax) }),
		},
		"RefundDuty": {
			"amountSet": of2(func(o *Order, d *RefundDuty) any { return bag(o, d.Amount) }),
			"originalDuty": of2(func(o *Order, d *RefundDuty) any {
				for i := range o.Lines {
					for k := range o.Lines[i].Duties {
						if o.Lines[i].Duties[k].ID == d.DutyID {
							return part[Duty]{o, &o.Lines[i].Duties[k]}
						}
					}
				}
				return nil
			}),
		},
	}
}

func returnFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Return": {
			"closedAt":  of2(func(_ *Order, r *Return) any { return r.ClosedAt }),
			"createdAt": of2(func(_ *Order, r *Return) any { return r.CreatedAt }),
			"id":        of2(func(_ *Order, r *Return) any { return gid{"Return", r.ID} }),
			"name":      of2(func(o *Order, r *Return) any { return or(r.Name, o.Name()+"-R") }),
			"order":     of2(func(o *Order, _ *Return) any { return o }),
			"refunds": with2(func(x *exec, o *Order, r *Return, a args) any {
				var own []*Refund
				for i := range o.Refunds {
					if o.Refunds[i].ReturnID == r.ID {
						own = append(own, &o.Refunds[i])
					}
				}
				return x.pageOf(len(own), func(i int) any { return part[Refund]{o, own[i]} }, func(i int) int64 { return own[i].ID }, a)
			}),
			"requestApprovedAt": of2(func(_ *Order, r *Return) any { return r.ApprovedAt }),
			"returnLineItems": with2(func(x *exec, o *Order, r *Return, a args) any {
				return paged(x, o, r.Lines, func(l *ReturnLine) int64 { return l.ID }, a)
			}),
			"returnShippingFees": of2(func(o *Order, r *Return) any {
				if r.ShippingFee == 0 {
					return list{}
				}
				return list{1, func(int) any { return shippingFee{o, r} }}
			}),
			"status": of2(func(_ *Order, r *Return) any { return or(r.Status, "OPEN") }),
			"totalQuantity": of2(func(_ *Order, r *Return) any {
				n := 0
				for i := range r.Lines {
					n += r.Lines[i].Quantity
				}
				return n
			}),
		},
		"ReturnLineItem": {
			"fulfillmentLineItem": of2(func(o *Order, l *ReturnLine) any { return o.fulfillmentLine(l.LineItemID) }),
			"id":                  of2(func(_ *Order, l *ReturnLine) any { return gid{"ReturnLineItem", l.ID} }),
			"processedQuantity":   of2(func(_ *Order, l *ReturnLine) any { return l.Processed }),
			"quantity":            of2(func(_ *Order, l *ReturnLine) any { return l.Quantity }),
			"refundableQuantity":  of2(func(_ *Order, l *ReturnLine) any { return l.Quantity - l.Refunded }),
			"refundedQuantity":    of2(func(_ *Order, l *ReturnLine) any { return l.Refunded }),
			"restockingFee": of2(func(o *Order, l *ReturnLine) any {
				if l.RestockingFee == 0 {
					return nil
				}
				return restockingFee{o, l}
			}),
			"returnReason":           of2(func(_ *Order, l *ReturnLine) any { return or(l.Reason, "UNKNOWN") }),
			"returnReasonDefinition": of2(func(_ *Order, l *ReturnLine) any { return reason(or(l.Reason, "UNKNOWN").(string)) }),
			"returnReasonNote":       func(*exec, any, args) any { return "" },
			"withCodeDiscountedTotalPriceSet": of2(func(o *Order, l *ReturnLine) any {
				li := o.lineByID(l.LineItemID)
				if li == nil || li.Quantity == 0 {
					return bag(o, 0)
				}
				return bag(o, perUnit((li.OriginalTotal()-li.discounted())*int64(l.Quantity), li.Quantity))
			}),
		},
		"ReturnReasonDefinition": {
			"deleted": of(func(reason) any { return false }),
			"handle":  of(func(r reason) any { return strings.ReplaceAll(strings.ToLower(string(r)), "_", "-") }),
			"id":      of(func(r reason) any { return gid{"ReturnReasonDefinition", r.id()} }),
			"name": of(func(r reason) any {
				s := strings.ReplaceAll(strings.ToLower(string(r)), "_", " ")
				return strings.ToUpper(s[:1]) + s[1:]
			}),
		},
		"RestockingFee": {
			"amountSet":  of(func(f restockingFee) any { return bag(f.o, f.v.RestockingFee) }),
			"id":         of(func(f restockingFee) any { return gid{"RestockingFee", f.v.RestockingID} }),
			"percentage": of(func(f restockingFee) any { return f.v.RestockPercent }),
		},
		"ReturnShippingFee": {
			"amountSet": of(func(f shippingFee) any { return bag(f.o, f.v.ShippingFee) }),
			"id":        of(func(f shippingFee) any { return gid{"ReturnShippingFee", f.v.FeeID} }),
		},
	}
}

type (
	restockingFee part[ReturnLine]
	shippingFee   part[Return]
	reason        string
)

// id is the same for a reason wherever it is met.
func (r reason) id() int64 {
	n := int64(0)
	for _, c := range []byte(r) {
		n = n*31 + int64(c)
	}
	return n & 0xffffff
}

func (o *Order) refund(id int64) any {
	for i := range o.Refunds {
		if o.Refunds[i].ID == id {
			return part[Refund]{o, &o.Refunds[i]}
		}
	}
	return nil
}

func (o *Order) returned(id int64) any {
	for i := range o.Returns {
		if o.Returns[i].ID == id {
			return part[Return]{o, &o.Returns[i]}
		}
	}
	return nil
}

// fee finds a fee that a return kept back.
func (o *Order) fee(id int64) any {
	for i := range o.Returns {
		r := &o.Returns[i]
		if r.FeeID == id && id != 0 {
			return shippingFee{o, r}
		}
		for k := range r.Lines {
			if r.Lines[k].RestockingID == id && id != 0 {
				return restockingFee{o, &r.Lines[k]}
			}
		}
	}
	return nil
}

func (o *Order) fulfillmentLine(lineItem int64) any {
	for i := range o.Fulfillments {
		for k := range o.Fulfillments[i].Lines {
			if l := &o.Fulfillments[i].Lines[k]; l.LineItemID == lineItem {
				return part[FulfillmentLine]{o, l}
			}
		}
	}
	return nil
}
