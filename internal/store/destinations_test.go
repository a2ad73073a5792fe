package store

import (
	"errors"
	"testing"

	"fourfold/internal/store/storetest"
)

// A place is taken once, however many made one at the same time; who pauses or asks meanwhile is not written over by the export's end.
func TestDestinations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := open(t, dsn)
		ctx := t.Context()
		m, err := s.CreateMerchant(ctx, Merchant{Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		d := Destination{MerchantID: m.ID, GrantID: 5, Kind: "google_sheets", Title: "Tea: scorecard", State: StateActive}
		must := func(errs ...error) {
			t.Helper()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
		now := func() Destination {
			t.Helper()
			all, err := s.Destinations(ctx, m.ID)
			if err != nil || len(all) != 1 {
				t.Fatalf("%d destinations, %v", len(all), err)
			}
			return all[0]
		}
		must(s.AddDestination(ctx, d))
		if got := now(); got.AskedAt.IsZero() || !got.ExportedAt.IsZero() {
			t.Errorf("added as %+v", got)
		}
		d.Place, d.Address = "one", "https://one"
		must(s.TakePlace(ctx, d))
		other := d
		other.Place = "two"
		if err := s.TakePlace(ctx, other); !errors.Is(err, ErrMissing) {
			t.Errorf("a second place: %v", err)
		}
		must(s.SetDestinationState(ctx, m.ID, 5, StatePaused), s.MarkExported(ctx, d, nil))
		if got := now(); got.State != StatePaused || got.Place != "one" || got.ExportedAt.IsZero() {
			t.Errorf("after an export it is %+v", got)
		}
		must(s.MarkExported(ctx, d, errors.New("gone")))
		if got := now(); got.Error != "gone" || got.ExportedAt.IsZero() {
			t.Errorf("after a failure it is %+v", got)
		}
		if all, err := s.ActiveDestinations(ctx); err != nil || len(all) != 0 {
			t.Errorf("a paused one is exported to: %v, %v", all, err)
		}
		must(s.AddDestination(ctx, Destination{MerchantID: m.ID, GrantID: 5, Kind: "google_sheets", Title: "again", State: StateActive}))
		if got := now(); got.Place != "one" || got.State != StateActive || got.Error != "" || got.Title != "Tea: scorecard" {
			t.Errorf("linked again it is %+v", got)
		}
		must(s.LeavePlace(ctx, m.ID, 5), s.MarkExported(ctx, d, nil)) // of an export that began before
		if got := now(); got.Place != "" || got.Title != "Tea: scorecard" {
			t.Errorf("a new one was asked for, and it is %+v", got)
		}
		if err := s.AskExport(ctx, m.ID+1, 5); !errors.Is(err, ErrMissing) {
			t.Errorf("another merchant's: %v", err)
		}
	})
}
