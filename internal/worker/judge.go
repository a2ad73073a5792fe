package worker

import (
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// judge makes the snapshots of one scope.
type judge struct {
	merchant       store.Merchant
	scope          kpi.Scope
	defs           []kpi.KPI
	counter        *store.Counter
	targets        kpi.Targets
	first, through period.Day
	today          period.Day
	live           period.Day // the first day the merchant was followed as the days went by
	now            time.Time
}

func (w *Worker) judgeOf(m store.Merchant, scope kpi.Scope, counter *store.Counter, versions []kpi.Target) (judge, error) {
	loc, err := m.Location()
	if err != nil {
		return judge{}, err
	}
	j := judge{
		merchant: m, scope: scope, defs: w.Catalogue, counter: counter, first: counter.First(), through: counter.Through(),
		today: period.On(w.Now(), loc), live: period.On(m.CreatedAt, loc), now: w.Now(),
	}
	j.targets = kpi.NewBook(w.Catalogue, versions, kpi.BookOptions{Calendar: m.Calendar, Shape: j.shape, Live: j.live})
	return j, nil
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
func (j judge) judge(job judgement) []kpi.Snapshot {
	defs := j.needed(job)
	at := kpi.At{Scope: j.scope, Period: job.period, Through: j.through}
	measures := j.counter.Measures(kpi.Needs(defs, job.period.Grain, j.scope), job.period)
	card := kpi.Build(defs, at, measures, j.targets, kpi.Plan{})
	snapshots := make([]kpi.Snapshot, 0, len(card.Entries))
	for _, e := range card.Entries {
		if !job.kpis[e.KPI.ID] {
			continue
		}
		s := kpi.Snapshot{
			KPI: e.KPI.ID, Definition: e.KPI.Version, Scope: j.scope, Period: job.period, TakenAt: j.now,
			CompleteTo: j.counter.CompleteTo(streams(e.KPI)), Through: min(j.through, job.period.To),
			Value: e.Value, Score: e.Score, Status: e.Status, Running: card.Running,
			Published:  e.KPI.Publishable(job.period, j.today, j.through),
			Backfilled: e.KPI.Closing(job.period) <= j.live,
			Cause:      job.cause,
		}
		if e.KPI.Unit == kpi.Money {
			s.Currency = j.merchant.Currency
		}
		if e.Target != nil {
			s.TargetID, s.Anchors = e.Target.ID, e.Target.Anchors
		}
		if j.merchant.CostsHistory == "current" && costed(e.KPI) {
			s.Estimated = j.counter.Estimated(job.period)
		}
		snapshots = append(snapshots, s)
	}
	return snapshots
}

// needed are the KPIs to be judged together: those asked for, and for a KPI made of KPIs the whole catalogue.
func (j judge) needed(job judgement) []kpi.KPI {
	some := make([]kpi.KPI, 0, len(job.kpis))
	for _, k := range j.defs {
		if !job.kpis[k.ID] {
			continue
		}
		if k.Composite() {
			return j.defs
		}
		some = append(some, k)
	}
	return some
}

func streams(k kpi.KPI) []string {
	var all []string
	for _, m := range k.Measures() {
		all = append(all, m.Streams...)
	}
	return all
}

// costed says whether a KPI rests on unit costs.
func costed(k kpi.KPI) bool {
	for _, m := range k.Measures() {
		if m.Capability == "unit_cost" {
			return true
		}
	}
	return false
}
