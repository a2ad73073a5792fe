package kpi

func innovation() []KPI {
	return theme(InternalProcess, "innovation",
		KPI{ID: "new_product_revenue_share", Title: "New-product revenue share", Role: Lagging, Unit: Ratio, Better: Up, Starter: true,
			Formula: ratio(of(NewProductSales), of(NetSales)),
			Note:    "A product is new for 365 days from its first sale; the date of publication is reset whenever it is published again. A new variant of an old product is not new."},
		KPI{ID: "new_product_adoption_rate", Title: "Customer adoption rate of new products", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(over(Adopters, Cohort(90)), over(AdoptionBase, Cohort(90))), Maturity: 90,
			Note: "Customers of the 365 days before a launch who bought the product within 90 days, over all launches of the period. New customers who buy it are acquisition."},
		KPI{ID: "product_market_fit_accuracy", Title: "Accuracy of product-market fit", Role: Lagging, Unit: Ratio, Better: Up, Maturity: 90,
			Formula: absent{NotEntered, "launches that met all their criteria at day 90 ÷ launches of the last 365 days that are 90 days old"},
			Note:    "The criteria (units, return rate, rating) must be entered and locked before the launch; set afterwards they are worthless. Until then it shows its gap."},
	)
}

func learning() []KPI {
	return theme(LearningGrowth, "innovation",
		KPI{ID: "new_products_launched", Title: "New products launched (innovation output)", Role: Leading, Unit: Count, Better: Up, Starter: true,
			Formula: of(Launches),
			Note:    "A product counts when it is both published and sold for the first time, so that imports and duplicates do not."},
	)
}
