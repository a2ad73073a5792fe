package kpi

const sessionNote = "As the source counts sessions, by its own days; its figures settle for up to three days."

func acquisition() []KPI {
	return append(append(theme(CustomerView, "acquisition",
		KPI{ID: "new_customers", Title: "New customers acquired", Role: Lagging, Unit: Count, Better: Up,
			Formula: of(NewCustomers), Coverage: identified(InPeriod),
			Note: "Customers whose first kept order ever falls in the period. Needs the whole history: in Shopify's 60-day view everybody is new."},
		KPI{ID: "customer_base_growth", Title: "Customer base growth", Role: Lagging, Unit: Ratio, Better: Up, ZeroOrBelow: true,
			Formula: growth(over(Customers, lastYearOfDays), over(Customers, yearOfDaysBefore)), Coverage: identified(lastYearOfDays),
			Note: "Customers of the last 365 days against those of the 365 days before. A count of all customers ever would always grow."},
		KPI{ID: "conversion_rate", Title: "Conversion rate (store)", Role: Leading, Unit: Ratio, Better: Up, Starter: true,
			Formula: ratio(of(SessionsCompleted), of(Sessions)),
			Note:    "Sessions with a completed checkout ÷ sessions, not orders ÷ visitors. " + sessionNote},
		KPI{ID: "campaign_conversion_rate", Title: "Conversion rate from marketing campaigns", Role: Leading, Unit: Ratio, Better: Up,
			Formula: ratio(of(CampaignCompleted), of(CampaignSessions)),
			Note:    "Sessions that carry a campaign's utm. Clicks are not sessions: a tenth to a third are lost on the way. " + sessionNote},
		KPI{ID: "lead_conversion_rate", Title: "Lead conversion rate", Role: Leading, Unit: Ratio, Better: Up,
			Formula: ratio(over(LeadsConverted30, Cohort(30)), of(Leads)), Maturity: 30,
			Note: "A lead gave marketing consent before any order; it converts with a first order within 30 days. Consent at the checkout makes no lead; an imported list has one false date."},
		KPI{ID: "website_traffic", Title: "Website traffic (sessions)", Role: Leading, Unit: Count, Better: Up,
			Formula: of(Sessions), Note: "Sessions add up over days; visitors do not. " + sessionNote},
	), theme(CustomerView, "advocacy",
		KPI{ID: "referral_rate", Title: "Referral rate (word of mouth)", Role: Lagging, Unit: Ratio, Better: Up,
			Formula: ratio(of(NewReferred), of(NewCustomers)), Coverage: identified(InPeriod), MinCoverage: 0.8,
			Note: "New customers whose first order came by a referral code or a referral utm. Coupon sites leak codes: use single-use ones."},
	)...), theme(CustomerView, "brand",
		KPI{ID: "branding_effectiveness", Title: "Branding effectiveness (brand demand share)", Role: Leading, Unit: Ratio, Better: Up,
			Formula: ratio(of(BrandSessions), of(Sessions)),
			Note:    "Direct visits and unpaid searches for the shop's own name ÷ sessions. Direct also holds broken tagging: watch for sudden shifts. " + sessionNote},
	)...)
}
