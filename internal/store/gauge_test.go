package store

import (
	"context"
	"testing"

	"fourfold/internal/fact"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// Postgres is told how its tables grow, and nobody's transaction holds or waits for the locks that this takes: others look through the
// same tables for their merchants, and the database's own cleaning goes on for minutes.
func TestTablesAreGaugedBeside(t *testing.T) {
	ctx := t.Context()
	s := openShop(t, storetest.Postgres(t))
	gauged := "SELECT relname FROM pg_class WHERE relname IN ('orders', 'products', 'totals') AND reltuples >= 0 ORDER BY 1"
	for number := range int64(17) {
		p := page(hour(1), fact.Product{ID: string(rune('a' + number))})
		p.Backfill = true
		s.save("products", p)
		if want := map[bool]string{true: "products"}[number == 16]; number >= 15 {
			s.want(want, gauged)
		}
	}
	const held = "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'ShareUpdateExclusiveLock'"
	err := s.change(ctx, func(ctx context.Context, t *tx) error { // as a vacuum does
		if _, err := t.exec(ctx, "LOCK TABLE orders, totals, customer_days, products IN SHARE UPDATE EXCLUSIVE MODE"); err != nil {
			return err
		}
		err := s.Rebuild(ctx, s.merchant.ID, s.connection.ID)
		s.want("products", gauged)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, s.merchant.ID, s.connection.ID)
		if err != nil {
			return err
		}
		if err := s.derive(ctx, t, acc, kpi.CauseRecount); err != nil {
			return err
		}
		var mode string
		if found, err := t.one(ctx, []any{&mode}, held); err != nil || found {
			s.t.Errorf("a rebuild holds %q, %v", mode, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Rebuild(ctx, s.merchant.ID, s.connection.ID); err != nil {
		t.Fatal(err)
	}
	s.want("orders products totals", gauged)
}
