package kpi

// Streams and capabilities of advertising and of web analytics.
const (
	SpendStream  = "spend"
	VisitsStream = "visits"
)

// Advertising, on the day as the ad account cut it.
const (
	AdSpend        Measure = "ad_spend"
	AdSpendTracked Measure = "ad_spend_tracked"
	AdImpressions  Measure = "ad_impressions"
	AdClicks       Measure = "ad_clicks"
	AdConversions  Measure = "ad_conversions"
	AdValue        Measure = "ad_value"
)

// What sales that came by advertising brought, what handling orders cost, and what a cohort has brought by and by.
const (
	OrdersSourced   Measure = "orders_sourced"
	PaidNet         Measure = "paid_net_sales"
	PaidWithCost    Measure = "paid_net_sales_with_cost"
	PaidCOGS        Measure = "paid_cogs"
	ShippingCost    Measure = "shipping_cost"
	PaymentFees     Measure = "payment_fees"
	FulfilmentCost  Measure = "fulfilment_cost"
	ReturnCost      Measure = "return_cost"
	CohortMargin365 Measure = "cohort_margin_365"
)

const (
	adDay = "the day as the ad account cut it"
	// adGrace is how long platforms change their figures as a matter of course.
	adGrace = 30
)

var spendStream = []string{SpendStream}

var adMeasures = []MeasureInfo{
	{Measure: AdSpend, Shape: Additive, Money: true, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "what the linked ad accounts, and the files for what has no account, cost; converted at the day's rate"},
	{Measure: AdSpendTracked, Shape: Additive, Money: true, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "the part of it for which the platform says what it counts as a purchase"},
	{Measure: AdImpressions, Shape: Additive, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace, Text: "times an advertisement was shown, as the platform counts"},
	{Measure: AdClicks, Shape: Additive, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace, Text: "clicks, as the platform counts"},
	{Measure: AdConversions, Shape: Additive, Millionths: true, Account: true, Apart: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "purchases that the platform credits to its ads, by the one action that the account declares"},
	{Measure: AdValue, Shape: Additive, Money: true, Account: true, Apart: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "value of these purchases, as the platform says"},

	{Measure: OrdersSourced, Shape: Additive, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "orders of which it is known where the buyer came from: by the last visit before the order or, where that came by itself, by the first"},
	{Measure: PaidNet, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Grace: 3, Text: "net sales of orders that came by paid search, paid social or other advertising"},
	{Measure: PaidWithCost, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Capability: "unit_cost", Grace: 3, Text: "the part of it whose unit cost is known"},
	{Measure: PaidCOGS, Shape: Additive, Money: true, Channels: true, Day: ledgerDay, Streams: ordersStream, Capability: "unit_cost", Grace: 3, Text: "cost of goods sold of these sales"},
	{Measure: ShippingCost, Shape: Additive, Money: true, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "what shipping cost by the rate card: of shippable orders that were not cancelled before fulfilment"},
	{Measure: PaymentFees, Shape: Additive, Money: true, Channels: true, Day: "the day of the payment", Streams: ordersStream, Grace: 3, Text: "fees of successful payments, as the provider shows them or else by the rate card"},
	{Measure: FulfilmentCost, Shape: Additive, Money: true, Channels: true, Day: orderDay, Streams: ordersStream, Grace: 3, Text: "what picking and packing cost by the rate card, of the same orders as shipping"},
	{Measure: ReturnCost, Shape: Additive, Money: true, Channels: true, Day: "the day the return was requested", Streams: returnsStream, Capability: "returns", Grace: 3, Text: "what returns cost by the rate card"},
	{Measure: CohortMargin365, Shape: Curve, Money: true, Channels: true, Day: firstDay, Streams: ordersStream, Capability: "unit_cost", Whole: true, Grace: 3,
		Text: "gross profit and shipping charged less payment, shipping, fulfilment and return cost, of the customers who are new on the day, by their age"},
}
