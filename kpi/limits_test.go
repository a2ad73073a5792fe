package kpi

import (
	"math"
	"testing"
)

// The worked example of the reference: 100, 104, … and then 130.
func TestNaturalLimits(t *testing.T) {
	base := []float64{100, 104, 98, 110, 102, 97, 105, 101, 99}
	l, ok := NaturalLimits(base)
	if !ok || math.Abs(l.Mean-101.78) > 0.01 || math.Abs(l.Lower-85.49) > 0.01 || math.Abs(l.Upper-118.07) > 0.01 {
		t.Fatalf("%+v %t", l, ok)
	}
	for last, want := range map[float64]string{130: "above the natural limits", 118: "", 85: "below the natural limits", 103: ""} {
		if got := l.Signal(append(base[:len(base):len(base)], last)); got != want {
			t.Errorf("%v: %q, want %q", last, got, want)
		}
	}
}

func TestARunOfEightIsASignal(t *testing.T) {
	l := Limits{Mean: 10, Lower: 0, Upper: 20}
	run := []float64{9, 11, 12, 11, 13, 11, 12, 11, 12}
	if got := l.Signal(run); got != "eight or more in a row above the mean" {
		t.Errorf("%q", got)
	}
	if got := l.Signal(run[:8]); got != "" {
		t.Errorf("seven are none: %q", got)
	}
	run[4] = math.NaN()
	if got := l.Signal(run); got != "" {
		t.Errorf("a period without a value breaks the run: %q", got)
	}
}

func TestTooFewValuesHaveNoLimits(t *testing.T) {
	nan := math.NaN()
	for _, values := range [][]float64{nil, {1, 2, 3, 4, 5}, {1, nan, 2, nan, 3, nan, 4, nan, 5, nan, 6}} {
		if l, ok := NaturalLimits(values); ok {
			t.Errorf("%v: %+v", values, l)
		}
	}
	if l, ok := NaturalLimits([]float64{5, 5, 5, 5, 5, 5}); !ok || l.Lower != 5 || l.Upper != 5 {
		t.Errorf("a level line has limits on itself: %+v %t", l, ok)
	}
}

// The mean of ten times 0.1 is 0.09999999999999999: that is no signal.
func TestEqualValuesAreNoSignal(t *testing.T) {
	values := []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}
	l, ok := NaturalLimits(values)
	if !ok || l.Signal(append(values, 0.1)) != "" {
		t.Errorf("%+v %v: %q", l, ok, l.Signal(append(values, 0.1)))
	}
	if l.Signal(append(values, 0.101)) == "" {
		t.Error("a value that is another one is no signal")
	}
}
