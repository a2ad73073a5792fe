package kpi

import (
	"math"
	"testing"

	"fourfold/internal/period"
)

func TestPayback(t *testing.T) {
	k, _ := Find(Catalogue(), "cac_payback_days")
	place := func(through int) At { return At{Whole, june, june.To + period.Day(through)} }
	costed := func(m Measures, of float64) Measures { // so much of the cohort's sales has a cost that is known
		m[within(CohortWithCost365, Cohort(365))], m[within(CohortNet365, Cohort(365))] = money(of), money(1)
		return m
	}
	for _, c := range []struct {
		name    string
		m       Measures
		through int
		v       float64
		gap     Gap
	}{
		{"at once", costed(paidBack(20, 24, 1, 365), 1), 400, 0, ""},
		{"in the second week", costed(paidBack(34, 24, 1, 365), 1), 400, 10, ""},
		{"never", costed(paidBack(1000, 24, 1, 365), 1), 400, 365, Censored},
		{"not yet", costed(paidBack(50, 24, 1, 20), 1), 20, 20, Censored},
		{"early", costed(paidBack(34, 24, 1, 20), 1), 20, 10, ImmatureCohort},
		{"never, as far as costs are known", costed(paidBack(1000, 24, 1, 365), 0.5), 400, 365, BelowCoverage},
		{"early, as far as costs are known", costed(paidBack(34, 24, 1, 20), 0.5), 20, 10, BelowCoverage},
	} {
		v := k.value(place(c.through), c.m)
		if !v.Has || math.Abs(v.V-c.v) > 1e-9 || v.Gap != c.gap {
			t.Errorf("%s: %v days, gap %q; want %v, %q", c.name, v.V, v.Gap, c.v, c.gap)
		}
	}
	free := paidBack(0, 24, 1, 365)
	if v := k.value(place(400), free); v.Has || v.Gap != NoDenominator {
		t.Errorf("what cost nothing is paid back after %v, gap %q", v.V, v.Gap)
	}
	unknown := paidBack(34, 24, 1, 365)
	unknown[at(ShippingCost)] = Figure{Gap: NotConnected}
	if v := k.value(place(400), unknown); v.Has || v.Gap != NotConnected || v.Lacks != "shipping cost" {
		t.Errorf("without what shipping costs it is %v, gap %q, lacks %q", v.V, v.Gap, v.Lacks)
	}
	// Not reached is told, and never scored as if it were the age that was reached.
	card := Build([]KPI{k}, place(400), costed(paidBack(1000, 24, 1, 365), 1), someTarget{}, Plan{})
	if e := card.Entries[0]; e.Score != nil || e.Status != Grey || e.Value.V != 365 {
		t.Errorf("a cohort that is not paid back is %+v", e)
	}
}

// someTarget judges everything.
type someTarget struct{}

func (someTarget) For(id ID, s Scope, _ period.Period, _ period.Day) (Target, bool) {
	return Target{ID: 1, KPI: id, Scope: s, Anchors: Anchors{Green: 30, Red: 90}}, true
}
