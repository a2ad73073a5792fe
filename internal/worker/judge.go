package worker

import (
	"context"
	"fmt"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// judge makes the snapshots of one scope.
type judge struct {
	sources
	merchant       store.Merchant
	scope          kpi.Scope
	targets        kpi.Targets
	first, through period.Day
	today          period.Day
	live           period.Day // the first day the scope was followed as the days went by
	now            time.Time
	// closed finds what was published of a period; nil while nothing is.
	closed func(period.Period) (map[kpi.ID]kpi.Snapshot, error)
}

func (w *Worker) judgeOf(ctx context.Context, m store.Merchant, scope kpi.Scope, s sources, live period.Day, versions []kpi.Target) judge {
	now := w.Now()
	j := judge{
		sources: s, merchant: m, scope: scope, first: s.counter.First(), through: s.counter.Through(),
		today: period.On(now, s.zone), live: live, now: now,
	}
	j.targets = kpi.NewBook(w.Catalogue, versions, kpi.BookOptions{Calendar: m.Calendar, Shape: j.shape, Live: j.live})
	j.closed = func(p period.Period) (map[kpi.ID]kpi.Snapshot, error) {
		all, err := w.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Scope: &scope, Grain: p.Grain, Period: p.Name, PublishedOnly: true, Latest: true})
		published := make(map[kpi.ID]kpi.Snapshot, len(all))
		for _, sn := range all {
			published[sn.KPI] = sn
		}
		return published, err
	}
	return j
}

// shape is last year's values of an additive KPI, a day at a time.
func (j judge) shape(id kpi.ID, s kpi.Scope, days period.Days) []float64 {
	k, ok := kpi.Find(j.defs, id)
	if !ok || s != j.scope || days.From < j.first {
		return nil
	}
	values := make([]float64, 0, days.Len())
	for d := days.From; d < days.To; d++ {
		at := kpi.At{Scope: s, Period: period.Of(period.Daily, d, j.merchant.Calendar), Through: j.through}
		r := k.Formula.Eval(j.counter.Measures(k.Formula.Needs(), at.Period))
		if r.Gap != "" {
			return nil
		}
		values = append(values, r.Num.AsFloat()/r.Den)
	}
	return values
}

// judge judges one period's KPIs and makes a snapshot of each.
func (j judge) judge(job judgement) ([]kpi.Snapshot, error) {
	targets := j.targets
	if j.closed != nil && job.period.To <= j.through {
		published, err := j.closed(job.period)
		if err != nil {
			return nil, err
		}
		targets = atClose{targets, published}
	}
	var snapshots []kpi.Snapshot
	for through, defs := range j.byThrough(j.needed(job)) {
		at := kpi.At{Scope: j.scope, Period: job.period, Through: through}
		measures := j.counter.MeasuresTo(kpi.Needs(defs, job.period.Grain, j.scope), job.period, through)
		card := kpi.Build(defs, at, measures, targets, kpi.Plan{})
		if err := j.counter.Err(); err != nil {
			return nil, fmt.Errorf("count %s: %w", job.period, err) // what could not be read is not a gap to keep
		}
		snapshots = append(snapshots, j.snapshots(job, card)...)
	}
	return snapshots, nil
}

// byThrough parts KPIs by the first day they are not told of.
func (j judge) byThrough(defs []kpi.KPI) map[period.Day][]kpi.KPI {
	parts := make(map[period.Day][]kpi.KPI)
	for _, k := range defs {
		through := j.counter.ThroughOf(k)
		parts[through] = append(parts[through], k)
	}
	return parts
}

// snapshots are those that were asked for of what was judged.
func (j judge) snapshots(job judgement, card kpi.Scorecard) []kpi.Snapshot {
	snapshots := make([]kpi.Snapshot, 0, len(card.Entries))
	for _, e := range card.Entries {
		cause, wanted := job.kpis[e.KPI.ID]
		if !wanted {
			continue
		}
		s := kpi.Snapshot{
			KPI: e.KPI.ID, Definition: e.KPI.Version, Scope: j.scope, Period: job.period, TakenAt: j.now,
			CompleteTo: j.completeTo(e.KPI), Through: min(card.Through, job.period.To),
			Value: e.Value, Score: e.Score, Status: e.Status, Running: card.Running,
			Published:  j.connected(e.KPI) && e.KPI.Publishable(job.period, j.today, j.sources.through(e.KPI)),
			Backfilled: job.period.To <= j.live,
			Cause:      cause,
			Final:      j.counter.Final(e.KPI, job.period),
		}
		if e.KPI.Unit == kpi.Money {
			s.Currency = j.merchant.Currency
		}
		if e.Target != nil {
			s.TargetID, s.Anchors = e.Target.ID, e.Target.Anchors
		}
		if j.merchant.CostsHistory == "current" && e.KPI.Costed() {
			s.Estimated = j.counter.Estimated(job.period)
		}
		snapshots = append(snapshots, s)
	}
	return snapshots
}

// atClose judges what was published by what it was judged by then: a target that is set later, be it for days gone by, never recolours
// the past. Only a backfilled period that had no target at all takes the first one there is.
type atClose struct {
	kpi.Targets
	published map[kpi.ID]kpi.Snapshot
}

func (c atClose) For(id kpi.ID, s kpi.Scope, p period.Period, through period.Day) (kpi.Target, bool) {
	sn, ok := c.published[id]
	if !ok || sn.Backfilled && sn.TargetID == 0 {
		return c.Targets.For(id, s, p, through)
	}
	return kpi.Target{ID: sn.TargetID, KPI: id, Scope: s, Grain: p.Grain, Anchors: sn.Anchors}, sn.TargetID != 0
}

// needed are the KPIs to be judged together: those asked for, and the parts of those that are made of others.
func (j judge) needed(job judgement) []kpi.KPI {
	wanted := map[kpi.ID]bool{}
	for id := range job.kpis {
		wanted[id] = true
		if k, ok := kpi.Find(j.defs, id); ok {
			for _, part := range k.Parts() {
				wanted[part] = true
			}
		}
	}
	some := make([]kpi.KPI, 0, len(wanted))
	for _, k := range j.defs {
		if wanted[k.ID] {
			some = append(some, k)
		}
	}
	return some
}
