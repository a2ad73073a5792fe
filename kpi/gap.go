package kpi

// Gap says why there is no value, or why the value shown is not scored. Absent is never zero.
type Gap string

// The eight reasons of reference/kpis.md §3, and two that advertising brings.
const (
	NoDenominator      Gap = "no_denominator"
	StaleSource        Gap = "stale_source"
	InsufficientSample Gap = "insufficient_sample" // value shown, not scored
	NotEntered         Gap = "not_entered"
	InsufficientHist   Gap = "insufficient_history"
	ImmatureCohort     Gap = "immature_cohort" // value shown, not scored
	BelowCoverage      Gap = "below_coverage"  // value shown, not scored
	NotConnected       Gap = "source_not_connected"
	NoRate             Gap = "no_exchange_rate"
	Censored           Gap = "not_reached" // the value shown is how long it has not been reached for; not scored
)

// Shown says whether a value with this gap is shown all the same, unscored.
func (g Gap) Shown() bool {
	return g == "" || g == InsufficientSample || g == ImmatureCohort || g == BelowCoverage || g == Censored
}

// gravity orders gaps: what can only be helped by linking something comes before what time alone will heal.
var gravity = map[Gap]int{
	InsufficientSample: 1, BelowCoverage: 2, ImmatureCohort: 3, Censored: 4, NoDenominator: 5, StaleSource: 6, InsufficientHist: 7, NotEntered: 8, NoRate: 9,
	NotConnected: 10,
}

// graver is the one of two gaps that is told, where a value lacks for more than one reason.
func graver(a, b Gap) Gap {
	if gravity[b] > gravity[a] {
		return b
	}
	return a
}

// Gaps lists them all.
var Gaps = []Gap{NoDenominator, StaleSource, InsufficientSample, NotEntered, InsufficientHist, ImmatureCohort, BelowCoverage, NotConnected, NoRate, Censored}

// Why says why there is no value, or why it is not scored, with what is missing.
func (v Value) Why() string {
	if v.Lacks == "" {
		return v.Gap.Text()
	}
	return v.Gap.Text() + " (" + v.Lacks + ")"
}

// Text says it to a person.
func (g Gap) Text() string {
	switch g {
	case NoDenominator:
		return "nothing to divide by in this period"
	case StaleSource:
		return "the data are not complete through this period yet"
	case InsufficientSample:
		return "too few observations to score"
	case NotEntered:
		return "nobody has entered it"
	case InsufficientHist:
		return "the history does not reach back far enough"
	case ImmatureCohort:
		return "too early to tell; not scored yet"
	case BelowCoverage:
		return "known for too small a part to score"
	case NotConnected:
		return "its source is not connected"
	case NoRate:
		return "an amount is in a currency without an exchange rate for its day: `fourfold status` says which, and what to do"
	case Censored:
		return "not reached yet: it takes longer than shown"
	}
	return ""
}
