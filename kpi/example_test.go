package kpi

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"fourfold/internal/period"
)

// fill sets figures so that the quantities of a worked example come out. money is in major units.
type fill func(in map[string]float64) Measures

func money(x float64) Figure  { return Figure{Int: int64(math.Round(x * 1e6))} }
func things(x float64) Figure { return Figure{Int: int64(math.Round(x))} }
func hist(hours float64) Figure {
	return Figure{Bins: []Bin{{Upper: int64(hours * 3600), Count: 1}}, N: 1}
}

func at(m Measure) Term               { return Term{m, InPeriod} }
func within(m Measure, w Window) Term { return Term{m, w} }

func simple(num, den Term, isMoney bool, a, b string) fill {
	return func(in map[string]float64) Measures {
		if isMoney {
			return Measures{num: money(in[a]), den: money(in[b])}
		}
		return Measures{num: things(in[a]), den: things(in[b])}
	}
}

// paidBack are a thousand customers who cost so much to win, bring so much at once and so much each day, followed for some days.
func paidBack(cac, first, daily float64, followed int64) Measures {
	curve := Figure{Bins: []Bin{{Upper: 0, Count: money(first * 1000).Int}}, N: followed}
	for age := int64(7); age <= 364; age += 7 {
		curve.Bins = append(curve.Bins, Bin{Upper: age, Count: money(daily * 7 * 1000).Int})
	}
	return Measures{within(CohortMargin365, Cohort(365)): curve, at(AdSpend): money(cac * 1000), at(NewCustomers): things(1000),
		at(ShippingCost): {}, at(PaymentFees): {}, at(FulfilmentCost): {}, at(ReturnCost): {}}
}

// examples says which figures stand for the inputs of each worked example of the reference.
var examples = map[string]fill{
	"gross_sales": func(in map[string]float64) Measures {
		return Measures{at(GrossSales): money(in["a_price"]*in["a_qty"] + in["b_price"]*in["b_qty"])}
	},
	"discounts": func(in map[string]float64) Measures { return Measures{at(Discounts): money(in["order_discount"])} },
	"sales_reversals": func(in map[string]float64) Measures {
		return Measures{at(SalesReversals): money(in["returned_gross"] - in["discount_back"])}
	},
	"net_sales": func(in map[string]float64) Measures {
		return Measures{at(GrossSales): money(in["gross"]), at(Discounts): money(in["disc"]), at(SalesReversals): money(in["rev"])}
	},
	"total_sales": func(in map[string]float64) Measures {
		return Measures{at(NetSales): money(in["net"]), at(Shipping): money(in["ship"]), at(Taxes): money(in["tax"]), at(Duties): money(in["duty"]), at(Fees): money(in["fee"])}
	},
	"revenue_growth_yoy":       simple(at(NetSales), within(NetSales, LastYear), true, "now", "then"),
	"revenue_growth_pop":       simple(at(NetSales), within(NetSales, Previous), true, "now", "prev"),
	"new_revenue_stream_share": simple(at(NewStreamSales), at(NetSales), true, "new_streams", "net"),
	"revenue_per_customer": func(in map[string]float64) Measures {
		return Measures{at(NetIdentified): money(in["sales"]), at(Customers): things(in["customers"])}
	},
	"aov": func(in map[string]float64) Measures {
		return Measures{at(OrderSales): money(in["gross"] - in["disc"]), at(Orders): things(in["orders"])}
	},
	"revenue_concentration_hhi": func(in map[string]float64) Measures {
		return Measures{within(Concentration, Trailing(365)): {Float: in["a"]*in["a"] + in["b"]*in["b"] + in["c"]*in["c"]}}
	},
	"cogs": func(in map[string]float64) Measures {
		return Measures{at(COGS): money(in["units"]*in["cost"] - in["restocked"]*in["cost"])}
	},
	"gross_profit":            simple(at(NetWithCost), at(COGS), true, "net", "cost"),
	"gross_margin_pct":        simple(at(NetWithCost), at(COGS), true, "net", "cost"),
	"chargeback_rate":         simple(within(Chargebacks, Cohort(120)), at(CardPayments), false, "disputes", "tx"),
	"customer_retention_rate": simple(within(RetainedCustomers, Trailing(365)), within(Customers, Prior(365)), false, "kept", "start"),
	"churn_rate":              simple(within(RetainedCustomers, Trailing(365)), within(Customers, Prior(365)), false, "kept", "start"),
	"repeat_purchase_rate":    simple(within(RepeatWithin90, Cohort(90)), at(NewCustomers), false, "second", "cohort"),
	"returning_customer_rate": simple(at(ReturningCustomers), at(Customers), false, "ret", "all"),
	"purchase_frequency":      simple(within(KeptOrders, Trailing(365)), within(Customers, Trailing(365)), false, "orders", "cust"),
	"clv_historic": func(in map[string]float64) Measures {
		return Measures{within(CohortProfit365, Cohort(365)): money(in["margin_total"]), at(NewCustomers): things(in["cohort"])}
	},
	"clv_simple_predictive": func(in map[string]float64) Measures {
		year := Trailing(365)
		return Measures{
			within(OrderSales, year): money(in["aov"] * 1500), within(Orders, year): things(1500),
			within(KeptOrders, year): things(in["f"] * 1000), within(Customers, year): things(1000),
			within(NetWithCost, year): money(1000), within(COGS, year): money(1000 * (1 - in["m"])),
			within(Customers, Prior(365)): things(1000), within(RetainedCustomers, year): things(1000 * (1 - in["churn"])),
		}
	},
	"product_return_rate_units":     simple(within(UnitsReturned, Cohort(60)), at(UnitsShipped), false, "returned", "shipped"),
	"product_return_rate_value":     simple(within(ValueReturned, Cohort(60)), at(ValueShipped), true, "ret", "net"),
	"defect_rate":                   simple(within(UnitsDefective, Cohort(60)), at(UnitsShipped), false, "defective", "shipped"),
	"product_lifecycle_performance": simple(within(HealthySales, Trailing(90)), within(NetSales, Trailing(90)), true, "healthy", "net"),
	"new_customers":                 func(in map[string]float64) Measures { return Measures{at(NewCustomers): things(in["new"])} },
	"customer_base_growth":          simple(within(Customers, Trailing(365)), within(Customers, Prior(365)), false, "now", "then"),
	"conversion_rate":               simple(at(SessionsCompleted), at(Sessions), false, "purchases", "sessions"),
	"campaign_conversion_rate":      simple(at(CampaignCompleted), at(CampaignSessions), false, "conv", "clicks"),
	"lead_conversion_rate":          simple(within(LeadsConverted30, Cohort(30)), at(Leads), false, "conv", "leads"),
	"website_traffic":               func(in map[string]float64) Measures { return Measures{at(Sessions): things(in["s"])} },
	"referral_rate":                 simple(at(NewReferred), at(NewCustomers), false, "ref", "new"),
	"branding_effectiveness":        simple(at(BrandSessions), at(Sessions), false, "brand", "s"),
	"active_customer_segment_share": simple(within(LoyalCustomers, Trailing(365)), within(Customers, Trailing(365)), false, "seg", "active"),
	"order_fulfillment_cycle_time": func(in map[string]float64) Measures { // the value is in hours, the example in days
		return Measures{within(CycleTime, Cohort(21)): hist(24 * (in["gross_days"] - in["early_placed_days"]))}
	},
	"order_fulfillment_rate": func(in map[string]float64) Measures {
		return Measures{within(UnitsInTime, Cohort(14)): things(in["ful"]), at(UnitsDue): things(in["ord"] - in["cust_cancel"])}
	},
	"on_time_delivery_rate": simple(at(OrdersOnTime), at(OrdersPromised), false, "on", "all"),
	"perfect_order_rate":    simple(within(OrdersPerfect, Cohort(60)), at(OrdersShippable), false, "perfect", "all"),
	"inventory_turnover": func(in map[string]float64) Measures {
		if in["days"] != 90 {
			return nil
		}
		return Measures{within(COGSStocked, Trailing(90)): money(in["cogs"]), within(StockCost, Trailing(90)): money(in["avg_inv"])}
	},
	"days_of_inventory": func(in map[string]float64) Measures { // one item that costs one
		return Measures{within(StockCost, AtEnd): money(in["end"]), within(CostStocked, Trailing(28)): money(in["sold28"])}
	},
	"sell_through_rate":         simple(at(UnitsStocked), within(StockUnits, AtEnd), false, "sold", "end"),
	"stockout_rate":             simple(at(SKUDaysOut), at(SKUDays), false, "out", "all"),
	"new_product_revenue_share": simple(at(NewProductSales), at(NetSales), true, "new", "net"),
	"new_product_adoption_rate": simple(within(Adopters, Cohort(90)), within(AdoptionBase, Cohort(90)), false, "buyers", "active"),
	"return_processing_time": func(in map[string]float64) Measures {
		return Measures{within(ReturnTime, Cohort(30)): hist(in["done_h"] - in["asked_h"])}
	},
	"returns_within_target_time": func(in map[string]float64) Measures { return Measures{at(ReturnsInTime): things(in["within"])} },
	"repeat_return_rate":         simple(within(SecondReturns180, Cohort(180)), at(FirstReturns), false, "second", "first"),
	"ad_spend": func(in map[string]float64) Measures {
		return Measures{at(AdSpend): {Int: int64(in["google_micros"]) + money(in["meta"]).Int}}
	},
	"cac_blended": func(in map[string]float64) Measures { // the other cost of acquisition comes in files, and is spend
		return Measures{at(AdSpend): money(in["spend"] + in["other"]), at(NewCustomers): things(in["new"])}
	},
	"cpa": func(in map[string]float64) Measures {
		return Measures{at(AdSpend): money(in["spend"]), at(AdSpendTracked): money(in["spend"]), at(AdConversions): {Float: in["conv"]}}
	},
	"contribution_margin_after_ads": func(in map[string]float64) Measures {
		return Measures{at(NetWithCost): money(in["gp"] + 1000), at(COGS): money(1000), at(Shipping): money(in["ship_in"]), at(ShippingCost): money(in["ship_out"]),
			at(PaymentFees): money(in["fees"]), at(FulfilmentCost): money(in["fulfil"]), at(ReturnCost): money(in["ret"]), at(AdSpend): money(in["ads"])}
	},
	"marketing_roi": func(in map[string]float64) Measures {
		return Measures{at(PaidWithCost): money(in["attr_rev"]), at(PaidCOGS): money(in["attr_rev"] * (1 - in["margin"])), at(AdSpend): money(in["cost"])}
	},
	"ltv_cac_ratio": func(in map[string]float64) Measures {
		return Measures{within(CohortProfit365, Cohort(365)): money(in["clv"] * 40), at(AdSpend): money(in["cac"] * 40), at(NewCustomers): things(40)}
	},
	"cac_payback_days": func(in map[string]float64) Measures {
		return paidBack(in["cac"], in["m0"], in["per_month"]/30.4375, 365)
	},
	"mer": simple(at(NetSales), at(AdSpend), true, "net", "spend"),
	"roas_platform": func(in map[string]float64) Measures {
		return Measures{at(AdValue): money(in["value"]), at(AdSpend): money(in["spend"]), at(AdSpendTracked): money(in["spend"])}
	},
	"new_products_launched": func(in map[string]float64) Measures { return Measures{at(Launches): things(in["n"])} },
}

// elsewhere lists the KPIs whose example is no matter of measures, with the reason.
var elsewhere = map[string]string{
	"product_quality_index":       "made of scores: TestQualityIndexIsTheMeanOfScores works its example",
	"product_market_fit_accuracy": "has no formula until its criteria can be entered: TestPlacesShowTheirGap",
}

var rounding = regexp.MustCompile(`^round\(.*?(?:,(\d+))?\)$`)

func TestWorkedExamples(t *testing.T) {
	r := loadReference(t)
	ours := map[string]bool{}
	for _, id := range r.ours(t) {
		ours[id] = true
	}
	calendar := period.Calendar{}
	p := period.Of(period.Monthly, period.Date(2025, 6, 1), calendar)
	worked := 0
	for _, want := range r.KPIs {
		if !ours[want.ID] {
			continue
		}
		set, ok := examples[want.ID]
		if !ok {
			if elsewhere[want.ID] == "" {
				t.Errorf("%s has no worked example here", want.ID)
			}
			continue
		}
		k, _ := Find(Catalogue(), ID(want.ID))
		v := k.value(At{Whole, p, p.To + 1000}, set(want.Example.Inputs))
		got := v.V
		if k.ID == "order_fulfillment_cycle_time" {
			got /= 24
		}
		if m := rounding.FindStringSubmatch(want.Example.Expr); m != nil {
			digits, _ := strconv.Atoi(m[1])
			got = math.Round(got*math.Pow10(digits)) / math.Pow10(digits)
		}
		if !v.Has || math.Abs(got-want.Example.Result) > 1e-9 {
			t.Errorf("%s: %s of %v gives %v (gap %q), the reference says %v", k.ID, k.Formula, want.Example.Inputs, v.V, v.Gap, want.Example.Result)
		}
		worked++
	}
	if worked+len(elsewhere) != len(ours) {
		t.Errorf("worked %d of %d examples, %d elsewhere", worked, len(ours), len(elsewhere))
	}
}
