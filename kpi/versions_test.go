package kpi

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
)

func monthOf(year int, m time.Month) period.Period {
	return period.Of(period.Monthly, period.Date(year, m, 1), period.Calendar{})
}

// put numbers versions as the store does.
func put(all []Target, more ...Target) []Target {
	for _, t := range more {
		t.Version = len(all) + 1
		t.ID = int64(t.Version)
		all = append(all, t)
	}
	return all
}

func aovFrom(green float64, from period.Day) Target {
	t := Target{KPI: "aov", Grain: period.Monthly, From: from, Anchors: Anchors{Green: green, Red: green / 2}}
	if green == 0 {
		t.Anchors = Anchors{}
	}
	return t
}

func TestInForce(t *testing.T) {
	d := period.Date(2026, 1, 1)
	other := aovFrom(99, d)
	other.Grain = period.Weekly
	all := put(nil, aovFrom(20, d+31), aovFrom(10, d), other, aovFrom(30, d+31), aovFrom(0, d+90))
	series := Series(all, aovFrom(1, 0))
	if len(series) != 4 {
		t.Fatalf("%d versions", len(series))
	}
	for day, want := range map[period.Day]float64{d - 1: 0, d: 10, d + 30: 10, d + 31: 30, d + 89: 30, d + 90: 0, d + 500: 0} {
		got, ok := InForce(series, day)
		if ok != (want != 0) || ok && got.Anchors.Green != want {
			t.Errorf("on %s: %v %v, want %v", day, got.Anchors.Green, ok, want)
		}
	}
}

// Whatever was set before, a target for one period judges that one, and no other is judged otherwise than before.
func TestOnePeriodOnly(t *testing.T) {
	d := period.Date(2026, 1, 1)
	for name, before := range map[string][]Target{
		"nothing":            nil,
		"one":                put(nil, aovFrom(10, d)),
		"one within":         put(nil, aovFrom(10, d), aovFrom(20, period.Date(2026, 6, 15))),
		"one at its end":     put(nil, aovFrom(10, d), aovFrom(20, period.Date(2026, 7, 1))),
		"one later":          put(nil, aovFrom(10, d), aovFrom(20, period.Date(2026, 9, 1))),
		"one that has ended": put(nil, aovFrom(10, d), aovFrom(0, period.Date(2026, 3, 1))),
		"two of a day":       put(nil, aovFrom(10, d), aovFrom(30, period.Date(2026, 6, 1)), aovFrom(20, period.Date(2026, 6, 1))),
	} {
		june := monthOf(2026, 6)
		after := put(before, OnePeriod(Series(before, aovFrom(1, 0)), aovFrom(77, 0), june)...)
		o := BookOptions{Live: d}
		was, is := NewBook(Catalogue(), before, o), NewBook(Catalogue(), after, o)
		for m := time.January; m <= time.December; m++ {
			p := monthOf(2026, m)
			x, okX := was.For("aov", Whole, p, p.To)
			y, okY := is.For("aov", Whole, p, p.To)
			if p == june {
				if !okY || y.Anchors.Green != 77 {
					t.Errorf("%s: %s is judged by %v", name, p, y.Anchors)
				}
				continue
			}
			if okX != okY || x.Anchors != y.Anchors {
				t.Errorf("%s: %s was judged by %v, and is by %v", name, p, x.Anchors, y.Anchors)
			}
		}
	}
}

func TestTheFileHoldsATarget(t *testing.T) {
	d := period.Date(2026, 1, 1)
	file := []Target{aovFrom(10, 0)}
	if err := aovFrom(5, d).HeldBy(file, "a.yml"); err == nil || !strings.Contains(err.Error(), "aov has its target in a.yml") {
		t.Error(err)
	}
	week := aovFrom(5, d)
	week.Grain = period.Weekly
	if err := week.HeldBy(file, "a.yml"); err != nil {
		t.Error(err)
	}
	file[0].From = d
	if err := aovFrom(5, d+1).HeldBy(file, "a.yml"); err != nil {
		t.Error(err)
	}
	if err := aovFrom(5, d).HeldBy(file, "a.yml"); err == nil || !strings.Contains(err.Error(), "from 2026-01-01 on in a.yml") {
		t.Error(err)
	}
}

func TestStanding(t *testing.T) {
	d := period.Date(2026, 6, 1)
	all := put(nil, aovFrom(10, d-90), aovFrom(20, d-30), aovFrom(30, d-30), aovFrom(40, d+10), aovFrom(0, d+20))
	over := aovFrom(50, d-90)
	over.Grain = period.Weekly
	end := over
	end.From, end.Anchors = d, Anchors{}
	all = put(all, over, end)
	var got []int
	for _, v := range Standing(all, d) {
		got = append(got, v.Version)
	}
	if want := []int{3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("what holds, and what will: versions %v, want %v", got, want)
	}
}
