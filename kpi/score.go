package kpi

import (
	"fmt"
	"math"
)

// Where green and red start on the scale of scores, at every level.
const (
	greenScore = 200.0 / 3
	redScore   = 100.0 / 3
)

// Score places a value between its anchors: red threshold 33.3, target 66.7, 100 one such step beyond the target, 0 one step
// beyond red. The sign of target − red carries the direction. In a range the edges of the good band stand at 66.7 and its
// middle at 100.
func (a Anchors) Score(v float64) float64 {
	if !a.Range {
		return oneSided(v, a.Green, a.Red)
	}
	switch {
	case v < a.GreenLow:
		return oneSided(v, a.GreenLow, a.RedLow)
	case v > a.GreenHigh:
		return oneSided(v, a.GreenHigh, a.RedHigh)
	}
	half := (a.GreenHigh - a.GreenLow) / 2
	if half == 0 {
		return 100
	}
	return greenScore + (100-greenScore)*(1-math.Abs(v-a.GreenLow-half)/half)
}

func oneSided(v, green, red float64) float64 {
	return max(0, min(100, redScore*((v-red)/(green-red)+1)))
}

// Status is decided on the value itself, not on its rounded score: at the target is green, at the red threshold is red.
func (a Anchors) Status(v float64) Status {
	if a.Range {
		switch {
		case v <= a.RedLow || v >= a.RedHigh:
			return Red
		case v >= a.GreenLow && v <= a.GreenHigh:
			return Green
		}
		return Amber
	}
	up := a.Green > a.Red
	switch {
	case up && v >= a.Green, !up && v <= a.Green:
		return Green
	case up && v <= a.Red, !up && v >= a.Red:
		return Red
	}
	return Amber
}

// statusOf colours a rolled-up score by the same bands.
func statusOf(score float64) Status {
	const hair = 1e-9 // of the mean's rounding: children all at their targets are green together
	switch {
	case score >= greenScore-hair:
		return Green
	case score <= redScore+hair:
		return Red
	}
	return Amber
}

// DefaultRed is the red threshold where only a target is given: a tenth short of it, rounded away from it to the digits people
// set targets in. It exists only for values on a ratio scale with a target above zero; growth, margins and whatever may be zero or
// less must state theirs, because a tenth of nothing is nothing.
func DefaultRed(k KPI, green float64) (float64, error) {
	if k.Better == InRange {
		return 0, fmt.Errorf("%s: a range needs all four anchors", k.ID)
	}
	if k.ZeroOrBelow || k.Unit == Score || green <= 0 {
		return 0, fmt.Errorf("%s: state the red threshold too: it has no natural zero to take a tenth from", k.ID)
	}
	scale := map[Unit]float64{Count: 1, Money: 100, Ratio: 10_000}[k.Unit]
	if scale == 0 {
		scale = 100
	}
	const hair = 1e-6 // 0.9 × 100 is 90, whatever floats say
	if k.Better == Down {
		return math.Ceil(green*1.1*scale-hair) / scale, nil
	}
	return math.Floor(green*0.9*scale+hair) / scale, nil
}

// Attainment is how much of the target the value reaches, for display only; ok is false where that means nothing: without a target, in a
// range, for scores, and at or below zero.
func (e Entry) Attainment() (share float64, ok bool) {
	if e.Target == nil || !e.Value.Has || e.Target.Anchors.Range || e.KPI.Unit == Score || e.Target.Anchors.Green <= 0 {
		return 0, false
	}
	if e.KPI.Better == Down {
		if e.Value.V <= 0 {
			return 0, false
		}
		return e.Target.Anchors.Green / e.Value.V, true
	}
	return e.Value.V / e.Target.Anchors.Green, true
}
