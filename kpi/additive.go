package kpi

// Additive says whether the days of a period sum to the period, so that a target can be spread over them. New customers and
// launches are counted once ever, and so add up over time although they are distinct things.
func (k KPI) Additive() bool { return additive(k.Formula) }

// ByDays says whether all that the KPI is made of sums up from the days of its period, as sales, orders and spend do and their ratios with them: a part
// of a period is counted as quickly as it has days. Different customers, cohorts, products and trailing windows are not.
func (k KPI) ByDays() bool {
	if k.Composite() || k.Awaits != "" {
		return false
	}
	for _, t := range k.Terms() {
		info, ok := Info(t.Measure)
		if !ok || t.Window != InPeriod || info.Shape != Additive && t.Measure != NewCustomers {
			return false
		}
	}
	return len(k.Terms()) > 0
}

// Lasting says whether the value is of the same size for a week, a month and a year, so that a target of one serves the others. Rates
// and trailing windows are; growth against the period before is not, nor is what counts different customers of the period or sets its
// sales against the stock at its end, because these grow with its length.
func (k KPI) Lasting() bool {
	if _, empty := k.Formula.(absent); empty || k.Additive() {
		return false
	}
	flow, level := false, false
	for _, t := range k.Formula.Needs() {
		info, _ := Info(t.Measure)
		switch t.Window.Kind {
		case PeriodPrior:
			return false
		case LastDay:
			level = true
		case WholePeriod:
			if info.Shape == Distinct && t.Measure != NewCustomers {
				return false
			}
			flow = true
		}
	}
	return !flow || !level
}

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
