package shopify

import (
	"context"
	"encoding/json"
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

func TestForeignOperationsAreLeftAlone(t *testing.T) {
	s := simulate(t, generated(t, 300), sim.Options{Now: clock, BulkDelay: 300 * time.Millisecond})
	c, err := newClient(s.acc)
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

func TestWallWithoutAllOrders(t *testing.T) {
	s := simulate(t, generated(t, 800), sim.Options{Now: clock})
	s.has = func(c string) bool { return c != canAllOrders }
	var k kept
	s.pull(t, "orders", &k, 0)
	oldest := simNow
	for _, r := range k.records {
		if o, ok := r.(fact.Order); ok && o.CreatedAt.Before(oldest) {
			oldest = o.CreatedAt
		}
	}
	if n := countOf[fact.Order](&k); n == 0 || oldest.Before(simNow.Add(-wall)) {
		t.Errorf("%d orders, the oldest of %s", n, oldest)
	}
	if from := k.proofs[0].From; from.Before(simNow.Add(-wall - time.Minute)) {
		t.Errorf("the proof claims orders since %s", from)
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

func TestNoRecordHoldsAnAddress(t *testing.T) {
	s := simulate(t, generated(t, 600), sim.Options{Now: clock})
	hosts := 0
	for _, r := range s.once(t, "orders").records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{"://", "gid:", "?utm", "@", "/products/", "&"} {
			if strings.Contains(string(b), mark) {
				t.Fatalf("a %T holds %q", r, mark)
			}
		}
		if o, ok := r.(fact.Order); ok && o.First.Host != "" {
			hosts++
		}
	}
	if hosts == 0 {
		t.Error("no order has a host: the test shows nothing")
	}
}

// Without a scope the documents do without what it unlocks.
func TestStreamsDoWithoutScopes(t *testing.T) {
	shop := generated(t, 150)
	s := simulate(t, shop, sim.Options{Now: clock, Scopes: []string{"read_orders", "read_all_orders"}})
	s.has = func(c string) bool {
		return c == canOrders || c == canAllOrders || c == canProtected || c == canDisputes
	}
	var k kept
	s.pull(t, "orders", &k, 0)
	if n := countOf[fact.Order](&k); n != 150 {
		t.Errorf("%d orders, want 150", n)
	}
	for _, r := range k.records {
		switch r := r.(type) {
		case fact.Order:
			if r.CustomerID != "" {
				t.Fatal("a customer without the scope for customers")
			}
		case fact.OrderLine:
			if r.ProductID != "" {
				t.Fatal("a product without the scope for products")
			}
		}
	}
	by := kept{cursor: walkOf(t, simNow.AddDate(-4, 0, 0))}
	s.pull(t, "orders", &by, 0)
	if n := countOf[fact.Order](&by); n != 150 {
		t.Errorf("%d orders by pages, want 150", n)
	}
}

// A scope that was taken back meanwhile is named, and nothing moves on.
func TestScopeTakenBack(t *testing.T) {
	s := simulate(t, generated(t, 150), sim.Options{Now: clock, Scopes: []string{"read_orders", "read_all_orders", "read_products", "read_locations", "read_returns"}})
	for name, cursor := range map[string]connectors.Cursor{"bulk": nil, "pages": walkOf(t, simNow.AddDate(-4, 0, 0))} {
		k := kept{cursor: cursor}
		var fault error
		for range 200 {
			fault = nil
			for p, err := range streamOf(t, "orders").Pull(t.Context(), s.acc, request(s, &k)) {
				if err != nil {
					fault = err
					break
				}
				k.store(p)
			}
			if f, _ := connectors.FaultOf(fault); f != connectors.Throttled {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if f, _ := connectors.FaultOf(fault); f != connectors.Forbidden {
			t.Errorf("%s: got %v, want forbidden", name, fault)
		}
		if len(k.proofs) > 0 || len(k.records) > 0 {
			t.Errorf("%s: %d records and %d proofs came of a refusal", name, len(k.records), len(k.proofs))
		}
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
