package kpi

import (
	"fmt"
	"maps"
	"slices"
)

// Plan says what a merchant's objectives are, and what weighs how much. Weights are relative to one another.
type Plan struct {
	Objectives []Objective
	// Weights of the perspectives; one that is not named weighs 1. They are for display: there is no total score.
	Weights map[Perspective]float64
}

// Objective is an aim within a perspective, judged by its KPIs.
type Objective struct {
	ID          string
	Title       string
	Perspective Perspective
	Weight      float64
	KPIs        []Share
}

// Share is the weight of a KPI in an objective, or in a KPI made of KPIs.
type Share struct {
	KPI    ID
	Weight float64
}

// themeTitles are the default objectives' names.
var themeTitles = map[string]string{
	"revenue": "Grow revenue", "cost": "Keep costs down", "profit": "Earn a profit", "risk": "Limit risk", "marketing_efficiency": "Acquire customers efficiently",
	"retention": "Keep customers", "segments": "Win loyal customers", "customer_value": "Raise customer value", "acquisition": "Win customers",
	"advocacy": "Be recommended", "brand": "Be known", "product_quality": "Sell good products", "satisfaction": "Satisfy customers",
	"loyalty": "Earn loyalty", "service": "Serve quickly", "fulfilment": "Deliver fast and whole", "inventory": "Keep the right stock",
	"post_sale_service": "Handle returns well", "innovation": "Renew the range", "workforce_development": "Develop people",
	"culture": "Keep people engaged", "strategy_execution": "Carry out the strategy", "information_capital": "Know the numbers",
}

// DefaultPlan makes one objective of each theme, with equal weights over the KPIs given. Base measures belong to none.
func DefaultPlan(defs []KPI) Plan {
	var plan Plan
	for _, p := range Perspectives {
		index := map[string]int{}
		for _, k := range defs {
			if k.Perspective != p || k.Role == Base {
				continue
			}
			i, ok := index[k.Theme]
			if !ok {
				i = len(plan.Objectives)
				index[k.Theme] = i
				plan.Objectives = append(plan.Objectives, Objective{ID: string(p) + "." + k.Theme, Title: themeTitle(p, k.Theme), Perspective: p, Weight: 1})
			}
			plan.Objectives[i].KPIs = append(plan.Objectives[i].KPIs, Share{k.ID, 1})
		}
	}
	return plan
}

func themeTitle(p Perspective, theme string) string {
	if p == LearningGrowth && theme == "innovation" {
		return "Bring out new products"
	}
	return themeTitles[theme]
}

// Check finds every fault of a plan.
func (p Plan) Check(defs []KPI) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	perspectives := map[Perspective]bool{}
	for _, known := range Perspectives {
		perspectives[known] = true
	}
	for _, at := range slices.Sorted(maps.Keys(p.Weights)) {
		w := p.Weights[at]
		if !perspectives[at] {
			fault("%q is not a perspective: use one of %v", at, Perspectives)
		}
		if !(w > 0) {
			fault("perspective %s: its weight must be above zero, not %g", at, w)
		}
	}
	ids := map[string]bool{}
	for _, o := range p.Objectives {
		switch {
		case o.ID == "":
			fault("an objective has no id: give each a short name of its own")
		case ids[o.ID]:
			fault("objective %s stands there twice: give each an id of its own", o.ID)
		}
		ids[o.ID] = true
		if !perspectives[o.Perspective] {
			fault("objective %s: %q is not a perspective: use one of %v", o.ID, o.Perspective, Perspectives)
		}
		if !(o.Weight > 0) {
			fault("objective %s: its weight must be above zero, not %g", o.ID, o.Weight)
		}
		if len(o.KPIs) == 0 {
			fault("objective %s has no KPI: name at least one", o.ID)
		}
		twice := map[ID]bool{}
		for _, s := range o.KPIs {
			k, ok := Find(defs, s.KPI)
			switch {
			case !ok:
				fault("objective %s: %s", o.ID, unknown(s.KPI, defs))
			case k.Role == Base:
				fault("objective %s: %s is a base measure and belongs to no objective", o.ID, s.KPI)
			case twice[s.KPI]:
				fault("objective %s: %s stands there twice", o.ID, s.KPI)
			}
			twice[s.KPI] = true
			if !(s.Weight > 0) {
				fault("objective %s: the weight of %s must be above zero, not %g", o.ID, s.KPI, s.Weight)
			}
		}
	}
	return faults
}
