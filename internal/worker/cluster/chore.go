package cluster

import (
	"context"

	"github.com/riverqueue/river"

	"fourfold/internal/worker"
)

// choreJob does a piece of a chore.
type choreJob struct {
	river.WorkerDefaults[choreArgs]
	cluster *Cluster
}

func (j *choreJob) Work(ctx context.Context, job *river.Job[choreArgs]) error {
	a := job.Args
	chore, ok := j.cluster.chore(a.Chore)
	if !ok {
		return nil // another version asked for it
	}
	err := chore.Do(ctx, worker.Piece{Merchant: a.Merchant, Connection: a.Connection})
	if err == nil || ctx.Err() != nil {
		return err
	}
	log := j.cluster.worker.Log.With("job", a.Chore, "merchant", a.Merchant, "connection", a.Connection, "attempt", job.Attempt)
	if worker.Rests(err) {
		log.Error("chore rests", "error", err)
		return river.JobCancel(err)
	}
	log.Warn("chore failed", "error", err)
	return err
}
