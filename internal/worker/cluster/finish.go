package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// finishJob ends a run: once its pulls are at rest it takes the snapshots of whatever is complete, whether they went well or not.
type finishJob struct {
	river.WorkerDefaults[finishArgs]
	cluster *Cluster
}

// Timeout leaves time for working out all totals of a large store, which is not done page by page.
func (j *finishJob) Timeout(*river.Job[finishArgs]) time.Duration { return 3 * j.cluster.config.Rescue }

const (
	soonest = time.Second      // after which a run that has just begun is looked after again
	latest  = 30 * time.Second // after which one is that takes hours
)

func (j *finishJob) Work(ctx context.Context, job *river.Job[finishArgs]) error {
	w, a := j.cluster.worker, job.Args
	m, err := w.Store.Merchant(ctx, a.Merchant)
	if errors.Is(err, store.ErrMissing) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	nights, err := w.Store.RunsOf(ctx, a.Merchant, 10, worker.NightKind)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(nights, func(r store.Run) bool { return r.ID == a.Run && !r.EndedAt.IsZero() }) {
		return nil // whoever was at this before died after that
	}
	left, failed, err := j.cluster.pulls(ctx, a)
	if err != nil {
		return err
	}
	if left > 0 {
		return river.JobSnooze(min(max(time.Since(job.CreatedAt)/8, soonest), latest))
	}
	err = w.Derive(ctx, m)
	report, snapshotsErr := w.Snapshots(ctx, m)
	if err = errors.Join(err, snapshotsErr); err == nil {
		err = w.Retention(ctx, m)
	}
	log := w.Log.With("job", worker.NightKind, "merchant", a.Merchant, "night", a.Date, "took", time.Since(job.CreatedAt).Round(time.Second), "attempt", job.Attempt)
	if err != nil && (ctx.Err() != nil || job.Attempt < job.MaxAttempts) {
		if ctx.Err() == nil {
			log.Warn("night not finished yet", "error", err)
		}
		return err
	}
	told := errors.Join(failed, err)
	if a.Told != "" {
		told = errors.Join(errors.New(a.Told), told)
	}
	if endErr := w.Store.EndRun(ctx, store.Run{ID: a.Run, MerchantID: a.Merchant}, told, report.String()); endErr != nil {
		return errors.Join(err, endErr)
	}
	w.Metrics.Run(worker.NightKind, told != nil)
	if needsErr := w.Examine(ctx, m); needsErr != nil {
		log.Warn("what needs a person is not known", "error", needsErr)
	}
	if told != nil {
		log.Error("night failed", "error", told)
	} else {
		log.Info("night done", "snapshots", report.Snapshots, "restatements", report.Restatements)
	}
	return err
}

// pulls says how many of a run's pulls are not at rest, and why those that rest without having come to their end do.
func (c *Cluster) pulls(ctx context.Context, a finishArgs) (left int, failed, err error) {
	filter := fmt.Sprintf(`{"merchant": %d, "run": %d}`, a.Merchant, a.Run)
	rows, err := c.pool.Query(ctx, `SELECT finalized_at IS NULL, state = 'completed', args->>'stream', COALESCE(errors[array_length(errors, 1)]->>'error', '')
		FROM river_job WHERE kind = 'pull' AND args @> $1 ORDER BY id`, filter)
	if err != nil {
		return 0, nil, fmt.Errorf("read how the pulls stand: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var open, done bool
		var stream, text string
		if err := rows.Scan(&open, &done, &stream, &text); err != nil {
			return 0, nil, fmt.Errorf("read how the pulls stand: %w", err)
		}
		switch {
		case open:
			left++
		case !done:
			failed = errors.Join(failed, errors.New(reason(text, stream)))
		}
	}
	return left, failed, rows.Err()
}
