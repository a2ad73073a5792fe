package kpi

import "fourfold/internal/period"

// cohortGrains are the periods long enough to follow a cohort.
var cohortGrains = []period.Grain{period.Monthly, period.Quarterly, period.Yearly}

func fulfilment() []KPI {
	tracked := covered{of(OrdersTracked), of(OrdersShippable)}
	const infinite = " An order not delivered counts as infinitely long. By order date: a cohort of delivered parcels would drop the slow and the lost."
	return theme(InternalProcess, "fulfilment",
		KPI{ID: "order_fulfillment_cycle_time", Title: "Order fulfilment cycle time (click to door)", Role: Leading, Unit: Hours, Better: Down, Starter: true,
			Formula: quantile(0.5, CycleTime, Cohort(21)), Sample: observations{CycleTime, Cohort(21)}, Coverage: tracked, MinCoverage: 0.8, Maturity: 21,
			Note: "From the order to the delivery of its last parcel." + infinite + " Carriers that Shopify does not track lower the coverage."},
		KPI{ID: "order_fulfillment_cycle_time_p90", Title: "Order fulfilment cycle time, slowest tenth", Role: Base, Unit: Hours, Better: Down, VariantOf: "order_fulfillment_cycle_time",
			Formula: quantile(0.9, CycleTime, Cohort(21)), Sample: observations{CycleTime, Cohort(21)}, Coverage: tracked, MinCoverage: 0.8, Maturity: 21,
			Note: "Nine orders in ten arrived within this time." + infinite},
		KPI{ID: "order_fulfillment_rate", Title: "Order fulfilment rate", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(over(UnitsInTime, Cohort(14)), of(UnitsDue)), Maturity: 14,
			Note: "By units. What the customer cancelled is left out; what the merchant cancelled for want of stock stays in."},
		KPI{ID: "on_time_delivery_rate", Title: "On-time delivery rate", Role: Lagging, Unit: Ratio, Better: Up, Starter: true,
			Formula: ratio(of(OrdersOnTime), of(OrdersPromised)), Coverage: covered{of(OrdersPromised), of(OrdersShippable)}, MinCoverage: 0.8,
			Note: "Against the first promise made, on the promised day: carriers' estimates move. Late and lost parcels count."},
		KPI{ID: "perfect_order_rate", Title: "Perfect order rate", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(over(OrdersPerfect, Cohort(60)), of(OrdersShippable)), Coverage: tracked, MinCoverage: 0.8, Maturity: 60,
			Note: "In full, in time where promised, without a return for the merchant's fault and without a refund. Orders are counted; rates of parts are not multiplied."},
	)
}

func inventory() []KPI {
	const ours = " From our own nightly readings, which begin at installation: the provider gives today's levels only."
	return theme(InternalProcess, "inventory",
		KPI{ID: "inventory_turnover", Title: "Inventory turnover", Role: Leading, Unit: Multiple, Better: Up, Starter: true,
			Formula:  ratio(times(365, over(COGSStocked, Trailing(90))), times(90, over(StockCost, Trailing(90)))),
			Coverage: covered{over(StockReadings, Trailing(90)), constant(90)}, MinCoverage: 0.8,
			Note: "Per year, both sides at cost and of the same items, over the mean of the daily stock: opening and closing stock would miss the season." + ours},
		KPI{ID: "days_of_inventory", Title: "Days of inventory remaining", Role: Leading, Unit: Days, Better: InRange,
			Formula: ratio(times(28, over(StockCost, AtEnd)), over(CostStocked, Trailing(28))), Grains: period.Grains,
			Note: "At the pace of the last 28 days, items weighted by cost. Without a sale in them there is no answer; an item below zero counts as zero." + ours},
		KPI{ID: "sell_through_rate", Title: "Sell-through rate", Role: Leading, Unit: Ratio, Better: Up,
			Formula: ratio(of(UnitsStocked), plus(of(UnitsStocked), atLeast(0, over(StockUnits, AtEnd)))),
			Note:    "Sold ÷ (sold + ending), Shopify's formula. Restocking within the period lowers it." + ours},
		KPI{ID: "stockout_rate", Title: "Stock-out rate", Role: Leading, Unit: Ratio, Better: Down, Starter: true,
			Formula: ratio(of(SKUDaysOut), of(SKUDays)),
			Note:    "Item-days with nothing available ÷ item-days of active, tracked, published items; those sold beyond stock are left out. A gap within a day goes unseen." + ours},
	)
}

func postSale() []KPI {
	const open = " An open return counts as infinitely long."
	return theme(InternalProcess, "post_sale_service",
		KPI{ID: "return_processing_time", Title: "Product return processing time", Role: Leading, Unit: Hours, Better: Down, Starter: true,
			Formula: quantile(0.5, ReturnTime, Cohort(30)), Sample: observations{ReturnTime, Cohort(30)}, MinN: 30, Maturity: 30,
			Note: "From the request to the refund or exchange; the customer's own shipping time is inside." + open},
		KPI{ID: "return_processing_time_p90", Title: "Product return processing time, slowest tenth", Role: Base, Unit: Hours, Better: Down, VariantOf: "return_processing_time",
			Formula: quantile(0.9, ReturnTime, Cohort(30)), Sample: observations{ReturnTime, Cohort(30)}, MinN: 30, Maturity: 30,
			Note: "Nine returns in ten were completed within this time." + open},
		KPI{ID: "returns_within_target_time", Title: "Returns processed within target time", Role: Leading, Unit: Count, Better: Up,
			Formula: of(ReturnsInTime),
			Note:    "Returns due in the period and completed within 10 days of the request. The count grows with the returns: judge the rate."},
		KPI{ID: "returns_within_target_rate", Title: "Share of returns processed within target time", Role: Leading, Unit: Ratio, Better: Up, VariantOf: "returns_within_target_time",
			Formula: ratio(of(ReturnsInTime), of(ReturnsDue)),
			Note:    "Of the returns due in the period: 10 days after their request."},
		KPI{ID: "repeat_return_rate", Title: "Rate of repeat returns", Role: Lagging, Unit: Ratio, Better: Down,
			Formula: ratio(over(SecondReturns180, Cohort(180)), of(FirstReturns)), Maturity: 180,
			Note: "Customers with a first return in the period who return again within 180 days; not the replacement that comes back."},
	)
}
