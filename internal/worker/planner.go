package worker

import (
	"iter"
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// planner works out which periods of a scope are to be judged, and for which KPIs.
type planner struct {
	defs           []kpi.KPI
	scope          kpi.Scope
	calendar       period.Calendar
	first, through period.Day

	work map[period.Period]*judgement
}

// judgement is one period with the KPIs to be judged for it, each with why; the first reason is told.
type judgement struct {
	period period.Period
	kpis   map[kpi.ID]string
}

// want a KPI of a period, and with it those that are made of it.
func (p *planner) want(at period.Period, id kpi.ID, cause string) {
	if p.work == nil {
		p.work = map[period.Period]*judgement{}
	}
	j := p.work[at]
	if j == nil {
		j = &judgement{period: at, kpis: map[kpi.ID]string{}}
		p.work[at] = j
	}
	put := func(id kpi.ID) {
		if j.kpis[id] == "" {
			j.kpis[id] = cause
		}
	}
	put(id)
	for _, k := range p.defs {
		if k.At(at.Grain, p.scope) && slices.Contains(k.Parts(), id) {
			put(k.ID)
		}
	}
}

// since wants every period of which a day comes on or after the day: for the KPIs, or for all where none are named.
func (p *planner) since(day period.Day, cause string, ids ...kpi.ID) {
	for _, g := range period.Grains {
		for _, at := range period.Within(g, period.Days{From: max(day, p.first), To: p.through}, p.calendar) {
			for _, k := range p.defs {
				if k.At(g, p.scope) && (len(ids) == 0 || slices.Contains(ids, k.ID)) {
					p.want(at, k.ID, cause)
				}
			}
		}
	}
}

// changed wants all periods anew where what they rest on has changed, or is there for the first time.
func (p *planner) changed(was, is basis) {
	if was.merchant != is.merchant {
		p.since(p.first, was.differs(is))
		return
	}
	for _, k := range p.defs {
		if why, ok := was.fresh(k.ID, is.kpis[k.ID]); ok {
			p.since(p.first, why, k.ID)
		}
	}
}

// open wants what was not published yet, where it ever can be: it may have matured, or its source may have caught up.
func (p *planner) open(was basis, can func(kpi.KPI) bool) {
	for _, k := range p.defs {
		if can(k) {
			p.since(was.published[k.ID], "", k.ID)
		}
	}
}

// listed wants what is listed as not published, where it ever can be: a basis of an earlier release does not say up to when it was.
func (p *planner) listed(open []store.OpenSnapshot, can func(kpi.KPI) bool) {
	known := map[kpi.ID]bool{}
	for _, k := range p.defs {
		known[k.ID] = can(k)
	}
	for _, o := range open {
		if at := period.Of(o.Grain, o.From, p.calendar); known[o.KPI] && at.From < p.through {
			p.want(at, o.KPI, "")
		}
	}
}

// marked wants the periods one of whose windows holds a marked day of the measure.
func (p *planner) marked(marks iter.Seq[store.Mark]) {
	days := markedDays{}
	earliest := p.through
	for mark := range marks {
		if !p.concerns(mark) {
			continue
		}
		days.add(mark)
		earliest = min(earliest, mark.Day)
	}
	if len(days) == 0 {
		return
	}
	days.sort()
	for _, g := range period.Grains {
		for _, at := range period.Within(g, period.Days{From: max(earliest, p.first), To: p.through}, p.calendar) {
			for _, k := range p.defs {
				if k.At(g, p.scope) {
					if cause, ok := p.moved(k, at, days); ok {
						p.want(at, k.ID, cause)
					}
				}
			}
		}
	}
}

// concerns says whether a mark belongs to the scope. Measures without channels are marked under "", links of a whole store
// under "*".
func (p *planner) concerns(m store.Mark) bool {
	switch {
	case p.scope == kpi.Whole:
		return true
	case p.scope.Connection != m.Connection:
		return false
	default:
		return p.scope.Channel == "" || p.scope.Channel == m.Channel
	}
}

// moved says whether a day that one of the KPI's windows holds changed, and why: each cause once, with the first of what it moved.
func (p *planner) moved(k kpi.KPI, at period.Period, days markedDays) (cause string, ok bool) {
	var news []news
	for _, t := range k.Terms() {
		run := t.Window.Days(at, p.through, p.calendar)
		totals, back := store.MarkedUnder(t.Measure)
		run.From -= back
		for _, source := range totals {
			for _, of := range days[source] {
				if n, some := of.within(run); some {
					n.measure, ok = t.Measure, true
					news = append(news, n)
				}
			}
		}
	}
	return tell(news), ok
}

// jobs lists the work, what ended first at first and of that short periods first, so that a night that is cut off goes on where it ended,
// and that windows, which look back from a period's end, move on by and by.
func (p *planner) jobs() []judgement {
	all := make([]judgement, 0, len(p.work))
	for _, j := range p.work {
		all = append(all, *j)
	}
	slices.SortFunc(all, func(a, b judgement) int {
		if a.period.To != b.period.To {
			return int(a.period.To) - int(b.period.To)
		}
		return slices.Index(period.Grains, a.period.Grain) - slices.Index(period.Grains, b.period.Grain)
	})
	return all
}
