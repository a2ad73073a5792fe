package export

import (
	"math"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Cell is one typed cell of a sheet. The set is closed: a format that can write these can write every book. A nil cell is
// blank and means that nothing belongs there; what belongs there and is not known is Absent.
type Cell interface{ cell() }

// The cells.
type (
	// Text is never read as a formula, whatever it begins with.
	Text string
	// Money is an amount, written with its currency's digits.
	Money money.Amount
	// Ratio is a share or a quotient: 0.25 is shown as 25 %.
	Ratio float64
	// Count is a number of things.
	Count float64
	// Days is a length of time in days.
	Days float64
	// Hours is a length of time in hours.
	Hours float64
	// Number has no unit: an index, a rating.
	Number float64
	// Points is a score of 0 to 100.
	Points float64
	// Date is a civil day.
	Date period.Day
	// Instant is a moment.
	Instant time.Time
	// Light is a traffic light: always a shape and a word beside its colour.
	Light kpi.Status
	// Flag is yes or no.
	Flag bool
	// Absent is a value that is not known, with the reason. It is never zero.
	Absent struct{ Gap kpi.Gap }
	// Change is the difference to the period before.
	Change struct {
		By float64
		In ChangeUnit
	}
	// Goal is where green starts: from Low up, from Low down, or between Low and High.
	Goal struct {
		Low, High Cell
		Better    kpi.Direction
	}
	// Trend is a run of values, oldest first; NaN where there is none.
	Trend []float64
)

// ChangeUnit says how a change is meant.
type ChangeUnit string

// A change of money, counts and lengths of time is a share of the earlier value; of ratios the difference in percentage points
// (By is 0.01 for one); of numbers without a unit the plain difference.
const (
	Relative   ChangeUnit = "relative"
	Percentage ChangeUnit = "percentage_points"
	Difference ChangeUnit = "difference"
)

func (Text) cell()    {}
func (Money) cell()   {}
func (Ratio) cell()   {}
func (Count) cell()   {}
func (Days) cell()    {}
func (Hours) cell()   {}
func (Number) cell()  {}
func (Points) cell()  {}
func (Date) cell()    {}
func (Instant) cell() {}
func (Light) cell()   {}
func (Flag) cell()    {}
func (Absent) cell()  {}
func (Change) cell()  {}
func (Goal) cell()    {}
func (Trend) cell()   {}

// ValueOf is a KPI's value as a cell: the exact amount where it is one, else the quotient.
func ValueOf(k kpi.KPI, v kpi.Value, currency string) Cell {
	if !v.Has {
		return Absent{v.Gap}
	}
	if k.Unit == kpi.Money && v.Num.Exact && v.Den == 1 {
		return Money{Micros: money.Micros(v.Num.Int), Currency: currency}
	}
	return InUnit(k.Unit, v.V, currency)
}

// InUnit is a figure in a KPI's unit; money is in major units.
func InUnit(u kpi.Unit, v float64, currency string) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Absent{}
	}
	switch u {
	case kpi.Money:
		return amountOf(v, currency)
	case kpi.Ratio, kpi.Percent:
		return Ratio(v)
	case kpi.Count:
		return Count(v)
	case kpi.Days:
		return Days(v)
	case kpi.Hours:
		return Hours(v)
	default:
		return Number(v)
	}
}

// amountOf rounds a quotient in major units to the micro; what does not fit is no amount.
func amountOf(v float64, currency string) Cell {
	micros := math.RoundToEven(v * float64(money.Unit))
	if math.Abs(micros) >= math.MaxInt64 {
		return Absent{}
	}
	return Money{Micros: money.Micros(micros), Currency: currency}
}

func points(score *float64) Cell {
	if score == nil {
		return nil
	}
	return Points(*score)
}

// known marks what belongs in a cell and is missing; blank cells are zero to a formula.
func known(c Cell) Cell {
	if c == nil {
		return Absent{}
	}
	return c
}

func instant(t time.Time) Cell {
	if t.IsZero() {
		return nil
	}
	return Instant(t)
}

func text(s string) Cell {
	if s == "" {
		return nil
	}
	return Text(s)
}

// GoalOf is a target as the scorecard shows it; nil where there is none.
func GoalOf(k kpi.KPI, t *kpi.Target, currency string) Cell {
	if t == nil {
		return nil
	}
	if t.Anchors.Range {
		return Goal{InUnit(k.Unit, t.Anchors.GreenLow, currency), InUnit(k.Unit, t.Anchors.GreenHigh, currency), kpi.InRange}
	}
	better := kpi.Up
	if t.Anchors.Green < t.Anchors.Red {
		better = kpi.Down
	}
	return Goal{Low: InUnit(k.Unit, t.Anchors.Green, currency), Better: better}
}

// anchorsOf spreads a target over four columns: where green starts and ends, where red starts below (or on the one side) and above.
func anchorsOf(k kpi.KPI, a kpi.Anchors, currency string) (green, greenHigh, red, redHigh Cell) {
	if a.Range {
		return InUnit(k.Unit, a.GreenLow, currency), InUnit(k.Unit, a.GreenHigh, currency),
			InUnit(k.Unit, a.RedLow, currency), InUnit(k.Unit, a.RedHigh, currency)
	}
	return InUnit(k.Unit, a.Green, currency), nil, InUnit(k.Unit, a.Red, currency), nil
}

// changeOf compares two values of a KPI. Values that are not scored are not compared either: an immature cohort against a
// mature one would always look like a loss.
func changeOf(u kpi.Unit, now, before kpi.Value) Cell {
	if !now.Has || !before.Has || now.Gap != "" || before.Gap != "" {
		return nil
	}
	switch u {
	case kpi.Ratio, kpi.Percent:
		return Change{now.V - before.V, Percentage}
	case kpi.Score:
		return Change{now.V - before.V, Difference}
	default:
		if before.V <= 0 {
			return nil
		}
		return Change{now.V/before.V - 1, Relative}
	}
}

// unitOf names a unit as the Unit column does.
func unitOf(u kpi.Unit, currency string) string {
	switch u {
	case kpi.Money:
		return currency
	case kpi.Ratio, kpi.Percent:
		return "%"
	case kpi.Count:
		return "count"
	case kpi.Days:
		return "days"
	case kpi.Hours:
		return "hours"
	case kpi.Multiple:
		return "×"
	default:
		return "index"
	}
}
