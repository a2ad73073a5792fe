package export

import (
	"math"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// history finds snapshots. Of a KPI only those of its present definition are compared: a changed one starts a new line.
type history struct {
	calendar period.Calendar
	all      []kpi.Snapshot
	at       map[place][]int // indexes into all
}

type place struct {
	kpi    kpi.ID
	scope  kpi.Scope
	period string
}

func newHistory(b Book) history {
	h := history{b.Calendar, b.History, make(map[place][]int, len(b.History))}
	for i, s := range b.History {
		p := place{s.KPI, s.Scope, s.Period.Name}
		h.at[p] = append(h.at[p], i)
	}
	return h
}

// latest is the newest revision of a period that is over.
func (h history) latest(k kpi.KPI, scope kpi.Scope, p period.Period) (best kpi.Snapshot, ok bool) {
	for _, i := range h.at[place{k.ID, scope, p.Name}] {
		if s := h.all[i]; !s.Running && s.Definition == k.Version && (!ok || s.Revision > best.Revision) {
			best, ok = s, true
		}
	}
	return best, ok
}

// published is the value a period was closed with, of the same definition as the snapshot.
func (h history) published(of kpi.Snapshot) (first kpi.Snapshot, ok bool) {
	for _, i := range h.at[place{of.KPI, of.Scope, of.Period.Name}] {
		if s := h.all[i]; s.Published && s.Definition == of.Definition && (!ok || s.Revision < first.Revision) {
			first, ok = s, true
		}
	}
	return first, ok
}

// before is the value to compare with: of the period before, or of its same part if the period is running.
func (h history) before(k kpi.KPI, card Card) (kpi.Value, bool) {
	if card.Before != nil {
		for _, e := range card.Before.Entries {
			if e.KPI.ID == k.ID {
				return e.Value, true
			}
		}
		return kpi.Value{}, false
	}
	now := card.Scorecard
	prev := now.Period.Prev(h.calendar)
	if !now.Running {
		s, ok := h.latest(k, now.Scope, prev)
		return s.Value, ok
	}
	elapsed := now.Through - now.Period.From
	var best kpi.Snapshot
	ok := false
	for _, i := range h.at[place{k.ID, now.Scope, prev.Name}] {
		s := h.all[i]
		if s.Definition == k.Version && s.Through-s.Period.From == elapsed && (!ok || s.Revision > best.Revision) {
			best, ok = s, true
		}
	}
	return best.Value, ok
}

// TrendLength is how many periods a trend has: enough to hold the same one a year, a quarter or a week earlier.
func TrendLength(g period.Grain) int {
	switch g {
	case period.Daily:
		return 15
	case period.Quarterly:
		return 9
	case period.Yearly:
		return 6
	default:
		return 13
	}
}

// periods are those of a trend, oldest first. A running period is left out: half a month's sales would end every line in a fall.
func (h history) periods(card kpi.Scorecard) []period.Period {
	all := make([]period.Period, TrendLength(card.Period.Grain))
	p := card.Period
	if card.Running {
		p = p.Prev(h.calendar)
	}
	for i := len(all) - 1; i >= 0; i-- {
		all[i] = p
		p = p.Prev(h.calendar)
	}
	return all
}

// run is one KPI's values and scores over the periods of a trend. The scorecard's own entry stands for its period.
func (h history) run(k kpi.KPI, card kpi.Scorecard, periods []period.Period) (values []kpi.Value, scores []*float64) {
	values, scores = make([]kpi.Value, len(periods)), make([]*float64, len(periods))
	for i, p := range periods {
		if s, ok := h.latest(k, card.Scope, p); ok {
			values[i], scores[i] = s.Value, s.Score
		}
		if p == card.Period {
			for _, e := range card.Entries {
				if e.KPI.ID == k.ID {
					values[i], scores[i] = e.Value, e.Score
				}
			}
		}
	}
	return values, scores
}

func (h history) trend(k kpi.KPI, card kpi.Scorecard) Cell {
	values, _ := h.run(k, card, h.periods(card))
	line, any := make(Trend, len(values)), false
	for i, v := range values {
		line[i] = math.NaN()
		if v.Has {
			line[i], any = v.V, true
		}
	}
	if !any {
		return nil
	}
	return line
}
