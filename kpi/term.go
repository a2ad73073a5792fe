package kpi

import (
	"fmt"
	"strings"

	"fourfold/internal/period"
)

// Window is the run of days a measure is taken over, relative to a period. Windows compare with ==.
type Window struct {
	Kind WindowKind
	N    int // days, for trailing windows and cohorts
}

// WindowKind is a closed set.
type WindowKind string

// Kinds of windows. Of a running period only the elapsed part counts, on both sides of a comparison.
const (
	WholePeriod WindowKind = "period"    // the period itself
	YearBefore  WindowKind = "last_year" // the same part of last year
	PeriodPrior WindowKind = "previous"  // the same part of the period before
	LastDays    WindowKind = "trailing"  // the N days that end with the period
	DaysPrior   WindowKind = "prior"     // the N days before those
	CohortAge   WindowKind = "cohort"    // the period's cohort, followed until each member is N days old
	LastDay     WindowKind = "as_of"     // the last day of the period that has passed
)

// The windows formulas use.
var (
	InPeriod = Window{Kind: WholePeriod}
	LastYear = Window{Kind: YearBefore}
	Previous = Window{Kind: PeriodPrior}
	AtEnd    = Window{Kind: LastDay}
)

// Trailing is the n days that end with the period.
func Trailing(n int) Window { return Window{LastDays, n} }

// Prior is the n days before Trailing(n).
func Prior(n int) Window { return Window{DaysPrior, n} }

// Cohort is the period's cohort, mature when its youngest member is n days old.
func Cohort(n int) Window { return Window{CohortAge, n} }

func (w Window) String() string {
	switch w.Kind {
	case LastDays:
		return fmt.Sprintf("last %d days", w.N)
	case DaysPrior:
		return fmt.Sprintf("%d days before the last %d", w.N, w.N)
	case CohortAge:
		return fmt.Sprintf("cohort to %d days", w.N)
	case YearBefore:
		return "last year"
	case PeriodPrior:
		return "period before"
	case LastDay:
		return "at the end"
	default:
		return "period"
	}
}

// Days is the run of days the window stands for. through is the first day that has not passed completely: of a running
// period only the days before it count.
func (w Window) Days(p period.Period, through period.Day, c period.Calendar) period.Days {
	part := p.Days.Before(through)
	elapsed := period.Day(part.Len())
	whole := part == p.Days
	end := part.To
	n := period.Day(w.N)
	switch w.Kind {
	case YearBefore:
		days := p.YearBefore()
		if !whole {
			days.To = min(days.To, days.From+elapsed)
		}
		return days
	case PeriodPrior:
		days := p.Prev(c).Days
		if !whole {
			days.To = min(days.To, days.From+elapsed)
		}
		return days
	case LastDays:
		return period.Days{From: end - n, To: end}
	case DaysPrior:
		return period.Days{From: end - 2*n, To: end - n}
	case LastDay:
		return period.Days{From: end - 1, To: end}
	default:
		return part
	}
}

// Term is a measure over a window.
type Term struct {
	Measure Measure
	Window  Window
}

// String writes the term as a merchant reads it: net sales, customers [last 365 days].
func (t Term) String() string {
	name := strings.ReplaceAll(string(t.Measure), "_", " ")
	if t.Window == InPeriod {
		return name
	}
	return fmt.Sprintf("%s [%s]", name, t.Window)
}

// Figure is what was counted for a term.
type Figure struct {
	Int   int64      // exact: micros of the reporting currency, things, days
	Float float64    // for measures that are not whole numbers (a concentration, a mean)
	Bins  []Bin      // for histograms, shortest first
	N     int64      // observations, where they are not the figure itself
	Gap   Gap        // why there is no figure; "" if there is one
	Since period.Day // with insufficient_history: how far back the facts reach
	Lacks string     // whose fault the gap is, where that is an account's; "" where it is not known
}

// Bin counts the durations up to and including Upper seconds that no earlier bin holds. Upper is Infinite for what has not
// ended yet.
type Bin struct {
	Upper int64
	Count int64
}

// Infinite is the upper bound of what never ended.
const Infinite int64 = 1<<63 - 1

// Measures holds the figures of one period and scope. A term that is not in it is a gap, source_not_connected.
type Measures map[Term]Figure
