package kpi

import (
	"time"

	"fourfold/internal/period"
)

// Scorecard is everything judged for one period and scope. Scores are 0 to 100; a nil score is no score, never zero.
type Scorecard struct {
	Scope        Scope
	Period       period.Period
	Through      period.Day // the first day that had not passed completely
	Running      bool
	Entries      []Entry // one per KPI, in the catalogue's order
	Perspectives []Rollup
}

// Entry is one KPI of a scorecard.
type Entry struct {
	KPI    KPI
	Value  Value
	Target *Target
	Score  *float64
	Status Status
	// Final is the first day on which no source changes its figures of the period any more: before it the value is provisional. Zero where
	// sources have no such day, and where it is not known: Recall knows it.
	Final period.Day
	// Running says that the value is of a part of the period, as that of an account west of the merchant may be for some hours longer than others.
	// Recall knows it.
	Running bool
}

// Rollup is the score of an objective or a perspective, with what it rests on and what it hides.
type Rollup struct {
	ID       string
	Title    string
	Weight   float64
	Score    *float64
	Status   Status
	Coverage float64 // scored weight ÷ total weight; below 0.6 there is no score
	Leading  *float64
	Lagging  *float64
	Worst    ID  // the KPI below with the lowest score, which a mean would hide
	Reds     int // how many KPIs below are red
	Children []Rollup
	KPIs     []ID
}

// Snapshot is one KPI of one scope and period as known at a moment.
type Snapshot struct {
	KPI        ID
	Definition int // the KPI's version
	Scope      Scope
	Period     period.Period
	Revision   int // counts up from 1
	TakenAt    time.Time
	CompleteTo time.Time // the streams this KPI needs were proven complete up to here
	Through    period.Day
	Value      Value
	Currency   string // of money values
	TargetID   int64  // the version it was scored with; zero for none
	Anchors    Anchors
	Score      *float64
	Status     Status
	Running    bool
	Published  bool   // the value at close; never thinned
	Backfilled bool   // published after the fact, with the first complete value
	Estimated  bool   // rests on today's unit cost applied to the past
	Cause      string // of a restatement
	// Final is the first day on which no source changes its figures of the period any more: before it the value is provisional. Zero where
	// sources have no such day.
	Final period.Day
}
