package store

import (
	"context"
	"errors"
	"testing"

	"fourfold/internal/store/storetest"
)

// A transaction that its process has left open, because it was frozen or its machine is gone, ends by itself: it keeps others waiting no
// longer than that, and nothing of it is stored.
func TestATransactionThatWasLeftOpenEnds(t *testing.T) {
	dsn := storetest.Postgres(t)
	open := func(dsn string) *Store {
		t.Helper()
		s, err := Open(t.Context(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	usual := open(dsn)
	var limit string
	if err := usual.writer.QueryRowContext(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&limit); err != nil || limit != "1min" {
		t.Errorf("a transaction may lie open for %q, %v", limit, err)
	}
	frozen := open(dsn + "&idle_in_transaction_session_timeout=200ms")
	m, err := usual.CreateMerchant(t.Context(), Merchant{Name: "a", Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	rename := func(name string, meanwhile func()) func(context.Context, *tx) error {
		return func(ctx context.Context, tx *tx) error {
			_, err := tx.exec(ctx, "UPDATE merchants SET name = ? WHERE id = ?", name, m.ID)
			meanwhile()
			return err
		}
	}
	err = frozen.change(t.Context(), rename("frozen", func() {
		if err := usual.change(t.Context(), rename("other", func() {})); err != nil { // waits for the row
			t.Error(err)
		}
	}))
	if !errors.Is(err, ErrLost) {
		t.Errorf("the transaction that was left open ended with %v", err)
	}
	if now, err := usual.Merchant(t.Context(), m.ID); err != nil || now.Name != "other" {
		t.Errorf("it is stored as %q, %v", now.Name, err)
	}
}
