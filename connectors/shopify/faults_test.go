package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

func TestFaultsLoseNothing(t *testing.T) {
	undisturbed := simulate(t, generated(t, 400), sim.Options{Now: clock})
	want := map[string]map[string]fact.Record{}
	for _, id := range []string{"orders", "refunds"} {
		want[id] = undisturbed.once(t, id).records
	}
	for name, faults := range map[string]sim.Faults{
		"too many requests": {TooMany: sim.Chance{Count: 2}},
		"HTML":              {Broken: sim.Chance{P: 0.2}},
		"reset":             {Reset: sim.Chance{P: 0.2}},
		"cut replies":       {CutReply: sim.Chance{P: 0.2}},
		"throttled":         {Throttled: sim.Chance{Count: 2}},
		"internal":          {Internal: sim.Chance{P: 0.2}},
		"bulk failed":       {BulkFailed: sim.Chance{Count: 3}},
		"bulk cancelled":    {BulkCanceled: sim.Chance{Count: 3}},
		"bulk timeout":      {BulkTimeout: sim.Chance{Count: 3}},
		"cut downloads":     {CutDownload: sim.Chance{Count: 3}},
		"short files":       {ShortFile: sim.Chance{Count: 3}},
	} {
		for _, id := range []string{"orders", "refunds"} {
			t.Run(name+" "+id, func(t *testing.T) {
				t.Parallel() // it is mostly waiting
				s := simulate(t, generated(t, 400), sim.Options{Now: clock})
				f := faults
				f.Seed = 3
				s.SetFaults(f)
				var k kept
				s.pull(t, id, &k, 0)
				if d := cmp.Diff(want[id], k.records); d != "" {
					t.Errorf("differs:\n%.2000s", d)
				}
				for _, p := range k.proofs {
					if p.Method == "bulk" && p.Promised != p.Read {
						t.Errorf("%s is proven by %+v of %+v", p.Slice, p.Read, p.Promised)
					}
				}
			})
		}
	}
}

func TestPartialDataIsNoSuccess(t *testing.T) {
	s := simulate(t, generated(t, 300), sim.Options{Now: clock})
	cursor, _ := connectors.Encode(place{Mark: simNow.Add(-100 * day)})
	s.SetFaults(sim.Faults{Partial: sim.Chance{Count: 50}})
	pages := 0
	var fault error
	for _, err := range streamOf(t, "orders").Pull(t.Context(), s.acc, connectors.Request{Cursor: cursor, Has: s.has}) {
		if err != nil {
			fault = err
			break
		}
		pages++
	}
	if fault == nil || pages > 0 {
		t.Errorf("%d pages came through and the fault was %v", pages, fault)
	}
}

// What fails for ever ends in front of a person, and not in a circle.
func TestWhatFailsForEverEnds(t *testing.T) {
	for name, faults := range map[string]sim.Faults{
		"failed": {BulkFailed: sim.Chance{P: 1}},
		"short":  {ShortFile: sim.Chance{P: 1}},
	} {
		s := simulate(t, generated(t, 60), sim.Options{Now: clock})
		s.SetFaults(faults)
		var k kept
		end := func() error {
			for range 400 {
				var fault error
				for p, err := range streamOf(t, "inventory").Pull(t.Context(), s.acc, request(s, &k)) {
					if err != nil {
						fault = err
						break
					}
					k.store(p)
				}
				if f, _ := connectors.FaultOf(fault); f != connectors.Throttled && f != connectors.Unavailable {
					return fault
				}
				time.Sleep(time.Millisecond)
			}
			return nil
		}
		if f, _ := connectors.FaultOf(end()); f != connectors.Malformed {
			t.Errorf("%s: no end in front of a person", name)
		}
		if n := s.Stats().BulkRuns; n != patience {
			t.Errorf("%s: %d operations, want %d", name, n, patience)
		}
		if len(k.proofs) > 0 {
			t.Errorf("%s: proven nevertheless", name)
		}
		s.SetFaults(sim.Faults{})
		if err := end(); err != nil {
			t.Errorf("%s: once it works again: %v", name, err)
		}
		if len(k.proofs) != 1 || countOf[fact.StockReading](&k) == 0 {
			t.Errorf("%s: not taken up again", name)
		}
	}
}
