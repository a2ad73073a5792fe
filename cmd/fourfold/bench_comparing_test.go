//go:build bench

package main

import (
	"fmt"
	"testing"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// TestBenchComparing makes the scorecards of the periods that are running and of the last that are over, against the period before and against
// last year: what a running one is compared with is counted while it is made.
func TestBenchComparing(t *testing.T) {
	begin(t)
	tune()
	srv := spawn(t, "simulator", shopOf(t, benchOrders(t), enterprise))
	var state benchState
	srv.ask(benchWish{}, &state)
	var r report
	for i, db := range benchDatabases {
		dsn := db.dsn(t)
		job := newBenchJob(t, dsn, state)
		if i == 0 {
			prepareBulk(t, job)
		}
		judged(t, job)
		s, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		merchants, err := s.Merchants(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		m := merchants[0]
		k := book.Maker{Store: s, Now: func() time.Time { return benchUntil }}
		takes := func(req book.Request) (best time.Duration) {
			best = time.Hour
			for range 20 {
				began := time.Now()
				if _, _, err := k.Scorecards(t.Context(), m, req); err != nil {
					t.Fatal(err)
				}
				best = min(best, time.Since(began))
			}
			return best
		}
		yesterday := period.On(benchUntil, time.UTC) - 2
		for _, g := range period.Grains[1:4] { // years take more of them than most stores have
			now := period.Of(g, yesterday, m.Calendar)
			for what, all := range map[string]bool{"objectives": false, "all KPIs": true} {
				ask := func(p period.Period, lastYear bool) string {
					return takes(book.Request{Period: p.Name, Scope: &kpi.Whole, All: all, LastYear: lastYear}).Round(100 * time.Microsecond).String()
				}
				r.add(fmt.Sprintf("%s, %s, %s", db.name, g, what), "over %s; running %s, against last year %s", ask(now.Prev(m.Calendar), false), ask(now, false), ask(now, true))
			}
		}
	}
	r.print(t)
}
