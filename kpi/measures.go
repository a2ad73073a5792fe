package kpi

import "slices"

// The sales ledger, on the day of each row (DESIGN: a reversal is a row of negative amount, whatever its action).
const (
	GrossSales     Measure = "gross_sales"
	Discounts      Measure = "discounts"
	SalesReversals Measure = "sales_reversals"
	NetSales       Measure = "net_sales"
	Shipping       Measure = "shipping"
	Taxes          Measure = "taxes"
	Duties         Measure = "duties"
	Fees           Measure = "fees"
	Tips           Measure = "tips"
	GiftCards      Measure = "gift_cards"
	NetIdentified  Measure = "net_sales_identified"
	NetWithCost    Measure = "net_sales_with_cost"
	COGS           Measure = "cogs"
	UnknownSales   Measure = "unknown_sales"
)

// Orders, on the day they were placed.
const (
	Orders           Measure = "orders"
	OrdersIdentified Measure = "orders_identified"
	KeptOrders       Measure = "kept_orders"
	OrderSales       Measure = "order_sales"
	NetByOrderDate   Measure = "net_sales_by_order_date"
	Units            Measure = "units"
)

// Customers: identities with a kept order.
const (
	Customers          Measure = "customers"
	NewCustomers       Measure = "new_customers"
	ReturningCustomers Measure = "returning_customers"
	RetainedCustomers  Measure = "retained_customers"
	RepeatWithin90     Measure = "repeat_within_90"
	NewReferred        Measure = "new_customers_referred"
	CohortProfit365    Measure = "cohort_profit_365"
	CohortNet365       Measure = "cohort_net_365"
	CohortWithCost365  Measure = "cohort_net_with_cost_365"
	LoyalCustomers     Measure = "loyal_customers"
	Leads              Measure = "leads"
	LeadsConverted30   Measure = "leads_converted_30"
)

// Products and streams of revenue.
const (
	Concentration   Measure = "product_concentration"
	NewProductSales Measure = "new_product_sales"
	NewStreamSales  Measure = "new_stream_sales"
	HealthySales    Measure = "healthy_product_sales"
	Launches        Measure = "products_launched"
	Adopters        Measure = "launch_adopters"
	AdoptionBase    Measure = "launch_active_customers"
)

// Fulfilment, returns and payments.
const (
	OrdersShippable  Measure = "orders_shippable"
	OrdersTracked    Measure = "orders_tracked"
	CycleTime        Measure = "cycle_time"
	UnitsDue         Measure = "units_due"
	UnitsInTime      Measure = "units_fulfilled_in_time"
	OrdersPromised   Measure = "orders_promised"
	OrdersOnTime     Measure = "orders_on_time"
	OrdersPerfect    Measure = "orders_perfect"
	UnitsShipped     Measure = "units_shipped"
	UnitsReturned    Measure = "units_returned"
	UnitsDefective   Measure = "units_returned_defective"
	UnitsWithReason  Measure = "units_returned_with_reason"
	ValueShipped     Measure = "value_shipped"
	ValueReturned    Measure = "value_returned"
	ReturnTime       Measure = "return_time"
	ReturnsDue       Measure = "returns_due"
	ReturnsInTime    Measure = "returns_in_time"
	FirstReturns     Measure = "first_returns"
	SecondReturns180 Measure = "second_returns_180"
	CardPayments     Measure = "card_payments"
	Chargebacks      Measure = "chargebacks"
)

// Stock, from our own nightly readings, and visits, as the source counts them.
const (
	StockCost         Measure = "stock_cost"
	StockUnits        Measure = "stock_units"
	SKUDays           Measure = "sku_days"
	SKUDaysOut        Measure = "sku_days_out"
	StockReadings     Measure = "stock_readings"
	COGSStocked       Measure = "cogs_stocked"
	UnitsStocked      Measure = "units_sold_stocked"
	CostStocked       Measure = "stock_sold_at_cost"
	Sessions          Measure = "sessions"
	SessionsCompleted Measure = "sessions_completed"
	CampaignSessions  Measure = "campaign_sessions"
	CampaignCompleted Measure = "campaign_sessions_completed"
	BrandSessions     Measure = "brand_sessions"
)

const (
	ledgerDay = "the ledger row's own day"
	orderDay  = "the day the order was placed"
	firstDay  = "the customer's first purchase day"
	shipDay   = "the day the order was first shipped"
)

var (
	ordersStream  = []string{"orders"}
	returnsStream = []string{"orders", "returns"}
)

// AllMeasures lists what can be counted.
var AllMeasures = slices.Concat(shopMeasures, adMeasures)

var shopMeasures = []MeasureInfo{
	{Measure: GrossSales, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "net + discount of product rows that are not reversals, without tax; test orders out, gift cards, tips, shipping, duties and fees out"},
	{Measure: Discounts, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "discounts of the same rows, line discounts and shares of order discounts, before tax"},
	{Measure: SalesReversals, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "minus net of product rows of negative amount and of all adjustment rows: refunds, returns, cancellations, edits, net of the discount given back"},
	{Measure: NetSales, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "gross sales − discounts − sales reversals"},
	{Measure: Shipping, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "shipping charged, after its discounts and reversals, without tax"},
	{Measure: Taxes, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3,
		Text: "tax of product, shipping, duty, fee and adjustment rows"},
	{Measure: Duties, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "duties, without tax"},
	{Measure: Fees, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "fees and additional fees, without tax"},
	{Measure: Tips, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "tips; outside total sales"},
	{Measure: GiftCards, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "gift cards sold, net of discount; a liability, not a sale"},
	{Measure: NetIdentified, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "net sales of orders with a customer"},
	{Measure: NetWithCost, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Capability: "unit_cost", Grace: 3, Text: "net sales of product rows whose unit cost was known on the day of the sale"},
	{Measure: COGS, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Capability: "unit_cost", Grace: 3,
		Text: "units × unit cost known on the day of the sale, less the same for units that went back on the shelf"},
	{Measure: UnknownSales, Shape: Additive, Channels: true, Day: ledgerDay, Streams: ordersStream, Text: "ledger rows of a type we do not know; a data quality counter"},

	{Measure: Orders, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "orders placed, cancelled ones in, test and deleted ones out"},
	{Measure: OrdersIdentified, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "orders with a customer"},
	{Measure: KeptOrders, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "orders with a customer, not fully cancelled before fulfilment"},
	{Measure: OrderSales, Shape: Additive, Money: true, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3,
		Text: "gross sales − discounts at order time (rows of the placing agreement), later changes left out: Shopify's numerator of AOV since 2023-01-09"},
	{Measure: NetByOrderDate, Shape: Additive, Money: true, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "net sales with every row moved back to its order's day"},
	{Measure: Units, Shape: Additive, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "product units sold less units reversed"},

	{Measure: Customers, Shape: Distinct, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "different customers with a kept order"},
	{Measure: NewCustomers, Shape: Distinct, Channels: true, Day: firstDay, Streams: ordersStream, Whole: true, Grace: 3, Text: "customers whose first kept order ever falls in the window"},
	{Measure: ReturningCustomers, Shape: Distinct, Channels: true, Day: orderDay, Streams: ordersStream, Whole: true, Grace: 3, Text: "customers of the window whose first purchase day is before it"},
	{Measure: RetainedCustomers, Shape: Distinct, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "customers of the window who also bought in the adjoining window of the same length before it (for a period: the period before)"},
	{Measure: RepeatWithin90, Shape: Additive, Channels: true, Day: firstDay, Streams: ordersStream, Whole: true, Grace: 3, Text: "new customers with a second purchase day within 90 days of the first"},
	{Measure: NewReferred, Shape: Additive, Channels: true, Day: firstDay, Streams: ordersStream, Whole: true, Grace: 3, Text: "new customers whose first order came by a referral code or a referral utm"},
	{Measure: CohortProfit365, Shape: Additive, Money: true, Channels: true, Day: firstDay, Streams: ordersStream, Capability: "unit_cost", Whole: true, Grace: 3, Text: "gross profit within 365 days of the first purchase day, of the customers who are new on the day"},
	{Measure: CohortNet365, Shape: Additive, Money: true, Channels: true, Day: firstDay, Streams: ordersStream, Whole: true, Grace: 3, Text: "net sales within 365 days of the first purchase day, of the customers who are new on the day"},
	{Measure: CohortWithCost365, Shape: Additive, Money: true, Channels: true, Day: firstDay, Streams: ordersStream, Capability: "unit_cost", Whole: true, Grace: 3, Text: "the part of the former whose unit cost is known"},
	{Measure: LoyalCustomers, Shape: Distinct, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "customers of the window with at least three purchase days in it, the last of them in its final 90 days (segment rule 1: champions and loyal)"},
	{Measure: Leads, Shape: Additive, Day: "the day of marketing consent", Streams: []string{"customers", "orders"}, Capability: "customers", Whole: true, Grace: 3, Text: "customers who gave marketing consent before any order; consent given with the first order is none"},
	{Measure: LeadsConverted30, Shape: Additive, Day: "the day of marketing consent", Streams: []string{"customers", "orders"}, Capability: "customers", Whole: true, Grace: 3, Text: "leads whose first order came within 30 days"},

	{Measure: Concentration, Shape: Computed, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "Σ of squared shares of net sales over products, products below zero taken as zero; 0 to 1"},
	{Measure: NewProductSales, Shape: Computed, Money: true, Channels: true, Day: ledgerDay, Streams: []string{"orders", "products"}, Capability: "products", Whole: true, Grace: 3, Text: "net sales of products launched at most 365 days before the sale; launch = first sale"},
	{Measure: NewStreamSales, Shape: Computed, Money: true, Channels: true, Day: ledgerDay, Streams: []string{"orders", "products"}, Capability: "products", Whole: true, Grace: 3, Text: "net sales of product types whose first sale is at most 365 days before"},
	{Measure: HealthySales, Shape: Computed, Money: true, Channels: true, Day: ledgerDay, Streams: []string{"orders", "products"}, Capability: "products", Grace: 3, Text: "net sales of products in introduction, growth or maturity, by units of the last 90 days against the 90 before, indexed by product type"},
	{Measure: Launches, Shape: Computed, Day: "the launch: first published and first sold", Streams: []string{"orders", "products"}, Capability: "products", Whole: true, Grace: 3, Text: "products that are published and whose first sale falls in the window"},
	{Measure: Adopters, Shape: Computed, Day: "the launch", Streams: []string{"orders", "products"}, Capability: "products", Grace: 3, Text: "Σ over launches: customers active in the 365 days before the launch who bought the product within 90 days"},
	{Measure: AdoptionBase, Shape: Computed, Day: "the launch", Streams: []string{"orders", "products"}, Capability: "products", Grace: 3, Text: "Σ over launches: customers active in the 365 days before the launch"},

	{Measure: OrdersShippable, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "orders with something to ship, not sold over the counter, not cancelled by the customer before fulfilment"},
	{Measure: OrdersTracked, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "of those, orders whose parcels report delivery events, or that were never shipped"},
	{Measure: CycleTime, Shape: Histogram, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "seconds from order to the delivery of its last parcel, of tracked orders; undelivered is infinite"},
	{Measure: UnitsDue, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "shippable units ordered less those the customer cancelled"},
	{Measure: UnitsInTime, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "of those, units shipped within the promise, or within 3 days where none was made"},
	{Measure: OrdersPromised, Shape: Additive, Channels: true, Day: "the promised day", Streams: []string{"orders", "promises"}, Capability: "promises", Grace: 3, Text: "orders promised for the day, by the first promise seen"},
	{Measure: OrdersOnTime, Shape: Additive, Channels: true, Day: "the promised day", Streams: []string{"orders", "promises"}, Capability: "promises", Grace: 3, Text: "of those, delivered (or, for a dispatch promise, shipped) by then"},
	{Measure: OrdersPerfect, Shape: Additive, Channels: true, Day: orderDay, Streams: returnsStream, Capability: "returns", Grace: 3, Text: "shippable orders delivered in full, in time where promised, without a return for the merchant's fault and without a refund"},
	{Measure: UnitsShipped, Shape: Additive, Channels: true, Day: shipDay, Streams: ordersStream, Grace: 3, Text: "units on successful fulfilments"},
	{Measure: UnitsReturned, Shape: Additive, Channels: true, Day: shipDay, Streams: returnsStream, Capability: "returns", Grace: 3, Text: "units physically returned of those shipped; refund lines restocked as return where returns are not used"},
	{Measure: UnitsDefective, Shape: Additive, Channels: true, Day: shipDay, Streams: returnsStream, Capability: "returns", Grace: 3, Text: "of those, returned as defective or not as described"},
	{Measure: UnitsWithReason, Shape: Additive, Channels: true, Day: shipDay, Streams: returnsStream, Capability: "returns", Grace: 3, Text: "of those, returned with a reason other than unknown or other"},
	{Measure: ValueShipped, Shape: Additive, Money: true, Channels: true, Day: shipDay, Streams: ordersStream, Grace: 3, Text: "product sales of shipped orders at order time, after discounts, without tax"},
	{Measure: ValueReturned, Shape: Additive, Money: true, Channels: true, Day: shipDay, Streams: returnsStream, Capability: "returns", Grace: 3, Text: "the same of the units returned"},
	{Measure: ReturnTime, Shape: Histogram, Channels: true, Day: "the day the return was requested", Streams: returnsStream, Capability: "returns", Grace: 3, Text: "seconds from request to refund or exchange; open is infinite"},
	{Measure: ReturnsDue, Shape: Additive, Channels: true, Day: "10 days after the request", Streams: returnsStream, Capability: "returns", Grace: 3, Text: "returns due on the day"},
	{Measure: ReturnsInTime, Shape: Additive, Channels: true, Day: "10 days after the request", Streams: returnsStream, Capability: "returns", Grace: 3, Text: "of those, completed by then"},
	{Measure: FirstReturns, Shape: Additive, Channels: true, Day: "the day of the customer's first return", Streams: returnsStream, Capability: "returns", Whole: true, Grace: 3, Text: "customers whose first return falls on the day"},
	{Measure: SecondReturns180, Shape: Additive, Channels: true, Day: "the day of the customer's first return", Streams: returnsStream, Capability: "returns", Whole: true, Grace: 3, Text: "of those, with a second return within 180 days"},
	{Measure: CardPayments, Shape: Additive, Channels: true, Day: "the day of the payment", Streams: ordersStream, Capability: "disputes", Grace: 3, Text: "successful sales and captures through the provider's own payments"},
	{Measure: Chargebacks, Shape: Additive, Channels: true, Day: "the day of the payment", Streams: ordersStream, Capability: "disputes", Grace: 3, Text: "of those, orders with a chargeback opened"},

	{Measure: StockCost, Shape: Stock, Money: true, Day: "the day of the reading", Streams: []string{"inventory"}, Capability: "inventory", Text: "Σ on hand (below zero is zero) × unit cost, tracked items with a cost"},
	{Measure: StockUnits, Shape: Stock, Day: "the day of the reading", Streams: []string{"inventory"}, Capability: "inventory", Text: "Σ on hand, an item below zero taken as zero, tracked items"},
	{Measure: SKUDays, Shape: Additive, Day: "the day of the reading", Streams: []string{"inventory", "products"}, Capability: "inventory", Text: "items that are active, tracked, published and not sold beyond stock"},
	{Measure: SKUDaysOut, Shape: Additive, Day: "the day of the reading", Streams: []string{"inventory", "products"}, Capability: "inventory", Text: "of those, items with nothing available"},
	{Measure: StockReadings, Shape: Additive, Day: "the day of the reading", Streams: []string{"inventory"}, Capability: "inventory", Text: "one for each day with a reading"},
	{Measure: COGSStocked, Shape: Additive, Money: true, Day: ledgerDay, Streams: []string{"orders", "inventory"}, Capability: "unit_cost", Grace: 3, Text: "cost of goods sold of items that are in the stock readings"},
	{Measure: UnitsStocked, Shape: Additive, Day: ledgerDay, Streams: []string{"orders", "inventory"}, Capability: "inventory", Grace: 3, Text: "units sold less units reversed, of items that are in the stock readings"},
	{Measure: CostStocked, Shape: Additive, Money: true, Day: ledgerDay, Streams: []string{"orders", "inventory"}, Capability: "unit_cost", Grace: 3, Text: "those units × unit cost, units reversed taken off whether restocked or not"},
	{Measure: Sessions, Shape: Additive, Day: "the source's own day", Streams: []string{"sessions"}, Capability: "reports", Else: VisitsStream, Grace: 3, Text: "storefront visits as the store counts them or, where no store tells, as web analytics does"},
	{Measure: SessionsCompleted, Shape: Additive, Day: "the source's own day", Streams: []string{"sessions"}, Capability: "reports", Else: VisitsStream, Grace: 3, Text: "visits that completed a checkout; in web analytics its purchases"},
	{Measure: CampaignSessions, Shape: Additive, Day: "the source's own day", Streams: []string{"sessions"}, Capability: "reports", Else: VisitsStream, Grace: 3, Text: "visits with a campaign's utm; in web analytics those of paid channels, of e-mail and of other tagged links"},
	{Measure: CampaignCompleted, Shape: Additive, Day: "the source's own day", Streams: []string{"sessions"}, Capability: "reports", Else: VisitsStream, Grace: 3, Text: "of those, visits that completed a checkout"},
	{Measure: BrandSessions, Shape: Additive, Day: "the source's own day", Streams: []string{"sessions"}, Capability: "reports", Else: VisitsStream, Grace: 3, Text: "direct visits and unpaid searches for the merchant's own name; in web analytics, which does not tell these searches, direct visits alone"},
}

// Info describes a measure; ok is false for a name that is none.
func Info(m Measure) (info MeasureInfo, ok bool) {
	info, ok = measureIndex[m]
	return info, ok
}

var measureIndex = func() map[Measure]MeasureInfo {
	index := make(map[Measure]MeasureInfo, len(AllMeasures))
	for _, m := range AllMeasures {
		index[m.Measure] = m
	}
	return index
}()
