package cluster

import (
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// dueArgs asks what is due.
type dueArgs struct{}

// nightArgs begins a merchant's night. What makes it unique is the local date and the night on record that it follows: asking twice
// inserts one, and a second 02:30 of the same date finds the first on record, while a night that failed is followed by another try.
type nightArgs struct {
	Merchant int64  `json:"merchant"`
	Date     string `json:"date"`
	After    int64  `json:"after"`
	Cut      bool   `json:"cut,omitempty"` // the night that it follows seemed to be cut off
}

// pullArgs reads one stream of a run.
type pullArgs struct {
	Merchant   int64  `json:"merchant"`
	Connection int64  `json:"connection"`
	Stream     string `json:"stream"`
	Run        int64  `json:"run"`
}

// finishArgs ends a run once its pulls are at rest.
type finishArgs struct {
	Merchant int64  `json:"merchant"`
	Run      int64  `json:"run"`
	Date     string `json:"date"`
	Told     string `json:"told,omitempty"` // what the probes found that a person has to know of
}

// choreArgs does a piece of one of the worker's chores.
type choreArgs struct {
	Chore      string `json:"chore"`
	Merchant   int64  `json:"merchant"`
	Connection int64  `json:"connection"`
}

func (dueArgs) Kind() string    { return "due" }
func (nightArgs) Kind() string  { return "night" }
func (pullArgs) Kind() string   { return "pull" }
func (finishArgs) Kind() string { return "finish" }
func (choreArgs) Kind() string  { return "chore" }

// alive are the states of a job that is not at rest.
var alive = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// ever are all states: a job that rests is not inserted again, either.
var ever = append(alive[:len(alive):len(alive)], rivertype.JobStateCompleted, rivertype.JobStateCancelled, rivertype.JobStateDiscarded)

func once(states []rivertype.JobState) river.UniqueOpts {
	return river.UniqueOpts{ByArgs: true, ByState: states}
}

// A run that was begun is ended before another begins: the priorities finish one merchant's night after the other's, where many are due.

func (dueArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, Priority: 1, MaxAttempts: tries, UniqueOpts: once(alive)}
}

func (nightArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: nightQueue, Priority: 3, MaxAttempts: tries, UniqueOpts: once(ever)}
}

func (pullArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: nightQueue, Priority: 2, MaxAttempts: tries, UniqueOpts: once(ever)}
}

func (finishArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: nightQueue, Priority: 1, MaxAttempts: tries, UniqueOpts: once(ever)}
}

func (choreArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, Priority: 2, MaxAttempts: tries, UniqueOpts: once(alive)}
}
