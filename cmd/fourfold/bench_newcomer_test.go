//go:build bench

package main

import (
	"fmt"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// TestBenchNewcomer has two processes work the nights of many small stores, which come due over some minutes, once by themselves and once
// while a new merchant's large store is backfilled: how long jobs wait from due to start, and how long they run.
func TestBenchNewcomer(t *testing.T) {
	begin(t)
	const processes = 2
	merchants, orders := benchSize(t, "MERCHANTS", 200), benchSize(t, "SMALL", 300)
	spread := time.Duration(benchSize(t, "SPREAD", 5)) * time.Minute
	large := shopOf(t, benchOrders(t), enterprise)
	changes := max(orders/30, 2)
	dsn := storetest.Postgres(t)
	began := benchUntil.AddDate(0, 0, -4)
	srv := spawn(t, "stores", benchStores{Small: merchants, Orders: orders, At: began, BulkDir: t.TempDir(), Large: large})
	var state benchState
	srv.ask(benchStreetWish{At: benchUntil}, &state) // results fit the moment for which they were prepared
	job := newBenchJob(t, dsn, state)
	prepareBulk(t, job)
	night := func(at time.Time, part benchPart, changes int, besides int64) shift {
		part.benchJob, part.At = job, at
		return workShift(t, srv, benchStreetWish{At: at, Changes: changes, Latency: benchLatency}, part, processes, merchants, besides)
	}
	srv.ask(benchStreetWish{At: began}, &state)
	linkSmallStores(t, job, began, merchants)
	night(began, benchPart{}, 0, 0)
	// Then a night a day: one that was missed would come due at once, and not within the spread. Each reads the changes of the day before
	// it again, the first of the two that are measured, too.
	night(began.AddDate(0, 0, 2), benchPart{}, changes, 0)
	slowly := benchPart{Goes: true, Spread: spread}
	alone := night(began.AddDate(0, 0, 3), slowly, changes, 0)
	srv.ask(benchStreetWish{At: benchUntil}, &state)
	linkStores(t, job, benchUntil, benchDomain)
	newcomer := benchNumber(t, openBench(t, dsn), "SELECT MAX(id) FROM merchants")
	beside := night(benchUntil, slowly, changes, newcomer)

	var r report
	r.add("merchants", "%d, %d orders each; the newcomer's %d; nights spread over %s; %d processes", merchants, orders, large.Orders, spread, processes)
	r.add("the newcomer when the others' nights had ended", "%s", map[bool]string{true: "at it still", false: "done: it takes more orders to measure this"}[beside.Late])
	for _, kind := range []string{"night", "pull", "finish"} {
		a, b := waits(t, dsn, alone.Before, beside.Before, kind, newcomer), waits(t, dsn, beside.Before, 1<<62, kind, newcomer)
		r.add(kind+", so many of them", "%d → %d", a.n, b.n)
		r.add("  wait from due to start, median", "%s → %s", a.wait50, b.wait50)
		r.add("  wait from due to start, 95th percentile", "%s → %s: %+.1f %%", a.wait95, b.wait95, 100*(b.wait95.Seconds()/a.wait95.Seconds()-1))
		r.add("  run time, median", "%s → %s", a.run50, b.run50)
		r.add("  run time, 95th percentile", "%s → %s", a.run95, b.run95)
	}
	for _, s := range []struct {
		name string
		shift
	}{{"alone", alone}, {"beside the newcomer", beside}} {
		r.add(s.name+": CPU of workers, server, stores", "%.1f s, %.1f s, %.1f s in %.1f s", s.Members.Seconds(), s.DB.Seconds(), s.Simulator.Seconds(), s.Wall.Seconds())
		r.add("  cores busy, with whatever else the machine does", "%.0f %%", 100*s.Busy)
		r.add("  largest process", "%d MB", s.Peak>>20)
	}
	r.print(t)
}

// waited is how long the jobs of a kind waited and ran.
type waited struct {
	n                            int
	wait50, wait95, run50, run95 time.Duration
}

// waits reads it off the queue's own record, for the jobs after one and up to another, of all merchants but one. A job that made way
// is measured from when it was due again.
func waits(t *testing.T, dsn string, after, upTo int64, kind string, without int64) (w waited) {
	t.Helper()
	var p [4]float64
	err := openBench(t, dsn).QueryRowContext(t.Context(), `SELECT COUNT(*), COALESCE(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY wait), 0),
		COALESCE(PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY wait), 0), COALESCE(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY run), 0),
		COALESCE(PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY run), 0)
		FROM (SELECT EXTRACT(EPOCH FROM attempted_at - scheduled_at) AS wait, EXTRACT(EPOCH FROM finalized_at - attempted_at) AS run FROM river_job
		WHERE id > $1 AND id <= $2 AND kind = $3 AND finalized_at IS NOT NULL AND (args->>'merchant')::bigint <> $4) j`,
		after, upTo, kind, without).Scan(&w.n, &p[0], &p[1], &p[2], &p[3])
	if err != nil {
		t.Fatal(fmt.Errorf("read how long jobs waited: %w", err))
	}
	for i, d := range []*time.Duration{&w.wait50, &w.wait95, &w.run50, &w.run95} {
		*d = time.Duration(p[i] * float64(time.Second)).Round(100 * time.Microsecond)
	}
	return w
}
