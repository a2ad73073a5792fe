package worker_test

import (
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// A merchant who is paused keeps the link for longer than the provider keeps one that is not used.
func TestALinkThatNobodyUsesIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShop(t, dsn)
		m := s.merchant()
		renew := s.w.Renewals()
		renewed := 0
		for range 150 {
			s.clock.Advance(24*time.Hour - 7*time.Second) // some time of the day
			for range 60 {
				s.clock.Advance(time.Minute)
				pieces, err := renew.Find(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range pieces {
					renewed++
					if err := renew.Do(t.Context(), p); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if renewed != 5 && renewed != 4 {
			t.Errorf("renewed %d times in half a year of nothing", renewed)
		}
		if _, err := s.w.Probe(t.Context(), m, s.conn); err != nil {
			t.Errorf("the link is dead: %v", err)
		}
	})
}
