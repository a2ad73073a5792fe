package kpi

import (
	"slices"
	"sync"

	"fourfold/internal/period"
)

// Catalogue lists every KPI in the order a scorecard shows them: by perspective, then by theme. The places of the starter set
// that wait for a source of their own are among them, with their gap.
func Catalogue() []KPI { return slices.Clone(catalogue()) }

// catalogue is put together once: pages ask for it with every answer.
var catalogue = sync.OnceValue(func() []KPI {
	var all []KPI
	for _, group := range [][]KPI{
		revenue(), profit(), risk(), marketing(),
		retention(), customerValue(), acquisition(), campaigns(), productQuality(), customerPlaces(),
		fulfilment(), inventory(), postSale(), innovation(),
		learning(), learningPlaces(),
	} {
		all = append(all, group...)
	}
	return all
})

// Starters are the KPIs of the starter set among defs.
func Starters(defs []KPI) []KPI {
	var some []KPI
	for _, k := range defs {
		if k.Starter {
			some = append(some, k)
		}
	}
	return some
}

// Find is the KPI of an ID.
func Find(defs []KPI, id ID) (KPI, bool) {
	for _, k := range defs {
		if k.ID == id {
			return k, true
		}
	}
	return KPI{}, false
}

// theme puts KPIs under one theme and fills in what follows from their formulas.
func theme(p Perspective, name string, kpis ...KPI) []KPI {
	for i := range kpis {
		k := &kpis[i]
		k.Perspective, k.Theme = p, name
		if k.Version == 0 {
			k.Version = 1
		}
		if k.Grains == nil {
			k.Grains = grainsOf(*k)
		}
		k.Channels, k.Breadth = byChannel(*k), breadthOf(*k)
	}
	return kpis
}

// grainsOf says which periods a KPI has a meaning for. What looks at the period alone has one for a day; growth and trailing
// windows would only repeat themselves from day to day; a cohort must be large enough to follow.
func grainsOf(k KPI) []period.Grain {
	first := 0
	for _, t := range k.Formula.Needs() {
		switch t.Window.Kind {
		case CohortAge:
			first = max(first, 2)
		case YearBefore, PeriodPrior, LastDays, DaysPrior:
			first = max(first, 1)
		}
	}
	if k.Maturity > 0 {
		first = max(first, 2)
	}
	return append([]period.Grain(nil), period.Grains[first:]...)
}

func byChannel(k KPI) bool {
	terms := k.Formula.Needs()
	for _, t := range terms {
		if info, ok := Info(t.Measure); !ok || !info.Channels {
			return false
		}
	}
	return len(terms) > 0
}

// At says whether the KPI is kept for periods of a grain in a scope.
func (k KPI) At(g period.Grain, s Scope) bool {
	if !k.of(s) {
		return false
	}
	for _, own := range k.Grains {
		if own == g {
			return true
		}
	}
	return false
}

// of says whether the KPI is told of a scope, whatever the period.
func (k KPI) of(s Scope) bool {
	switch {
	case s.Account:
		return k.Breadth == OfAccounts || k.Breadth == OfPlatform
	case s == Whole:
		return k.Breadth != OfPlatform
	case s.Channel != "":
		return k.Channels
	}
	return k.Breadth == OfStores
}

func breadthOf(k KPI) Breadth {
	some, others, apart := false, false, false
	for _, t := range k.Terms() {
		info, _ := Info(t.Measure)
		some, others, apart = some || info.Account, others || !info.Account, apart || info.Apart
	}
	switch {
	case apart:
		return OfPlatform
	case some && others:
		return OfMerchant
	case some:
		return OfAccounts
	}
	return OfStores
}

// Needs lists what must be counted for these KPIs in periods of a grain, each term once.
func Needs(defs []KPI, g period.Grain, s Scope) []Term {
	var all []Term
	seen := map[Term]bool{}
	for _, k := range defs {
		if !k.At(g, s) {
			continue
		}
		for _, t := range k.Terms() {
			if !seen[t] {
				seen[t] = true
				all = append(all, t)
			}
		}
	}
	return all
}

// Terms lists what the KPI's formula, coverage and sample are made of.
func (k KPI) Terms() []Term {
	all := k.Formula.Needs()
	for _, e := range []Expr{k.Coverage, k.Sample} {
		if e != nil {
			all = append(all, e.Needs()...)
		}
	}
	return all
}

// Measures lists the measures behind the KPI, each once.
func (k KPI) Measures() []MeasureInfo {
	var all []MeasureInfo
	seen := map[Measure]bool{}
	for _, t := range k.Terms() {
		if info, ok := Info(t.Measure); ok && !seen[t.Measure] {
			seen[t.Measure] = true
			all = append(all, info)
		}
	}
	return all
}

// Costed says whether the KPI rests on unit costs.
func (k KPI) Costed() bool {
	return slices.ContainsFunc(k.Measures(), func(m MeasureInfo) bool { return m.Capability == "unit_cost" })
}
