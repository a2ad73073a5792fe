package main

import (
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// TestRestatedMonth follows a month that was published before everything was known of it: the value at close stays beside what the
// month came to later, with the cause.
func TestRestatedMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		at := func(month time.Month, day, hour, minute int) time.Time {
			return time.Date(2026, month, day, hour, minute, 0, 0, zone)
		}
		shop := &sim.Shop{ID: 7, Domain: "situation.myshopify.com", Name: "Situation", Currency: "EUR", Zone: zone.String(), CreatedAt: sim.At(opened)}
		r := newRig(t, dsn, shop, rigOptions{Now: at(time.February, 25, 9, 0)})
		r.link()
		var late *sim.Order
		for day, price := range map[int]string{10: "60.00", 15: "40.00"} {
			r.change(func(shop *sim.Shop) (err error) {
				item := sim.Item{Title: "Course", Quantity: 1, Price: amount(price), Digital: true}
				o, err := shop.Place(sim.Purchase{At: sim.At(at(time.February, day, 12, 0)), Items: []sim.Item{item}})
				if price == "40.00" {
					late = o
				}
				return err
			})
		}
		february := func() []kpi.Snapshot {
			return r.snapshots(store.SnapshotQuery{KPI: "net_sales", Period: "2026-02", Scope: &kpi.Whole})
		}
		r.night(at(time.February, 26, 3, 30))
		r.night(at(time.February, 27, 3, 30)) // the first re-read
		r.night(at(time.March, 2, 3, 30))
		for _, s := range february() {
			if s.Published || s.Value.Num.Int != amount("100.00") {
				t.Errorf("before its three days of grace: %+v", s)
			}
		}
		r.night(at(time.March, 5, 3, 30))
		// Refunded on 20 February, without a trace in updatedAt, and told only now.
		r.change(func(shop *sim.Shop) error {
			_, err := shop.Refund(late, sim.At(at(time.February, 20, 12, 0)), sim.Refunding{Everything: true, KeepUpdatedAt: true})
			return err
		})
		r.night(at(time.March, 6, 3, 0)) // the seventh night after, which begins a little sooner: the last 90 days are read again
		var published, latest kpi.Snapshot
		for _, s := range february() {
			if s.Published && published.Revision == 0 {
				published = s
			}
			if s.Revision > latest.Revision {
				latest = s
			}
		}
		if published.Value.Num.Int != amount("100.00") || published.Running || published.Backfilled {
			t.Errorf("the value at close is %+v, want 100.00", published)
		}
		if latest.Value.Num.Int != amount("60.00") || latest.Revision <= published.Revision || !strings.Contains(latest.Cause, "2026-02-20") {
			t.Errorf("restated as %+v, want 60.00 for what changed on 2026-02-20", latest)
		}
	})
}
