package kpi

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func floats(t *testing.T, v any) []float64 {
	t.Helper()
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("%v is no list", v)
	}
	out := make([]float64, len(list))
	for i, x := range list {
		switch x := x.(type) {
		case float64:
			out[i] = x
		case uint64:
			out[i] = float64(x)
		case int64:
			out[i] = float64(x)
		default:
			t.Fatalf("%v (%T) is no number", x, x)
		}
	}
	return out
}

func vector(t *testing.T, id string) any {
	t.Helper()
	for _, v := range loadReference(t).Vectors {
		if v.ID == id {
			return v.Expected
		}
	}
	t.Fatalf("the reference has no vector %s", id)
	return nil
}

func TestScoringVectors(t *testing.T) {
	for _, c := range []struct {
		id      string
		anchors Anchors
		values  []float64
		colours string
	}{
		{"spider_goal_redflag", Anchors{Green: 700, Red: 500}, []float64{300, 500, 600, 700, 900}, "rragg"},
		{"score_lower", Anchors{Green: 2, Red: 4}, []float64{0, 1, 2, 3, 4, 6}, "gggarr"},
		{"score_range", Anchors{RedLow: 60, GreenLow: 75, GreenHigh: 85, RedHigh: 95, Range: true},
			[]float64{45, 60, 67.5, 75, 77.5, 80, 85, 90, 95, 105}, "rraggggarr"},
	} {
		want := floats(t, vector(t, c.id))
		for i, v := range c.values {
			if got := c.anchors.Score(v); math.Abs(got-want[i]) > 0.01 {
				t.Errorf("%s: %v scores %v, want %v", c.id, v, got, want[i])
			}
			if got := c.anchors.Status(v); string(got[0]) != c.colours[i:i+1] {
				t.Errorf("%s: %v is %s, want %c", c.id, v, got, c.colours[i])
			}
		}
	}
}

func TestTheHabitOfNineTenths(t *testing.T) {
	k := KPI{ID: "x", Unit: Money, Better: Up}
	red, err := DefaultRed(k, 100) // vector clearpoint_rag: green from 100, caution from 90
	if err != nil || red != 90 {
		t.Fatalf("red starts at %v, %v; want 90", red, err)
	}
	a := Anchors{Green: 100, Red: red}
	if a.Status(100) != Green || a.Status(95) != Amber || a.Status(89) != Red {
		t.Errorf("100, 95, 89 are %s, %s, %s", a.Status(100), a.Status(95), a.Status(89))
	}
	for _, c := range []struct {
		k         KPI
		green     float64
		red       float64
		confusion string
	}{
		{KPI{Unit: Ratio, Better: Down}, 0.05, 0.055, ""},
		{KPI{Unit: Ratio, Better: Up}, 0.0303, 0.0272, ""}, // 0.02727, outwards
		{KPI{Unit: Count, Better: Up}, 7, 6, ""},           // 6.3, outwards
		{KPI{Unit: Hours, Better: Down}, 48, 52.8, ""},
		{KPI{Unit: Money, Better: Up}, 0, 0, "state the red threshold"},
		{KPI{Unit: Ratio, Better: Up, ZeroOrBelow: true}, 0.1, 0, "state the red threshold"},
		{KPI{Unit: Score, Better: Up}, 50, 0, "state the red threshold"},
		{KPI{Unit: Days, Better: InRange}, 50, 0, "four anchors"},
	} {
		red, err := DefaultRed(c.k, c.green)
		if c.confusion != "" {
			if err == nil || !strings.Contains(err.Error(), c.confusion) {
				t.Errorf("%s %s %v: got %v, want an error with %q", c.k.Unit, c.k.Better, c.green, err, c.confusion)
			}
			continue
		}
		if err != nil || red != c.red {
			t.Errorf("%s %s %v: red starts at %v, %v; want %v", c.k.Unit, c.k.Better, c.green, red, err, c.red)
		}
	}
}

func TestStatusIsDecidedOnTheValue(t *testing.T) {
	a := Anchors{Green: 0.94, Red: 0.9}
	for v, want := range map[float64]Status{1128.0 / 1200: Green, math.Nextafter(0.94, 0): Amber, 0.9: Red, math.Nextafter(0.9, 1): Amber} {
		if got := a.Status(v); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
}

func TestABetterValueNeverScoresLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e9, 1e9)
		a := Anchors{Green: x.Draw(t, "green"), Red: x.Draw(t, "red")}
		if a.Green == a.Red {
			t.Skip("no step")
		}
		v, w := x.Draw(t, "v"), x.Draw(t, "w")
		if (v < w) != (a.Green > a.Red) {
			v, w = w, v
		}
		worse, better := a.Score(v), a.Score(w)
		if better < worse || worse < 0 || better > 100 {
			t.Fatalf("%+v: %v scores %v, the better %v scores %v", a, v, worse, w, better)
		}
		rank := map[Status]int{Red: 0, Amber: 1, Green: 2}
		if rank[a.Status(w)] < rank[a.Status(v)] {
			t.Fatalf("%+v: %v is %s, the better %v is %s", a, v, a.Status(v), w, a.Status(w))
		}
	})
}

func TestARangeFallsOffOnBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.Float64Range(0.1, 100)
		a := Anchors{Range: true, RedLow: rapid.Float64Range(-100, 100).Draw(t, "from")}
		a.GreenLow = a.RedLow + step.Draw(t, "amber")
		a.GreenHigh = a.GreenLow + step.Draw(t, "green")
		a.RedHigh = a.GreenHigh + step.Draw(t, "amber above")
		middle := (a.GreenLow + a.GreenHigh) / 2
		d, e := step.Draw(t, "near"), step.Draw(t, "far")
		near, far := min(d, e), max(d, e)
		for _, side := range []float64{-1, 1} {
			if a.Score(middle+side*far) > a.Score(middle+side*near)+1e-9 {
				t.Fatalf("%+v: farther from the middle scores more", a)
			}
		}
		if math.Abs(a.Score(middle)-100) > 1e-6 || math.Abs(a.Score(a.GreenLow)-greenScore) > 1e-6 || math.Abs(a.Score(a.GreenHigh)-greenScore) > 1e-6 {
			t.Fatalf("%+v: middle %v, edges %v and %v", a, a.Score(middle), a.Score(a.GreenLow), a.Score(a.GreenHigh))
		}
	})
}
