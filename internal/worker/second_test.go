package worker_test

import (
	"net/http"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// byHost leads each shop's requests to its own server, and downloads to whichever has them.
type byHost struct {
	tea, coffee http.RoundTripper
}

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Host {
	case "tea.myshopify.com":
		return b.tea.RoundTrip(r)
	case "coffee.myshopify.com":
		return b.coffee.RoundTrip(r)
	}
	if resp, err := b.tea.RoundTrip(r); err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	return b.coffee.RoundTrip(r)
}

// While a second store's first pull goes on, the merchant as a whole cannot be judged. What changes in the first store meanwhile is not
// lost on it.
func TestASecondStoreIsLinked(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.order("", "100", at(8, 5, 10))
	s.night()
	coffee := sim.New(&sim.Shop{ID: 8, Domain: "coffee.myshopify.com", Name: "Coffee", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: sim.At(linkedAt.AddDate(0, -4, 0))},
		sim.Options{Now: s.clock.Now, RestoreRate: 2000})
	if err := coffee.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(coffee.Close)
	s.w.Linker.Transport = dated{byHost{s.srv.Transport(), coffee.Transport()}, s.clock}
	g, err := s.w.Linker.LinkToken(t.Context(), s.merchant().ID, s.w.Connectors[0], connectors.App{}, secret.New(coffee.IssueToken()), map[string]string{"shop": "coffee"})
	if err != nil {
		t.Fatal(err)
	}
	conns, err := takeAll(t.Context(), s.w, s.merchant(), s.w.Connectors[0], g)
	if err != nil {
		t.Fatal(err)
	}
	// Its first pull was cut off after a page, and then it is frozen.
	page := connectors.Page{ReadAt: s.clock.Now(), Next: connectors.Cursor(`{}`), Backfill: true}
	if _, err := s.w.Store.SavePage(t.Context(), s.merchant().ID, conns[0].ID, "orders", 0, page); err != nil {
		t.Fatal(err)
	}
	coffee.SetFaults(sim.Faults{Frozen: true})
	s.change(func(shop *sim.Shop) error { // an order of August is brought over from elsewhere
		_, err := shop.Place(sim.Purchase{At: at(9, 10, 5), Processed: at(8, 20, 10), Items: []sim.Item{{Title: "Tea", Quantity: 1, Price: 50_000_000}}})
		return err
	})
	s.clock.Advance(24 * time.Hour)
	if _, err := s.w.Night(t.Context(), s.merchant()); err == nil {
		t.Error("a frozen store is no failure")
	}
	id, whole, month := kpi.ID("aov"), &kpi.Whole, "2026-08"
	value := func(scope *kpi.Scope) float64 {
		t.Helper()
		all, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: scope, KPI: id, Period: month, Latest: true})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d snapshots of %v, %v", len(all), scope, err)
		}
		return all[0].Value.V
	}
	if first := (kpi.Scope{Connection: s.conn.ID}); value(&first) != 75 || value(whole) != 100 {
		t.Errorf("the first store %v, the whole %v", value(&first), value(whole))
	}
	coffee.SetFaults(sim.Faults{})
	s.clock.Advance(24 * time.Hour)
	s.night()
	if value(whole) != 75 {
		t.Errorf("August of the whole merchant is %v", value(whole))
	}
	left, err := s.w.Store.Marks(t.Context(), s.merchant().ID, s.clock.Now())
	if err != nil || left.Len() > 0 {
		t.Errorf("%d marks are left, %v", left.Len(), err)
	}
}
