package shapes

import (
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Target is a version of a target.
type Target struct {
	KPI     kpi.ID       `json:"kpi"`
	Scope   string       `json:"scope" doc:"empty for the whole merchant"`
	Grain   period.Grain `json:"grain"`
	From    period.Day   `json:"from" doc:"the first day that it holds for"`
	Version int          `json:"version"`
	Ended   bool         `json:"ended,omitempty" doc:"no target any more from this day on"`
	Green   *float64     `json:"green,omitempty" doc:"where green starts"`
	Red     *float64     `json:"red,omitempty" doc:"where red starts"`
	Range   []float64    `json:"range,omitempty" doc:"low red, low green, high green, high red"`
	Reason  string       `json:"reason,omitempty"`
	By      string       `json:"by,omitempty" doc:"who set it on the pages; left out for the configuration or a command"`
	At      time.Time    `json:"at" doc:"when it was set"`
}

// Targets lists versions.
func Targets(targets []kpi.Target) []Target {
	all := make([]Target, 0, len(targets))
	for _, t := range targets {
		l := Target{KPI: t.KPI, Scope: t.Scope.String(), Grain: t.Grain, From: t.From, Version: t.Version, Reason: t.Reason, By: t.By, At: t.At.UTC()}
		switch x := t.Anchors; {
		case x == kpi.Anchors{}:
			l.Ended = true
		case x.Range:
			l.Range = []float64{x.RedLow, x.GreenLow, x.GreenHigh, x.RedHigh}
		default:
			l.Green, l.Red = &x.Green, &x.Red
		}
		all = append(all, l)
	}
	return all
}
