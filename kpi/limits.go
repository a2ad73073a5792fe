package kpi

import "math"

// Limits are the natural limits of a process: between them lies what its values do by themselves, and a difference there is noise. They
// are those of Shewhart's chart of individual values and moving ranges (XmR), as Wheeler has it in Understanding Variation (1993).
type Limits struct {
	Mean, Lower, Upper float64
}

// LimitsMin is how many values limits need to mean something.
const LimitsMin = 6

// xmr turns the mean distance of neighbours into three standard deviations: 3 ÷ d2, with d2 = 1.128 for ranges of two.
const xmr = 2.66

// runLength is how many values in a row on one side of the mean are a signal.
const runLength = 8

// What Signal says of a value beyond the limits.
const (
	AboveLimits = "above the natural limits"
	BelowLimits = "below the natural limits"
)

// NaturalLimits are the limits of a run of values, oldest first. NaN stands for a period without one; neighbours on both sides of it are
// no neighbours. Of fewer than LimitsMin values there are none.
func NaturalLimits(values []float64) (l Limits, ok bool) {
	sum, ranges, n, pairs := 0.0, 0.0, 0, 0
	before := math.NaN()
	for _, v := range values {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
		if !math.IsNaN(v) && !math.IsNaN(before) {
			ranges += math.Abs(v - before)
			pairs++
		}
		before = v
	}
	if n < LimitsMin || pairs < LimitsMin-1 {
		return Limits{}, false
	}
	l.Mean = sum / float64(n)
	width := xmr * ranges / float64(pairs)
	l.Lower, l.Upper = l.Mean-width, l.Mean+width
	return l, true
}

// Signal says why the last of a run of values is more than noise, in words; "" where it is not. Limits are of values before it.
func (l Limits) Signal(values []float64) string {
	if len(values) == 0 || math.IsNaN(values[len(values)-1]) {
		return ""
	}
	last := values[len(values)-1]
	rounded := math.Abs(l.Mean) * 1e-9 // the mean of equal values may lie beside them by its last digit
	switch {
	case last > l.Upper+rounded:
		return AboveLimits
	case last < l.Lower-rounded:
		return BelowLimits
	}
	above := last > l.Mean
	run := 0
	for i := len(values) - 1; i >= 0; i-- {
		if v := values[i]; math.IsNaN(v) || math.Abs(v-l.Mean) <= rounded || (v > l.Mean) != above {
			break
		}
		run++
	}
	switch {
	case run < runLength:
		return ""
	case above:
		return "eight or more in a row above the mean"
	}
	return "eight or more in a row below the mean"
}
