package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// againstTwo is for how long a pull that a person asked for keeps the night from coming: who asked may be at it still, or may be dead.
const againstTwo = 12 * time.Hour

// nightJob probes a merchant's accounts, begins the run, and inserts what it consists of, all of it or nothing.
type nightJob struct {
	river.WorkerDefaults[nightArgs]
	cluster *Cluster
}

func (j *nightJob) Work(ctx context.Context, job *river.Job[nightArgs]) error {
	c, w, a := j.cluster, j.cluster.worker, job.Args
	m, err := w.Store.Merchant(ctx, a.Merchant)
	if errors.Is(err, store.ErrMissing) || err == nil && m.State != store.StateActive {
		return nil // removed or paused meanwhile
	}
	if err != nil {
		return err
	}
	tasks, told, err := w.Tasks(ctx, m)
	if err != nil {
		return err
	}
	run, err := w.Store.StartRun(ctx, m.ID, worker.NightKind, a.Date)
	if err != nil {
		return err
	}
	finish := finishArgs{Merchant: m.ID, Run: run.ID, Date: a.Date}
	if told != nil {
		finish.Told = told.Error()
	}
	jobs := []river.InsertManyParams{{Args: finish}}
	for _, t := range tasks {
		pull := river.InsertManyParams{Args: pullArgs{m.ID, t.Connection, t.Stream, run.ID}}
		if t.First {
			o := pull.Args.(pullArgs).InsertOpts()
			o.Queue = backfillQueue
			pull.InsertOpts = &o
		}
		jobs = append(jobs, pull)
	}
	tx, err := c.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin the night: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // says it is done already once committed
	if _, err := c.client.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("begin the night: %w", err)
	}
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return fmt.Errorf("begin the night: %w", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("begin the night: %w", err)
	}
	return nil
}
