package kpi

import (
	"math"
	"slices"
	"strconv"
)

// Basis names what a proposal is drawn from.
type Basis string

// The bases: what is usual, what was reached in the best quarter of the periods, and what last year's growth would make of the same
// period a year ago.
const (
	Usual  Basis = "median"
	Best   Basis = "best"
	Growth Basis = "growth"
)

// Bases lists them.
var Bases = []Basis{Usual, Best, Growth}

// Past is what there is to draw proposals from, in the units of the values. NaN stands for what is not known, or not fit to be scored.
type Past struct {
	Values     []float64 // the last closed periods, oldest first
	YearBefore []float64 // of each, the same period a year before
	// Base is the value, a year before, of the period that the target is for first.
	Base float64
}

// Proposal is a target that the past would justify.
type Proposal struct {
	Basis   Basis
	Anchors Anchors
	Periods int     // it rests on so many
	Growth  float64 // of the growth basis: by how much
}

// fewest is from how many values on their median means something.
const fewest = 4

// Propose draws targets from the past. Numbers are rounded to the digits people set targets in. What the past is too short for is left
// out, and so is a proposal whose green and red would fall together.
func Propose(k KPI, past Past) []Proposal {
	known := slices.DeleteFunc(slices.Clone(past.Values), math.IsNaN)
	slices.Sort(known)
	var all []Proposal
	add := func(b Basis, a Anchors, n int, growth float64) {
		t := Target{KPI: k.ID, Anchors: a, Grain: k.Grains[0]}
		if k.Breadth == OfPlatform { // it may stand for an account only
			t.Scope = Scope{Connection: 1, Account: true}
		}
		if len(t.Check([]KPI{k})) == 0 && a != (Anchors{}) {
			all = append(all, Proposal{b, a, n, growth})
		}
	}
	if len(known) >= fewest {
		if k.Better == InRange {
			low, high := rank(known, 0.25), rank(known, 0.75)
			step := max(high-low, (high-low+math.Abs(high))/10)
			red := low - step
			if red < 0 && low > 0 && !k.ZeroOrBelow {
				red = low / 2
			}
			a := Anchors{Range: true, RedLow: k.tidy(red), GreenLow: k.tidy(low), GreenHigh: k.tidy(high), RedHigh: k.tidy(high + step)}
			add(Usual, a, len(known), 0)
			return all
		}
		add(Usual, k.oneSided(rank(known, 0.5), rank(known, k.side(0.25))), len(known), 0)
		add(Best, k.oneSided(rank(known, k.side(0.75)), rank(known, 0.5)), len(known), 0)
	}
	if g, n := growthOf(past); n >= fewest && k.Additive() && k.Better != InRange && past.Base > 0 {
		add(Growth, k.oneSided(past.Base*(1+g), math.NaN()), n, g)
	}
	return all
}

// side is a share of the ranks seen from the bad end.
func (k KPI) side(q float64) float64 {
	if k.Better == Down {
		return 1 - q
	}
	return q
}

// oneSided makes anchors of a target: red is the default one, or where there is none the other figure.
func (k KPI) oneSided(green, other float64) Anchors {
	green = k.tidy(green)
	if a, err := Fill(k, green, nil); err == nil {
		return a
	}
	if math.IsNaN(other) {
		return Anchors{}
	}
	return Anchors{Green: green, Red: k.tidy(other)}
}

// growthOf is how much the periods came to above the same ones a year before, together; n is how many are known of both years.
func growthOf(p Past) (growth float64, n int) {
	var now, before float64
	for i, v := range p.Values {
		if i < len(p.YearBefore) && !math.IsNaN(v) && !math.IsNaN(p.YearBefore[i]) {
			now, before, n = now+v, before+p.YearBefore[i], n+1
		}
	}
	if before <= 0 {
		return 0, 0
	}
	return now/before - 1, n
}

// rank is the value at a share of the ranks, between two neighbours in proportion. sorted is not empty.
func rank(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Median is the middle of the values that are known; NaN of none.
func Median(values []float64) float64 {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) == 0 {
		return math.NaN()
	}
	slices.Sort(known)
	return rank(known, 0.5)
}

// tidy rounds to three digits, and things that are counted to whole ones where there are enough of them.
func (k KPI) tidy(v float64) float64 {
	if k.Unit == Count && math.Abs(v) >= 10 && math.Abs(v) < 1000 {
		return math.Round(v)
	}
	x, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return x
}
