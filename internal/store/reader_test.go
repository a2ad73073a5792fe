package store

import (
	"context"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// Who reads does not wait for those who write: jobs may have every connection that writes for as long as their pages take.
func TestReadingDoesNotWaitForWriters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, err := Open(t.Context(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		m, err := s.CreateMerchant(t.Context(), Merchant{Name: "Toy", Currency: "EUR", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		for range s.writer.Stats().MaxOpenConnections {
			held, err := s.writer.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = held.Close() })
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if _, err := s.Runs(ctx, m.ID, 1); err != nil {
			t.Errorf("what is configuration: %v", err)
		}
		if _, err := s.Marks(ctx, m.ID, time.Now()); err != nil {
			t.Errorf("what was counted: %v", err)
		}
	})
}
