//go:build bench

package main

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// benchLatency is what a reply of a store that is far away takes.
const benchLatency = 150 * time.Millisecond

// TestBenchCluster has two, four and eight processes work the first pulls of many small stores, and a night after a day on which a few
// orders of each changed, all of them due at once: merchants per minute, and who used the cores meanwhile.
func TestBenchCluster(t *testing.T) {
	begin(t)
	merchants, orders := benchSize(t, "MERCHANTS", 200), benchSize(t, "SMALL", 300)
	changes := max(orders/30, 2)
	var r report
	r.add("merchants", "%d, %d orders each, %d of which change; %s a request", merchants, orders, changes, benchLatency)
	for _, processes := range []int{2, 4, 8} {
		dsn := storetest.Postgres(t)
		at := benchUntil.AddDate(0, 0, -4)
		srv := spawn(t, "stores", benchStores{Small: merchants, Orders: orders, At: at, BulkDir: t.TempDir()})
		var state benchState
		srv.ask(benchStreetWish{}, &state)
		job := newBenchJob(t, dsn, state)
		linkSmallStores(t, job, at, merchants)
		night := func(at time.Time, changes int) shift {
			wish := benchStreetWish{At: at, Changes: changes, Latency: benchLatency}
			return workShift(t, srv, wish, benchPart{benchJob: job, At: at}, processes, merchants, 0)
		}
		first := night(at, 0)
		night(at.AddDate(0, 0, 2), 0) // still reads the overlap with the first
		second := night(at.AddDate(0, 0, 4), changes)
		srv.end()
		r.add(fmt.Sprintf("%d processes", processes), "")
		r.shift("first pull", first)
		r.shift("night", second)
	}
	r.print(t)
}

// shift tells what a shift took.
func (r *report) shift(name string, s shift) {
	share := func(d time.Duration) float64 { return 100 * d.Seconds() / s.Wall.Seconds() / float64(runtime.NumCPU()) }
	r.add("  "+name+": merchants a minute", "%.1f (%d in %.1f s)", s.perMinute(), s.Nights, s.Wall.Seconds())
	r.add("    CPU of the workers", "%.1f s, %.0f %% of the cores", s.Members.Seconds(), share(s.Members))
	r.add("    CPU of the database's server", "%.1f s, %.0f %%", s.DB.Seconds(), share(s.DB))
	r.add("    CPU of the simulated stores", "%.1f s, %.0f %%", s.Simulator.Seconds(), share(s.Simulator))
	r.add("    cores busy, with whatever else the machine does", "%.0f %%", 100*s.Busy)
	r.add("    statements in the database: at work, held up", "%.1f, %.1f", s.Running, s.Held)
	r.add("    … held up most by", "%s", s.most())
	r.add("    requests a merchant, of them throttled", "%.1f, %.1f", float64(s.Requests)/float64(s.Nights), float64(s.Refused)/float64(s.Nights))
	r.add("    CPU a merchant, workers and server", "%.0f ms", float64(s.night().Milliseconds()))
	jobs := s.Jobs / float64(s.Nights)
	r.add("    seconds of jobs a merchant", "%.1f s", jobs)
	r.add("    10,000 merchants in eight hours take", "%.2f cores, and room for %.1f jobs at a time", 10_000*s.night().Hours()/8, 10_000*jobs/(8*3600))
	r.add("    largest process", "%d MB", s.Peak>>20)
}

// most names what held statements up most, each with its share.
func (s shift) most() string {
	all := 0.0
	for _, n := range s.HeldBy {
		all += n
	}
	names := slices.SortedFunc(maps.Keys(s.HeldBy), func(a, b string) int { return cmp.Compare(s.HeldBy[b], s.HeldBy[a]) })
	var text []string
	for _, name := range names[:min(3, len(names))] {
		text = append(text, fmt.Sprintf("%s %.0f %%", name, 100*s.HeldBy[name]/all))
	}
	return strings.Join(text, ", ")
}
