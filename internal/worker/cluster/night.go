package cluster

import (
	"cmp"
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

// patience is for how long a night that could not even be begun is put off. Then it goes on without the account that could not be probed.
const patience = time.Hour

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
	if first, err := c.behind(ctx, m.ID, job.ID); err != nil || first {
		return cmp.Or(err, river.JobSnooze(soonest))
	}
	if done, err := c.done(ctx, a); err != nil || done {
		return err
	}
	tasks, told, err := w.Tasks(ctx, m)
	if err != nil {
		return err
	}
	if pause, ok := worker.PutOff(told); ok && time.Since(job.CreatedAt) < patience {
		return river.JobSnooze(pause)
	}
	run, err := j.run(ctx, a)
	if err != nil {
		return err
	}
	finish := finishArgs{Merchant: m.ID, Run: run.ID, Date: a.Date}
	if told != nil {
		finish.Told = told.Error()
		w.Rested(ctx, m.ID)
	}
	jobs := []river.InsertManyParams{{Args: finish}}
	for _, t := range tasks {
		pull := river.InsertManyParams{Args: pullArgs{m.ID, t.Connection, t.Stream, run.ID}}
		if t.First {
			pull.InsertOpts = inBackfill(pull.Args.(pullArgs))
			jobs[0].InsertOpts = inBackfill(finish) // all totals are to be worked out, which takes as long
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

// inBackfill is how a job is inserted that may take hours.
func inBackfill(args river.JobArgsWithInsertOpts) *river.InsertOpts {
	o := args.InsertOpts()
	o.Queue = backfillQueue
	return &o
}

// done says whether a night was worked already: by another attempt at the same job, which this one was slower than, or, where it is in the place
// of one that was cut off, by whoever was at that one after all.
func (c *Cluster) done(ctx context.Context, a nightArgs) (bool, error) {
	last, err := c.worker.Store.RunsOf(ctx, a.Merchant, 1, worker.NightKind)
	if err != nil || len(last) == 0 || last[0].EndedAt.IsZero() {
		return false, err
	}
	return last[0].ID > a.After || last[0].ID == a.After && a.Cut, nil
}

// run is the night's row on record. One that an attempt before this began, and died before it had inserted what the night consists of, is
// gone on with: nobody else would end it. Should that attempt come back to life, the jobs that it inserts are those that are there.
func (j *nightJob) run(ctx context.Context, a nightArgs) (store.Run, error) {
	w := j.cluster.worker
	last, err := w.Store.RunsOf(ctx, a.Merchant, 1, worker.NightKind)
	if err != nil {
		return store.Run{}, err
	}
	if len(last) > 0 && last[0].ID > a.After && last[0].Night == a.Date && last[0].EndedAt.IsZero() {
		return last[0], nil
	}
	return w.Store.StartRun(ctx, a.Merchant, worker.NightKind, a.Date)
}
