package kpi

import (
	"fmt"
	"math"
	"slices"
	"unicode"

	"fourfold/internal/period"
)

// maxAnchor keeps targets within what whole micros can hold.
const maxAnchor = 1e12

// Fill makes one-sided anchors of a target and, where it is given, a red threshold; else of the default one.
func Fill(k KPI, green float64, red *float64) (Anchors, error) {
	if red != nil {
		return Anchors{Green: green, Red: *red}, nil
	}
	r, err := DefaultRed(k, green)
	return Anchors{Green: green, Red: r}, err
}

// Check finds every fault of a target: an unknown KPI, a grain it is not kept for, anchors that contradict its direction or are
// out of order. A version without anchors is in order: it ends the target.
func (t Target) Check(defs []KPI) []error {
	k, ok := Find(defs, t.KPI)
	if !ok {
		return []error{fmt.Errorf("%s", unknown(t.KPI, defs))}
	}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf(string(k.ID)+": "+format, args...))
	}
	switch {
	case !slices.Contains(period.Grains, t.Grain):
		fault("%q is no length of period: use one of %v", t.Grain, period.Grains)
	case !k.of(t.Scope):
		fault(k.elsewhere(t.Scope))
	case !k.At(t.Grain, t.Scope):
		fault("it is not kept for a %s: use one of %v", t.Grain, k.Grains)
	}
	for _, r := range t.Reason {
		if unicode.IsControl(r) {
			fault("the reason must be one line of plain text")
			break
		}
	}
	a := t.Anchors
	if a == (Anchors{}) {
		return faults
	}
	for _, x := range []float64{a.Green, a.Red, a.RedLow, a.GreenLow, a.GreenHigh, a.RedHigh} {
		if math.IsNaN(x) || math.Abs(x) > maxAnchor {
			fault("%v is no usable threshold: give a number within a trillion", x)
			return faults
		}
	}
	switch {
	case k.Better == InRange && !a.Range:
		fault("it is best within a range: give red_low, green_low, green_high and red_high")
	case k.Better != InRange && a.Range:
		fault("it is better the %s: give green and red, not a range", k.Better.word())
	case a.Range && (a.Green != 0 || a.Red != 0), !a.Range && (a.RedLow != 0 || a.GreenLow != 0 || a.GreenHigh != 0 || a.RedHigh != 0):
		fault("give either green and red or the four anchors of a range, not both")
	case a.Range && !a.parted():
		fault("the anchors of a range must rise: red_low %v < green_low %v <= green_high %v < red_high %v", a.RedLow, a.GreenLow, a.GreenHigh, a.RedHigh)
	case !a.Range && a.Green == a.Red:
		fault("green and red are both %v: leave a step between them, or nothing can be amber", a.Green)
	case k.Better == Up && a.Green < a.Red:
		fault("it is better the higher, so green (%v) must lie above red (%v)", a.Green, a.Red)
	case k.Better == Down && a.Green > a.Red:
		fault("it is better the lower, so green (%v) must lie below red (%v)", a.Green, a.Red)
	case !k.ZeroOrBelow && !a.Range && k.Unit != Score && (a.Green < 0 || a.Red < 0):
		fault("it is never below zero, so neither can its thresholds be (green %v, red %v)", a.Green, a.Red)
	}
	return faults
}

// elsewhere says of which parts of a merchant the KPI is told, where it is not told of one.
func (k KPI) elsewhere(s Scope) string {
	switch {
	case k.Breadth == OfPlatform:
		return "it is told of each ad account by itself, since platforms credit themselves: set the target for an account"
	case k.Breadth == OfAccounts:
		return "it is told of no store: set the target for the whole or for an ad account"
	case k.Breadth == OfMerchant:
		return "it is told of the whole merchant only: set the target there"
	case s.Account:
		return "it is told of no ad account: set the target for the store or the whole"
	}
	return "it has no meaning for a single channel: set the target for the store or the whole"
}

func (d Direction) word() string {
	if d == Down {
		return "lower"
	}
	return "higher"
}
