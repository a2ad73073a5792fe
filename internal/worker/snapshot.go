package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
// begun since, and keeps what differs from the last revision.
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
	progress := Progress{Job: "snapshots", Text: "judging periods", Total: int64(len(scopes))}
	for _, scope := range scopes {
		done, err := w.snapshotScope(ctx, m, scope.Scope, marks, versions)
		if err != nil {
			return report, fmt.Errorf("snapshots of %s: %w", first(scope.Title, "the whole merchant"), err)
		}
		report.add(done)
		progress.Done++
		progress.Records += int64(done.Snapshots)
		w.tell(progress)
	}
	progress.Finished = true
	w.tell(progress)
	return report, w.Store.ClearMarks(ctx, m.ID, marks)
}

// snapshotScope judges the periods of one scope, some at a time so that memory stays flat.
func (w *Worker) snapshotScope(ctx context.Context, m store.Merchant, scope kpi.Scope, marks []store.Mark, versions []kpi.Target) (Report, error) {
	var report Report
	counter, err := w.Store.Counter(ctx, m.ID, scope)
	if err != nil {
		return report, err
	}
	through, first := counter.Through(), counter.First()
	if first == 0 || through <= first {
		return report, nil // nothing is there, or nothing is complete yet
	}
	state, err := w.Store.SnapshotState(ctx, m.ID, scope)
	if err != nil {
		return report, err
	}
	open, err := w.Store.OpenSnapshots(ctx, m.ID, scope)
	if err != nil {
		return report, err
	}
	catalogue := catalogueOf(w.Catalogue)
	p := planner{defs: w.Catalogue, scope: scope, calendar: m.Calendar, first: first, through: through}
	if state.Catalogue != catalogue {
		p.everything()
	} else {
		p.since(state.Through)
		p.open(open)
		p.marked(marks)
	}
	j, err := w.judgeOf(m, scope, counter, versions)
	if err != nil {
		return report, err
	}
	var batch []kpi.Snapshot
	flush := func() error {
		saved, err := w.Store.SaveSnapshots(ctx, m.ID, batch)
		batch = batch[:0]
		report.Snapshots += saved.Appended
		report.Restatements += saved.Restated
		return err
	}
	for _, job := range p.jobs() {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		batch = append(batch, j.judge(job)...)
		if len(batch) >= 2000 {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	if err := flush(); err != nil {
		return report, err
	}
	return report, w.Store.SaveSnapshotState(ctx, m.ID, scope, store.SnapshotState{Through: through, Catalogue: catalogue})
}

// catalogueOf names the set of definitions: a new KPI, or a new version of one, is judged for all periods.
func catalogueOf(defs []kpi.KPI) string {
	names := make([]string, len(defs))
	for i, k := range defs {
		names[i] = fmt.Sprintf("%s:%d", k.ID, k.Version)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// judgement is one period with the KPIs to be judged for it; all of the grain's if none is named.
type judgement struct {
	period period.Period
	kpis   map[kpi.ID]bool
	cause  string
}
