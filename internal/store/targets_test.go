package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// Many targets are put together: all of them, or none, and each that was added stands in the audit log.
func TestTargetsArePutTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := withMerchants(t, open(t, dsn), 2)
		d := period.Date(2026, 1, 1)
		one := kpi.Target{KPI: "aov", Grain: period.Monthly, From: d, Anchors: kpi.Anchors{Green: 60, Red: 50}, By: "anna", Reason: "plan"}
		two := kpi.Target{KPI: "days_of_inventory", Grain: period.Weekly, From: d, Anchors: kpi.Anchors{RedLow: 1, GreenLow: 2, GreenHigh: 3, RedHigh: 4, Range: true}, By: "anna"}
		ended := kpi.Target{KPI: "aov", Grain: period.Monthly, From: d + 31, By: "anna"}
		put, err := s.PutTargets(ctx, 1, "anna", []kpi.Target{one, two, ended})
		if err != nil || len(put) != 3 || put[0].ID == 0 || put[2].Version != 2 {
			t.Fatalf("%+v, %v", put, err)
		}
		if again, err := s.PutTargets(ctx, 1, "ben", []kpi.Target{one, two, ended}); err != nil || cmp.Diff(put, again) != "" {
			t.Errorf("put again: %v %v", cmp.Diff(put, again), err)
		}
		got, err := s.Targets(ctx, 1)
		if err != nil || len(got) != 3 || got[0].By != "anna" || got[0].At.IsZero() {
			t.Errorf("%+v, %v", got, err)
		}
		log, err := s.AuditEntries(ctx, 1, 10)
		want := []AuditEntry{
			{MerchantID: 1, Actor: "anna", Action: AuditTarget, Detail: "aov, month, from 2026-02-01: ended"},
			{MerchantID: 1, Actor: "anna", Action: AuditTarget, Detail: "days_of_inventory, week, from 2026-01-01: red below 1, green 2 to 3, red above 4"},
			{MerchantID: 1, Actor: "anna", Action: AuditTarget, Detail: "aov, month, from 2026-01-01: green 60, red 50 (plan)"},
		}
		if diff := cmp.Diff(want, log, cmpopts.IgnoreFields(AuditEntry{}, "At")); err != nil || diff != "" {
			t.Errorf("audit (-want +got):\n%s %v", diff, err)
		}
		three := one
		three.Anchors.Green, three.Reason = 99, strings.Repeat("x", 10)
		if _, err := s.PutTargets(ctx, 987, "anna", []kpi.Target{three}); !errors.Is(err, ErrMissing) {
			t.Errorf("for no merchant: %v", err)
		}
	})
}

// What fails at the last of many has changed nothing.
func TestOneOfManyTargetsFails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := withMerchants(t, open(t, dsn), 1)
		fail := `CREATE TRIGGER refuse BEFORE INSERT ON targets WHEN NEW.kpi = 'cogs' BEGIN SELECT RAISE(ABORT, 'refused'); END`
		if s.dialect == postgres {
			fail = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
				CREATE TRIGGER refuse BEFORE INSERT ON targets FOR EACH ROW WHEN (NEW.kpi = 'cogs') EXECUTE FUNCTION refuse()`
		}
		if _, err := s.writer.ExecContext(ctx, fail); err != nil {
			t.Fatal(err)
		}
		of := func(id kpi.ID) kpi.Target {
			return kpi.Target{KPI: id, Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: 2, Red: 1}}
		}
		if _, err := s.PutTargets(ctx, 1, "anna", []kpi.Target{of("aov"), of("orders"), of("cogs")}); err == nil {
			t.Fatal("it was taken")
		}
		all, err := s.Targets(ctx, 1)
		log, logErr := s.AuditEntries(ctx, 1, 10)
		if len(all) != 0 || len(log) != 0 || err != nil || logErr != nil {
			t.Errorf("%d targets and %d entries are left, %v %v", len(all), len(log), err, logErr)
		}
	})
}

func TestTargetsArePutAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := withMerchants(t, open(t, dsn), 1)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				var both []kpi.Target
				for _, id := range []kpi.ID{"aov", "orders"} {
					both = append(both, kpi.Target{KPI: id, Grain: period.Daily, Anchors: kpi.Anchors{Green: float64(i + 2), Red: 1}})
				}
				if _, err := s.PutTargets(ctx, 1, "anna", both); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got, err := s.Targets(ctx, 1); err != nil || len(got) != 8 || got[3].Version != 4 || got[7].Version != 4 {
			t.Errorf("four at once made %v, %v", got, err)
		}
	})
}

// What was put counts where it is in force, and not only as the last of all: a version that begins later does not hide it.
func TestATargetBeforeALaterOne(t *testing.T) {
	s := withMerchants(t, open(t, storetest.SQLite(t)), 1)
	d := period.Date(2026, 1, 1)
	put := func(from period.Day, green float64) kpi.Target {
		t.Helper()
		got, err := s.PutTarget(t.Context(), 1, kpi.Target{KPI: "aov", Grain: period.Monthly, From: from, Anchors: kpi.Anchors{Green: green, Red: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	put(d, 10)
	put(d+100, 20)
	put(d+50, 30)
	if got := put(d+60, 30); got.Version != 3 {
		t.Errorf("the same as in force made version %d", got.Version)
	}
	if got := put(d+110, 30); got.Version != 4 {
		t.Errorf("what is in force no more was taken for it: version %d", got.Version)
	}
}
