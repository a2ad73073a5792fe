package kpi

import "fourfold/internal/period"

const ledgerNote = "Dated by the ledger: a later refund, edit or cancellation lands on its own day. Tax, shipping, duties, tips and gift cards sold are left out."

func revenue() []KPI {
	return theme(Financial, "revenue",
		KPI{ID: "gross_sales", Title: "Gross sales", Role: Base, Unit: Money, Better: Up, Formula: of(GrossSales),
			Note: "Price × quantity before discounts, reversals, tax and shipping. Selling a gift card is a liability, not a sale; an order paid with one is a full sale."},
		KPI{ID: "discounts", Title: "Discounts", Role: Base, Unit: Money, Better: Down, Formula: of(Discounts),
			Note: "Line discounts and each line's share of order discounts, before tax. Discounts on shipping belong to shipping; a compare-at price is no discount."},
		KPI{ID: "sales_reversals", Title: "Sales reversals (returns, refunds, cancellations, edits)", Role: Base, Unit: Money, Better: Down, Formula: of(SalesReversals),
			Note: "Net of the discount given back, with refunds that name no line. These are not physical returns: see the return rates for those."},
		KPI{ID: "net_sales", Title: "Net sales", Role: Lagging, Unit: Money, Better: Up,
			Formula: minus(of(GrossSales), of(Discounts), of(SalesReversals)),
			Note:    ledgerNote + " Can be negative on a day with more reversals than sales."},
		KPI{ID: "net_sales_by_order_date", Title: "Net sales by order date", Role: Base, Unit: Money, Better: Up, VariantOf: "net_sales",
			Formula: of(NetByOrderDate), Maturity: 90, Grains: period.Grains,
			Note: "Reversals moved back to their order's day; moves for 90 days and longer. " +
				"The bridge: net sales = net sales by order date + changes that fell in the period − changes ever made to the period's orders."},
		KPI{ID: "net_sales_changes_in_period", Title: "Changes that fell in the period", Role: Base, Unit: Money, Better: Up, VariantOf: "net_sales", ZeroOrBelow: true,
			Formula: minus(of(NetSales), of(OrderSales)),
			Note:    "What refunds, returns, edits and cancellations dated in the period did to net sales, whichever day the order was placed. First leg of the bridge."},
		KPI{ID: "net_sales_changes_to_orders", Title: "Changes ever made to the period's orders", Role: Base, Unit: Money, Better: Up, VariantOf: "net_sales", ZeroOrBelow: true,
			Formula: minus(of(NetByOrderDate), of(OrderSales)), Maturity: 90, Grains: period.Grains,
			Note: "What refunds, returns, edits and cancellations did to the orders placed in the period, whichever day they fell on. Second leg of the bridge."},
		KPI{ID: "total_sales", Title: "Total sales", Role: Base, Unit: Money, Better: Up,
			Formula: plus(of(NetSales), of(Shipping), of(Taxes), of(Duties), of(Fees)),
			Note:    "Each part net of its own reversals. Not revenue: it holds tax collected for the state."},
		KPI{ID: "revenue_growth_yoy", Title: "Total revenue growth, year over year", Role: Lagging, Unit: Ratio, Better: Up, Starter: true, ZeroOrBelow: true,
			Formula: growth(of(NetSales), over(NetSales, LastYear)),
			Note:    "The same elapsed part on both sides; weeks shift by 364 days so that weekends meet weekends. From a base of zero or less there is no growth to tell."},
		KPI{ID: "revenue_growth_pop", Title: "Revenue growth, period over period", Role: Lagging, Unit: Ratio, Better: Up, ZeroOrBelow: true,
			Formula: growth(of(NetSales), over(NetSales, Previous)),
			Note:    "Months differ in length: February shrinks by a tenth against January before anybody has bought less."},
		KPI{ID: "revenue_per_customer", Title: "Revenue per customer", Role: Lagging, Unit: Money, Better: Up,
			Formula: ratio(of(NetIdentified), of(Customers)), Coverage: identified(InPeriod),
			Note: "Orders without a customer are left out of both sides. Months of it do not add up to a year: customers are counted once in each."},
		KPI{ID: "new_revenue_stream_share", Title: "New revenue streams share", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(of(NewStreamSales), of(NetSales)),
			Note:    "A stream is a product type; it is new for 365 days from its first sale. A new colour is no new stream, but a renamed product type looks like one."},
		KPI{ID: "aov", Title: "Average order value (AOV)", Role: Leading, Unit: Money, Better: Up, Starter: true,
			Formula: ratio(of(OrderSales), of(Orders)),
			Note:    "Shopify's definition since 2023-01-09: gross sales − discounts at order time, later changes left out. AOV × orders is therefore neither net nor total sales."},
		KPI{ID: "aov_net", Title: "Net sales per order", Role: Base, Unit: Money, Better: Up, VariantOf: "aov",
			Formula: ratio(of(NetSales), of(Orders)),
			Note:    "With the reversals of the period, of whichever orders."},
	)
}

// identified is the share of orders that have a customer: the others are left out of both sides of a customer KPI.
func identified(w Window) Expr {
	return covered{over(OrdersIdentified, w), over(Orders, w)}
}
