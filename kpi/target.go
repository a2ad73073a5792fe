package kpi

import "fourfold/internal/period"

// Target says where green and red start for a KPI, for periods of one grain, while it is valid.
type Target struct {
	ID      int64 // given by the store; zero before
	KPI     ID
	Scope   Scope
	Grain   period.Grain
	From    period.Day // valid from this day on; the first version of a target also judges backfilled periods
	Version int        // counts up per KPI, scope and grain
	Anchors Anchors
	Reason  string // why it was set or changed, for people
}

// Anchors are where colours start, in the units of the value (money in major units, a ratio as 0.25).
// One-sided KPIs use Green and Red; ranges use all four with RedLow < GreenLow <= GreenHigh < RedHigh.
type Anchors struct {
	Green, Red         float64
	RedLow, GreenLow   float64
	GreenHigh, RedHigh float64
	Range              bool
}

// Targets gives the target in force for a KPI, scope, period; ok is false where there is none.
type Targets interface {
	For(id ID, s Scope, p period.Period) (t Target, ok bool)
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
