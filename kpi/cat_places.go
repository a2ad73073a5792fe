package kpi

// Places of the starter set whose sources are not ours yet. They are shown grey with their gap: an empty place tells the merchant
// what the scorecard does not know, which leaving it out would not.

func customerPlaces() []KPI {
	var all []KPI
	for _, group := range [][]KPI{
		theme(CustomerView, "satisfaction", place("csat_score", "Customer satisfaction score (CSAT)", Lagging, Ratio, Up, NotConnected, "a survey tool")),
		theme(CustomerView, "loyalty", place("nps", "Net Promoter Score (NPS)", Lagging, Score, Up, NotConnected, "a survey tool")),
		theme(CustomerView, "product_quality", place("customer_reviews_rating", "Customer reviews rating", Lagging, Score, Up, NotConnected, "a review app")),
		theme(CustomerView, "service", place("first_response_time", "First response time", Leading, Hours, Down, NotConnected, "a helpdesk")),
	} {
		all = append(all, group...)
	}
	return all
}

func learningPlaces() []KPI {
	var all []KPI
	for _, group := range [][]KPI{
		theme(LearningGrowth, "workforce_development", place("training_hours_per_employee", "Training hours per employee (FTE)", Leading, Hours, Up, NotEntered, "entry by hand")),
		theme(LearningGrowth, "culture", place("employee_engagement_score", "Employee engagement and culture score", Leading, Score, Up, NotEntered, "a survey or entry by hand")),
		theme(LearningGrowth, "strategy_execution", place("initiative_completion_rate", "Strategic initiatives on schedule", Leading, Ratio, Up, NotEntered, "initiatives with milestones")),
		theme(LearningGrowth, "information_capital", place("data_quality_score", "Data quality and completeness", Leading, Score, Up, NotConnected, "the record of the nightly runs")),
	} {
		all = append(all, group...)
	}
	return all
}

func place(id ID, title string, role Role, unit Unit, better Direction, gap Gap, awaits string) KPI {
	return KPI{ID: id, Title: title, Role: role, Unit: unit, Better: better, Starter: true, Awaits: awaits,
		Formula: absent{gap, "waits for " + awaits}, Note: "Nothing feeds it yet. It is shown all the same, so that nobody takes the rest for the whole."}
}
