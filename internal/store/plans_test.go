package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/store/storetest"
)

// What storing and sweeping a page looks up, it finds by the key: a night must not follow the history.
func TestStoringLooksUpByKey(t *testing.T) {
	s := openShop(t, storetest.SQLite(t))
	ctx := context.Background()
	s.save("orders", page(hour(1), fact.Order{ID: "1"}, fact.Agreement{ID: "a", OrderID: "1"}, fact.Sale{ID: "s", AgreementID: "a"}))
	p := page(hour(2), fact.Order{ID: "1"}, fact.Order{ID: "3", CustomerID: "c"}, fact.CustomerSeen{ID: "d"}, fact.Sale{ID: "s", AgreementID: "a"}, fact.ReturnLine{ID: "r", ReturnID: "x"}, fact.Gone{Kind: fact.KindOrder, ID: "2"})
	p.Proof = &connectors.Proof{Started: hour(2), Sweep: true}
	sorted, err := sortRecords(p.Records)
	if err != nil {
		t.Fatal(err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *tx) error {
		w := &pageWriter{tx: tx, page: p, sorted: sorted, stream: "orders",
			place: &place{merchant: s.merchant.ID, connection: s.connection.ID, loc: time.UTC, readAt: p.ReadAt}}
		if err := w.disguise(ctx, account{merchant: s.merchant, connection: s.connection, salt: "salt"}, testNow); err != nil {
			return err
		}
		if err := w.noteSlice(ctx); err != nil {
			return err
		}
		if _, err := w.touched(ctx, nil); err != nil {
			return err
		}
		if err := w.write(ctx, nil); err != nil {
			return err
		}
		looked := 0
		for _, query := range slices.Collect(maps.Keys(tx.prepared)) {
			verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
			if verb == "INSERT" || verb == "SAVEPOINT" || verb == "RELEASE" {
				continue
			}
			looked++
			if err := tx.each(ctx, func(scan func(...any) error) error {
				var a, b, c int
				var step string
				err := scan(&a, &b, &c, &step)
				if strings.HasSuffix(step, "(merchant_id=? AND connection_id=?)") || strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN json_each") {
					t.Errorf("%s: %s", query, step)
				}
				return err
			}, "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...); err != nil {
				return err
			}
		}
		if looked < 15 {
			t.Errorf("only %d look-ups were seen", looked)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
