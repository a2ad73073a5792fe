package kpi

import "slices"

// Gaps lists the reasons why the KPI may have no value or no score, for people who wonder about an empty place.
func (k KPI) Gaps() []Gap {
	found := map[Gap]bool{}
	if a, ok := k.Formula.(absent); ok {
		found[a.gap] = true
	}
	if divides(k.Formula) {
		found[NoDenominator] = true
	}
	for _, t := range k.Formula.Needs() {
		info, _ := Info(t.Measure)
		found[NotConnected], found[StaleSource] = true, true
		found[NoRate] = found[NoRate] || info.Money
		if info.Whole || slices.Contains(info.Streams, "inventory") || t.Window.reachesBack() {
			found[InsufficientHist] = true
		}
	}
	if _, ok := k.Formula.(meanOfScores); ok {
		found[NotConnected] = true
	}
	if _, ok := k.Formula.(payback); ok {
		found[NoDenominator], found[Censored] = true, true
	}
	found[ImmatureCohort] = k.Maturity > 0
	found[BelowCoverage] = k.MinCoverage > 0
	found[InsufficientSample] = k.MinN > 0
	var all []Gap
	for _, g := range Gaps {
		if found[g] {
			all = append(all, g)
		}
	}
	return all
}

// reachesBack says whether the window begins before the period does.
func (w Window) reachesBack() bool {
	switch w.Kind {
	case YearBefore, PeriodPrior, LastDays, DaysPrior:
		return true
	}
	return false
}

func divides(e Expr) bool {
	switch e := e.(type) {
	case quotient, change, quantileOf, positive:
		return true
	case sum:
		return slices.ContainsFunc(e.parts, divides)
	case product:
		return slices.ContainsFunc(e, divides)
	case scaled:
		return divides(e.e)
	case bounded:
		return divides(e.e)
	}
	return false
}
