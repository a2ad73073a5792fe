package kpi

import (
	"math"
	"testing"
)

func scored(weight, score float64) child { return child{weight, &score, statusOf(score)} }

func unscoredChild(weight float64) child { return child{weight, nil, Grey} }

func TestRollupVectors(t *testing.T) {
	vectors, ok := vector(t, "rollup").([]any)
	if !ok || len(vectors) != 2 {
		t.Fatalf("the roll-up vectors are %v", vectors)
	}
	for i, children := range [][]child{
		{scored(2, 80), unscoredChild(1), scored(1, 40)},
		{scored(1, 70), unscoredChild(2)},
	} {
		want, _ := vectors[i].(map[string]any)
		score, coverage, status := mean(children)
		if c, _ := want["coverage"].(float64); math.Abs(coverage-c) > 0.01 {
			t.Errorf("roll-up %d covers %v, want %v", i, coverage, c)
		}
		s, has := want["score"].(float64)
		if has != (score != nil) || (has && math.Abs(*score-s) > 0.01) {
			t.Errorf("roll-up %d scores %v, want %v", i, score, want["score"])
		}
		if has && status != Green || !has && status != Grey {
			t.Errorf("roll-up %d is %s", i, status)
		}
	}
}

func TestARedChildWithAQuarterCapsTheParent(t *testing.T) {
	for _, c := range []struct {
		children []child
		want     Status
	}{
		{[]child{scored(3, 100), scored(1, 20)}, Amber},
		{[]child{scored(4, 100), scored(1, 20)}, Green},
		{[]child{scored(3, 10), scored(1, 20)}, Red},
		{[]child{scored(1, 100), scored(1, 50)}, Green},
		{[]child{scored(3, 100), scored(1, 20), unscoredChild(2)}, Amber}, // a quarter of what is scored
		{[]child{scored(3, 80), unscoredChild(2)}, Green},                 // 0.6 is enough
		{[]child{scored(59, 80), unscoredChild(41)}, Grey},
	} {
		if _, _, got := mean(c.children); got != c.want {
			t.Errorf("%v is %s, want %s", c.children, got, c.want)
		}
	}
}

func TestParentsHideNothing(t *testing.T) {
	defs := []KPI{
		{ID: "a", Perspective: Financial, Theme: "revenue", Role: Leading}, {ID: "b", Perspective: Financial, Theme: "revenue", Role: Lagging},
		{ID: "c", Perspective: Financial, Theme: "profit", Role: Lagging}, {ID: "base", Perspective: Financial, Theme: "profit", Role: Base},
	}
	entries := map[ID]*Entry{}
	for i, score := range []float64{90, 70, 10} {
		s := score
		entries[defs[i].ID] = &Entry{KPI: defs[i], Score: &s, Status: statusOf(s)}
	}
	entries["base"] = &Entry{KPI: defs[3], Status: Grey}
	all := rollUp(DefaultPlan(defs), entries)
	if len(all) != 4 || all[0].ID != "financial" || all[3].ID != "learning_growth" {
		t.Fatalf("the perspectives are %v", all)
	}
	f := all[0]
	if len(f.Children) != 2 || *f.Children[0].Score != 80 || *f.Children[0].Leading != 90 || *f.Children[0].Lagging != 70 || f.Children[0].Worst != "b" {
		t.Errorf("the objectives are %+v", f.Children)
	}
	if *f.Score != 45 || f.Worst != "c" || f.Reds != 1 || f.Status != Amber || *f.Leading != 90 || *f.Lagging != 40 {
		t.Errorf("the perspective is %+v", f)
	}
	if len(f.Children[1].KPIs) != 1 {
		t.Errorf("the base measure belongs to an objective: %v", f.Children[1].KPIs)
	}
	if all[1].Score != nil || all[1].Status != Grey {
		t.Errorf("the empty perspective is %+v", all[1])
	}
}

func TestEveryFaultOfAPlanIsFound(t *testing.T) {
	plan := Plan{
		Weights: map[Perspective]float64{"finance": 1, Financial: 0},
		Objectives: []Objective{
			{ID: "grow", Perspective: Financial, Weight: 1, KPIs: []Share{{"net_sale", 1}, {"gross_sales", 1}, {"aov", 0}, {"aov", 1}}},
			{ID: "grow", Perspective: "money", Weight: -1},
			{Perspective: Financial, Weight: 1, KPIs: []Share{{"aov", 1}}},
		},
	}
	if faults := plan.Check(Catalogue()); len(faults) != 11 {
		for _, f := range faults {
			t.Log(f)
		}
		t.Errorf("found %d faults, want 11", len(faults))
	}
	if faults := DefaultPlan(Catalogue()).Check(Catalogue()); len(faults) != 0 {
		t.Errorf("the default plan has faults: %v", faults)
	}
}
