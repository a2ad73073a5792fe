//go:build bench

package main

import (
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// standard is what a store of the smallest plan may use of points a second; its bucket holds twenty times that.
const standard = 100

// TestBenchPaging has so many orders change that a night pages for minutes, and holds the points it uses while it pages orders against
// what a standard bucket gives in that time: a full one, and what comes in.
func TestBenchPaging(t *testing.T) {
	begin(t)
	changes := benchSize(t, "PAGED", 1500)
	shop := shopOf(t, 6_000, standard)
	shop.Latency = 120 * time.Millisecond
	srv := spawn(t, "simulator", shop)
	var state benchState
	srv.ask(benchWish{}, &state)
	w := spawn(t, "worker", newBenchJob(t, storetest.SQLite(t), state))
	w.ask(benchStep{"link", benchUntil}, &benchDone{})
	at := benchUntil
	for range 2 { // the first pull, and the night after it, which reads young orders again
		w.ask(benchStep{"pull", at}, &benchDone{})
		at = at.AddDate(0, 0, 2)
		srv.ask(benchWish{At: at}, &state)
	}
	srv.ask(benchWish{Changes: changes}, &state)
	time.Sleep(20 * time.Second) // the bucket fills

	var night benchDone
	began, done := time.Now(), make(chan struct{})
	go func() {
		defer close(done)
		w.ask(benchStep{"pull", at}, &night)
	}()
	var samples []benchSample
	for ended := false; !ended; {
		srv.ask(benchWish{}, &state)
		samples = append(samples, benchSample{time.Since(began), state.Stats})
		select {
		case <-done:
			ended = true
		case <-time.After(250 * time.Millisecond):
		}
	}
	var r report
	r.add("orders changed", "%d", changes)
	paged := night.Streams["orders"]
	for _, part := range []struct {
		name string
		till time.Duration
	}{{"while orders were paged", paged.To}, {"the whole night", night.All.Wall}} {
		first, last := samples[0], samples[0]
		for _, s := range samples {
			if s.at <= part.till {
				last = s
			}
		}
		requests, throttled := last.stats.Requests-first.stats.Requests, last.stats.Throttled-first.stats.Throttled
		used := float64(last.stats.PointsUsed - first.stats.PointsUsed)
		allowed := 20*standard + standard*last.at.Seconds()
		r.add(part.name, "%.0f of %.0f points in %.0f s: %.1f %%; %d of %d requests throttled", used, allowed, last.at.Seconds(), 100*used/allowed, throttled, requests)
	}
	for name, s := range night.Streams {
		r.add("  stream "+name, "%d records in %d pages, from %.1f s to %.1f s", s.Records, s.Pages, s.From.Seconds(), s.To.Seconds())
	}
	r.print(t)
}

// benchSample is what a store had been asked at a moment.
type benchSample struct {
	at    time.Duration
	stats sim.Stats
}
