package store

import (
	"context"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

var testNow = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

// open is a store on a migrated database of the test's own, with a clock that stands still.
func open(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dsn, Options{Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestOpenAndMigrate(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.EmptySQLite, "postgres": storetest.EmptyPostgres} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := open(t, dsn(t))
			database, binary, err := s.Version(ctx)
			if err != nil || database != 0 || binary == 0 {
				t.Fatalf("an empty database is at %d of %d, %v", database, binary, err)
			}
			for range 2 { // the second finds nothing to do
				if err := s.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if database, binary, err = s.Version(ctx); err != nil || database != binary {
				t.Fatalf("a migrated database is at %d of %d, %v", database, binary, err)
			}
		})
	}
}

func TestUpsert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		add := func(n int, amount int64) {
			write := func(i int, r *row) {
				r.int("merchant_id", 1)
				r.int("connection_id", 2)
				r.text("channel", "pos")
				r.text("measure", "orders")
				r.text("day", "2026-11-21")
				r.text("part", time.Duration(i).String())
				r.text("currency", "EUR")
				r.int("amount", amount)
			}
			err := s.change(ctx, func(ctx context.Context, t *tx) error {
				return t.upsert(ctx, "totals", "(merchant_id, connection_id, channel, measure, day, part, currency) DO UPDATE SET amount = totals.amount + excluded.amount",
					rowsOf(n, write))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		add(120, 1)
		add(1000, 10)
		var n, sum int64
		err := s.look(ctx, func(ctx context.Context, tx *tx) error {
			where, arg := tx.oneOf("channel", []string{"pos", "web"})
			_, err := tx.one(ctx, []any{&n, &sum}, "SELECT COUNT(*), CAST(SUM(amount) AS BIGINT) FROM totals WHERE merchant_id = ? AND "+where, 1, arg)
			return err
		})
		if err != nil || n != 1000 || sum != 10_120 {
			t.Errorf("got %d rows of %d, %v; want 1000 of 10120", n, sum, err)
		}
	})
}
