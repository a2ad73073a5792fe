package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// lookAfter is how long after it was overtaken a pull sees whether the other came to the end.
const lookAfter = 2 * time.Second

// pullJob reads one stream for a while.
type pullJob struct {
	river.WorkerDefaults[pullArgs]
	cluster *Cluster
}

func (j *pullJob) Work(ctx context.Context, job *river.Job[pullArgs]) error {
	w, a := j.cluster.worker, job.Args
	began := w.Now()
	m, err := w.Store.Merchant(ctx, a.Merchant)
	var out worker.Outcome
	if err == nil {
		out, err = w.PullStream(ctx, m, a.Connection, a.Stream, j.cluster.config.Budget)
	}
	log := w.Log.With("job", "pull", "merchant", a.Merchant, "connection", a.Connection, "stream", a.Stream,
		"took", w.Now().Sub(began).Round(time.Millisecond), "attempt", job.Attempt)
	switch {
	case err == nil && out.More:
		return river.JobSnooze(0)
	case err == nil && out.After > 0:
		return river.JobSnooze(out.After)
	case err == nil && out.Overtaken:
		// To call the job done would call the other's done, too, which is the same and may not be at its end.
		log.Info("pull overtaken by another worker", "pages", out.Pages)
		return river.JobSnooze(lookAfter)
	case err == nil:
		log.Info("pull done", "pages", out.Pages)
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, store.ErrMissing):
		log.Info("pull left out", "error", err)
		return nil // removed or unlinked meanwhile
	case worker.Rests(err):
		log.Error("pull rests", "error", err)
		w.Rested(ctx, a.Merchant)
		return river.JobCancel(err)
	}
	log.Warn("pull failed", "error", err)
	return err
}
