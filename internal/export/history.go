package export

import (
	"cmp"
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

// before is the value to compare with: what the card has, or else that of the period before where the period is over.
func (h history) before(e kpi.Entry, card Card) (kpi.Value, bool) {
	now := card.Scorecard
	if e.Running && !now.Running {
		return kpi.Value{}, false // a part is not compared with a whole
	}
	if card.Before != nil {
		for _, b := range card.Before.Entries {
			if b.KPI.ID == e.KPI.ID {
				return b.Value, true
			}
		}
		return kpi.Value{}, false
	}
	if now.Running {
		return kpi.Value{}, false
	}
	s, ok := h.latest(e.KPI, now.Scope, now.Period.Prev(h.calendar))
	return s.Value, ok
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

// NoSignal is what the column "signal" says of a value that lies within the natural limits of the periods before it.
const NoSignal = "no detectable change"

// signal says why the value of a period that is over is more than noise, by the natural limits of the periods that its trend has before it, or that
// it is not; "" where that cannot be told.
func (h history) signal(e kpi.Entry, card kpi.Scorecard) string {
	if card.Running || e.Running {
		return ""
	}
	values, _ := h.run(e.KPI, card, h.periods(card))
	line := make([]float64, len(values))
	for i, v := range values {
		if line[i] = math.NaN(); v.Has && v.Gap == "" {
			line[i] = v.V
		}
	}
	last := len(line) - 1
	limits, ok := kpi.NaturalLimits(line[:last])
	if !ok || math.IsNaN(line[last]) {
		return ""
	}
	return cmp.Or(limits.Signal(line), NoSignal)
}
