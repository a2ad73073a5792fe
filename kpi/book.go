package kpi

import (
	"cmp"
	"math"
	"slices"

	"fourfold/internal/period"
)

// DayShape tells an additive KPI's values of a run of days, one a day; nil where they are not known. By those of last year a target
// is spread over the days of its period.
type DayShape func(id ID, s Scope, days period.Days) []float64

// Book answers which target judges which period, from all versions of all targets. It remembers the shapes it has asked for, and so is
// for one goroutine.
type Book struct {
	defs     map[ID]KPI
	versions map[series][]Target // by the day they begin
	calendar period.Calendar
	shape    DayShape
	live     period.Day
	weights  map[span][]float64
}

// span is a period whose target is cut into days.
type span struct {
	kpi   ID
	scope Scope
	days  period.Days
}

type series struct {
	kpi   ID
	scope Scope
	grain period.Grain
}

// BookOptions say how targets are cut.
type BookOptions struct {
	Calendar period.Calendar
	Shape    DayShape // nil spreads evenly
	// Live is the first day that snapshots were taken as the days went by. A period that had closed by then is a backfilled one, judged by
	// the first version where none was in force. One that closed later without a target stays without. The zero day takes every period
	// that has closed for a backfilled one.
	Live period.Day
}

// NewBook sorts the versions. One without anchors ends what was valid before it.
func NewBook(defs []KPI, versions []Target, o BookOptions) *Book {
	b := &Book{defs: map[ID]KPI{}, versions: map[series][]Target{}, calendar: o.Calendar, shape: o.Shape, live: o.Live, weights: map[span][]float64{}}
	for _, k := range defs {
		b.defs[k.ID] = k
	}
	for _, t := range versions {
		key := series{t.KPI, t.Scope, t.Grain}
		b.versions[key] = append(b.versions[key], t)
	}
	for _, all := range b.versions {
		slices.SortStableFunc(all, func(x, y Target) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.Version, y.Version)) })
	}
	return b
}

// For is the version in force at the period's close. Of a running period the target of an additive KPI is cut to the days that
// have passed, so that like is compared with like; where a day, week, quarter or year has no target of its own, the months' stand
// for it. A rate's do not for a day, which is too short to judge a rate by.
func (b *Book) For(id ID, s Scope, p period.Period, through period.Day) (Target, bool) {
	k, ok := b.defs[id]
	if !ok {
		return Target{}, false
	}
	elapsed := p.Days.Before(through)
	if elapsed.Len() == 0 {
		elapsed = p.Days
	}
	t, ok := b.inForce(id, s, p, through)
	if ok && (elapsed == p.Days || !k.Additive()) {
		return t, true
	}
	if ok {
		t.How, t.Anchors = Elapsed, b.over(t, p, elapsed)
		return t, t.Anchors.parted()
	}
	switch {
	case p.Grain == period.Monthly:
		return Target{}, false
	case k.Additive():
		return b.spread(id, s, elapsed, through)
	case k.Lasting() && p.Grain != period.Daily:
		last := period.Of(period.Monthly, p.To-1, b.calendar)
		t, ok = b.inForce(id, s, last, through)
		t.How = AsMonth
		return t, ok
	}
	return Target{}, false
}

// spread sums the days of the months' targets.
func (b *Book) spread(id ID, s Scope, elapsed period.Days, through period.Day) (Target, bool) {
	var t Target
	var sum Anchors
	for _, month := range period.Within(period.Monthly, elapsed, b.calendar) {
		m, ok := b.inForce(id, s, month, through)
		if !ok {
			return Target{}, false
		}
		days := period.Days{From: max(elapsed.From, month.From), To: min(elapsed.To, month.To)}
		sum = sum.plus(b.over(m, month, days))
		t = m
	}
	t.How, t.Anchors = Spread, sum
	return t, sum.parted()
}

// inForce is the version that was valid on the period's last day. A backfilled period that closed before the first version is judged by
// that one, marked.
func (b *Book) inForce(id ID, s Scope, p period.Period, through period.Day) (Target, bool) {
	all := b.versions[series{id, s, p.Grain}]
	if len(all) == 0 {
		return Target{}, false
	}
	var found *Target
	for i := range all {
		if all[i].From < p.To {
			found = &all[i]
		}
	}
	if found != nil {
		return *found, found.Anchors != (Anchors{})
	}
	closedBefore := through
	if b.live != 0 {
		closedBefore = b.live
	}
	if p.To > closedBefore {
		return Target{}, false
	}
	first := all[0]
	first.First = true
	return first, first.Anchors != (Anchors{})
}

// over is the part of a period's target that falls to some of its days.
func (b *Book) over(t Target, p period.Period, days period.Days) Anchors {
	if days == p.Days {
		return t.Anchors
	}
	weights := b.shapeOf(t, p)
	cut := func(whole float64) float64 {
		if whole == 0 {
			return 0
		}
		var sum int64
		for i, part := range apportion(int64(math.Round(whole*1e6)), weights) {
			if days.Has(p.From + period.Day(i)) {
				sum += part
			}
		}
		return float64(sum) / 1e6
	}
	a := t.Anchors
	return Anchors{cut(a.Green), cut(a.Red), cut(a.RedLow), cut(a.GreenLow), cut(a.GreenHigh), cut(a.RedHigh), a.Range}
}

// shapeOf is what the days of a period weigh; zeros where last year is not known.
func (b *Book) shapeOf(t Target, p period.Period) []float64 {
	key := span{t.KPI, t.Scope, p.Days}
	if known, ok := b.weights[key]; ok {
		return known
	}
	weights := make([]float64, p.Len())
	if b.shape != nil {
		const year = 364 // so that weekends meet weekends
		if v := b.shape(t.KPI, t.Scope, period.Days{From: p.From - year, To: p.To - year}); len(v) == len(weights) {
			copy(weights, v)
		}
	}
	b.weights[key] = weights
	return weights
}

func (a Anchors) plus(o Anchors) Anchors {
	sum := func(x, y float64) float64 { return math.Round((x+y)*1e6) / 1e6 }
	return Anchors{sum(a.Green, o.Green), sum(a.Red, o.Red), sum(a.RedLow, o.RedLow), sum(a.GreenLow, o.GreenLow),
		sum(a.GreenHigh, o.GreenHigh), sum(a.RedHigh, o.RedHigh), a.Range || o.Range}
}

// parted says whether there is a step between the anchors. Days on which last year sold nothing have none: nothing is expected of them.
func (a Anchors) parted() bool {
	if a.Range {
		return a.RedLow < a.GreenLow && a.GreenLow <= a.GreenHigh && a.GreenHigh < a.RedHigh
	}
	return a.Green != a.Red
}
