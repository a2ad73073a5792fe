package shopify

import (
	"time"

	"fourfold/connectors"
)

const day = 24 * time.Hour

// The feeds, that is all streams but the reports. Refund lines and the news of parcels are streams of their own, since they cannot
// come in bulk: so they do not hold up the orders, and can be cleared and read again alone.
var feeds = []feed{
	{
		id: "orders", title: "orders", needs: []string{"orders", "protected_data"}, created: "created_at", slice: 50_000,
		bulk: "bulk_orders", page: "page_orders", count: "count_orders", first: 50, most: 100, sweeps: true,
		line: orderOfBulk, node: orderOfPage,
	},
	{
		id: "refunds", title: "refund lines", needs: []string{"orders", "protected_data"}, created: "created_at", slice: 200_000,
		bulk: "bulk_refunded", page: "page_refunded", count: "count_orders", first: 250, most: 250,
		line: refundedOfBulk, node: refundedOfPage, detail: "detail_refunds", more: refundsOf,
	},
	{
		// Carriers' news move neither the order's nor the parcel's updatedAt.
		id: "deliveries", title: "parcels under way", needs: []string{"orders", "protected_data"}, age: 60 * day, slice: 200_000,
		bulk: "bulk_parcels", page: "page_parcels", count: "count_orders", first: 100, most: 250,
		line: parcelsOfBulk, node: parcelsOfPage, detail: "detail_parcels", more: parcelsOf,
	},
	{
		// Not only orders whose return_status tells of a return: once it is declined or cancelled the status is no_return again.
		id: "returns", title: "returns", needs: []string{"orders", "protected_data", "returns"}, created: "created_at", slice: 200_000,
		bulk: "bulk_returns", page: "page_returns", count: "count_orders", first: 50, most: 250,
		line: returnOfBulk, node: returnOfPage,
	},
	{
		// What hangs on an order does not always move its updatedAt.
		id: "reread", title: "orders of the last 90 days again", needs: []string{"orders", "protected_data"}, every: 7 * day, age: 90 * day, slice: 50_000,
		after: "orders",
		bulk:  "bulk_orders", page: "page_orders", count: "count_orders", first: 50, most: 100, sweeps: true, absences: true,
		line: wholeOrderOfBulk, node: wholeOrderOfPage, detail: "detail_refunds", more: refundsOf,
	},
	{
		id: "reread_returns", title: "returns of the last 90 days again", needs: []string{"orders", "protected_data", "returns"}, every: 7 * day, age: 90 * day,
		after: "orders",
		bulk:  "bulk_returns", page: "page_returns", count: "count_orders", slice: 200_000, first: 50, most: 250,
		line: returnOfBulk, node: returnOfPage,
	},
	{
		id: "open", title: "open orders again", needs: []string{"orders", "protected_data"}, age: 180 * day, slice: 50_000, after: "orders",
		filter: "(fulfillment_status:unfulfilled OR fulfillment_status:partial OR return_status:return_requested OR return_status:in_progress)",
		bulk:   "bulk_orders", page: "page_orders", count: "count_orders", first: 50, most: 100, sweeps: true,
		line: wholeOrderOfBulk, node: wholeOrderOfPage, detail: "detail_refunds", more: refundsOf,
	},
	{
		// Deletions leave no trace but the absence.
		id: "count", title: "orders still there", needs: []string{"orders", "protected_data"}, every: 30 * day, created: "created_at", slice: 500_000,
		after: "orders",
		bulk:  "bulk_seen", count: "count_orders", sweeps: true, absences: true, line: seenOfBulk,
	},
	{
		id: "customers", title: "customers", needs: []string{"customers", "protected_data"}, created: "customer_date", slice: 500_000, days: true,
		bulk: "bulk_customers", page: "page_customers", count: "count_customers", first: 250, most: 250,
		line: customerOfBulk, node: customerOfPage,
	},
	{
		// Nor do customers that were deleted, or merged into others.
		id: "count_customers", title: "customers still there", needs: []string{"customers", "protected_data"}, every: 30 * day, created: "customer_date",
		slice: 500_000, after: "customers",
		bulk: "bulk_present", count: "count_customers", absences: true, atOnce: true, line: presentOfBulk,
	},
	{
		id: "products", title: "products", needs: []string{"products"}, created: "created_at", slice: 50_000,
		bulk: "bulk_products", page: "page_products", count: "count_products", first: 100, most: 250, sweeps: true,
		line: productOfBulk, node: productOfPage,
	},
	{
		id: "inventory", title: "stock and unit costs", needs: []string{"inventory"}, bulk: "bulk_inventory", line: inventoryOfBulk,
	},
	{
		id: "promises", title: "delivery promises", needs: []string{"orders", "protected_data", "promises"}, created: "created_at", slice: 200_000,
		bulk: "bulk_promises", page: "page_promises", count: "count_orders", first: 100, most: 250,
		line: promiseOfBulk, node: promiseOfPage,
	},
}

// streams of the connector.
func streams(known *prices) []connectors.Stream {
	var all []connectors.Stream
	for i := range feeds {
		all = append(all, feeds[i].stream(known))
	}
	return append(all, sessions.stream(known), salesReport.stream(known))
}
