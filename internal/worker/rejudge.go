package worker

import (
	"context"
	"fmt"
	"slices"

	"fourfold/internal/store"
	"fourfold/kpi"
)

// Rejudge scores what was kept of the KPIs whose targets were changed by the targets as they are now, so that nobody has to wait for the
// night: periods that are running or not published yet, and backfilled ones that had no target. Everything else keeps its colour.
//
// Values stay as they were kept, whatever has come in since, and the marks and the state of the snapshots are left to the night: so it may
// run beside one. A KPI made of others' scores follows with the night, too.
func (w *Worker) Rejudge(ctx context.Context, m store.Merchant, changed []kpi.Target) (Report, error) {
	var report Report
	versions, err := w.Store.Targets(ctx, m.ID)
	if err != nil {
		return report, err
	}
	scopes := map[kpi.Scope][]kpi.ID{}
	for _, t := range changed {
		if !slices.Contains(scopes[t.Scope], t.KPI) {
			scopes[t.Scope] = append(scopes[t.Scope], t.KPI)
		}
	}
	for scope, ids := range scopes {
		saved, err := w.rejudge(ctx, m, scope, ids, versions)
		if err != nil {
			return report, fmt.Errorf("judge by the new targets: %w", err)
		}
		report.add(Report{Snapshots: saved.Appended, Restatements: saved.Restated})
		w.Metrics.Snapshots(saved.Appended, saved.Restated)
	}
	return report, nil
}

func (w *Worker) rejudge(ctx context.Context, m store.Merchant, scope kpi.Scope, ids []kpi.ID, versions []kpi.Target) (store.Saved, error) {
	live, err := w.live(ctx, m, scope)
	if err != nil {
		return store.Saved{}, err
	}
	counter, err := w.Store.Counter(ctx, m.ID, scope)
	if err != nil {
		return store.Saved{}, err
	}
	from, err := w.sources(ctx, m, scope, counter)
	if err != nil {
		return store.Saved{}, err
	}
	j := w.judgeOf(ctx, m, scope, from, live, versions)
	var judged []kpi.Snapshot
	for _, id := range ids {
		q := store.SnapshotQuery{Scope: &scope, KPI: id, Latest: true}
		kept, err := w.Store.Snapshots(ctx, m.ID, q)
		if err != nil {
			return store.Saved{}, err
		}
		q.PublishedOnly = true
		all, err := w.Store.Snapshots(ctx, m.ID, q)
		if err != nil {
			return store.Saved{}, err
		}
		type line struct {
			period     string
			definition int
		}
		published := map[line]bool{}
		for _, sn := range all {
			published[line{sn.Period.Name, sn.Definition}] = true
		}
		k, _ := kpi.Find(w.Catalogue, id)
		for _, sn := range kept {
			if sn.Definition != k.Version || !sn.Judgeable(published[line{sn.Period.Name, sn.Definition}]) {
				continue
			}
			t, ok := j.targets.For(id, scope, sn.Period, sn.Through)
			sn = sn.JudgedBy(t, ok)
			sn.TakenAt, sn.Cause = j.now, kpi.CauseTarget.Because("")
			judged = append(judged, sn)
		}
	}
	if err := counter.Err(); err != nil {
		return store.Saved{}, err
	}
	return w.Store.SaveScores(ctx, m.ID, judged)
}
