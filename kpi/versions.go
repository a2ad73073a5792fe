package kpi

import (
	"cmp"
	"fmt"
	"slices"

	"fourfold/internal/period"
)

// SameSeries says whether two targets are versions of one: of the same KPI, scope and grain.
func (t Target) SameSeries(o Target) bool {
	return t.KPI == o.KPI && t.Scope == o.Scope && t.Grain == o.Grain
}

// Ends says whether the version ends the target, from its day on.
func (t Target) Ends() bool { return t.Anchors == Anchors{} }

// Series picks the versions of t's series, in the order in which they come into force: by day, and of one day the last that was set.
func Series(versions []Target, t Target) []Target {
	var some []Target
	for _, v := range versions {
		if v.SameSeries(t) {
			some = append(some, v)
		}
	}
	slices.SortStableFunc(some, func(x, y Target) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.Version, y.Version)) })
	return some
}

// InForce is the version of a series that is valid on a day; ok is false where there is none, or it has ended the target.
func InForce(series []Target, day period.Day) (t Target, ok bool) {
	for _, v := range series {
		if v.From <= day {
			t, ok = v, true
		}
	}
	return t, ok && !t.Ends()
}

// Standing keeps the versions that hold today, and those that will.
func Standing(all []Target, today period.Day) []Target {
	var some []Target
	for _, t := range all {
		replaced := slices.ContainsFunc(all, func(o Target) bool {
			later := o.From > t.From || o.From == t.From && o.Version > t.Version
			return t.SameSeries(o) && later && (o.From == t.From || o.From <= today)
		})
		over := t.Ends() && t.From <= today
		if !replaced && !over {
			some = append(some, t)
		}
	}
	return some
}

// OnePeriod is the versions that make t the target of exactly one period: it from the period's first day on, and from its end what would
// be in force then without it.
func OnePeriod(series []Target, t Target, p period.Period) []Target {
	t.From = p.From
	for _, v := range series {
		if v.From > t.From && v.From < p.To {
			t.From = v.From // the last version that begins within the period judges it
		}
	}
	if slices.ContainsFunc(series, func(v Target) bool { return v.From == p.To }) {
		return []Target{t}
	}
	after := t
	after.From, after.Anchors = p.To, Anchors{}
	if was, ok := InForce(series, p.To); ok {
		after.Anchors = was.Anchors
	}
	return []Target{t, after}
}

// HeldBy says why a target may not be set beside those that a configuration file names: each pull hands them to the store as they stand
// there. One without a day is set again from that day on, and one with a day as the last word of that day.
func (t Target) HeldBy(file []Target, path string) error {
	for _, o := range file {
		switch {
		case !t.SameSeries(o):
		case o.From == 0:
			return fmt.Errorf("%s has its target in %s, which every pull reads: change it there, or give it a `from` day there", t.KPI, path)
		case o.From == t.From:
			return fmt.Errorf("%s has a target from %s on in %s, which every pull reads: change it there, or let yours begin on another day", t.KPI, o.From, path)
		}
	}
	return nil
}
