//go:build bench

package main

import (
	"testing"
	"time"
)

// TestBenchNight has the same number of orders change in a store with a short history and in one with a long one, and compares what a
// night's work takes: the CPU time of the worker and of the database's server. Both stores sell as much in a day.
func TestBenchNight(t *testing.T) {
	begin(t)
	long := benchOrders(t)
	sizes := []int{benchSize(t, "SHORT", max(long/10, 1)), long}
	changes := benchSize(t, "CHANGES", 2000)
	var nights [2]map[string]benchNight
	for i, orders := range sizes {
		nights[i] = benchNights(t, orders, changes)
	}
	var r report
	for _, db := range benchDatabases {
		a, b := nights[0][db.name], nights[1][db.name]
		r.add(db.name, "%d orders → %d orders", sizes[0], sizes[1])
		for _, part := range []struct {
			name string
			of   func(benchNight) spent
		}{
			{"pull, facts and totals", func(n benchNight) spent { return n.pull.All }},
			{"snapshots", func(n benchNight) spent { return n.snapshots.All }},
		} {
			x, y := part.of(a), part.of(b)
			r.add("  "+part.name+", CPU with the database's", "%.2f s → %.2f s: %.2f ×", x.work().Seconds(), y.work().Seconds(), y.work().Seconds()/x.work().Seconds())
			r.add("    of it the database server's", "%.2f s → %.2f s", x.DB.Seconds(), y.DB.Seconds())
			r.add("    wall", "%.1f s → %.1f s", x.Wall.Seconds(), y.Wall.Seconds())
		}
		r.add("  snapshots taken", "%d → %d", a.snapshots.Snapshots, b.snapshots.Snapshots)
		r.add("  share of the snapshots in the night's work", "%.0f %% → %.0f %%", 100*a.share(), 100*b.share())
		for name, s := range b.pull.Streams {
			r.add("  stream "+name, "%d → %d records", a.pull.Streams[name].Records, s.Records)
		}
	}
	r.print(t)
}

// benchNight is what a night took.
type benchNight struct{ pull, snapshots benchDone }

func (n benchNight) share() float64 {
	s := n.snapshots.All.work().Seconds()
	return s / (s + n.pull.All.work().Seconds())
}

// benchNights pulls a store's history into each database, lets an uneventful night pass, then a day in which orders change, and works the
// night after it.
func benchNights(t *testing.T, orders, changes int) map[string]benchNight {
	t.Helper()
	srv := spawn(t, "simulator", shopOf(t, orders, enterprise))
	defer srv.end()
	var state benchState
	srv.ask(benchWish{}, &state)
	jobs := map[string]benchJob{}
	work := func(name string, at time.Time) (n benchNight) {
		w := spawn(t, "worker", jobs[name])
		defer w.end()
		w.ask(benchStep{"pull", at}, &n.pull)
		w.ask(benchStep{"snapshots", at}, &n.snapshots)
		return n
	}
	for _, db := range benchDatabases {
		jobs[db.name] = newBenchJob(t, db.dsn(t), state)
		w := spawn(t, "worker", jobs[db.name])
		w.ask(benchStep{"link", benchUntil}, &benchDone{})
		w.end()
		first := work(db.name, benchUntil)
		t.Logf("%s: %d orders backfilled, totals and snapshots: CPU with the database's %.0f s", db.name, orders, first.pull.All.work().Seconds()+first.snapshots.All.work().Seconds())
	}
	// The second night still reads the overlap with the first.
	quiet, busy := benchUntil.AddDate(0, 0, 2), benchUntil.AddDate(0, 0, 4)
	srv.ask(benchWish{At: quiet}, &state)
	for _, db := range benchDatabases {
		work(db.name, quiet)
	}
	srv.ask(benchWish{At: busy, Changes: changes}, &state)
	nights := map[string]benchNight{}
	for _, db := range benchDatabases {
		nights[db.name] = work(db.name, busy)
	}
	return nights
}
