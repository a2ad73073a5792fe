package kpi

import "fourfold/internal/period"

// Closing is the first day on which a period of the KPI may be published: its end, the longest grace among the KPI's measures, and
// for cohorts the days until the youngest member is mature.
func (k KPI) Closing(p period.Period) period.Day {
	grace := 0
	for _, m := range k.Measures() {
		grace = max(grace, m.Grace)
	}
	return p.To + period.Day(k.Maturity+grace)
}

// Publishable says whether a period's value may be published: the closing day has come, and what the KPI needs is complete through
// the period and, for cohorts, through their maturity. through is the first day that is not complete.
func (k KPI) Publishable(p period.Period, today, through period.Day) bool {
	return today >= k.Closing(p) && through >= p.To+period.Day(k.Maturity)
}
