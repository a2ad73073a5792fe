package shopify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

// longShop has an order whose every list is longer than a page of it.
func longShop(t *testing.T) *sim.Shop {
	t.Helper()
	shop := generated(t, 20)
	at := sim.At(simNow.Add(-48 * time.Hour))
	p := sim.Purchase{At: at, Customer: shop.Customers[0]}
	for i := range 70 {
		p.Items = append(p.Items, sim.Item{Title: fmt.Sprint("item ", i), Quantity: 2, Price: 1_000_000 * int64(i+1)})
	}
	o, err := shop.Place(p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		at = at.Add(time.Minute)
		e := sim.Edit{Set: []sim.QuantityChange{{LineItemID: o.Lines[i].ID, Quantity: 5}}}
		if i == 11 { // an edit of many rows, deep among the others
			for j := 20; j < 70; j++ {
				e.Set = append(e.Set, sim.QuantityChange{LineItemID: o.Lines[j].ID, Quantity: 3})
			}
		}
		if err := shop.Edit(o, at, e); err != nil {
			t.Fatal(err)
		}
	}
	r := sim.Refunding{}
	for _, l := range o.Lines {
		r.Lines = append(r.Lines, sim.RefundPart{LineItemID: l.ID, Quantity: 1})
	}
	if _, err := shop.Refund(o, at.Add(time.Hour), r); err != nil {
		t.Fatal(err)
	}
	product := sim.Product{Title: "many forms"}
	for i := range 60 {
		product.Variants = append(product.Variants, &sim.Variant{SKU: fmt.Sprint("F", i), Price: 1_000_000})
	}
	shop.AddProduct(at, product)
	return shop
}

func TestLongListsAreReadToTheirEnd(t *testing.T) {
	shop := longShop(t)
	want := stockOf(shop)
	s := simulate(t, shop, sim.Options{Now: clock})
	for _, id := range []string{"orders", "refunds", "products"} {
		inBulk := s.once(t, id)
		cursor, err := connectors.Encode(place{Mark: simNow.AddDate(-5, 0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		byPages := &kept{cursor: cursor}
		s.pull(t, id, byPages, 0)
		if d := cmp.Diff(blind(inBulk.records), blind(byPages.records)); d != "" {
			t.Errorf("%s: bulk (-) and pages (+) differ:\n%.2000s", id, d)
		}
		switch id {
		case "orders":
			if n := countOf[fact.Sale](byPages); n != want["sales"] {
				t.Errorf("%d ledger rows, want %d", n, want["sales"])
			}
		case "refunds":
			if n := countOf[fact.RefundLine](byPages); n != want["refund lines"] || n < 70 {
				t.Errorf("%d refund lines, want %d", n, want["refund lines"])
			}
		case "products":
			if n := countOf[fact.Variant](byPages); n != want["variants"] {
				t.Errorf("%d variants, want %d", n, want["variants"])
			}
		}
	}
}

// manyOrders makes a shop of tiny orders, a second apart; those from same on bear one updatedAt, as after a mass edit.
func manyOrders(t *testing.T, n, same int) *sim.Shop {
	t.Helper()
	var b strings.Builder
	b.WriteString("date,customer,value\n")
	begin := simNow.Add(-72 * time.Hour)
	for i := range n {
		fmt.Fprintf(&b, "%s,%d,1.00\n", begin.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i%100+1)
	}
	shop, err := sim.FromCSV(strings.NewReader(b.String()), sim.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range shop.Orders {
		if i >= same {
			shop.Orders[i].UpdatedAt = sim.At(begin.Add(48 * time.Hour))
		}
	}
	return shop
}

// walkOf is a cursor in which a walk through everything has begun, however many there are.
func walkOf(t *testing.T, from time.Time) connectors.Cursor {
	t.Helper()
	cursor, err := connectors.Encode(place{Mark: from, Size: maxPageSize, Run: &run{By: "updated_at", From: from, Started: simNow, Day: "2026-11-20", Walk: &walkRun{}}})
	if err != nil {
		t.Fatal(err)
	}
	return cursor
}

const maxPageSize = 250

func TestWalkPassesTheWallOfObjects(t *testing.T) {
	s := simulate(t, manyOrders(t, 26_000, 26_000), sim.Options{Now: clock, RestoreRate: 1_000_000})
	k := kept{cursor: walkOf(t, simNow.AddDate(0, 0, -10))}
	seen := 0
	var proof *connectors.Proof
	for p, err := range streamOf(t, "refunds").Pull(t.Context(), s.acc, request(s, &k)) {
		if err != nil {
			t.Fatal(err)
		}
		seen = int(p.Note.Done)
		proof = p.Proof
	}
	if seen < 26_000 || seen > 26_500 || proof == nil || proof.Method != "pages" {
		t.Errorf("%d of 26,000 orders were seen, proof %+v", seen, proof)
	}
}

func TestWalkGivesWayToBulkWhereAllBearOneInstant(t *testing.T) {
	s := simulate(t, manyOrders(t, 26_000, 100), sim.Options{Now: clock, RestoreRate: 1_000_000})
	k := kept{cursor: walkOf(t, simNow.AddDate(0, 0, -10))}
	s.pull(t, "refunds", &k, 0)
	if p := lastOf(k.proofs); p.Method != "bulk" || p.Read.Roots < 25_900 || p.CompleteTo.IsZero() {
		t.Errorf("proven by %s: %+v", p.Method, p)
	}
}
