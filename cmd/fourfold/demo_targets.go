package main

import (
	"slices"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// sampleTargets are the demo's: a shop of some orders over two years, judged by the month.
func sampleTargets(orders int) []kpi.Target {
	month := float64(orders) / 24
	from := period.Date(2020, 1, 1)
	one := func(id kpi.ID, green, red float64) kpi.Target {
		return kpi.Target{KPI: id, Grain: period.Monthly, From: from, Reason: "sample", Anchors: kpi.Anchors{Green: green, Red: red}}
	}
	all := []kpi.Target{
		one("net_sales", month*160, month*130),
		one("revenue_growth_yoy", 0.10, 0),
		one("gross_margin_pct", 0.45, 0.35),
		one("aov", 130, 110),
		one("contribution_margin_after_ads", month*36, month*28),
		one("cac_blended", 18, 25),
		one("mer", 6, 4.5),
		one("new_customers", month*0.6, month*0.45),
		one("customer_retention_rate", 0.35, 0.25),
		one("repeat_purchase_rate", 0.25, 0.15),
		one("product_return_rate_units", 0.06, 0.10),
		one("conversion_rate", 0.03, 0.02),
		one("order_fulfillment_cycle_time", 96, 144),
		one("on_time_delivery_rate", 0.95, 0.88),
		one("stockout_rate", 0.03, 0.08),
		one("return_processing_time", 168, 288),
		one("new_product_revenue_share", 0.20, 0.10),
		one("new_products_launched", 3, 1),
	}
	for _, g := range []period.Grain{period.Weekly, period.Quarterly, period.Yearly} {
		for _, t := range slices.Clone(all) {
			if k, ok := kpi.Find(kpi.Catalogue(), t.KPI); ok && k.Unit != kpi.Money && k.Unit != kpi.Count && k.At(g, kpi.Whole) {
				t.Grain = g
				all = append(all, t)
			}
		}
	}
	return all
}
