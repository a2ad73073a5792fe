package shopify

import (
	"cmp"
	"slices"
)

func fulfillmentFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Fulfillment": {
			"createdAt":           of2(func(_ *Order, f *Fulfillment) any { return f.CreatedAt }),
			"deliveredAt":         of2(func(_ *Order, f *Fulfillment) any { return f.DeliveredAt }),
			"displayStatus":       of2(func(_ *Order, f *Fulfillment) any { return text(f.DisplayStatus) }),
			"estimatedDeliveryAt": of2(func(_ *Order, f *Fulfillment) any { return f.EstimatedDelivery }),
			"events": with2(func(x *exec, o *Order, f *Fulfillment, a args) any {
				events := slices.Clone(f.Events)
				slices.SortStableFunc(events, func(p, q FulfillmentEvent) int {
					if a.str("sortKey") == "ID" {
						return cmp.Compare(p.ID, q.ID)
					}
					return cmp.Compare(p.HappenedAt, q.HappenedAt)
				})
				return paged(x, o, events, func(e *FulfillmentEvent) int64 { return e.ID }, a)
			}),
			"fulfillmentLineItems": with2(func(x *exec, o *Order, f *Fulfillment, a args) any {
				return paged(x, o, f.Lines, func(l *FulfillmentLine) int64 { return l.ID }, a)
			}),
			"id":               of2(func(_ *Order, f *Fulfillment) any { return gid{"Fulfillment", f.ID} }),
			"inTransitAt":      of2(func(_ *Order, f *Fulfillment) any { return f.InTransitAt }),
			"legacyResourceId": of2(func(_ *Order, f *Fulfillment) any { return unsigned(f.ID) }),
			"location":         with2(func(x *exec, _ *Order, f *Fulfillment, _ args) any { return x.srv.location(f.LocationID) }),
			"name":             of2(func(o *Order, f *Fulfillment) any { return or(f.Name, o.Name()+"-F") }),
			"order":            of2(func(o *Order, _ *Fulfillment) any { return o }),
			"status":           of2(func(_ *Order, f *Fulfillment) any { return or(f.Status, "SUCCESS") }),
			"totalQuantity": of2(func(_ *Order, f *Fulfillment) any {
				n := 0
				for i := range f.Lines {
					n += f.Lines[i].Quantity
				}
				return n
			}),
			"trackingInfo": with2(func(_ *exec, o *Order, f *Fulfillment, a args) any {
				n := 1
				if f.Company == "" && f.Number == "" {
					n = 0
				}
				return firstOf(n, func(int) any { return part[Fulfillment]{o, f} }, a)
			}),
			"updatedAt": of2(func(_ *Order, f *Fulfillment) any {
				if f.UpdatedAt == 0 {
					return f.CreatedAt
				}
				return f.UpdatedAt
			}),
		},
		"FulfillmentTrackingInfo": {
			"company": of2(func(_ *Order, f *Fulfillment) any { return text(f.Company) }),
			"number":  of2(func(_ *Order, f *Fulfillment) any { return text(f.Number) }),
			"url":     of2(func(*Order, *Fulfillment) any { return nil }),
		},
		"FulfillmentEvent": {
			"createdAt": of2(func(_ *Order, e *FulfillmentEvent) any {
				if e.CreatedAt == 0 {
					return e.HappenedAt
				}
				return e.CreatedAt
			}),
			"estimatedDeliveryAt": of2(func(_ *Order, e *FulfillmentEvent) any { return e.EstimatedDelivery }),
			"happenedAt":          of2(func(_ *Order, e *FulfillmentEvent) any { return e.HappenedAt }),
			"id":                  of2(func(_ *Order, e *FulfillmentEvent) any { return gid{"FulfillmentEvent", e.ID} }),
			"message":             of2(func(*Order, *FulfillmentEvent) any { return nil }),
			"status":              of2(func(_ *Order, e *FulfillmentEvent) any { return e.Status }),
		},
		"FulfillmentLineItem": {
			"id":       of2(func(_ *Order, l *FulfillmentLine) any { return gid{"FulfillmentLineItem", l.ID} }),
			"lineItem": of2(func(o *Order, l *FulfillmentLine) any { return o.line(l.LineItemID) }),
			"quantity": of2(func(_ *Order, l *FulfillmentLine) any { return l.Quantity }),
		},
		"FulfillmentOrder": {
			"createdAt": of2(func(_ *Order, f *FulfillmentOrder) any { return f.CreatedAt }),
			"deliveryMethod": of2(func(o *Order, f *FulfillmentOrder) any {
				if f.DeliveryID == 0 {
					return nil
				}
				return part[FulfillmentOrder]{o, f}
			}),
			"fulfillAt":        of2(func(_ *Order, f *FulfillmentOrder) any { return f.FulfillAt }),
			"fulfillBy":        of2(func(_ *Order, f *FulfillmentOrder) any { return f.FulfillBy }),
			"id":               of2(func(_ *Order, f *FulfillmentOrder) any { return gid{"FulfillmentOrder", f.ID} }),
			"orderId":          of2(func(o *Order, _ *FulfillmentOrder) any { return gid{"Order", o.ID} }),
			"orderName":        of2(func(o *Order, _ *FulfillmentOrder) any { return o.Name() }),
			"orderProcessedAt": of2(func(o *Order, _ *FulfillmentOrder) any { return o.placed() }),
			"status":           of2(func(_ *Order, f *FulfillmentOrder) any { return or(f.Status, "OPEN") }),
			"updatedAt": of2(func(_ *Order, f *FulfillmentOrder) any {
				if f.UpdatedAt == 0 {
					return f.CreatedAt
				}
				return f.UpdatedAt
			}),
		},
		"DeliveryMethod": {
			"id":                  of2(func(_ *Order, f *FulfillmentOrder) any { return gid{"DeliveryMethod", f.DeliveryID} }),
			"maxDeliveryDateTime": of2(func(_ *Order, f *FulfillmentOrder) any { return f.MaxDelivery }),
			"methodType":          of2(func(_ *Order, f *FulfillmentOrder) any { return or(f.Method, "SHIPPING") }),
			"minDeliveryDateTime": of2(func(_ *Order, f *FulfillmentOrder) any { return f.MinDelivery }),
		},
	}
}
