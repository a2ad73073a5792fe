package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// trouble is one fault of the store, and what has to be counted to know when it may strike.
type trouble struct {
	name   string
	chance func(*sim.Faults) *sim.Chance
	work   func(sim.Stats) int
	times  int // in a row, where one is survived without a trace
}

func requests(s sim.Stats) int  { return s.Requests }
func bulks(s sim.Stats) int     { return s.BulkRuns }
func downloads(s sim.Stats) int { return s.Downloads }
func tokens(s sim.Stats) int    { return s.Tokens }

var troubles = []trouble{
	{"too many requests", func(f *sim.Faults) *sim.Chance { return &f.TooMany }, requests, 1},
	{"broken with HTML", func(f *sim.Faults) *sim.Chance { return &f.Broken }, requests, 2},
	{"broken for long", func(f *sim.Faults) *sim.Chance { return &f.Broken }, requests, 6},
	{"connection reset", func(f *sim.Faults) *sim.Chance { return &f.Reset }, requests, 2},
	{"reply cut off", func(f *sim.Faults) *sim.Chance { return &f.CutReply }, requests, 2},
	{"throttled", func(f *sim.Faults) *sim.Chance { return &f.Throttled }, requests, 2},
	{"internal error", func(f *sim.Faults) *sim.Chance { return &f.Internal }, requests, 2},
	{"partial data", func(f *sim.Faults) *sim.Chance { return &f.Partial }, requests, 2},
	{"slow", func(f *sim.Faults) *sim.Chance { return &f.Slow }, requests, 1},
	{"bulk operation failed", func(f *sim.Faults) *sim.Chance { return &f.BulkFailed }, bulks, 1},
	{"bulk operation canceled", func(f *sim.Faults) *sim.Chance { return &f.BulkCanceled }, bulks, 1},
	{"bulk operation timed out", func(f *sim.Faults) *sim.Chance { return &f.BulkTimeout }, bulks, 1},
	{"bulk result too short", func(f *sim.Faults) *sim.Chance { return &f.ShortFile }, bulks, 1},
	{"download cut off", func(f *sim.Faults) *sim.Chance { return &f.CutDownload }, downloads, 2},
	{"refreshed tokens lost", func(f *sim.Faults) *sim.Chance { return &f.LostRefresh }, tokens, 1},
	{"token address broken", func(f *sim.Faults) *sim.Chance { return &f.TokenBroken }, tokens, 2},
	{"token address broken for long", func(f *sim.Faults) *sim.Chance { return &f.TokenBroken }, tokens, 4},
}

// TestChaosFaults runs both nights with a store that has faults, each at its beginning and at random moments, and holds what is left
// against what an undisturbed run leaves. In the short form all faults share one course.
func TestChaosFaults(t *testing.T) {
	_, long := chaosKills()
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			u := calmly(t, database.name, database.dsn)
			suffer := func(t *testing.T, strikes int, some ...trouble) {
				s := &sufferer{course: newCourse(t, database.dsn(t)), troubles: some, strikes: strikes, rng: chaosRand(t)}
				first := s.firstNight(func() { s.pull(u.firstWork) })
				second := s.secondNight(func() { s.pull(u.secondWork) })
				s.same(u, first, second, s.failed > 0)
				if s.failed > 0 {
					t.Logf("%d pulls ended before they were done", s.failed)
				}
			}
			t.Run("all", func(t *testing.T) { suffer(t, 1, troubles...) })
			if !long {
				return
			}
			for _, x := range troubles {
				t.Run(strings.ReplaceAll(x.name, " ", "-"), func(t *testing.T) { suffer(t, 3, x) })
			}
		})
	}
}

// sufferer pulls from a store with faults.
type sufferer struct {
	course
	troubles []trouble
	strikes  int
	rng      *rand.Rand
	failed   int // pulls that ended before they were done
}

// pull pulls, and again where that ends early, while faults strike now and then.
func (s *sufferer) pull(work sim.Stats) {
	s.t.Helper()
	stop := s.strike(work)
	defer stop()
	for range 10 {
		p := s.start("pull")
		switch code := s.end(p); code {
		case exitOK:
			return
		case exitLater:
			s.failed++
		default:
			s.t.Fatalf("a pull from a store with faults exits with %d:\n%s", code, &p.output)
		}
	}
	s.t.Fatal("ten pulls were not enough")
}

// strike arms each fault when the store has done a random part of the work; one time each at once. It returns what ends it.
func (s *sufferer) strike(work sim.Stats) (stop func()) {
	type blow struct {
		trouble
		after int
	}
	var blows []blow
	began := s.srv.Stats()
	for _, x := range s.troubles {
		for n := range s.strikes {
			b := blow{x, x.work(began)}
			if n > 0 || len(s.troubles) > 1 && x.work(work) > 1 {
				b.after += s.rng.IntN(max(1, x.work(work)))
			}
			blows = append(blows, b)
		}
	}
	// arm arms what is due. A blow that is followed by another before it struck is lost; so they fall one by one.
	arm := func() {
		now := s.srv.Stats()
		f := sim.Faults{SlowBy: 2 * time.Second}
		due := false
		blows = slices.DeleteFunc(blows, func(b blow) bool {
			if b.work(now) < b.after {
				return false
			}
			*b.chance(&f) = sim.Chance{Count: b.times}
			due = true
			return true
		})
		if due {
			s.srv.SetFaults(f)
		}
	}
	arm()
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				arm()
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
		s.srv.SetFaults(sim.Faults{})
	}
}

// workSince is what came to the counts since before.
func workSince(now, before sim.Stats) sim.Stats {
	return sim.Stats{
		Requests: now.Requests - before.Requests, BulkRuns: now.BulkRuns - before.BulkRuns, Downloads: now.Downloads - before.Downloads,
		Tokens: now.Tokens - before.Tokens,
	}
}
