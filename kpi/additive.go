package kpi

// Additive says whether the days of a period sum to the period, so that a target can be spread over them. New customers and
// launches are counted once ever, and so add up over time although they are distinct things.
func (k KPI) Additive() bool { return additive(k.Formula) }

func additive(e Expr) bool {
	switch e := e.(type) {
	case Term:
		info, ok := Info(e.Measure)
		return ok && e.Window == InPeriod && (info.Shape == Additive || e.Measure == NewCustomers || e.Measure == Launches)
	case sum:
		for _, p := range e.parts {
			if !additive(p) {
				return false
			}
		}
		return true
	case scaled:
		return additive(e.e)
	}
	return false
}
