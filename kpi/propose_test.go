package kpi

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestProposals(t *testing.T) {
	nan := math.NaN()
	rising := func(from, step float64, n int) (all []float64) {
		for i := range n {
			all = append(all, from+step*float64(i))
		}
		return all
	}
	for _, c := range []struct {
		name string
		kpi  ID
		past Past
		want []Proposal
	}{
		{"a sum, with a year before", "net_sales", Past{rising(33_000, 1000, 12), rising(21_000, 1000, 12), 33_000}, []Proposal{
			{Usual, Anchors{Green: 38_500, Red: 34_650}, 12, 0},
			{Best, Anchors{Green: 41_200, Red: 37_080}, 12, 0},
			{Growth, Anchors{Green: 47_900, Red: 43_110}, 12, 462.0/318 - 1},
		}},
		{"no year before", "net_sales", Past{rising(33_000, 1000, 12), []float64{nan}, nan}, []Proposal{
			{Usual, Anchors{Green: 38_500, Red: 34_650}, 12, 0}, {Best, Anchors{Green: 41_200, Red: 37_080}, 12, 0},
		}},
		{"lower is better", "product_return_rate_units", Past{[]float64{0.10, 0.06, nan, 0.08, 0.07, 0.09}, nil, nan}, []Proposal{
			{Usual, Anchors{Green: 0.08, Red: 0.088}, 5, 0}, {Best, Anchors{Green: 0.07, Red: 0.077}, 5, 0},
		}},
		{"no natural zero: red is another rank", "gross_margin_pct", Past{[]float64{0.30, 0.35, 0.40, 0.45, 0.5}, nil, nan}, []Proposal{
			{Usual, Anchors{Green: 0.40, Red: 0.35}, 5, 0}, {Best, Anchors{Green: 0.45, Red: 0.40}, 5, 0},
		}},
		{"a rate does not grow with the years", "aov", Past{[]float64{100, 100, 100, 100}, []float64{50, 50, 50, 50}, 50}, []Proposal{
			{Usual, Anchors{Green: 100, Red: 90}, 4, 0}, {Best, Anchors{Green: 100, Red: 90}, 4, 0},
		}},
		{"a range", "days_of_inventory", Past{[]float64{40, 42, 44, 46, 48}, nil, nan}, []Proposal{
			{Usual, Anchors{RedLow: 37, GreenLow: 42, GreenHigh: 46, RedHigh: 51, Range: true}, 5, 0},
		}},
		{"a range that never moved", "days_of_inventory", Past{[]float64{40, 40, 40, 40}, nil, nan}, []Proposal{
			{Usual, Anchors{RedLow: 36, GreenLow: 40, GreenHigh: 40, RedHigh: 44, Range: true}, 4, 0},
		}},
		{"whole things", "new_customers", Past{[]float64{70.4, 71.5, 72.5, 73.6}, nil, nan}, []Proposal{
			{Usual, Anchors{Green: 72, Red: 64}, 4, 0}, {Best, Anchors{Green: 73, Red: 65}, 4, 0},
		}},
		{"too short", "net_sales", Past{[]float64{1, 2, 3}, []float64{1, 1, 1}, 5}, nil},
		{"nothing", "net_sales", Past{nil, nil, nan}, nil},
		{"all zero: nothing to be a tenth short of", "net_sales", Past{[]float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}, 0}, nil},
		{"never moved, no natural zero", "gross_margin_pct", Past{[]float64{0.3, 0.3, 0.3, 0.3}, nil, nan}, nil},
	} {
		k, ok := Find(Catalogue(), c.kpi)
		if !ok {
			t.Fatalf("no %s", c.kpi)
		}
		got := Propose(k, c.past)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Whatever the past was, a proposal is a target that may be set.
func TestProposalsAreInOrder(t *testing.T) {
	for _, k := range Catalogue() {
		for seed := range 40 {
			var p Past
			for i := range 12 {
				v := math.Sin(float64(seed*31+i*7)) * math.Pow(10, float64(seed%7-2))
				if seed%3 == 0 {
					v = math.Abs(v)
				}
				p.Values, p.YearBefore = append(p.Values, v), append(p.YearBefore, math.Abs(v)+0.1)
			}
			p.Base = 5
			for _, x := range Propose(k, p) {
				target := Target{KPI: k.ID, Grain: k.Grains[len(k.Grains)-1], Anchors: x.Anchors}
				if k.Breadth == OfPlatform {
					target.Scope = Scope{Connection: 1, Account: true}
				}
				if faults := target.Check([]KPI{k}); len(faults) > 0 || target.Ends() {
					t.Errorf("%s, %s of %v: %v", k.ID, x.Basis, p.Values, faults)
				}
			}
		}
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]float64{math.NaN(), 3, 1, 2}); got != 2 {
		t.Error(got)
	}
	if got := Median(nil); !math.IsNaN(got) {
		t.Error(got)
	}
}
