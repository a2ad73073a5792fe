package shopify

import (
	"os"
	"testing"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/reference"
	sim "fourfold/internal/sim/shopify"
)

func TestBackfillOfRealOrders(t *testing.T) {
	f, err := os.Open(reference.Path(t, "data", "cdnow", "CDNOW_master.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shop, err := sim.FromCSV(f, sim.CSVOptions{ShiftDays: 10_227})
	if err != nil {
		t.Fatal(err)
	}
	s := simulate(t, shop, sim.Options{})
	var k kept
	for _, st := range streams(nil) {
		if st.ID == "orders" {
			s.follow(t, t.Context(), st, &k, 0)
		}
	}

	customers := map[string]bool{}
	var net money.Micros
	for _, r := range k.records {
		switch r := r.(type) {
		case fact.Order:
			customers[r.CustomerID] = true
		case fact.Sale:
			net += r.Total - r.Tax
		}
	}
	if n := countOf[fact.Order](&k); n != 69_659 {
		t.Errorf("%d orders, want 69,659", n)
	}
	if len(customers) != 23_570 {
		t.Errorf("%d customers, want 23,570", len(customers))
	}
	if want := money.Micros(2_500_315_630_000); net != want {
		t.Errorf("net sales %d, want %d", net, want)
	}
	last := lastOf(k.proofs)
	if last.CompleteTo.IsZero() {
		t.Error("the last slice does not say how far the stream is complete")
	}
	for _, p := range k.proofs[:len(k.proofs)-1] {
		if p.Method == "bulk" && p.Promised != p.Read {
			t.Errorf("slice %s: promised %+v, read %+v", p.Slice, p.Promised, p.Read)
		}
	}
	t.Logf("%d pages, %d proofs, faults %d, %+v", k.pages, len(k.proofs), len(k.faults), s.Stats())
	for _, p := range k.proofs {
		t.Logf("%s: %s %+v complete to %s", p.Slice, p.Method, p.Read, p.CompleteTo)
	}
}
