package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

// Nothing that a page makes us count may walk a table: the work of a night would follow the history. Walked are only the few
// agreements since the first day a cost is read for, and variants by product, which are as many as are sold.
func TestCountingLooksUpByKey(t *testing.T) {
	s := derived(t, storetest.SQLite(t))
	s.save("orders", page(hour(1), everyRecord(3)...))
	ctx := context.Background()
	err := s.change(ctx, func(ctx context.Context, tx *tx) error {
		acc, err := tx.account(ctx, s.merchant.ID, s.connection.ID)
		if err != nil {
			return err
		}
		of := func(ids ...string) (all set) {
			for _, id := range ids {
				all.add(id)
			}
			return all
		}
		day := period.On(testNow, time.UTC)
		all := &touched{orders: of("1", "2"), customers: of("3"), products: of("4"), variants: of("5"), stock: map[period.Day]bool{day: true},
			sessions: map[period.Day]bool{day: true}, costs: map[string]period.Day{"6": day}, rates: map[period.Day]bool{day: true}}
		if err := s.counted(ctx, tx, acc, all, func() error { return nil }); err != nil {
			return err
		}
		queries := 0
		for query := range tx.prepared {
			if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") {
				continue
			}
			queries++
			err := tx.each(ctx, func(scan func(...any) error) error {
				var id, parent, unused int
				var step string
				err := scan(&id, &parent, &unused, &step)
				if (strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "json_each")) || strings.HasSuffix(step, "(merchant_id=? AND connection_id=?)") && !few(query) {
					t.Errorf("%s\n%s", query, step)
				}
				return err
			}, "EXPLAIN QUERY PLAN "+query, nils(strings.Count(query, "?"))...)
			if err != nil {
				return err
			}
		}
		if queries < 20 {
			t.Errorf("%d queries were looked at: counting asks more", queries)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// few says that a query reads a table of few rows, or one row of it.
func few(query string) bool {
	return strings.Contains(query, "FROM variants") || strings.Contains(query, "FROM connections") || strings.Contains(query, "MIN(day)")
}

func nils(n int) []any { return make([]any, n) }
