package store

import "fourfold/internal/fact"

var orderKind = define(kind[fact.Order]{
	table: "orders",
	key:   func(v *fact.Order) key { return key{a: v.ID} },
	older: func(a, b *fact.Order) bool { return a.UpdatedAt.Before(b.UpdatedAt) },
	write: func(p *place, v *fact.Order, r *row) {
		r.text("id", v.ID)
		r.at("created_at", v.CreatedAt)
		r.at("processed_at", v.ProcessedAt)
		r.text("day", p.day(v.ProcessedAt))
		r.at("updated_at", v.UpdatedAt)
		r.at("cancelled_at", v.CancelledAt)
		r.text("cancelled_by", v.CancelledBy)
		r.bool("test", v.Test)
		r.text("currency", v.Currency)
		r.text("presentment", v.Presentment)
		r.text("customer_id", v.CustomerID)
		r.text("channel", v.Channel)
		r.bool("shippable", v.Shippable)
		r.money("total", v.Total)
		r.text("first_host", v.First.Host)
		r.text("first_source", v.First.Source)
		r.text("first_medium", v.First.Medium)
		r.text("first_campaign", v.First.Campaign)
		r.text("last_host", v.Last.Host)
		r.text("last_source", v.Last.Source)
		r.text("last_medium", v.Last.Medium)
		r.text("last_campaign", v.Last.Campaign)
		r.bool("journey_done", v.JourneyDone)
		r.bool("referral", v.Referral)
	},
}, []string{"id"}, byUpdate, map[string]string{"day": "processed_at"})

var lineKind = define(kind[fact.OrderLine]{
	table: "order_lines",
	keeps: []string{"product_id", "variant_id"},
	key:   func(v *fact.OrderLine) key { return key{a: v.OrderID, b: v.ID} },
	write: func(_ *place, v *fact.OrderLine, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("product_id", v.ProductID)
		r.text("variant_id", v.VariantID)
		r.text("sku", v.SKU)
		r.int("quantity", v.Quantity)
		r.int("current_quantity", v.CurrentQuantity)
		r.money("unit_price", v.UnitPrice)
		r.money("discount", v.Discount)
		r.bool("gift_card", v.GiftCard)
		r.bool("shippable", v.Shippable)
	},
}, []string{"order_id", "id"}, byRead, nil)

var agreementKind = define(kind[fact.Agreement]{
	table: "agreements",
	key:   func(v *fact.Agreement) key { return key{a: v.OrderID, b: v.ID} },
	write: func(p *place, v *fact.Agreement, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.at("happened_at", v.HappenedAt)
		r.text("day", p.day(v.HappenedAt))
		r.text("reason", string(v.Reason))
	},
}, []string{"order_id", "id"}, byRead, map[string]string{"day": "happened_at"})

var saleKind = define(kind[fact.Sale]{
	table: "sales",
	key:   func(v *fact.Sale) key { return key{a: v.AgreementID, b: v.ID} },
	write: func(_ *place, v *fact.Sale, r *row) {
		r.text("agreement_id", v.AgreementID)
		r.text("id", v.ID)
		r.text("line_type", string(v.Line))
		r.text("action", v.Action)
		r.text("line_id", v.LineID)
		r.int("quantity", v.Quantity)
		r.money("total", v.Total)
		r.money("tax", v.Tax)
		r.money("discount", v.Discount)
	},
}, []string{"agreement_id", "id"}, byRead, nil)

// A refund's day is the one it was processed on, which the provider may leave out.
var refundKind = define(kind[fact.Refund]{
	table: "refunds",
	key:   func(v *fact.Refund) key { return key{a: v.OrderID, b: v.ID} },
	write: func(p *place, v *fact.Refund, r *row) {
		dated := v.ProcessedAt
		if dated.IsZero() {
			dated = v.CreatedAt
		}
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("return_id", v.ReturnID)
		r.at("created_at", v.CreatedAt)
		r.at("processed_at", dated)
		r.text("day", p.day(dated))
		r.money("total", v.Total)
	},
}, []string{"order_id", "id"}, byRead, map[string]string{"day": "processed_at"})

var refundLineKind = define(kind[fact.RefundLine]{
	table: "refund_lines",
	key:   func(v *fact.RefundLine) key { return key{a: v.OrderID, b: v.ID} },
	write: func(_ *place, v *fact.RefundLine, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("refund_id", v.RefundID)
		r.text("line_id", v.LineID)
		r.int("quantity", v.Quantity)
		r.text("restock", v.Restock)
		r.bool("restocked", v.Restocked)
		r.money("subtotal", v.Subtotal)
		r.money("tax", v.Tax)
	},
}, []string{"order_id", "id"}, byRead, nil)

var refundAdjustmentKind = define(kind[fact.RefundAdjustment]{
	table: "refund_adjustments",
	key:   func(v *fact.RefundAdjustment) key { return key{a: v.OrderID, b: v.ID} },
	write: func(_ *place, v *fact.RefundAdjustment, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("refund_id", v.RefundID)
		r.text("reason", v.Reason)
		r.money("amount", v.Amount)
		r.money("tax", v.Tax)
	},
}, []string{"order_id", "id"}, byRead, nil)

var returnKind = define(kind[fact.Return]{
	table: "returns",
	key:   func(v *fact.Return) key { return key{a: v.OrderID, b: v.ID} },
	write: func(p *place, v *fact.Return, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("status", v.Status)
		r.at("created_at", v.CreatedAt)
		r.text("day", p.day(v.CreatedAt))
		r.at("closed_at", v.ClosedAt)
	},
}, []string{"order_id", "id"}, byRead, map[string]string{"day": "created_at"})

var returnLineKind = define(kind[fact.ReturnLine]{
	table: "return_lines",
	key:   func(v *fact.ReturnLine) key { return key{a: v.ReturnID, b: v.ID} },
	write: func(_ *place, v *fact.ReturnLine, r *row) {
		r.text("return_id", v.ReturnID)
		r.text("id", v.ID)
		r.text("line_id", v.LineID)
		r.int("quantity", v.Quantity)
		r.int("processed", v.Processed)
		r.int("refunded", v.Refunded)
		r.text("reason", v.Reason)
		r.bool("unverified", v.Unverified)
	},
}, []string{"return_id", "id"}, byRead, nil)

var fulfillmentKind = define(kind[fact.Fulfillment]{
	table: "fulfillments",
	key:   func(v *fact.Fulfillment) key { return key{a: v.OrderID, b: v.ID} },
	write: func(p *place, v *fact.Fulfillment, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("status", v.Status)
		r.at("created_at", v.CreatedAt)
		r.text("day", p.day(v.CreatedAt))
		r.at("in_transit_at", v.InTransitAt)
		r.at("delivered_at", v.DeliveredAt)
		r.at("estimated_at", v.EstimatedAt)
		r.int("units", v.Units)
		r.bool("events_seen", v.EventsSeen)
		r.at("updated_at", v.UpdatedAt)
		r.text("location_id", v.LocationID)
		r.text("carrier", v.Carrier)
		r.text("display", v.Display)
	},
}, []string{"order_id", "id"}, byRead, map[string]string{"day": "created_at"})

var promiseKind = define(kind[fact.Promise]{
	table: "promises",
	key:   func(v *fact.Promise) key { return key{a: v.OrderID, b: v.Kind} },
	older: func(_, _ *fact.Promise) bool { return true }, // the first in the page stays
	write: func(_ *place, v *fact.Promise, r *row) {
		r.text("order_id", v.OrderID)
		r.text("kind", v.Kind)
		r.at("by_at", v.By)
	},
}, []string{"order_id", "kind"}, byFirst, nil)

var transactionKind = define(kind[fact.Transaction]{
	table: "transactions",
	key:   func(v *fact.Transaction) key { return key{a: v.OrderID, b: v.ID} },
	write: func(p *place, v *fact.Transaction, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("kind", v.Kind)
		r.text("status", v.Status)
		r.text("gateway", v.Gateway)
		r.bool("test", v.Test)
		r.at("processed_at", v.ProcessedAt)
		r.text("day", p.day(v.ProcessedAt))
		r.money("amount", v.Amount)
		r.money("fee", v.Fee)
		r.bool("fee_known", v.FeeKnown)
	},
}, []string{"order_id", "id"}, byRead, map[string]string{"day": "processed_at"})

var disputeKind = define(kind[fact.Dispute]{
	table: "disputes",
	key:   func(v *fact.Dispute) key { return key{a: v.OrderID, b: v.ID} },
	write: func(_ *place, v *fact.Dispute, r *row) {
		r.text("order_id", v.OrderID)
		r.text("id", v.ID)
		r.text("kind", v.Kind)
		r.text("status", v.Status)
	},
}, []string{"order_id", "id"}, byRead, nil)
