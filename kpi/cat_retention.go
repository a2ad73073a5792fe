package kpi

// The purchase window of retention and churn: fixed, because a definition that floats makes its own trends.
const customerWindow = 365

var (
	lastYearOfDays   = Trailing(customerWindow)
	yearOfDaysBefore = Prior(customerWindow)
)

const historyNote = "Needs the orders of two years, hence Shopify's read_all_orders."

func churn() Expr {
	before := over(Customers, yearOfDaysBefore)
	return ratio(minus(before, over(RetainedCustomers, lastYearOfDays)), before)
}

func retention() []KPI {
	return append(theme(CustomerView, "retention",
		KPI{ID: "customer_retention_rate", Title: "Customer retention rate", Role: Lagging, Unit: Ratio, Better: Up, Starter: true,
			Formula: ratio(over(RetainedCustomers, lastYearOfDays), over(Customers, yearOfDaysBefore)), Coverage: identified(lastYearOfDays),
			Note: "Customers of the 365 days before who bought again in the last 365. The textbook's (end − new) ÷ start counts reactivated customers and can pass 100 %. " + historyNote},
		KPI{ID: "churn_rate", Title: "Customer churn rate (non-contractual)", Role: Lagging, Unit: Ratio, Better: Down,
			Formula: churn(), Coverage: identified(lastYearOfDays),
			Note: "1 − retention with the same window. Nobody cancels in retail: churn is a definition. " + historyNote},
		KPI{ID: "repeat_purchase_rate", Title: "Repeat purchase rate", Role: Lagging, Unit: Ratio, Better: Up, Starter: true,
			Formula: ratio(over(RepeatWithin90, Cohort(90)), of(NewCustomers)), Coverage: identified(InPeriod), Maturity: 90,
			Note: "New customers of the period with a second purchase day within 90 days of the first. Two orders of one day are one purchase day; an exchange is no repeat."},
		KPI{ID: "returning_customer_rate", Title: "Returning customer rate (Shopify parity)", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(of(ReturningCustomers), of(Customers)), Coverage: identified(InPeriod),
			Note: "Returning: the first purchase day lies before the period. Shopify judges by the whole history as it is now, so its past months still change."},
		KPI{ID: "purchase_frequency", Title: "Purchase frequency", Role: Leading, Unit: Multiple, Better: Up,
			Formula: ratio(over(KeptOrders, lastYearOfDays), over(Customers, lastYearOfDays)), Coverage: identified(lastYearOfDays),
			Note: "Orders per customer of the last 365 days."},
	), theme(CustomerView, "segments",
		KPI{ID: "active_customer_segment_share", Title: "Champion and loyal segment share", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(over(LoyalCustomers, lastYearOfDays), over(Customers, lastYearOfDays)), Coverage: identified(lastYearOfDays),
			Note: "Segment rule 1, fixed so that trends mean something: at least three purchase days in 365, the last of them in the final 90."},
	)...)
}

func customerValue() []KPI {
	year := lastYearOfDays
	aov := ratio(over(OrderSales, year), over(Orders, year))
	frequency := ratio(over(KeptOrders, year), over(Customers, year))
	margin := ratio(minus(over(NetWithCost, year), over(COGS, year)), over(NetWithCost, year))
	return theme(CustomerView, "customer_value",
		KPI{ID: "clv_historic", Title: "Customer lifetime value, historic", Role: Lagging, Unit: Money, Better: Up, ZeroOrBelow: true,
			Formula: ratio(over(CohortProfit365, Cohort(365)), of(NewCustomers)), Maturity: 365,
			Coverage: covered{over(CohortWithCost365, Cohort(365)), over(CohortNet365, Cohort(365))}, MinCoverage: 0.8,
			Note: "Gross profit of the period's new customers in their first 365 days, per customer of the cohort, those who never came back among them. Compare cohorts at equal age only."},
		KPI{ID: "clv_historic_net", Title: "Net sales per customer in the first 365 days", Role: Base, Unit: Money, Better: Up, VariantOf: "clv_historic",
			Formula: ratio(over(CohortNet365, Cohort(365)), of(NewCustomers)), Maturity: 365,
			Note: "The same on the basis of revenue, for shops whose costs are unknown. Revenue is not profit."},
		KPI{ID: "clv_simple_predictive", Title: "Customer lifetime value, simple predictive", Role: Leading, Unit: Money, Better: Up, ZeroOrBelow: true,
			Formula:  ratio(product{aov, frequency, margin}, atLeast(0.2, churn())),
			Coverage: covered{over(NetWithCost, year), over(NetSales, year)}, MinCoverage: 0.8,
			Note: "AOV × orders per customer-year × gross margin × years, years = 1 ÷ churn and at most five. Takes all customers for alike and the future for the past; not discounted."},
	)
}
