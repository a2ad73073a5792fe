package shopify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

var simNow = time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)

// clock of a simulated shop and of whoever reads it.
func clock() time.Time { return simNow }

func generated(t *testing.T, orders int) *sim.Shop {
	t.Helper()
	shop, err := sim.Generate(sim.Config{Seed: 7, Orders: orders, Until: simNow.Add(-time.Hour), Zone: "Europe/Berlin", Currency: "EUR", TaxesIncluded: true})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// stockOf counts what the shop holds, by the names of keyOf.
func stockOf(shop *sim.Shop) map[string]int {
	n := map[string]int{}
	for _, o := range shop.Orders {
		n["orders"]++
		n["lines"] += len(o.Lines)
		n["agreements"] += len(o.Agreements)
		n["transactions"] += len(o.Transactions)
		n["fulfillments"] += len(o.Fulfillments)
		n["disputes"] += len(o.Disputes)
		n["refunds"] += len(o.Refunds)
		n["returns"] += len(o.Returns)
		for i := range o.Agreements {
			n["sales"] += len(o.Agreements[i].Sales)
		}
		for i := range o.Refunds {
			n["refund lines"] += len(o.Refunds[i].Lines)
			n["adjustments"] += len(o.Refunds[i].Adjustments)
		}
		for i := range o.Returns {
			n["return lines"] += len(o.Returns[i].Lines)
		}
		for i := range o.FulfillmentOrders {
			if f := o.FulfillmentOrders[i]; f.MaxDelivery != 0 || f.FulfillBy != 0 {
				n["promised orders"]++
				break
			}
		}
	}
	n["customers"] = len(shop.Customers)
	n["products"] = len(shop.Products)
	for _, p := range shop.Products {
		n["variants"] += len(p.Variants)
		for _, v := range p.Variants {
			if v.Item.HasCost {
				n["costs"]++
			}
			for _, l := range v.Item.Levels {
				if !l.Inactive {
					n["stock"]++
				}
			}
		}
	}
	return n
}

func TestStreamsReadAllThereIs(t *testing.T) {
	shop := generated(t, 800)
	want := stockOf(shop)
	s := simulate(t, shop, sim.Options{Now: clock})
	for _, c := range []struct {
		stream, what string
		got          func(*kept) int
	}{
		{"orders", "orders", countOf[fact.Order]},
		{"orders", "lines", countOf[fact.OrderLine]},
		{"orders", "agreements", countOf[fact.Agreement]},
		{"orders", "sales", countOf[fact.Sale]},
		{"orders", "transactions", countOf[fact.Transaction]},
		{"orders", "fulfillments", countOf[fact.Fulfillment]},
		{"orders", "disputes", countOf[fact.Dispute]},
		{"orders", "refunds", countOf[fact.Refund]},
		{"refunds", "refund lines", countOf[fact.RefundLine]},
		{"refunds", "adjustments", countOf[fact.RefundAdjustment]},
		{"returns", "returns", countOf[fact.Return]},
		{"returns", "return lines", countOf[fact.ReturnLine]},
		{"count", "orders", countOf[fact.OrderSeen]},
		{"customers", "customers", countOf[fact.Customer]},
		{"count_customers", "customers", countOf[fact.CustomerSeen]},
		{"products", "products", countOf[fact.Product]},
		{"products", "variants", countOf[fact.Variant]},
		{"inventory", "stock", countOf[fact.StockReading]},
		{"inventory", "costs", countOf[fact.CostReading]},
		{"promises", "promised orders", countOf[fact.Promise]},
	} {
		t.Run(c.stream+" "+c.what, func(t *testing.T) {
			k := s.once(t, c.stream)
			if want[c.what] == 0 {
				t.Fatalf("the simulated shop has no %s: the test shows nothing", c.what)
			}
			if got := c.got(k); got != want[c.what] {
				t.Errorf("%d %s, want %d", got, c.what, want[c.what])
			}
			if last := lastOf(k.proofs); last.CompleteTo.IsZero() {
				t.Errorf("not complete: the last proof is %+v", last)
			}
			for _, p := range k.proofs {
				if p.Method == "bulk" && p.Promised != p.Read {
					t.Errorf("%s: %+v promised, %+v read", p.Slice, p.Promised, p.Read)
				}
				if p.Version != apiVersion {
					t.Errorf("%s: version %q", p.Slice, p.Version)
				}
			}
		})
	}
}

// once pulls a stream from nothing, once per simulation.
func (s *simulated) once(t *testing.T, id string) *kept {
	t.Helper()
	if s.kept == nil {
		s.kept = map[string]*kept{}
	}
	if s.kept[id] == nil {
		k := &kept{}
		s.pull(t, id, k, 0)
		s.kept[id] = k
	}
	return s.kept[id]
}

func TestPagesAndBulkAgree(t *testing.T) {
	s := simulate(t, generated(t, 500), sim.Options{Now: clock})
	for _, id := range []string{"orders", "refunds", "returns", "customers", "products", "promises"} {
		t.Run(id, func(t *testing.T) {
			inBulk := s.once(t, id)
			// A mark in the distant past makes the walk read everything.
			cursor, err := connectors.Encode(place{Mark: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			byPages := &kept{cursor: cursor}
			s.pull(t, id, byPages, 0)
			if p := lastOf(byPages.proofs); p.Method != "pages" || len(byPages.proofs) != 1 {
				t.Fatalf("read by %s in %d slices, want by pages in one", p.Method, len(byPages.proofs))
			}
			for _, k := range []*kept{inBulk, byPages} {
				for key, r := range k.records {
					if f, ok := r.(fact.Fulfillment); ok {
						f.EventsSeen = false // pages know more of it
						k.records[key] = f
					}
				}
			}
			if d := cmp.Diff(inBulk.records, byPages.records); d != "" {
				t.Errorf("bulk (-) and pages (+) differ:\n%.3000s", d)
			}
		})
	}
}
