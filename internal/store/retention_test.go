package store_test

import (
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// Records of runs go after their time, but for the last night; another merchant's stay.
func TestRunsAreForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
		db, err := store.Open(t.Context(), dsn, store.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		var ids []int64
		for _, name := range []string{"a", "b"} {
			m, err := db.CreateMerchant(t.Context(), store.Merchant{Name: name, Zone: "UTC"})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, m.ID)
			for _, kind := range []string{"night", "night", "pull"} {
				if _, err := db.StartRun(t.Context(), m.ID, kind, ""); err != nil {
					t.Fatal(err)
				}
				now = now.Add(time.Hour)
			}
		}
		if err := db.ForgetRuns(t.Context(), ids[0], "night", now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{1, 3} {
			runs, err := db.Runs(t.Context(), ids[i], 10)
			if err != nil || len(runs) != want || want == 1 && runs[0].Kind != "night" {
				t.Errorf("merchant %d has %v, %v", ids[i], runs, err)
			}
		}
	})
}

// Nights lists the active merchants that have a store, each with its own last nights.
func TestNightsOnRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
		db, err := store.Open(t.Context(), dsn, store.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		want := map[string]int{"none yet": 0, "one": 1, "five": 3}
		for name, n := range map[string]int{"none yet": 0, "one": 1, "five": 5, "paused": 2, "unlinked": 2, "without a store": 2} {
			m := store.Merchant{Name: name, Zone: "UTC"}
			if name == "paused" {
				m.State = store.StatePaused
			}
			if m, err = db.CreateMerchant(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if name != "without a store" {
				c := store.Connection{MerchantID: m.ID, Connector: "toy", AccountID: name, State: store.StateActive}
				if name == "unlinked" {
					c.State = store.StateUnlinked
				}
				if _, err := db.SaveConnection(t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
			for range n {
				for _, kind := range []string{"night", "pull"} {
					if _, err := db.StartRun(t.Context(), m.ID, kind, "2026-01-01"); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		all, err := db.Nights(t.Context(), "night", 3)
		if err != nil || len(all) != len(want) {
			t.Fatalf("%v, %v", all, err)
		}
		for _, n := range all {
			if len(n.Last) != want[n.Merchant.Name] {
				t.Errorf("%s has %d nights, want %d", n.Merchant.Name, len(n.Last), want[n.Merchant.Name])
			}
			for i, r := range n.Last {
				if r.MerchantID != n.Merchant.ID || r.Kind != "night" || r.Night != "2026-01-01" || !r.StartedAt.Equal(now) || i > 0 && r.ID > n.Last[i-1].ID {
					t.Errorf("%s: %+v", n.Merchant.Name, r)
				}
			}
		}
	})
}
