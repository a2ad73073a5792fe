package kpi

import "fourfold/internal/period"

const (
	spendNote    = "Days are the ad account's own and cannot be cut anew. What agencies, print or influencers cost counts where a file says so."
	platformNote = "As the platform credits itself, by the one action that the account declares: of each account by itself, and never added up."
)

// marketing are what customers cost to win. Spend belongs to the merchant: no store, and no channel of one, has a part of it.
func marketing() []KPI {
	// A value that the platform tells nothing for is unknown, not zero.
	told := covered{of(AdSpendTracked), of(AdSpend)}
	return theme(Financial, "marketing_efficiency",
		KPI{ID: "ad_spend", Title: "Ad spend", Role: Base, Unit: Money, Better: InRange,
			Formula: of(AdSpend), Note: "Over all linked ad accounts. " + spendNote},
		KPI{ID: "cac_blended", Title: "Customer acquisition cost (blended)", Role: Lagging, Unit: Money, Better: Down, Starter: true,
			Formula: ratio(of(AdSpend), of(NewCustomers)), Coverage: identified(InPeriod), Grains: cohortGrains,
			Note: "All spend ÷ customers whose first kept order ever falls in the period, not orders and not the platforms' conversions. " + spendNote},
		KPI{ID: "cpa", Title: "Cost per acquisition (CPA)", Role: Leading, Unit: Money, Better: Down,
			Formula: ratio(of(AdSpendTracked), of(AdConversions)), Coverage: told,
			Note: platformNote + " Some platforms date a purchase on its click, so that the last weeks always look worse than they will be."},
		KPI{ID: "mer", Title: "Marketing efficiency ratio (MER)", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(of(NetSales), of(AdSpend)),
			Note:    "Net sales ÷ all spend. Reversals count on their own day, so that large returns of old orders press today's. Without spend there is none."},
		KPI{ID: "mer_by_order_date", Title: "Marketing efficiency ratio by order date", Role: Base, Unit: Ratio, Better: Up, VariantOf: "mer",
			Formula: ratio(of(NetByOrderDate), of(AdSpend)), Maturity: 90, Grains: period.Grains,
			Note: "With reversals moved back to their order's day; moves for 90 days and longer."},
		KPI{ID: "roas_platform", Title: "Platform-reported ROAS", Role: Leading, Unit: Ratio, Better: Up,
			Formula: ratio(of(AdValue), of(AdSpendTracked)), Coverage: told,
			Note: platformNote + " Windows differ between platforms, and when one changes its own the line breaks."},
	)
}

func campaigns() []KPI {
	k := place("campaign_effectiveness", "Campaign effectiveness", Lagging, Ratio, Up, NotEntered, "campaigns' goals, entered and locked before they start")
	k.Starter = false
	return theme(CustomerView, "acquisition", k)
}
