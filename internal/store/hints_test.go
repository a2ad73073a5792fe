package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/store/storetest"
)

func orderHook(event string, ids ...string) connectors.Hook {
	h := connectors.Hook{Event: event, Topic: "orders/updated"}
	for _, id := range ids {
		h.Objects = append(h.Objects, connectors.Object{Stream: "orders", ID: id})
	}
	return h
}

func (s *shop) take(h connectors.Hook) bool {
	s.t.Helper()
	fresh, err := s.TakeHook(context.Background(), s.merchant.ID, s.connection.ID, h)
	if err != nil {
		s.t.Fatal(err)
	}
	return fresh
}

func (s *shop) hints() []Hint {
	s.t.Helper()
	all, err := s.Hints(context.Background(), s.merchant.ID, s.connection.ID, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

const hintRows = "SELECT stream || '/' || object || '×' || times FROM hints ORDER BY stream, object"

func TestHintsAreKeptOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		if !s.take(orderHook("e1", "7", "8", "7")) || s.take(orderHook("e1", "9")) {
			t.Error("an event is fresh once")
		}
		s.want("orders/7×1 orders/8×1", hintRows)
		s.take(orderHook("e2", "7"))
		s.take(connectors.Hook{Event: "e3", Account: true})
		s.want("/×1 orders/7×2 orders/8×1", hintRows)
		if all, err := s.Hinted(ctx); err != nil || len(all) > 0 {
			t.Errorf("hints of a connection that was never read are to be followed: %v, %v", all, err)
		}

		// One comes again while they are followed: it stays.
		listed := s.hints()
		s.take(orderHook("e4", "7"))
		if err := s.FollowedHints(ctx, s.merchant.ID, s.connection.ID, listed); err != nil {
			t.Fatal(err)
		}
		s.want("orders/7×3", hintRows)
		if err := s.FollowedHints(ctx, s.merchant.ID, s.connection.ID, s.hints()); err != nil || len(s.hints()) > 0 {
			t.Errorf("left %v, %v", s.hints(), err)
		}
		if s.take(orderHook("e4", "7")) || len(s.hints()) > 0 {
			t.Error("an event that came again after it was followed made a hint")
		}

		if _, err := s.TakeHook(ctx, s.merchant.ID, s.connection.ID, orderHook("", "7")); err == nil {
			t.Error("a hook without an event was taken")
		}
		s.take(orderHook("e5", "7"))
		if err := s.Forget(ctx, s.merchant.ID, s.connection.ID); err != nil {
			t.Fatal(err)
		}
		if s.take(orderHook("e6", "7")) {
			t.Error("a hook of a connection that was forgotten was taken")
		}
		s.want("0 0", "SELECT (SELECT COUNT(*) FROM hints) || ' ' || (SELECT COUNT(*) FROM webhook_events)")
	})
}

// Deliveries come at one time, and name the same objects in other orders.
func TestHintsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		var all sync.WaitGroup
		failures := make(chan error, 40)
		for i := range 40 {
			all.Go(func() {
				h := orderHook(fmt.Sprint("e", i/2), "1", "2", "3")
				if i%2 == 1 {
					h = orderHook(h.Event, "3", "2", "1")
				}
				_, err := s.TakeHook(context.Background(), s.merchant.ID, s.connection.ID, h)
				failures <- err
			})
		}
		all.Wait()
		close(failures)
		for err := range failures {
			if err != nil {
				t.Error(err)
			}
		}
		s.want("orders/1×20 orders/2×20 orders/3×20", hintRows)
	})
}

func (s *shop) fetched(stream string, readAt time.Time, records ...fact.Record) {
	s.t.Helper()
	err := s.SaveFetched(context.Background(), s.merchant.ID, s.connection.ID, stream, connectors.Fetched{Records: records, ReadAt: readAt})
	if err != nil {
		s.t.Fatal(err)
	}
}

// What is fetched is stored and counted as a page is, and moves no stream.
func TestWhatIsFetched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		whole := func(updated int) []fact.Record {
			return []fact.Record{fact.Order{ID: "1", CreatedAt: hour(1), ProcessedAt: hour(1), UpdatedAt: hour(updated), Currency: "EUR"},
				fact.OrderLine{ID: "l1", OrderID: "1", Quantity: 1}, fact.Agreement{ID: "a1", OrderID: "1", HappenedAt: hour(1), Reason: fact.ReasonOrder},
				fact.Sale{ID: "s1", AgreementID: "a1", Line: fact.LineProduct, Action: "order", LineID: "l1", Quantity: 1, Total: 1_000_000}}
		}
		s.save("orders", page(hour(2), append(whole(1), fact.OrderLine{ID: "l2", OrderID: "1"}, fact.RefundLine{ID: "rl", OrderID: "1", RefundID: "r"})...))
		if err := s.FinishPull(ctx, s.merchant.ID, s.connection.ID, "orders", nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Derive(ctx, s.merchant.ID, s.connection.ID); err != nil {
			t.Fatal(err)
		}
		before, err := s.Stream(ctx, s.merchant.ID, s.connection.ID, "orders")
		if err != nil {
			t.Fatal(err)
		}
		sold := "SELECT COALESCE(SUM(amount), 0) || '' FROM totals WHERE measure = 'net_sales' AND channel = ''"
		was := s.values(sold)

		// Read at three: a sale more, a line less. What has a stream of its own stays.
		s.fetched("orders", hour(3), append(whole(3), fact.Sale{ID: "s2", AgreementID: "a1", Line: fact.LineProduct, Action: "order", LineID: "l1", Quantity: 1, Total: 500_000})...)
		s.want("l1", "SELECT id FROM order_lines ORDER BY id")
		s.want("s1 s2", "SELECT id FROM sales ORDER BY id")
		s.want("rl", "SELECT id FROM refund_lines")
		if now := s.values(sold); now == was {
			t.Errorf("the totals stayed at %s", was)
		}
		after, err := s.Stream(ctx, s.merchant.ID, s.connection.ID, "orders")
		if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("the stream moved from %+v to %+v, %v", before, after, err)
		}
		s.want("0 0", "SELECT (SELECT COUNT(*) FROM slice_orders WHERE read_at = ?) || ' ' || (SELECT COUNT(*) FROM proofs)", at(hour(3)))

		// An older reading that comes late changes nothing.
		s.fetched("orders", hour(2), whole(1)...)
		s.want("s1 s2", "SELECT id FROM sales ORDER BY id")

		// The provider shows what was created since two: of this order it says nothing.
		s.fetched("orders", hour(4), fact.Gone{Kind: fact.KindOrder, ID: "1", Since: hour(2)})
		s.want("1", "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE gone_at IS NULL")
		s.fetched("orders", hour(4), fact.Gone{Kind: fact.KindOrder, ID: "1", Since: hour(1)})
		s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE gone_at IS NULL")
		if now := s.values(sold); now != "0" {
			t.Errorf("a deleted order still sells %s", now)
		}

		// Who took over is not forgotten when the same customer is said to be gone again.
		s.fetched("customers", hour(4), fact.Gone{Kind: fact.KindCustomer, ID: "c", MergedInto: "d"})
		s.fetched("customers", hour(5), fact.Gone{Kind: fact.KindCustomer, ID: "c"})
		s.want("d", "SELECT merged_into FROM customers WHERE id = 'c'")

		if err := s.SaveFetched(ctx, s.merchant.ID, s.connection.ID, "orders", connectors.Fetched{Records: whole(1)}); err == nil {
			t.Error("what was read at no time was stored")
		}
		if err := s.SaveFetched(ctx, s.merchant.ID+1, s.connection.ID, "orders", connectors.Fetched{ReadAt: hour(1)}); !errors.Is(err, ErrMissing) {
			t.Errorf("another merchant's connection: %v", err)
		}
	})
}
