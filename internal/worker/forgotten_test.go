package worker_test

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// One of two stores is erased: the next night judges the whole merchant without it. What was published stays, with the restatement and
// its cause beside it.
func TestTheWholeIsJudgedWithoutAStoreThatIsErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShop(t, dsn)
		s.order("", "100", at(8, 5, 10))
		coffee := sim.New(&sim.Shop{ID: 8, Domain: "coffee.myshopify.com", Name: "Coffee", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: sim.At(linkedAt.AddDate(0, -4, 0))},
			sim.Options{Now: s.clock.Now, RestoreRate: 2000})
		if err := coffee.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(coffee.Close)
		if err := coffee.Change(func(shop *sim.Shop) error {
			_, err := shop.Place(sim.Purchase{At: at(8, 20, 10), Items: []sim.Item{{Title: "Coffee", Quantity: 1, Price: 200_000_000}}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		s.w.Linker.Transport = dated{byHost{s.srv.Transport(), coffee.Transport()}, s.clock}
		g, err := s.w.Linker.LinkToken(t.Context(), s.merchant().ID, s.w.Connectors[0], connectors.App{}, secret.New(coffee.IssueToken()), map[string]string{"shop": "coffee"})
		if err != nil {
			t.Fatal(err)
		}
		conns, err := takeAll(t.Context(), s.w, s.merchant(), s.w.Connectors[0], g)
		if err != nil {
			t.Fatal(err)
		}
		s.night()
		august := func(published bool) kpi.Snapshot {
			t.Helper()
			all, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: &kpi.Whole, KPI: "net_sales", Period: "2026-08", Latest: true, PublishedOnly: published})
			if err != nil || len(all) != 1 {
				t.Fatalf("%d snapshots, %v", len(all), err)
			}
			return all[0]
		}
		if got := august(true); got.Value.V != 300 {
			t.Fatalf("August of two stores is %v", got.Value.V)
		}
		if err := s.w.Store.EraseConnection(t.Context(), s.merchant().ID, conns[0].ID, store.ActorWebhook); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(24 * time.Hour)
		s.night()
		if got := august(false); got.Value.V != 100 || !strings.Contains(got.Cause, string(kpi.CauseForgotten)) {
			t.Errorf("August of the store that is left is %v, because of %q", got.Value.V, got.Cause)
		}
		if got := august(true); got.Value.V != 300 {
			t.Errorf("what was published of August is now %v", got.Value.V)
		}
		left, err := s.w.Store.Marks(t.Context(), s.merchant().ID, s.clock.Now())
		if err != nil || left.Len() > 0 {
			t.Errorf("%d marks are left, %v", left.Len(), err)
		}
	})
}
