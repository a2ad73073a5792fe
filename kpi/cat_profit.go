package kpi

const costNote = "Only the part of sales whose unit cost was known on its day; its share is shown, and below 80 % the value is not scored. A missing cost is unknown, never zero."

func profit() []KPI {
	costs := covered{of(NetWithCost), of(NetSales)}
	return append(theme(Financial, "cost",
		KPI{ID: "cogs", Title: "Cost of goods sold (COGS)", Role: Lagging, Unit: Money, Better: Down,
			Formula: of(COGS), Coverage: costs, MinCoverage: 0.8,
			Note: costNote + " Units that came back but were written off stay in."},
	), theme(Financial, "profit",
		KPI{ID: "gross_profit", Title: "Gross profit", Role: Lagging, Unit: Money, Better: Up, ZeroOrBelow: true,
			Formula: minus(of(NetWithCost), of(COGS)), Coverage: costs, MinCoverage: 0.8, Note: costNote},
		KPI{ID: "gross_margin_pct", Title: "Gross profit margin", Role: Lagging, Unit: Ratio, Better: Up, Starter: true, ZeroOrBelow: true,
			Formula: ratio(minus(of(NetWithCost), of(COGS)), of(NetWithCost)), Coverage: costs, MinCoverage: 0.8,
			Note: costNote + " Not the margin of the product page, which knows no discounts or refunds."},
	)...)
}

func risk() []KPI {
	return theme(Financial, "risk",
		KPI{ID: "revenue_concentration_hhi", Title: "Revenue concentration (risk)", Role: Leading, Unit: Score, Better: Down,
			Formula: times(10_000, positive{over(Concentration, Trailing(365))}),
			Note:    "Herfindahl-Hirschman index over products: 10,000 is one product alone. Products with more returned than sold count as zero."},
		KPI{ID: "chargeback_rate", Title: "Chargeback rate (risk)", Role: Lagging, Unit: Ratio, Better: Down,
			Formula: ratio(over(Chargebacks, Cohort(120)), of(CardPayments)), Maturity: 120,
			Note: "By the day of the payment, since disputes of this month over sales of this month flatter a growing shop. Shopify Payments only; other gateways tell nothing."},
	)
}
