package store

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

func november() period.Period {
	return period.Of(period.Monthly, period.Date(2026, 11, 20), period.Calendar{})
}

func aSnapshot() kpi.Snapshot {
	score := 62.5
	return kpi.Snapshot{KPI: "net_sales", Definition: 2, Scope: kpi.Scope{Connection: 1, Channel: "pos"}, Period: november(), TakenAt: hour(1), CompleteTo: hour(2),
		Through: period.Date(2026, 11, 20), Currency: "EUR", TargetID: 7, Score: &score, Status: kpi.Amber, Running: true, Estimated: true,
		Value:   kpi.Value{Num: kpi.Number{Int: 1<<62 + 1, Float: 1.5, Exact: true}, Den: 3, N: 4, Coverage: 0.5, Gap: kpi.BelowCoverage, Has: true, V: 0.1},
		Anchors: kpi.Anchors{Green: 1, Red: 2, RedLow: 3, GreenLow: 4, GreenHigh: 5, RedHigh: 6, Range: true}}
}

func TestSnapshotsAreAppendedOnlyWhereSomethingChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		save := func(sn kpi.Snapshot, want Saved) {
			t.Helper()
			if got, err := s.SaveSnapshots(ctx, 1, []kpi.Snapshot{sn}); err != nil || got != want {
				t.Errorf("saved %+v, %v; want %+v", got, err, want)
			}
		}
		sn := aSnapshot()
		save(sn, Saved{Appended: 1})
		first := sn
		first.Revision = 1
		later := sn
		later.TakenAt, later.CompleteTo, later.Through = hour(5), hour(6), later.Through+1
		save(later, Saved{})
		later.Value.Num.Int++
		save(later, Saved{Appended: 1})
		later.Score = nil
		save(later, Saved{Appended: 1})
		later.Running, later.Published, later.Cause = false, true, "not yet a restatement"
		save(later, Saved{Appended: 1})
		save(later, Saved{})
		published := later
		published.Revision, published.Cause = 4, ""
		restated := later
		restated.Value.V, restated.Cause = 0.2, "a refund"
		save(restated, Saved{Appended: 1, Restated: 1})
		save(restated, Saved{})
		restated.Revision, restated.Published = 5, false
		other := sn
		other.Definition = 3
		save(other, Saved{Appended: 1})
		other.Revision = 1

		query := func(q SnapshotQuery, want ...kpi.Snapshot) {
			t.Helper()
			got, err := s.Snapshots(ctx, 1, q)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%+v: %v (-want +got):\n%s", q, err, diff)
			}
		}
		query(SnapshotQuery{Latest: true}, restated, other)
		query(SnapshotQuery{PublishedOnly: true}, published)
		query(SnapshotQuery{Latest: true, PublishedOnly: true}, published)
		query(SnapshotQuery{Scope: &kpi.Scope{Connection: 1}})
		query(SnapshotQuery{Scope: &sn.Scope, Period: "2026-11", Grain: period.Monthly, KPI: "net_sales", From: november().From, To: november().To, Latest: true}, restated, other)
		query(SnapshotQuery{To: november().From})
		query(SnapshotQuery{From: november().From + 1})
		all, err := s.Snapshots(ctx, 1, SnapshotQuery{})
		if err != nil || len(all) != 6 || !cmp.Equal(all[0], first) {
			t.Errorf("%d snapshots, %v, the first: %s", len(all), err, cmp.Diff(first, all[0]))
		}
		// Of the running ones, those that a later one followed go in time; what was published, and came after, stays.
		if n, err := s.ThinSnapshots(ctx, 1, period.Date(2027, 1, 1)); err != nil || n != 3 {
			t.Errorf("thinned %d, %v; want 3", n, err)
		}
		query(SnapshotQuery{}, published, restated, other)
		if other, err := s.Snapshots(ctx, 2, SnapshotQuery{}); err != nil || len(other) > 0 {
			t.Errorf("another merchant sees %d snapshots, %v", len(other), err)
		}
	})
}

func TestManySnapshotsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		var all []kpi.Snapshot
		for d := range period.Day(300) {
			sn := aSnapshot()
			sn.Period = period.Of(period.Daily, d+20_000, period.Calendar{})
			if d%2 == 0 {
				sn.Score = nil
			}
			all = append(all, sn, sn) // the second says nothing new
		}
		for _, want := range []int{300, 0} {
			if got, err := s.SaveSnapshots(ctx, 1, all); err != nil || got.Appended != want {
				t.Errorf("appended %+v, %v; want %d", got, err, want)
			}
		}
		got, err := s.Snapshots(ctx, 1, SnapshotQuery{})
		if err != nil || len(got) != 300 || got[0].Score != nil || got[1].Score == nil || got[1].Value != all[2].Value {
			t.Errorf("%d came back, %v", len(got), err)
		}
	})
}

func TestAMarkSetAgainIsNotClearedWithTheOldOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		mark := func(n int, at time.Time) {
			t.Helper()
			err := s.change(ctx, func(ctx context.Context, t *tx) error {
				return t.upsert(ctx, "marks", "(merchant_id, connection_id, channel, measure, day) DO UPDATE SET marked_at = excluded.marked_at, times = marks.times + 1",
					rowsOf(n, func(i int, r *row) {
						r.int("merchant_id", 1)
						r.int("connection_id", 2)
						r.text("channel", "pos")
						r.text("measure", "orders")
						r.text("day", period.Day(20_000+i).String())
						r.at("marked_at", at)
						r.int("times", 1)
					}))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		mark(300, hour(1))
		seen, err := s.Marks(ctx, 1, hour(2))
		if err != nil || seen.Len() != 300 || seen.mark(0).Connection != 2 || seen.mark(0).Channel != "pos" || seen.mark(0).Measure != kpi.Orders || seen.mark(0).Day != 20_000 {
			t.Fatalf("%d marks, %v", seen.Len(), err)
		}
		mark(2, hour(1)) // at the very same moment, by the clock
		if err := s.ClearMarks(ctx, 1, seen); err != nil {
			t.Fatal(err)
		}
		left, err := s.Marks(ctx, 1, hour(2))
		if err != nil || left.Len() != 2 || left.mark(1).Day != 20_001 {
			t.Errorf("left are %v, %v", left, err)
		}
		if early, err := s.Marks(ctx, 1, hour(0)); err != nil || early.Len() > 0 {
			t.Errorf("marks before they were set: %v, %v", early, err)
		}

		// Two list the same marks. One clears them, and the first is set again; what the other clears then is another mark.
		drop := func(marks Marks) {
			t.Helper()
			if err := s.ClearMarks(ctx, 1, marks); err != nil {
				t.Fatal(err)
			}
		}
		drop(left)
		mark(2, hour(2))
		both, err := s.Marks(ctx, 1, hour(2))
		if err != nil || both.Len() != 2 {
			t.Fatalf("%d marks, %v", both.Len(), err)
		}
		drop(both)
		mark(1, hour(3))
		drop(both)
		again, err := s.Marks(ctx, 1, hour(4))
		if err != nil || again.Len() != 1 || !again.mark(0).MarkedAt.Equal(hour(3)) || again.mark(0).Day != 20_000 {
			t.Errorf("left are %v, %v", again, err)
		}
	})
}

// Another target scores the last revision as it stands, and nothing that was judged at its close.
func TestScoresOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		base := aSnapshot()
		base.Value = kpi.Value{Num: kpi.Number{Float: 9}, Den: 1, Coverage: 1, Has: true, V: 9}
		base.TargetID, base.Anchors, base.Score, base.Status = 0, kpi.Anchors{}, nil, kpi.Grey
		of := func(id kpi.ID, change func(*kpi.Snapshot)) kpi.Snapshot {
			sn := base
			sn.KPI = id
			change(&sn)
			return sn
		}
		closed := func(sn *kpi.Snapshot) { sn.Running, sn.Published = false, true }
		all := []kpi.Snapshot{
			of("running", func(*kpi.Snapshot) {}),
			of("closed", closed),
			of("backfilled", func(sn *kpi.Snapshot) { closed(sn); sn.Backfilled = true }),
			of("judged", func(sn *kpi.Snapshot) { closed(sn); sn.Backfilled, sn.TargetID = true, 3 }),
			of("moved on", func(sn *kpi.Snapshot) { sn.Through++ }),
		}
		if _, err := s.SaveSnapshots(ctx, 1, all); err != nil {
			t.Fatal(err)
		}
		asked := make([]kpi.Snapshot, 0, len(all)+1)
		for _, sn := range append(all, of("never kept", func(*kpi.Snapshot) {})) {
			sn.Through = base.Through
			sn.Value.V, sn.TakenAt, sn.Cause = 1, hour(7), "first target" // its own value counts for nothing
			sn.TargetID, sn.Anchors = 8, kpi.Anchors{Green: 8, Red: 6}
			asked = append(asked, sn)
		}
		for _, want := range []Saved{{Appended: 2, Restated: 1}, {}} {
			if got, err := s.SaveScores(ctx, 1, asked); err != nil || got != want {
				t.Errorf("saved %+v, %v; want %+v", got, err, want)
			}
		}
		now, err := s.Snapshots(ctx, 1, SnapshotQuery{Latest: true})
		if err != nil || len(now) != len(all) {
			t.Fatalf("%d lines, %v", len(now), err)
		}
		for _, sn := range now {
			again := sn.KPI == "running" || sn.KPI == "backfilled"
			if again != (sn.Status == kpi.Green) || again != (sn.TargetID == 8) || again != (sn.Revision == 2) || sn.Value != base.Value {
				t.Errorf("%s: %s by %d, revision %d, %+v", sn.KPI, sn.Status, sn.TargetID, sn.Revision, sn.Value)
			}
			if (sn.Cause != "") != (sn.KPI == "backfilled") {
				t.Errorf("%s: cause %q", sn.KPI, sn.Cause)
			}
		}
	})
}

// A night and a new target may append to the same lines at the same time: each gets a revision of its own.
func TestSnapshotsAndScoresAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		sn := aSnapshot()
		sn.Value = kpi.Value{Num: kpi.Number{Float: 9}, Den: 1, Coverage: 1, Has: true, V: 9}
		if _, err := s.SaveSnapshots(ctx, 1, []kpi.Snapshot{sn}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			mine := sn
			save := s.SaveScores
			if mine.TargetID, mine.Anchors = int64(100+i), (kpi.Anchors{Green: float64(10 + i), Red: 1}); i%2 == 0 {
				mine.Value.V, save = float64(i), s.SaveSnapshots
			}
			wg.Go(func() {
				if _, err := save(ctx, 1, []kpi.Snapshot{mine}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := s.Snapshots(ctx, 1, SnapshotQuery{})
		if err != nil || len(all) != 9 {
			t.Errorf("%d revisions, %v", len(all), err)
		}
		for i, sn := range all {
			if sn.Revision != i+1 {
				t.Errorf("revision %d is numbered %d", i+1, sn.Revision)
			}
		}
	})
}
