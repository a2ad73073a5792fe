package worker_test

import (
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// A target judges at once what is open, and what was backfilled without one; what was judged at its close stays; and the night that comes
// finds nothing left to judge.
func TestATargetJudgesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShop(t, dsn)
		s.order("", "40", at(7, 5, 10))
		s.order("", "60", at(8, 5, 10))
		s.order("", "50", at(9, 2, 10))
		s.night()
		for _, month := range []string{"2026-07", "2026-09"} {
			if sn := s.last("net_sales", month); sn.Status != kpi.Grey {
				t.Fatalf("%s is %s without a target", month, sn.Status)
			}
		}
		rejudge := func(put kpi.Target) {
			t.Helper()
			if _, err := s.w.Rejudge(t.Context(), s.merchant(), []kpi.Target{put}); err != nil {
				t.Fatal(err)
			}
		}
		status := func(name string, want kpi.Status, target int64) {
			t.Helper()
			if sn := s.last("net_sales", name); sn.Status != want || sn.TargetID != target {
				t.Errorf("%s is %s by target %d, want %s by %d", name, sn.Status, sn.TargetID, want, target)
			}
		}
		first := s.target(55, 45, period.Date(2026, 9, 10))
		rejudge(first)
		status("2026-07", kpi.Red, first.ID)
		status("2026-08", kpi.Green, first.ID)
		status("2026-09", kpi.Green, first.ID) // against the part of the target for the days gone by
		status("2026-Q3", kpi.Green, first.ID) // its months' targets
		status("2026-W32", kpi.Green, first.ID)
		before := s.all()
		s.night()
		if after := s.all(); len(after) != len(before) {
			t.Errorf("the night added %d revisions to %d", len(after)-len(before), len(before))
		}

		second := s.target(500, 400, period.Date(2026, 9, 10))
		rejudge(second)
		status("2026-08", kpi.Green, first.ID)
		status("2026-09", kpi.Red, second.ID)

		s.until(time.October, 10, 5)
		status("2026-09", kpi.Red, second.ID)
		third := s.target(10, 5, period.Date(2026, 9, 1)) // for days gone by, one of which was published
		rejudge(third)
		status("2026-09", kpi.Red, second.ID)
		rejudge(kpi.Target{KPI: "no_such_kpi", Grain: period.Monthly})
	})
}

func (s *shop) all() []kpi.Snapshot {
	s.t.Helper()
	all, err := s.w.Store.Snapshots(s.t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: &kpi.Whole, KPI: "net_sales"})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}
