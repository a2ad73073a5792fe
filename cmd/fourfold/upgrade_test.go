package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// releasedAt is when the releases in internal/store/testdata worked their only night, and releasedShop the store that they pulled from.
var releasedAt = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

func releasedShop(t testing.TB) *sim.Shop {
	t.Helper()
	shop, err := sim.Generate(sim.Config{Seed: 1, Orders: 60, Since: releasedAt.AddDate(0, -3, 0), Until: releasedAt, Zone: "Europe/Berlin", Currency: "EUR", TaxesIncluded: true, Products: 6})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// The database of every release is worked on by this one as if nothing had happened: with what was sold since, the next night publishes
// more, and of what was published before it changes nothing.
func TestEveryReleaseIsWorkedOn(t *testing.T) {
	storetest.EachRelease(t, filepath.Join("..", "..", "internal", "store", "testdata", "releases"), func(t *testing.T, dsn string) {
		t.Parallel()
		s := &story{rig: &rig{t: t}, zone: time.UTC}
		s.rig = newRig(t, dsn, releasedShop(t), rigOptions{Now: releasedAt.Add(time.Hour), Sim: sim.Options{Protected: 2}})
		s.must(s.command("migrate"))
		published := closedIn(t, dsn)
		shown := s.snapshots(store.SnapshotQuery{Latest: true, Scope: &kpi.Whole})
		if len(published) < 1000 {
			t.Fatalf("%d published snapshots in the release", len(published))
		}
		s.link() // the release's key was not kept
		s.place("2026-11-21 12:00", sim.Purchase{Items: []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("25.00"), Digital: true}}})
		report := s.rig.night(releasedAt.Add(24 * time.Hour))
		if report.Snapshots <= report.Restatements {
			t.Errorf("the night after the upgrade took %d snapshots, %d of them restatements", report.Snapshots, report.Restatements)
		}
		// The release was left with a target that was set after its night: it judges what was published, and changes no value.
		for _, now := range s.snapshots(store.SnapshotQuery{Latest: true}) {
			if now.Cause != "" && (now.KPI != "net_sales" || !slices.Equal(kpi.ParseCauses(now.Cause), []kpi.Cause{kpi.CauseTarget})) {
				t.Fatalf("%s of %s was restated: %s", now.KPI, now.Period.Name, now.Cause)
			}
		}
		if again, err := s.app.db.Restatements(t.Context(), s.merchant().ID, store.RestatementQuery{}); err != nil || len(again) > 0 && !unmoved(again) {
			t.Errorf("published values came out differently: %+v, %v", again, err)
		}
		after := closedIn(t, dsn)
		if len(after) <= len(published) {
			t.Errorf("%d snapshots are published after the night, %d before", len(after), len(published))
		}
		for row := range published {
			if !after[row] {
				t.Fatalf("a published snapshot changed or is gone: %s", row)
			}
		}
		now := s.snapshots(store.SnapshotQuery{Period: "2026-11-21", KPI: "net_sales", Scope: &kpi.Whole, Latest: true})
		if len(now) != 1 || now[0].Value.Num.Int < amount("50.00") || slices.ContainsFunc(shown, func(s kpi.Snapshot) bool { return s.Period.Name == "2026-11-21" }) {
			t.Errorf("net sales of the day of the upgrade: %+v", now)
		}
		if report := s.rig.night(releasedAt.Add(24*time.Hour + time.Minute)); report.Snapshots != 0 {
			t.Errorf("a night in which nothing happened took %d snapshots", report.Snapshots)
		}
	})
}

// closedIn are the published snapshots of a database, with all their columns.
func closedIn(t *testing.T, dsn string) map[string]bool {
	t.Helper()
	s := &stage{t: t, dsn: dsn}
	all := map[string]bool{}
	for _, row := range s.read(s.database(), "SELECT * FROM snapshots WHERE published") {
		all[fmt.Sprint(row)] = true
	}
	return all
}

func unmoved(all []store.Restatement) bool {
	return !slices.ContainsFunc(all, func(r store.Restatement) bool { return r.Published.Value != r.Latest.Value })
}
