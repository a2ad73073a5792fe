package kpi

const shipCohortNote = "Follows the units shipped in the period for 60 days. Returns of this month over sales of this month would be wrong whenever sales grow or fall."

func productQuality() []KPI {
	returned := over(UnitsReturned, Cohort(60))
	return theme(CustomerView, "product_quality",
		KPI{ID: "product_return_rate_units", Title: "Product return rate, units", Role: Lagging, Unit: Ratio, Better: Down, Starter: true,
			Formula: ratio(returned, of(UnitsShipped)), Maturity: 60,
			Note: shipCohortNote + " Goods that came back only: a refund without a return is none, an exchanged unit is one."},
		KPI{ID: "product_return_rate_value", Title: "Product return rate, value", Role: Lagging, Unit: Ratio, Better: Down,
			Formula: ratio(over(ValueReturned, Cohort(60)), of(ValueShipped)), Maturity: 60,
			Note: shipCohortNote + " Both sides after discounts, without tax and shipping; a restocking fee is income, not a smaller return."},
		KPI{ID: "defect_rate", Title: "Defect rate", Role: Lagging, Unit: Ratio, Better: Down,
			Formula: ratio(over(UnitsDefective, Cohort(60)), of(UnitsShipped)), Maturity: 60,
			Coverage: covered{over(UnitsWithReason, Cohort(60)), returned}, MinCoverage: 0.7,
			Note: shipCohortNote + " Returned as defective or not as described. Scored where at least 70 % of the returns have a reason; a wrong item is a picking error, no defect."},
		KPI{ID: "product_lifecycle_performance", Title: "Product lifecycle performance", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(over(HealthySales, Trailing(90)), over(NetSales, Trailing(90))),
			Note:    "Share of net sales outside decline. By units of the last 90 days against the 90 before, both indexed by product type, or every product would decline in January."},
		KPI{ID: "product_quality_index", Title: "Product and service quality index", Role: Lagging, Unit: Score, Better: Up,
			Formula: meanOfScores{{"defect_rate", 1}, {"product_return_rate_units", 1}, {"customer_reviews_rating", 1}, {"customer_complaint_rate", 1}}, MinCoverage: 0.8,
			Maturity: 0, Grains: cohortGrains,
			Note: "Made of scores, never of values with different units. Not scored itself until four fifths of its parts are: reviews and complaints need sources of their own."},
	)
}
