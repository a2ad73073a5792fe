//go:build bench

package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The benchmarks measure what docs/performance.md tells, side by side in one run. They take many minutes and assert no timings, and so
// are built only when they are asked for: make bench, which sets the tag bench. Sizes can be set by the environment:
//
//	FOURFOLD_BENCH_ORDERS   orders of the backfill, and of the longer history (1,000,000)
//	FOURFOLD_BENCH_SHORT    orders of the shorter history (a tenth of that)
//	FOURFOLD_BENCH_PER_DAY  orders that the stores sell in a day (500)
//	FOURFOLD_BENCH_CHANGES  orders that change before the night (2,000)
//	FOURFOLD_BENCH_PAGED    orders that change before a night against a standard bucket (1,500)
//	FOURFOLD_BENCH_MERCHANTS  merchants of the cluster, each with a small store (200)
//	FOURFOLD_BENCH_SMALL    orders of each of their stores (300)
//	FOURFOLD_BENCH_SPREAD   minutes over which their nights begin while a newcomer backfills (5)
//	FOURFOLD_BENCH_JOBS     empty jobs of the queue (50,000)
//	FOURFOLD_BENCH_ROOM     empty jobs that are worked at a time (200)
//	FOURFOLD_BENCH_HOOKS    webhooks that are sent, 500 a second (30,000)
//	FOURFOLD_BENCH_DIR      where bulk results that were prepared are kept for the next run (a folder that goes with the test)
//	FOURFOLD_BENCH_PROFILE  a folder for CPU profiles of the worker's steps (none)
func begin(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { t.Logf("load average at the end: %s", loadAverage()) })
	t.Logf("%s, %d CPUs, load average at the start: %s", processor(), runtime.NumCPU(), loadAverage())
}

// benchSize is a number of the environment.
func benchSize(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv("FOURFOLD_BENCH_" + name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("FOURFOLD_BENCH_%s is %q: use a number", name, text)
	}
	return n
}

func benchOrders(t *testing.T) int { return benchSize(t, "ORDERS", 1_000_000) }

// loadAverage says how busy the machine is with other things: figures of a busy one are worth little.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

func processor() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// report is a table of figures, printed at the end of a benchmark.
type report struct{ lines []string }

func (r *report) add(name, format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf("  %-52s ", name)+fmt.Sprintf(format, args...))
}

func (r *report) print(t *testing.T) { t.Logf("\n%s", strings.Join(r.lines, "\n")) }
