// Package cluster is the engine of many processes: it runs worker's jobs on River, a durable queue inside the Postgres that they
// share. Any number of processes on any number of machines may work one database; one that dies has its jobs rescued, and two that run
// the same one for a moment are told apart by the stream's number, which is the fence.
//
// A job a minute asks which nights are due and inserts a night for each. A night probes the accounts and makes way for a pull for each
// stream that is due and a finish, which waits for the pulls, takes the snapshots and ends the run. No job is long: a pull that has
// more to do makes room for others and is gone on with.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"fourfold/internal/worker"
)

// Config says what a process works with.
type Config struct {
	DSN     string // of the Postgres that the worker's store is on, too
	Worker  *worker.Worker
	Log     *slog.Logger
	Workers int // jobs of the nights that this process works at a time
	// Budget is how long a pull works before it makes room for others: two minutes if zero, and half of Rescue at most.
	Budget time.Duration
	// Rescue is how long after its beginning a job whose worker gave no result is taken for dead; twenty minutes if zero. No job of a
	// living worker runs for as long.
	Rescue time.Duration
	// Backoff is how long a job rests that has failed so many times in a row; worker.Backoff if nil.
	Backoff func(failed int) time.Duration
}

// Cluster is one process's part in it.
type Cluster struct {
	config Config
	worker *worker.Worker
	pool   *pgxpool.Pool
	client *river.Client[pgx.Tx]
}

// The queues. What is in one takes no place of what is in another.
const (
	nightQueue    = "night"    // nights and the streams they read on
	backfillQueue = "backfill" // streams that were never complete, and the totals after them: they may take hours
	upkeepQueue   = "upkeep"   // what is due, and chores
)

// Open prepares to work, or to insert jobs only. It refuses a database whose queue was migrated by a newer Fourfold.
func Open(ctx context.Context, c Config) (*Cluster, error) {
	if c.Budget == 0 {
		c.Budget = 2 * time.Minute
	}
	if c.Rescue == 0 {
		c.Rescue = 20 * time.Minute
	}
	c.Budget = min(c.Budget, c.Rescue/2)
	if c.Backoff == nil {
		c.Backoff = worker.Backoff
	}
	pool, err := connect(ctx, c.DSN)
	if err != nil {
		return nil, err
	}
	cl := &Cluster{config: c, worker: c.Worker, pool: pool}
	if _, err := pending(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &dueJob{cluster: cl})
	river.AddWorker(workers, &nightJob{cluster: cl})
	river.AddWorker(workers, &pullJob{cluster: cl})
	river.AddWorker(workers, &finishJob{cluster: cl})
	river.AddWorker(workers, &choreJob{cluster: cl})
	cl.client, err = river.NewClient(riverpgxv5.New(pool), &river.Config{
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			nightQueue:    {MaxWorkers: max(1, c.Workers)},
			backfillQueue: {MaxWorkers: max(1, c.Workers/2)},
			upkeepQueue:   {MaxWorkers: 4},
		},
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Minute),
			func() (river.JobArgs, *river.InsertOpts) { return dueArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
		// Between the steps of a night nothing is waited for; what River is not told of, it finds by itself soon.
		FetchCooldown: 20 * time.Millisecond, FetchPollInterval: 500 * time.Millisecond,
		JobTimeout: c.Rescue * 9 / 10, RescueStuckJobsAfter: c.Rescue,
		SoftStopTimeout: worker.Grace,
		RetryPolicy:     backoff(c.Backoff),
		Logger:          slog.New(atLeast{slog.LevelWarn, c.Log.Handler()}),
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("prepare the queue: %w", err)
	}
	return cl, nil
}

// Close lets go of the database. Run has ended before.
func (c *Cluster) Close() { c.pool.Close() }

// Run works until ctx ends: it takes nothing new then, what is under way finishes its page, and the rest is handed over.
func (c *Cluster) Run(ctx context.Context) error {
	c.worker.StopOn(ctx.Done())
	stop := c.worker.Beats(ctx)
	defer stop()
	if err := c.client.Start(ctx); err != nil {
		return fmt.Errorf("begin to work the queue: %w", err)
	}
	<-c.client.Stopped()
	return ctx.Err()
}

// Ask has a chore done soon, without waiting for the minute; where it waits already, nothing changes.
func (c *Cluster) Ask(ctx context.Context, kind string, p worker.Piece) error {
	if _, err := c.client.Insert(ctx, choreArgs{kind, p.Merchant, p.Connection}, nil); err != nil {
		return fmt.Errorf("ask for the chore %s: %w", kind, err)
	}
	return nil
}

// AskNight has a merchant's night worked soon, whatever the schedule says: somebody waits for it. Where one is under way, or was asked for and
// has not begun, another follows it and no more.
func (c *Cluster) AskNight(ctx context.Context, merchantID int64) error {
	w := c.worker
	m, err := w.Store.Merchant(ctx, merchantID)
	if err != nil {
		return err
	}
	last, err := w.LastNight(ctx, m)
	if err != nil {
		return err
	}
	loc, err := m.Location()
	if err != nil {
		return err
	}
	if _, err := c.client.Insert(ctx, nightArgs{Merchant: m.ID, Date: w.Now().In(loc).Format(time.DateOnly), After: last.ID}, nil); err != nil {
		return fmt.Errorf("ask for a night: %w", err)
	}
	return nil
}

// connect opens the few connections that the queue itself needs.
func connect(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	pc, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database's address cannot be read: write it as postgres://user:password@host:5432/database")
	}
	pc.MaxConns, pc.MinConns = 5, 0
	if p := pc.ConnConfig.RuntimeParams; p["idle_in_transaction_session_timeout"] == "" {
		p["idle_in_transaction_session_timeout"] = "60s" // a transaction of a process that hangs ends by itself
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("reach the database's queue: %w", err)
	}
	return pool, nil
}

// tries is how often a job that fails is begun before it rests.
const tries = 8

// backoff tries again after twice as long each time, and not with others that failed at the same moment.
type backoff func(failed int) time.Duration

func (b backoff) NextRetry(job *rivertype.JobRow) time.Time { return time.Now().Add(b(job.Attempt)) }

// atLeast lets through what is as grave as the level.
type atLeast struct {
	level slog.Level
	slog.Handler
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.level, h.Handler.WithAttrs(attrs)}
}
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.level, h.Handler.WithGroup(name)}
}
