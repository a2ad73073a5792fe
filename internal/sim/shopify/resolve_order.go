package shopify

import (
	"slices"
	"strconv"
	"strings"
)

func orderFields() map[string]map[string]resolver {
	set := func(get func(*Totals) int64) resolver {
		return of(func(o *Order) any { return bag(o, get(&o.Totals)) })
	}
	setIf := func(get func(*Totals) int64) resolver {
		return of(func(o *Order) any { return bagIf(o, get(&o.Totals)) })
	}
	return map[string]map[string]resolver{
		"Order": {
			"additionalFees": of(func(o *Order) any { return parts(o, o.Fees) }),
			"agreements": with(func(x *exec, o *Order, a args) any {
				keep := matching(x, "Order.agreements", o.Agreements, a)
				return x.pageOf(len(keep), func(i int) any { return part[Agreement]{o, keep[i]} }, func(i int) int64 { return keep[i].ID }, a)
			}),
			"app":            of(func(o *Order) any { return channelOf(o) }),
			"attribution":    of(func(o *Order) any { return channelOf(o) }),
			"billingAddress": personal,
			"cancelReason":   of(func(o *Order) any { return text(o.CancelReason) }),
			"cancelledAt":    of(func(o *Order) any { return o.CancelledAt }),
			"clientIp":       personal,
			"closed":         of(func(o *Order) any { return o.ClosedAt != 0 }),
			"closedAt":       of(func(o *Order) any { return o.ClosedAt }),
			"confirmed":      of(func(o *Order) any { return !o.Unconfirmed }),
			"createdAt":      of(func(o *Order) any { return o.CreatedAt }),
			"currencyCode":   with(func(x *exec, o *Order, _ args) any { return x.currency(o) }),

			"currentShippingPriceSet": set(func(t *Totals) int64 { return t.CurrentShipping }),
			"currentSubtotalLineItemsQuantity": of(func(o *Order) any {
				n := 0
				for i := range o.Lines {
					n += o.Lines[i].Current
				}
				return n
			}),
			"currentSubtotalPriceSet":       set(func(t *Totals) int64 { return t.CurrentSubtotal }),
			"currentTotalAdditionalFeesSet": setIf(func(t *Totals) int64 { return t.CurrentFees }),
			"currentTotalDiscountsSet":      set(func(t *Totals) int64 { return t.CurrentDiscounts }),
			"currentTotalDutiesSet":         setIf(func(t *Totals) int64 { return t.CurrentDuties }),
			"currentTotalPriceSet":          set(func(t *Totals) int64 { return t.CurrentTotal }),
			"currentTotalTaxSet":            set(func(t *Totals) int64 { return t.CurrentTax }),

			"customer": of(func(o *Order) any {
				if o.Customer == nil {
					return nil
				}
				return o.Customer
			}),
			"customerJourneySummary": of(func(o *Order) any {
				if o.Journey == nil {
					return nil
				}
				return o
			}),
			"discountApplications": with(func(x *exec, o *Order, a args) any {
				at := func(i int) any { return discount{o, i} }
				return x.pageOf(len(o.Discounts), at, func(i int) int64 { return int64(i) + 1 }, a)
			}),
			"discountCodes":            of(func(o *Order) any { return strs(o.DiscountCodes) }),
			"displayFinancialStatus":   of(func(o *Order) any { return text(o.FinancialStatus) }),
			"displayFulfillmentStatus": of(func(o *Order) any { return or(o.FulfillmentStatus, "UNFULFILLED") }),
			"disputes":                 of(func(o *Order) any { return parts(o, o.Disputes) }),
			"dutiesIncluded":           of(func(o *Order) any { return o.DutiesIncluded }),
			"edited":                   of(func(o *Order) any { return o.Edited }),
			"email":                    personal,
			"fulfillmentOrders": with(func(x *exec, o *Order, a args) any {
				return paged(x, o, o.FulfillmentOrders, func(f *FulfillmentOrder) int64 { return f.ID }, a)
			}),
			"fulfillments": with(func(x *exec, o *Order, a args) any {
				return firstOf(len(o.Fulfillments), func(i int) any { return part[Fulfillment]{o, &o.Fulfillments[i]} }, a)
			}),
			"fullyPaid":        of(func(o *Order) any { return o.Totals.Outstanding <= 0 }),
			"id":               of(func(o *Order) any { return gid{"Order", o.ID} }),
			"legacyResourceId": of(func(o *Order) any { return unsigned(o.ID) }),
			"lineItems": with(func(x *exec, o *Order, a args) any {
				return paged(x, o, o.Lines, func(l *LineItem) int64 { return l.ID }, a)
			}),
			"name":                           of(func(o *Order) any { return o.Name() }),
			"netPaymentSet":                  set(func(t *Totals) int64 { return t.Received - t.Refunded }),
			"note":                           personal,
			"number":                         of(func(o *Order) any { return o.Number }),
			"originalTotalAdditionalFeesSet": setIf(func(t *Totals) int64 { return t.Fees }),
			"originalTotalDutiesSet":         setIf(func(t *Totals) int64 { return t.Duties }),
			"originalTotalPriceSet":          set(func(t *Totals) int64 { return t.OriginalTotal }),
			"paymentGatewayNames":            of(func(o *Order) any { return strs(o.Gateways) }),
			"phone":                          personal,
			"presentmentCurrencyCode": with(func(x *exec, o *Order, _ args) any {
				return or(o.Presentment, x.currency(o))
			}),
			"processedAt":          of(func(o *Order) any { return o.placed() }),
			"refundDiscrepancySet": set(func(t *Totals) int64 { return t.RefundDiscrepancy }),
			"refunds": with(func(x *exec, o *Order, a args) any {
				return firstOf(len(o.Refunds), func(i int) any { return part[Refund]{o, &o.Refunds[i]} }, a)
			}),
			"retailLocation": with(func(x *exec, o *Order, _ args) any { return x.srv.location(o.LocationID) }),
			"returnStatus":   of(func(o *Order) any { return or(o.ReturnStatus, "NO_RETURN") }),
			"returns": with(func(x *exec, o *Order, a args) any {
				keep := matching(x, "Order.returns", o.Returns, a)
				return x.pageOf(len(keep), func(i int) any { return part[Return]{o, keep[i]} }, func(i int) int64 { return keep[i].ID }, a)
			}),
			"shippingAddress": personal,
			"shippingLine": of(func(o *Order) any {
				for i := range o.Shipping {
					if !o.Shipping[i].Removed {
						return part[ShippingLine]{o, &o.Shipping[i]}
					}
				}
				return nil
			}),
			"shippingLines": with(func(x *exec, o *Order, a args) any {
				keep := make([]*ShippingLine, 0, len(o.Shipping))
				for i := range o.Shipping {
					if !o.Shipping[i].Removed || a.flag("includeRemovals") {
						keep = append(keep, &o.Shipping[i])
					}
				}
				return x.pageOf(len(keep), func(i int) any { return part[ShippingLine]{o, keep[i]} }, func(i int) int64 { return keep[i].ID }, a)
			}),
			"sourceName": of(func(o *Order) any { return text(o.SourceName) }),
			"subtotalLineItemsQuantity": of(func(o *Order) any {
				n := 0
				for i := range o.Lines {
					n += o.Lines[i].Quantity
				}
				return n
			}),
			"subtotalPriceSet":         set(func(t *Totals) int64 { return t.Subtotal }),
			"tags":                     of(func(o *Order) any { return strs(o.Tags) }),
			"taxesIncluded":            of(func(o *Order) any { return o.TaxesIncluded }),
			"test":                     of(func(o *Order) any { return o.Test }),
			"totalDiscountsSet":        set(func(t *Totals) int64 { return t.Discounts }),
			"totalOutstandingSet":      set(func(t *Totals) int64 { return t.Outstanding }),
			"totalPriceSet":            set(func(t *Totals) int64 { return t.Total }),
			"totalReceivedSet":         set(func(t *Totals) int64 { return t.Received }),
			"totalRefundedSet":         set(func(t *Totals) int64 { return t.Refunded }),
			"totalRefundedShippingSet": set(func(t *Totals) int64 { return t.RefundedShipping }),
			"totalShippingPriceSet":    set(func(t *Totals) int64 { return t.Shipping }),
			"totalTaxSet":              set(func(t *Totals) int64 { return t.Tax }),
			"totalTipReceivedSet":      set(func(t *Totals) int64 { return t.Tip }),
			"transactions": with(func(x *exec, o *Order, a args) any {
				return firstOf(len(o.Transactions), func(i int) any { return part[Transaction]{o, &o.Transactions[i]} }, a)
			}),
			"unpaid":    of(func(o *Order) any { return o.Totals.Received == 0 && o.Totals.Outstanding > 0 }),
			"updatedAt": of(func(o *Order) any { return o.UpdatedAt }),
		},
		"OrderApp": {
			"id":   of(func(c *Channel) any { return gid{"App", c.AppID} }),
			"name": of(func(c *Channel) any { return c.AppName }),
		},
		"OrderAttribution": {
			"displayName": of(func(c *Channel) any { return c.Name }),
			"handle":      of(func(c *Channel) any { return c.Handle }),
		},
		"OrderDisputeSummary": {
			"id":          of2(func(_ *Order, d *Dispute) any { return gid{"OrderDisputeSummary", d.ID} }),
			"initiatedAs": of2(func(_ *Order, d *Dispute) any { return or(d.Type, "CHARGEBACK") }),
			"status":      of2(func(_ *Order, d *Dispute) any { return d.Status }),
		},
		"AdditionalFee": {
			"id":       of2(func(_ *Order, f *AdditionalFee) any { return gid{"AdditionalFee", f.ID} }),
			"name":     of2(func(_ *Order, f *AdditionalFee) any { return f.Name }),
			"price":    of2(func(o *Order, f *AdditionalFee) any { return bag(o, f.Price) }),
			"taxLines": of2(func(o *Order, f *AdditionalFee) any { return parts(o, f.Taxes) }),
		},
		"OrderTransaction": {
			"amountSet": of2(func(o *Order, t *Transaction) any { return bag(o, t.Amount) }),
			"createdAt": of2(func(_ *Order, t *Transaction) any { return t.CreatedAt }),
			"fees":      of2(func(o *Order, t *Transaction) any { return parts(o, t.Fees) }),
			"gateway":   of2(func(_ *Order, t *Transaction) any { return text(t.Gateway) }),
			"id":        of2(func(_ *Order, t *Transaction) any { return gid{"OrderTransaction", t.ID} }),
			"kind":      of2(func(_ *Order, t *Transaction) any { return t.Kind }),
			"order":     of2(func(o *Order, _ *Transaction) any { return o }),
			"parentTransaction": of2(func(o *Order, t *Transaction) any {
				return o.transaction(t.ParentID)
			}),
			"processedAt": of2(func(_ *Order, t *Transaction) any { return t.ProcessedAt }),
			"status":      of2(func(_ *Order, t *Transaction) any { return t.Status }),
			"test":        of2(func(_ *Order, t *Transaction) any { return t.Test }),
		},
		"TransactionFee": {
			"amount":    with2(func(x *exec, o *Order, f *TransactionFee, _ args) any { return money{o, f.Amount}.shop(x) }),
			"flatFee":   with2(func(x *exec, o *Order, f *TransactionFee, _ args) any { return money{o, f.Flat}.shop(x) }),
			"id":        of2(func(_ *Order, f *TransactionFee) any { return gid{"TransactionFee", f.ID} }),
			"rate":      of2(func(_ *Order, f *TransactionFee) any { return strconv.FormatFloat(f.Rate, 'f', -1, 64) }),
			"rateName":  of2(func(_ *Order, f *TransactionFee) any { return text(f.Name) }),
			"taxAmount": with2(func(x *exec, o *Order, f *TransactionFee, _ args) any { return money{o, f.Tax}.shop(x) }),
			"type":      of2(func(_ *Order, f *TransactionFee) any { return or(f.Type, "processing_fee") }),
		},
	}
}

// Name is the order's number as people see it.
func (o *Order) Name() string { return "#" + strconv.Itoa(o.Number) }

// placed is processedAt, which for all but imported orders is createdAt.
func (o *Order) placed() Instant {
	if o.ProcessedAt == 0 {
		return o.CreatedAt
	}
	return o.ProcessedAt
}

func channelOf(o *Order) any {
	if o.Channel == nil {
		return nil
	}
	return o.Channel
}

func (o *Order) transaction(id int64) any {
	i := slices.IndexFunc(o.Transactions, func(t Transaction) bool { return t.ID == id })
	if id == 0 || i < 0 {
		return nil
	}
	return part[Transaction]{o, &o.Transactions[i]}
}

func (o *Order) line(id int64) any {
	if l := o.lineByID(id); l != nil {
		return part[LineItem]{o, l}
	}
	return nil
}

// strs gives a list of strings that is never null.
func strs(s []string) any {
	if s == nil {
		return []string{}
	}
	return s
}

// orderStatus is the open, closed or cancelled of the status filter.
func (o *Order) orderStatus() string {
	switch {
	case o.CancelledAt != 0:
		return "cancelled"
	case o.ClosedAt != 0:
		return "closed"
	}
	return "open"
}

func lower(s, fallback string) string {
	if s == "" {
		s = fallback
	}
	return strings.ToLower(s)
}
