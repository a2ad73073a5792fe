//go:build bench

package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
)

// benchEmpty is the row of a chore in the queue, as package cluster writes it. It stands in the nights' queue, which is the one whose
// room can be set.
type benchEmpty struct {
	Chore      string `json:"chore"`
	Merchant   int64  `json:"merchant"`
	Connection int64  `json:"connection"`
}

func (benchEmpty) Kind() string { return "chore" }

func (benchEmpty) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "night", Priority: 2, MaxAttempts: 8, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

// benchBare does nothing, with nothing of ours around it.
type benchBare struct {
	river.WorkerDefaults[benchEmpty]
}

func (benchBare) Work(context.Context, *river.Job[benchEmpty]) error { return nil }

// emptied is what working a full queue took.
type emptied struct {
	wall    time.Duration // from the first job's start to the last one's end
	cpu, db time.Duration
}

// TestBenchQueue has the same empty jobs worked by a process of the cluster and by River with nothing around it, in turns on databases
// of their own, with the same settings.
func TestBenchQueue(t *testing.T) {
	begin(t)
	jobs, room := benchSize(t, "JOBS", 50_000), benchSize(t, "ROOM", 200)
	const rounds = 4
	var ours, bare emptied
	var r report
	r.add("empty jobs", "%d in each of %d rounds, %d at a time", jobs, rounds, room)
	for round := range rounds {
		var a, b emptied
		if round%2 == 0 {
			a = emptyQueue(t, jobs, room, workOurs)
			b = emptyQueue(t, jobs, room, workBare)
		} else { // whoever is first finds another machine
			b = emptyQueue(t, jobs, room, workBare)
			a = emptyQueue(t, jobs, room, workOurs)
		}
		ours.add(a)
		bare.add(b)
		r.add("  jobs a second: our worker, River bare", "%.0f, %.0f: %.3f ×", a.rate(jobs), b.rate(jobs), a.rate(jobs)/b.rate(jobs))
	}
	all := jobs * rounds
	r.add("all rounds, jobs a second", "%.0f, %.0f: %.3f ×", ours.rate(all), bare.rate(all), ours.rate(all)/bare.rate(all))
	r.add("CPU a job, of the process", "%.1f µs, %.1f µs", ours.each(ours.cpu, all), bare.each(bare.cpu, all))
	r.add("CPU a job, of the database's server", "%.1f µs, %.1f µs", ours.each(ours.db, all), bare.each(bare.db, all))
	r.print(t)
}

func (e *emptied) add(o emptied) { e.wall, e.cpu, e.db = e.wall+o.wall, e.cpu+o.cpu, e.db+o.db }

func (e emptied) rate(jobs int) float64 { return float64(jobs) / e.wall.Seconds() }

func (e emptied) each(d time.Duration, jobs int) float64 {
	return d.Seconds() * 1e6 / float64(jobs)
}

// emptyQueue fills the queue of a new database and has it worked until nothing is left.
func emptyQueue(t *testing.T, jobs, room int, prepare func(t *testing.T, dsn string, room int) (work func(context.Context) error)) (e emptied) {
	t.Helper()
	dsn := storetest.Postgres(t)
	if err := cluster.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	fill(t, dsn, jobs)
	db := openBench(t, dsn)
	work := prepare(t, dsn, room)
	if _, err := db.ExecContext(t.Context(), "VACUUM ANALYZE river_job"); err != nil {
		t.Fatal(err)
	}
	server := postmaster(t, dsn)
	e.cpu, e.db = -ownCPU(), -serverCPU(server)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	for left := int64(jobs); left > 0; {
		select {
		case err := <-ended:
			t.Fatalf("with %d jobs left: %v", left, err)
		case <-time.After(200 * time.Millisecond):
		}
		left = benchNumber(t, db, "SELECT COUNT(*) FROM river_job WHERE kind = 'chore' AND finalized_at IS NULL")
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	e.cpu, e.db = e.cpu+ownCPU(), e.db+serverCPU(server)
	if n := benchNumber(t, db, "SELECT COUNT(*) FROM river_job WHERE kind = 'chore' AND state = 'completed'"); n != int64(jobs) {
		t.Errorf("%d of %d jobs were completed", n, jobs)
	}
	e.wall = time.Duration(benchNumber(t, db, `SELECT (EXTRACT(EPOCH FROM MAX(finalized_at) - MIN(attempted_at)) * 1e9)::bigint FROM river_job WHERE kind = 'chore'`))
	return e
}

func fill(t *testing.T, dsn string, jobs int) {
	t.Helper()
	client, pool := bareClient(t, dsn, &river.Config{})
	defer pool.Close()
	for done := 0; done < jobs; {
		var some []river.InsertManyParams
		for ; len(some) < 1000 && done < jobs; done++ {
			some = append(some, river.InsertManyParams{Args: benchEmpty{"empty", int64(done + 1), 0}})
		}
		if _, err := client.InsertMany(t.Context(), some); err != nil {
			t.Fatal(err)
		}
	}
}

// bareClient is River on as many connections as package cluster gives it.
func bareClient(t *testing.T, dsn string, c *river.Config) (*river.Client[pgx.Tx], *pgxpool.Pool) {
	t.Helper()
	pc, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pc.MaxConns, pc.MinConns = 5, 0
	pool, err := pgxpool.NewWithConfig(t.Context(), pc)
	if err != nil {
		t.Fatal(err)
	}
	c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	client, err := river.NewClient(riverpgxv5.New(pool), c)
	if err != nil {
		t.Fatal(err)
	}
	return client, pool
}

// workBare works the queue with the settings of package cluster.
func workBare(t *testing.T, dsn string, room int) func(context.Context) error {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, &benchBare{})
	client, pool := bareClient(t, dsn, &river.Config{
		Workers:       workers,
		Queues:        map[string]river.QueueConfig{"night": {MaxWorkers: room}, "backfill": {MaxWorkers: max(1, room/2)}, "upkeep": {MaxWorkers: 4}},
		FetchCooldown: 20 * time.Millisecond, FetchPollInterval: 500 * time.Millisecond,
		JobTimeout: 18 * time.Minute, RescueStuckJobsAfter: 20 * time.Minute, SoftStopTimeout: worker.Grace,
	})
	return func(ctx context.Context) error {
		defer pool.Close()
		if err := client.Start(ctx); err != nil {
			return err
		}
		<-client.Stopped()
		return nil
	}
}

// workOurs works the queue as `fourfold work` does, with a chore in which there is nothing to do.
func workOurs(t *testing.T, dsn string, room int) func(context.Context) error {
	t.Helper()
	a := benchApp(newBenchJob(t, dsn, benchState{}), time.Now, nil)
	w, err := a.worker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	w.Chores = []worker.Chore{{
		Kind: "empty",
		Find: func(context.Context) ([]worker.Piece, error) { return nil, nil },
		Do:   func(context.Context, worker.Piece) error { return nil },
	}}
	c, err := cluster.Open(t.Context(), cluster.Config{DSN: dsn, Worker: w, Log: w.Log, Workers: room})
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) error {
		defer a.close()
		defer c.Close()
		return c.Run(ctx)
	}
}
