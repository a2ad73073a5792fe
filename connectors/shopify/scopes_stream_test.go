package shopify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

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
