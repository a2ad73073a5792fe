package worker_test

import (
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// A night forgets who was signed in and how often somebody tried, once that is over.
func TestRetentionForgetsSessions(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	ctx := t.Context()
	for token, lasts := range map[string]time.Duration{"ends": time.Hour, "stays": 100 * time.Hour} {
		if err := s.w.Store.SaveSession(ctx, token, []byte("data"), s.clock.Now().Add(lasts)); err != nil {
			t.Fatal(err)
		}
	}
	s.clock.Advance(25 * time.Hour)
	if err := s.w.Retention(ctx, s.merchant()); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(-25 * time.Hour) // back to when both were good
	for token, want := range map[string]bool{"ends": false, "stays": true} {
		if _, found, err := s.w.Store.Session(ctx, token); err != nil || found != want {
			t.Errorf("%s: found is %v, %v", token, found, err)
		}
	}
}
