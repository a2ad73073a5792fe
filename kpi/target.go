package kpi

import (
	"time"

	"fourfold/internal/period"
)

// Target says where green and red start for a KPI, for periods of one grain, while it is valid.
type Target struct {
	ID      int64 // given by the store; zero before
	KPI     ID
	Scope   Scope
	Grain   period.Grain
	From    period.Day // valid from this day on; the first version of a target also judges backfilled periods
	Version int        // counts up per KPI, scope and grain
	Anchors Anchors
	Reason  string    // why it was set or changed, for people
	By      string    // who set it; "" for the configuration or a command
	At      time.Time // when, given by the store
	// How and First are filled in where a target judges a period; they are not part of a stored version.
	How   How  // "" as it was set
	First bool // the period had closed before any version: judged by the first one
}

// How says how a target came to judge a period it was not set for.
type How string

// A target of a month stands for shorter and longer periods of an additive KPI, spread over its days, and for weeks, quarters and years of
// a lasting one as it is; any target of an additive KPI for the elapsed part of its period.
const (
	AsMonth How = "month"   // the month's, for a week, quarter or year of a rate
	Spread  How = "spread"  // made of the days of the months' targets
	Elapsed How = "elapsed" // the part of the target that falls to the days passed
)

// Anchors are where colours start, in the units of the value (money in major units, a ratio as 0.25).
// One-sided KPIs use Green and Red; ranges use all four with RedLow < GreenLow <= GreenHigh < RedHigh.
type Anchors struct {
	Green, Red         float64
	RedLow, GreenLow   float64
	GreenHigh, RedHigh float64
	Range              bool
}

// Targets gives the target that judges a KPI in a scope and period; ok is false where there is none. through is the first day
// that has not passed: of a running period an additive KPI is judged against the target of the elapsed part.
type Targets interface {
	For(id ID, s Scope, p period.Period, through period.Day) (t Target, ok bool)
}

// Status is the colour of a value.
type Status string

// Status of a value: grey is unscored.
const (
	Green Status = "green"
	Amber Status = "amber"
	Red   Status = "red"
	Grey  Status = "grey"
)
