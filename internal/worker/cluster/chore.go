package cluster

import (
	"context"
	"time"

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
	began := j.cluster.worker.Now()
	err := chore.Do(ctx, worker.Piece{Merchant: a.Merchant, Connection: a.Connection})
	log := j.cluster.worker.Log.With("job", a.Chore, "merchant", a.Merchant, "connection", a.Connection,
		"took", j.cluster.worker.Now().Sub(began).Round(time.Millisecond), "attempt", job.Attempt)
	if err == nil {
		log.Info("chore done")
		return nil
	}
	if ctx.Err() != nil {
		log.Info("chore interrupted")
		return err
	}
	if pause, ok := worker.PutOff(err); ok {
		log.Info("chore put off", "error", err)
		return river.JobSnooze(pause)
	}
	if worker.Rests(err) {
		log.Error("chore rests", "error", err)
		j.cluster.worker.Rested(ctx, a.Merchant)
		return river.JobCancel(err)
	}
	log.Warn("chore failed", "error", err)
	return err
}
