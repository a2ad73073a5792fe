package shopify

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

// crashes pulls a stream while it is killed again and again: some pages are stored, then one is lost with its cursor.
func (s *simulated) crashes(t *testing.T, id string, k *kept, seed uint64) (lost int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dice := rand.New(rand.NewPCG(seed, 1))
	st := streamOf(t, id)
	for ctx.Err() == nil {
		stored, allowed := 0, dice.IntN(2)
		killed := false
		var fault error
		for p, err := range st.Pull(ctx, s.acc, connectors.Request{Cursor: k.cursor, Has: s.has}) {
			if err != nil {
				fault = err
				break
			}
			if stored == allowed && lost < 40 {
				lost++
				killed = true
				break
			}
			k.store(p)
			stored++
		}
		if fault == nil && !killed {
			return lost
		}
		if fault != nil {
			if f, ok := connectors.FaultOf(fault); !ok || (f != connectors.Throttled && f != connectors.Unavailable) {
				t.Fatal(fault)
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	t.Fatal("no end")
	return lost
}

func TestCrashesLoseNothing(t *testing.T) {
	shop := generated(t, 400)
	undisturbed := simulate(t, shop, sim.Options{Now: clock})
	for _, id := range []string{"orders", "refunds", "customers", "products", "inventory"} {
		t.Run(id, func(t *testing.T) {
			want := undisturbed.once(t, id)
			for seed := range uint64(3) {
				s := simulate(t, generated(t, 400), sim.Options{Now: clock})
				var k kept
				lost := s.crashes(t, id, &k, seed)
				if lost == 0 {
					t.Fatal("nothing was lost: the test shows nothing")
				}
				if d := cmp.Diff(want.records, k.records); d != "" {
					t.Fatalf("after %d crashes:\n%.2000s", lost, d)
				}
				if runs := s.Stats().BulkRuns; runs != undisturbedRuns(want) {
					t.Errorf("%d operations were run for %d slices: one was not taken up again", runs, undisturbedRuns(want))
				}
			}
		})
	}
}

// undisturbedRuns is how many operations the slices of a pull took.
func undisturbedRuns(k *kept) (n int) {
	for _, p := range k.proofs {
		if p.Method == "bulk" {
			n++
		}
	}
	return n
}

func TestForeignOperationsAreLeftAlone(t *testing.T) {
	s := simulate(t, generated(t, 300), sim.Options{Now: clock, BulkDelay: 300 * time.Millisecond})
	c, err := newClient(s.acc, nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := document("bulk_run", s.has)
	if err != nil {
		t.Fatal(err)
	}
	var foreign []string
	for range width {
		var out struct {
			Run struct {
				Operation operation `json:"bulkOperation"`
			} `json:"bulkOperationRunQuery"`
		}
		if _, err := c.do(t.Context(), "test", run, map[string]any{"q": "{ products { edges { node { id title } } } }"}, &out); err != nil {
			t.Fatal(err)
		}
		foreign = append(foreign, out.Run.Operation.ID)
	}
	var k kept
	s.pull(t, "products", &k, 0)
	if len(k.faults) == 0 {
		t.Error("a full house was not noticed: the test shows nothing")
	}
	if f, _ := connectors.FaultOf(k.faults[0]); f != connectors.Throttled {
		t.Errorf("a full house is %s, want throttled", f)
	}
	if d := connectors.RetryAfter(k.faults[0]); d != time.Second {
		t.Errorf("a house that has just been found full is looked at again after %s, want a second", d)
	}
	poll, _ := document("bulk_poll", s.has)
	for _, id := range foreign {
		var out struct{ BulkOperation operation }
		if _, err := c.do(t.Context(), "test", poll, map[string]any{"id": id}, &out); err != nil {
			t.Fatal(err)
		}
		if out.BulkOperation.Status != "COMPLETED" {
			t.Errorf("a foreign operation ended as %s", out.BulkOperation.Status)
		}
	}
	if countOf[fact.Product](&k) == 0 {
		t.Error("nothing was read afterwards")
	}
}

func TestManyChangesAreReadInBulk(t *testing.T) {
	s := simulate(t, generated(t, 2300), sim.Options{Now: clock})
	cursor, _ := connectors.Encode(place{Mark: simNow.AddDate(-3, 0, 0)})
	k := kept{cursor: cursor}
	s.pull(t, "orders", &k, 0)
	if p := k.proofs[0]; p.Method != "bulk" || !strings.HasPrefix(p.Slice, "updated") {
		t.Errorf("read by %s: %s", p.Method, p.Slice)
	}
	if n := countOf[fact.Order](&k); n != 2300 {
		t.Errorf("%d orders, want 2300", n)
	}
	var at place
	if err := k.cursor.Decode(&at); err != nil || at.Run != nil || at.Mark.IsZero() {
		t.Errorf("cursor %+v, %v", at, err)
	}
}

func TestCursorOfANewerVersionIsRefused(t *testing.T) {
	s := simulate(t, generated(t, 10), sim.Options{Now: clock})
	for _, err := range streamOf(t, "orders").Pull(t.Context(), s.acc, connectors.Request{Cursor: connectors.Cursor(`{"shape":2}`), Has: s.has}) {
		if f, _ := connectors.FaultOf(err); f != connectors.Malformed {
			t.Errorf("got %v, want malformed", err)
		}
	}
	if s.Stats().Requests > 0 {
		t.Error("a request went out")
	}
}
