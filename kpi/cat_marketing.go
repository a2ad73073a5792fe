package kpi

import "fourfold/internal/period"

const (
	spendNote    = "Days are the ad account's own and cannot be cut anew. What agencies, print or influencers cost counts where a file says so."
	platformNote = "As the platform credits itself, by the one action that the account declares: of each account by itself, and never added up."
)

// marketing are what customers cost to win. Spend belongs to the merchant: no store, and no channel of one, has a part of it.
func marketing() []KPI {
	// A value that the platform tells nothing for is unknown, not zero.
	costs := covered{of(NetWithCost), of(NetSales)}
	aged := covered{over(CohortWithCost365, Cohort(365)), over(CohortNet365, Cohort(365))}
	told := covered{of(AdSpendTracked), of(AdSpend)}
	return append(theme(Financial, "profit",
		KPI{ID: "contribution_margin_after_ads", Title: "Contribution margin after ads (CM3)", Role: Lagging, Unit: Money, Better: Up, Starter: true, ZeroOrBelow: true, Version: 2, // the first was an empty place
			Formula:  minus(plus(of(NetWithCost), of(Shipping)), of(COGS), of(ShippingCost), of(PaymentFees), of(FulfilmentCost), of(ReturnCost), of(AdSpend)),
			Coverage: costs, MinCoverage: 0.8, Grains: period.Grains[1:],
			Note: "Gross profit and shipping charged, less shipping, payment, fulfilment and return cost by the rate card, less ad spend. What costs nothing stands in the rate card with zero; what is not in it is unknown. " + costNote},
	), theme(Financial, "marketing_efficiency",
		KPI{ID: "marketing_roi", Title: "Marketing ROI", Role: Lagging, Unit: Ratio, Better: Up, ZeroOrBelow: true,
			Formula:  ratio(minus(of(PaidWithCost), of(PaidCOGS), of(AdSpend)), of(AdSpend)),
			Coverage: product{covered{of(OrdersSourced), of(Orders)}, covered{of(PaidWithCost), of(PaidNet)}}, MinCoverage: 0.8, Grains: cohortGrains,
			Note: "Gross profit, not revenue, of sales that came by advertising, by the buyer's last visit of which something is known. Attributed is not incremental. Scored where the origin of orders and the cost of goods are known for four fifths."},
		KPI{ID: "ad_spend", Title: "Ad spend", Role: Base, Unit: Money, Better: InRange,
			Formula: of(AdSpend), Note: "Over all linked ad accounts. " + spendNote},
		KPI{ID: "cac_blended", Title: "Customer acquisition cost (blended)", Role: Lagging, Unit: Money, Better: Down, Starter: true, Version: 2, // the first was an empty place
			Formula: ratio(of(AdSpend), of(NewCustomers)), Coverage: identified(InPeriod), Grains: cohortGrains,
			Note: "All spend ÷ customers whose first kept order ever falls in the period, not orders and not the platforms' conversions. " + spendNote},
		KPI{ID: "cpa", Title: "Cost per acquisition (CPA)", Role: Leading, Unit: Money, Better: Down,
			Formula: ratio(of(AdSpendTracked), of(AdConversions)), Coverage: told,
			Note: platformNote + " Some platforms date a purchase on its click, so that the last weeks always look worse than they will be."},
		KPI{ID: "mer", Title: "Marketing efficiency ratio (MER)", Role: Lagging, Unit: Multiple, Better: Up,
			Formula: ratio(of(NetSales), of(AdSpend)),
			Note:    "Net sales ÷ all spend. Reversals count on their own day, so that large returns of old orders press today's. Without spend there is none."},
		KPI{ID: "mer_by_order_date", Title: "Marketing efficiency ratio by order date", Role: Base, Unit: Multiple, Better: Up, VariantOf: "mer",
			Formula: ratio(of(NetByOrderDate), of(AdSpend)), Maturity: 90, Grains: period.Grains,
			Note: "With reversals moved back to their order's day; moves for 90 days and longer."},
		KPI{ID: "roas_platform", Title: "Platform-reported ROAS", Role: Leading, Unit: Multiple, Better: Up,
			Formula: ratio(of(AdValue), of(AdSpendTracked)), Coverage: told,
			Note: platformNote + " Windows differ between platforms, and when one changes its own the line breaks."},
		KPI{ID: "ltv_cac_ratio", Title: "CLV to CAC ratio", Role: Lagging, Unit: Multiple, Better: Up, ZeroOrBelow: true,
			Formula:  ratio(ratio(over(CohortProfit365, Cohort(365)), of(NewCustomers)), ratio(of(AdSpend), of(NewCustomers))),
			Coverage: aged, MinCoverage: 0.8, Maturity: 365,
			Note: "Gross profit of the period's new customers in their first 365 days ÷ what it cost to win them: the same cohort on both sides."},
		KPI{ID: "cac_payback_days", Title: "CAC payback", Role: Lagging, Unit: Days, Better: Down,
			Formula: payback{brought: Term{CohortMargin365, Cohort(365)}, cost: Term{AdSpend, InPeriod}, members: Term{NewCustomers, InPeriod},
				known: []Term{{ShippingCost, InPeriod}, {PaymentFees, InPeriod}, {FulfilmentCost, InPeriod}, {ReturnCost, InPeriod}}},
			Coverage: aged, MinCoverage: 0.8, Maturity: 365,
			Note: "The age at which what the period's new customers have brought, after handling and before ads, reaches what they cost to win, on the mean: counted on the first day and then week by week, and straight between. Not reached is longer than they were followed, no number."},
	)...)
}

func campaigns() []KPI {
	k := place("campaign_effectiveness", "Campaign effectiveness", Lagging, Ratio, Up, NotEntered, "campaigns' goals, entered and locked before they start")
	k.Starter = false
	return theme(CustomerView, "acquisition", k)
}
