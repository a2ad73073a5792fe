package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// A cause is told once; again only after it was mended and came back. Another merchant's causes are its own.
func TestAlertsAreToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		now := testNow
		s, err := Open(ctx, dsn, Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		withMerchants(t, s, 2)
		put := func(merchant int64, causes ...string) {
			t.Helper()
			texts := map[string]string{}
			for _, c := range causes {
				texts[c] = "text of " + c
			}
			if err := s.PutAlerts(ctx, merchant, texts); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Hour)
		}
		untold := func(want ...string) []Alert {
			t.Helper()
			all, err := s.OpenAlerts(ctx)
			if err != nil {
				t.Fatal(err)
			}
			all = slices.DeleteFunc(all, func(a Alert) bool { return !a.ToldAt.IsZero() })
			var got []string
			for _, a := range all {
				got = append(got, a.Cause)
			}
			if !slices.Equal(got, want) {
				t.Errorf("untold are %v, want %v", got, want)
			}
			return all
		}
		tell := func(all []Alert) {
			t.Helper()
			if err := s.MarkTold(ctx, all); err != nil {
				t.Fatal(err)
			}
		}
		put(1, "relink/3", "proof/4/orders")
		put(2, "relink/3")
		both := untold("proof/4/orders", "relink/3", "relink/3")
		if both[0].Text != "text of proof/4/orders" || both[2].MerchantID != 2 || !both[0].Since.Equal(testNow) {
			t.Errorf("kept as %+v", both)
		}
		tell(both)
		put(1, "relink/3", "proof/4/orders")
		untold()
		put(1, "proof/4/orders")
		put(1, "proof/4/orders", "relink/3")
		back := untold("relink/3")
		if !back[0].Since.After(both[1].Since) {
			t.Errorf("it came back and is said to be there since %s", back[0].Since)
		}
		// Mended and back again while it was being told: that is one more.
		put(1, "proof/4/orders")
		put(1, "proof/4/orders", "relink/3")
		tell(back)
		untold("relink/3")
		// Mended before anybody was told.
		put(1)
		untold()
		all, err := s.Alerts(ctx, 1)
		if err != nil || len(all) != 2 || all[0].ClearedAt.IsZero() || all[1].ClearedAt.IsZero() {
			t.Errorf("on record: %+v, %v", all, err)
		}
	})
}

// Of two processes that want to tell, one does.
func TestOneTellsAtATime(t *testing.T) {
	dsn := storetest.Postgres(t)
	open := func() *Store {
		s, err := Open(t.Context(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	one, other := open(), open()
	failed := errors.New("the mail server is down")
	err := one.TellAlone(t.Context(), func(ctx context.Context) error {
		for _, s := range []*Store{one, other} {
			if err := s.TellAlone(ctx, func(context.Context) error { t.Error("two tell at once"); return nil }); err != nil {
				t.Error(err)
			}
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	ran := false
	if err := other.TellAlone(t.Context(), func(context.Context) error { ran = true; return nil }); err != nil || !ran {
		t.Errorf("afterwards the other may: %v, %v", ran, err)
	}
}
