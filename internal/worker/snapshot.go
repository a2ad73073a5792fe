package worker

import (
	"context"
	"fmt"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// Report says what a night came to.
type Report struct {
	Snapshots    int // revisions that were appended
	Restatements int // of them, revisions of a published value
}

func (r *Report) add(o Report) {
	r.Snapshots += o.Snapshots
	r.Restatements += o.Restatements
}

// Snapshots judges every period one of whose windows holds a day that changed, that was running or still open, or that has
// begun since, and keeps what differs from the last revision. The marks of changed days are cleared when all scopes are done: what is
// cut off before is judged again, and what comes out the same leaves no trace.
func (w *Worker) Snapshots(ctx context.Context, m store.Merchant) (Report, error) {
	var report Report
	marks, err := w.Store.Marks(ctx, m.ID, w.Now())
	if err != nil {
		return report, err
	}
	scopes, err := w.Store.Scopes(ctx, m.ID)
	if err != nil {
		return report, err
	}
	versions, err := w.Store.Targets(ctx, m.ID)
	if err != nil {
		return report, err
	}
	progress := Progress{Connection: store.Connection{MerchantID: m.ID}, Job: "snapshots", Text: "judging periods", Total: int64(len(scopes))}
	all := true
	for _, scope := range scopes {
		done, judged, err := w.snapshotScope(ctx, m, scope.Scope, marks, versions)
		if err != nil {
			return report, fmt.Errorf("snapshots of %s: %w", first(scope.Title, "the whole merchant"), err)
		}
		all = all && judged
		report.add(done)
		progress.Done++
		progress.Records += int64(done.Snapshots)
		w.tell(progress)
	}
	progress.Finished = true
	w.tell(progress)
	if !all {
		return report, nil // while a store's first pull goes on, the whole waits: its marks wait with it
	}
	return report, w.Store.ClearMarks(ctx, m.ID, marks)
}

// snapshotScope judges the periods of one scope, some at a time so that memory stays flat. judged is false where the scope cannot be
// judged now, but was before and so must not miss what changed.
func (w *Worker) snapshotScope(ctx context.Context, m store.Merchant, scope kpi.Scope, marks store.Marks, versions []kpi.Target) (report Report, judged bool, err error) {
	counter, err := w.Store.Counter(ctx, m.ID, scope)
	if err != nil {
		return report, false, err
	}
	state, err := w.Store.SnapshotState(ctx, m.ID, scope)
	if err != nil {
		return report, false, err
	}
	live, err := w.live(ctx, m, scope)
	if err != nil {
		return report, false, err
	}
	// A store without an order so far is judged from the day it was linked.
	first, through := counter.First(), counter.Through()
	if first == 0 || first > live && scope.Channel == "" {
		first = live
	}
	if through <= first {
		return report, state.Catalogue == "", nil // nothing is complete yet
	}
	from, err := w.sources(ctx, m, scope, counter)
	if err != nil {
		return report, false, err
	}
	is := from.basis(m, scope, first, period.On(w.Now(), from.zone), versions)
	was := readBasis(state.Catalogue).since(is)
	j := w.judgeOf(ctx, m, scope, from, live, versions)
	p := planner{defs: w.Catalogue, scope: scope, calendar: m.Calendar, first: first, through: through}
	if was.merchant == "" {
		p.since(first, "")
		j.closed = nil
	} else {
		p.changed(was, is) // tells more than what it moved
		p.marked(marks.All())
		p.since(state.Through, "")
		if len(was.published) > 0 {
			p.open(was, from.publishable)
		} else {
			open, err := w.Store.OpenSnapshots(ctx, m.ID, scope)
			if err != nil {
				return report, false, err
			}
			p.listed(open, from.connected)
		}
	}
	if report, err = w.save(ctx, m, j, p.jobs()); err != nil {
		return report, false, err
	}
	return report, true, w.Store.SaveSnapshotState(ctx, m.ID, scope, store.SnapshotState{Through: through, Catalogue: is.String()})
}

// live is the first day on which a scope was followed as the days went by: the day its store was linked, or the merchant's first one.
func (w *Worker) live(ctx context.Context, m store.Merchant, scope kpi.Scope) (period.Day, error) {
	zone, err := m.Location()
	if err != nil {
		return 0, err
	}
	since := m.CreatedAt
	conns, err := w.Store.Connections(ctx, m.ID)
	for _, c := range conns {
		if c.ID == scope.Connection {
			since = c.CreatedAt
		}
	}
	return period.On(since, zone), err
}

// batchSize is how many snapshots are judged before they are stored.
const batchSize = 2000

// save judges the jobs and stores what is new.
func (w *Worker) save(ctx context.Context, m store.Merchant, j judge, jobs []judgement) (report Report, err error) {
	var batch []kpi.Snapshot
	for i, job := range jobs {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		made, err := j.judge(job)
		if err != nil {
			return report, err
		}
		batch = append(batch, made...)
		if len(batch) < batchSize && i < len(jobs)-1 {
			continue
		}
		saved, err := w.Store.SaveSnapshots(ctx, m.ID, batch)
		if err != nil {
			return report, err
		}
		w.Metrics.Snapshots(saved.Appended, saved.Restated)
		report.add(Report{Snapshots: saved.Appended, Restatements: saved.Restated})
		batch = batch[:0]
	}
	return report, nil
}
