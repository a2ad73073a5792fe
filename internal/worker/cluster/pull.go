package cluster

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// pullJob reads one stream for a while.
type pullJob struct {
	river.WorkerDefaults[pullArgs]
	cluster *Cluster
}

func (j *pullJob) Work(ctx context.Context, job *river.Job[pullArgs]) error {
	w, a := j.cluster.worker, job.Args
	m, err := w.Store.Merchant(ctx, a.Merchant)
	if err == nil {
		var out worker.Outcome
		out, err = w.PullStream(ctx, m, a.Connection, a.Stream, j.cluster.config.Budget)
		if err == nil && out.More {
			return river.JobSnooze(0)
		}
		if err == nil && out.After > 0 {
			return river.JobSnooze(out.After)
		}
	}
	log := w.Log.With("job", "pull", "merchant", a.Merchant, "connection", a.Connection, "stream", a.Stream, "attempt", job.Attempt)
	switch {
	case err == nil:
		log.Info("pull done")
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, store.ErrMissing):
		log.Info("pull left out", "error", err)
		return nil // removed or unlinked meanwhile
	case worker.Rests(err):
		log.Error("pull rests", "error", err)
		return river.JobCancel(err)
	}
	log.Warn("pull failed", "error", err)
	return err
}
