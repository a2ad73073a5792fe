package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

func TestAPageOfAnOvertakenPullIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		s.save("orders", page(hour(1), fact.Order{ID: "1"}))
		s.save("orders", page(hour(1), fact.Order{ID: "2"}))
		for _, number := range []int64{0, 1, 3} {
			_, err := s.SavePage(ctx, s.merchant.ID, s.connection.ID, "orders", number, page(hour(1), fact.Order{ID: "late"}))
			if !errors.Is(err, ErrFenced) {
				t.Errorf("page %d: %v, want ErrFenced", number, err)
			}
		}
		if err := s.ClearStream(ctx, s.merchant.ID, s.connection.ID, "orders"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SavePage(ctx, s.merchant.ID, s.connection.ID, "orders", 2, page(hour(1), fact.Order{ID: "late"})); !errors.Is(err, ErrFenced) {
			t.Errorf("after the stream was cleared: %v, want ErrFenced", err)
		}
		s.want("1 2", "SELECT id FROM orders ORDER BY id")
		st, err := s.Stream(ctx, s.merchant.ID, s.connection.ID, "orders")
		if err != nil || st.Number != 3 || st.Cursor != nil {
			t.Errorf("the cleared stream is at %d %s, %v", st.Number, st.Cursor, err)
		}
		// Two that race: one wins.
		errs := make(chan error, 2)
		for i := range 2 {
			go func() {
				_, err := s.SavePage(ctx, s.merchant.ID, s.connection.ID, "fresh", 0, page(hour(1), fact.Order{ID: fmt.Sprint("race", i)}))
				errs <- err
			}()
		}
		if a, b := <-errs, <-errs; (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), ErrFenced) {
			t.Errorf("of two pages that raced: %v and %v", a, b)
		}
	})
}

func TestOlderNeverOverwritesNewer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		order := func(updated, read int, channel string) {
			s.save("orders", page(hour(read), fact.Order{ID: "1", UpdatedAt: hour(updated), Channel: channel},
				fact.OrderLine{ID: "l", OrderID: "1", SKU: channel}, fact.Promise{OrderID: "1", Kind: "delivery", By: hour(read)}))
		}
		state := func(want string) {
			t.Helper()
			s.want(want, "SELECT o.channel || '/' || l.sku FROM orders o JOIN order_lines l ON l.order_id = o.id")
		}
		order(5, 10, "first")
		order(4, 9, "older")
		state("first/first")
		order(5, 10, "same moment")
		state("same moment/same moment")
		order(5, 11, "read later")
		state("read later/read later")
		order(6, 8, "changed later, read earlier") // a read cannot know of a change after it, but clocks differ
		state("changed later, read earlier/read later")
		s.save("orders", page(hour(12), fact.Order{ID: "1", UpdatedAt: hour(7), Channel: "a"}, fact.Order{ID: "1", UpdatedAt: hour(6), Channel: "b"}))
		state("a/read later")
		var by instant
		err := s.look(context.Background(), func(ctx context.Context, t *tx) error {
			_, err := t.one(ctx, []any{&by}, "SELECT by_at FROM promises")
			return err
		})
		if err != nil || !by.Equal(hour(8)) {
			t.Errorf("the promise is %v, %v; want that of the earliest read", by, err)
		}
	})
}

func TestDaysThatComeWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		d := period.Date(2026, 11, 1)
		visits := func(day period.Day, source string, n int64) fact.Record {
			return fact.SessionsDay{Day: day, Source: source, Sessions: n}
		}
		whole := func(read int, days period.Days, records ...fact.Record) {
			p := page(hour(read), records...)
			p.Replaces = &days
			s.save("sessions", p)
		}
		s.save("other", page(hour(1), fact.ProviderSalesDay{Day: d, Currency: "EUR"}))
		whole(2, period.Days{From: d, To: d + 3}, visits(d, "direct", 1), visits(d, "search", 2), visits(d+1, "direct", 3), visits(d+2, "direct", 4))
		whole(3, period.Days{From: d, To: d + 2}, visits(d, "direct", 10))
		const list = "SELECT day || '=' || source || sessions FROM sessions_days ORDER BY day, source"
		s.want("2026-11-01=direct10 2026-11-03=direct4", list)
		whole(1, period.Days{From: d, To: d + 3}, visits(d, "direct", 99)) // an older read
		s.want("2026-11-01=direct10 2026-11-03=direct4", list)
		whole(4, period.Days{From: d, To: d + 3}) // no visits at all
		s.want("", list)
		s.want("2026-11-01", "SELECT day FROM provider_sales_days") // of another stream
	})
}

func TestDaysAreCutByTheMerchantsClockAndStayCut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		late := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC) // half past midnight in Berlin
		s.save("orders", page(hour(1), fact.Order{ID: "1", ProcessedAt: late, UpdatedAt: late}, fact.Order{ID: "2"}))
		s.want("2026-11-21 ", "SELECT day FROM orders ORDER BY id")
		m := s.merchant
		m.Zone = "America/New_York"
		if err := s.UpdateMerchant(context.Background(), s.merchant, m); err != nil {
			t.Fatal(err)
		}
		s.save("orders", page(hour(2), fact.Order{ID: "1", ProcessedAt: late, UpdatedAt: late.Add(time.Hour)}, fact.Order{ID: "3", ProcessedAt: late},
			fact.Order{ID: "4", ProcessedAt: testNow.Add(time.Hour)})) // ten in the evening of the 20th in New York
		s.want("2026-11-21  2026-11-21 2026-11-20", "SELECT day FROM orders ORDER BY id")
	})
}

func TestTotalsWaitForTheOrdersBackfill(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		derived := func() bool {
			c, err := s.Connections(ctx, s.merchant.ID)
			if err != nil || len(c) != 1 {
				t.Fatal(c, err)
			}
			return c[0].Derived
		}
		finish := func(stream string, pulled error) {
			if err := s.FinishPull(ctx, s.merchant.ID, s.connection.ID, stream, pulled, time.Time{}); err != nil {
				t.Fatal(err)
			}
			if err := s.Derive(ctx, s.merchant.ID, s.connection.ID); err != nil {
				t.Fatal(err)
			}
		}
		finish("customers", nil)
		p := page(hour(1), fact.Order{ID: "1"})
		p.Backfill = true
		s.save("orders", p)
		finish("orders", errors.New("cut off"))
		if derived() {
			t.Error("totals were worked out before the orders were complete")
		}
		finish("orders", nil)
		if !derived() {
			t.Error("totals were not worked out though the orders are complete")
		}
		st, err := s.Stream(ctx, s.merchant.ID, s.connection.ID, "orders")
		if err != nil || st.LastError != "" || !st.LastComplete.Equal(testNow) || !st.Backfilled {
			t.Errorf("state after a whole pull: %+v, %v", st, err)
		}
		if err := s.ClearStream(ctx, s.merchant.ID, s.connection.ID, "orders"); err != nil {
			t.Fatal(err)
		}
		if derived() {
			t.Error("totals still count as worked out after the orders were cleared")
		}
	})
}

func TestWhatPagesTouch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		d := period.Date(2026, 11, 1)
		s.save("orders", page(hour(1), fact.Agreement{ID: "a", OrderID: "by sale"}, fact.Return{ID: "r", OrderID: "by return line"},
			fact.Order{ID: "swept", UpdatedAt: hour(1)}, fact.OrderLine{ID: "l", OrderID: "swept"}, fact.Order{ID: "back"}, fact.Gone{Kind: fact.KindOrder, ID: "back"},
			fact.SessionsDay{Day: d + 5, Source: "direct"}))
		s.save("orders", page(hour(3), fact.Order{ID: "swept", UpdatedAt: hour(1)}))
		p := page(hour(4), fact.Sale{ID: "s", AgreementID: "a"}, fact.Sale{ID: "s", AgreementID: "not here yet"}, fact.Sale{ID: "s", AgreementID: "b"},
			fact.Agreement{ID: "b", OrderID: "by agreement"}, fact.ReturnLine{ID: "rl", ReturnID: "r"}, fact.OrderLine{ID: "1", OrderID: "by line"},
			fact.RefundLine{ID: "1", OrderID: "by refund line"}, fact.Promise{OrderID: "by promise"}, fact.Dispute{ID: "1", OrderID: "by dispute"},
			fact.Customer{ID: "c1"}, fact.Gone{Kind: fact.KindCustomer, ID: "c2", MergedInto: "c3"}, fact.Product{ID: "p"}, fact.Variant{ID: "v"},
			fact.CostReading{ItemID: "i", Day: d + 1}, fact.CostReading{ItemID: "i", Day: d}, fact.StockReading{ItemID: "i", Day: d}, fact.Rate{Day: d})
		p.Replaces = &period.Days{From: d, To: d + 10}
		p.Proof = &connectors.Proof{Started: hour(3), Sweep: true}
		sorted, err := sortRecords(p.Records)
		if err != nil {
			t.Fatal(err)
		}
		var got *touched
		err = s.change(ctx, func(ctx context.Context, t *tx) error {
			w := &pageWriter{tx: t, page: p, sorted: sorted, stream: "orders", kinds: kindNames{"orders", "sessions_days"},
				place: &place{merchant: s.merchant.ID, connection: s.connection.ID, loc: time.UTC, readAt: p.ReadAt}}
			if err := w.noteSlice(ctx); err != nil {
				return err
			}
			got, err = w.touched(ctx, []fact.Gone{{Kind: fact.KindOrder, ID: "missing"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		names := func(ids ...string) set {
			s := set{}
			for _, id := range ids {
				s.add(id)
			}
			return s
		}
		want := &touched{
			orders: names("by sale", "by return line", "swept", "by agreement", "by line", "by refund line", "by promise", "by dispute", "missing"), gone: true,
			customers: names("c1", "c2", "c3"), merged: names("c2", "c3"), products: names("p"), variants: names("v"), stock: map[period.Day]bool{d: true},
			sessions: map[period.Day]bool{d + 5: true}, sales: map[period.Day]bool{}, rates: map[period.Day]bool{d: true}, costs: firsts{"i": d},
			ads: map[period.Day]bool{}, visits: map[period.Day]bool{}, skus: firsts{}, tariffs: firsts{},
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(touched{})); diff != "" {
			t.Errorf("touched (-want +got):\n%s", diff)
		}
	})
}

func TestPostgresIsToldHowABackfillGrows(t *testing.T) {
	s := openShop(t, storetest.Postgres(t))
	for i := range 17 {
		p := page(hour(1), fact.Order{ID: fmt.Sprint(i)})
		p.Backfill = true
		s.save("orders", p)
	}
	s.want("17", "SELECT CAST(reltuples AS BIGINT)::text FROM pg_class WHERE relname = 'orders'")
}

// Pages of two streams that touch the same orders at once leave the totals that counting afresh gives.
func TestStreamsThatTouchTheSameOrdersAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		s.save("orders", page(hour(1), fact.Order{ID: "0"}))
		if err := s.Rebuild(ctx, s.merchant.ID, s.connection.ID); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for n, stream := range []string{"a", "b"} {
			wg.Go(func() {
				number := int64(0)
				for i := range 8 {
					var records []fact.Record
					for j := range 20 {
						id := fmt.Sprint((j*(1+2*n) + i) % 20) // in another order
						at := hour(1).Add(time.Duration(2*i+n) * time.Minute)
						records = append(records, fact.Order{ID: id, ProcessedAt: hour(j), UpdatedAt: at, CustomerID: id, Currency: "EUR", Channel: stream},
							fact.Agreement{ID: "a" + id, OrderID: id, HappenedAt: hour(j), Reason: fact.ReasonOrder},
							fact.Sale{ID: "s" + id, AgreementID: "a" + id, Line: fact.LineProduct, Action: "order", Quantity: 1, Total: money.Micros(100*i + n)})
					}
					var err error
					if number, err = s.SavePage(ctx, s.merchant.ID, s.connection.ID, stream, number, page(hour(2).Add(time.Duration(2*i+n)*time.Minute), records...)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		const totals = "SELECT channel || measure || day || part || currency || amount FROM totals ORDER BY channel, measure, day, part, currency"
		kept := s.values(totals)
		if err := s.Rebuild(ctx, s.merchant.ID, s.connection.ID); err != nil {
			t.Fatal(err)
		}
		if afresh := s.values(totals); kept != afresh || kept == "" {
			t.Errorf("kept:   %s\nafresh: %s", kept, afresh)
		}
	})
}
