package main

import (
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// standard is what a store of the smallest plan may use of points a second; its bucket holds twenty times that.
const standard = 100

// TestBenchPaging has so many orders change that a night pages for minutes, and holds the points it uses against what a standard bucket
// gives: a full one, and what comes in until the last answer.
func TestBenchPaging(t *testing.T) {
	benchOnly(t)
	changes := benchSize(t, "PAGED", 1500)
	shop := shopOf(t, 60_000, standard)
	shop.Latency = 120 * time.Millisecond
	srv := spawn(t, "simulator", shop)
	var before, after benchState
	srv.ask(benchWish{}, &before)
	job := newBenchJob(t, storetest.SQLite(t), before)
	w := spawn(t, "worker", job)
	w.ask(benchStep{"link", benchUntil}, &benchDone{})
	w.ask(benchStep{"pull", benchUntil}, &benchDone{})
	at := benchUntil.AddDate(0, 0, 3)
	srv.ask(benchWish{At: at, Changes: changes}, &before)
	time.Sleep(20 * time.Second) // the bucket fills
	srv.ask(benchWish{}, &before)
	var night benchDone
	w.ask(benchStep{"pull", at}, &night)
	srv.ask(benchWish{}, &after)
	var last time.Duration
	for _, s := range night.Streams {
		last = max(last, s.To)
	}
	used := float64(after.Stats.PointsUsed - before.Stats.PointsUsed)
	requests := after.Stats.Requests - before.Stats.Requests
	throttled := after.Stats.Throttled - before.Stats.Throttled
	var r report
	r.add("orders changed", "%d", changes)
	r.add("requests", "%d in %.0f s", requests, last.Seconds())
	r.add("points used", "%.0f", used)
	r.add("of what the bucket allowed", "%.1f %%", 100*used/(20*standard+standard*last.Seconds()))
	r.add("throttled", "%d of the requests, %.2f %%", throttled, 100*float64(throttled)/float64(requests))
	for name, s := range night.Streams {
		r.add("  stream "+name, "%d records in %d pages, from %.1f s to %.1f s", s.Records, s.Pages, s.From.Seconds(), s.To.Seconds())
	}
	r.print(t)
}
