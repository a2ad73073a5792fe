package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// shop is a linked store to save pages into.
type shop struct {
	*Store
	t          *testing.T
	merchant   Merchant
	connection Connection
	number     map[string]int64
}

func openShop(t *testing.T, dsn string) *shop {
	t.Helper()
	s := open(t, dsn)
	ctx := context.Background()
	m, err := s.CreateMerchant(ctx, Merchant{Name: "Test " + rand.Text(), Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.SaveConnection(ctx, Connection{MerchantID: m.ID, Connector: "shopify", AccountID: "test", Currency: "EUR", Zone: m.Zone})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{s, t, m, c, map[string]int64{}}
}

// save stores a page of the stream that must be taken.
func (s *shop) save(stream string, page connectors.Page) {
	s.t.Helper()
	next, err := s.SavePage(context.Background(), s.merchant.ID, s.connection.ID, stream, s.number[stream], page)
	if err != nil {
		s.t.Fatal(err)
	}
	s.number[stream] = next
}

// values reads rows of one text column, joined by spaces, in order.
func (s *shop) values(query string, args ...any) string {
	s.t.Helper()
	var all []string
	err := s.look(context.Background(), func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var v string
			err := scan(&v)
			all = append(all, v)
			return err
		}, query, args...)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func (s *shop) want(want, query string, args ...any) {
	s.t.Helper()
	if got := s.values(query, args...); got != want {
		s.t.Errorf("%s gives %q, want %q", query, got, want)
	}
}

func hour(n int) time.Time { return time.Date(2026, 11, 20, n, 0, 0, 0, time.UTC) }

func page(readAt time.Time, records ...fact.Record) connectors.Page {
	return connectors.Page{Records: records, ReadAt: readAt, Next: connectors.Cursor(`{"at":1}`)}
}

// filled is a record with every field set to something of its own.
func filled(v reflect.Value, n *int64) {
	for i := range v.NumField() {
		f := v.Field(i)
		*n++
		switch {
		case f.Type() == reflect.TypeFor[time.Time]():
			f.Set(reflect.ValueOf(time.Date(2026, 1, 1, 23, 30, 0, 0, time.UTC).Add(time.Duration(*n) * 25 * time.Hour)))
		case f.Type() == reflect.TypeFor[period.Day]():
			f.Set(reflect.ValueOf(period.Date(2026, 3, int(*n))))
		case f.Kind() == reflect.Struct:
			filled(f, n)
		case f.Kind() == reflect.String:
			f.SetString(fmt.Sprintf("%s-%d", strings.ToLower(v.Type().Field(i).Name), *n))
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		case f.CanInt():
			f.SetInt(*n * 1_000_000_007)
		default:
			panic("a record has a field of a new type: " + f.Type().String())
		}
	}
}

// everyRecord is n filled records of every kind.
func everyRecord(n int) []fact.Record {
	var all []fact.Record
	for i := range n {
		for _, r := range []fact.Record{&fact.Order{}, &fact.OrderLine{}, &fact.Agreement{}, &fact.Sale{}, &fact.Refund{}, &fact.RefundLine{},
			&fact.RefundAdjustment{}, &fact.Return{}, &fact.ReturnLine{}, &fact.Fulfillment{}, &fact.Promise{}, &fact.Transaction{}, &fact.Dispute{},
			&fact.Customer{}, &fact.Product{}, &fact.Variant{}, &fact.StockReading{}, &fact.CostReading{}, &fact.SessionsDay{},
			&fact.ProviderSalesDay{}, &fact.Rate{}} {
			seed := int64(i)
			v := reflect.ValueOf(r).Elem()
			filled(v, &seed)
			all = append(all, v.Interface().(fact.Record))
		}
	}
	return all
}

// stored reads a group's rows back, as the values that its columns would be written with.
func stored(t *testing.T, s *shop, table string, columns []string) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	err := s.look(context.Background(), func(ctx context.Context, tx *tx) error {
		return tx.each(ctx, func(scan func(...any) error) error {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := scan(values...); err != nil {
				return err
			}
			for i, c := range columns {
				v := *values[i].(*any)
				if strings.HasSuffix(c, "_at") {
					var in instant
					if err := in.Scan(v); err != nil {
						return err
					}
					v = in.UnixMilli()
				}
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				text := fmt.Sprint(v)
				text = map[string]string{"true": "1", "false": "0"}[text] + map[bool]string{true: text}[text != "true" && text != "false"]
				rows[c] = append(rows[c], text)
			}
			return nil
		}, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" ORDER BY "+strings.Join(columns, ", "))
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Every field of every record is stored and comes back, by each of the ways it can be written: a few rows, many, a backfill, and
// a backfill over rows that are there.
func TestEveryFieldIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		for name, n := range map[string]int{"few": 2, "many": fewRows + 10} {
			for _, way := range []string{"nightly", "backfill", "again"} {
				s := openShop(t, dsn)
				records := everyRecord(n)
				p := page(hour(3), records...)
				p.Backfill = way != "nightly"
				if way == "again" {
					s.save("all", page(hour(2), records[:len(records)/2]...))
				}
				s.save("all", p)
				sorted, err := sortRecords(records)
				if err != nil {
					t.Fatal(err)
				}
				loc, _ := s.merchant.Location()
				place := &place{s.merchant.ID, s.connection.ID, loc, nil, hour(3)}
				for _, g := range sorted.groups() {
					check(t, s, name+" "+way, g, place, n)
				}
				if err := s.Forget(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
					t.Fatal(err)
				}
				for _, g := range sorted.groups() {
					s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM "+g.name())
				}
			}
		}
	})
}

func check(t *testing.T, s *shop, name string, g writable, p *place, n int) {
	t.Helper()
	type rower interface{ rows(*place) rows }
	b := g.(rower).rows(p)
	got := stored(t, s, g.name(), b.columns)
	if len(got["merchant_id"]) != n {
		t.Fatalf("%s: %d rows in %s, want %d", name, len(got["merchant_id"]), g.name(), n)
	}
	want := map[string]map[string]int{}
	for i := range b.n {
		r := row{}
		b.write(i, &r)
		for j, c := range b.columns {
			v := r.args[j]
			if at, ok := v.(time.Time); ok {
				v = at.UnixMilli()
			}
			if flag, ok := v.(bool); ok {
				v = map[bool]int{true: 1}[flag]
			}
			if want[c] == nil {
				want[c] = map[string]int{}
			}
			want[c][fmt.Sprint(v)]++
		}
	}
	for c, values := range got {
		have := map[string]int{}
		for _, v := range values {
			have[v]++
		}
		if c != "read_at" || g.name() != "promises" { // the first promise stays, with the moment it was first seen
			if diff := cmp.Diff(want[c], have); diff != "" {
				t.Errorf("%s: %s.%s (-want +got):\n%s", name, g.name(), c, diff)
			}
		}
	}
}

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

func TestGoneAndBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		s.save("orders", page(hour(2), fact.Order{ID: "1", UpdatedAt: hour(1)}, fact.Customer{ID: "c"}, fact.Product{ID: "p"}))
		s.save("orders", page(hour(1), fact.Gone{Kind: fact.KindOrder, ID: "1"}))
		live := "SELECT (SELECT COUNT(*) FROM orders WHERE gone_at IS NULL) || ' ' || (SELECT COUNT(*) FROM customers WHERE gone_at IS NULL) || ' ' || (SELECT COUNT(*) FROM products WHERE gone_at IS NULL)"
		s.want("1 1 1", live) // it was read after it was said to be gone
		s.save("orders", page(hour(4), fact.Gone{Kind: fact.KindOrder, ID: "1"}, fact.Gone{Kind: fact.KindCustomer, ID: "c", MergedInto: "d"},
			fact.Gone{Kind: fact.KindCustomer, ID: "never read", MergedInto: "d"}, fact.Gone{Kind: fact.KindProduct, ID: "p"}))
		s.want("0 0 0", live)
		s.want("d d", "SELECT merged_into FROM customers ORDER BY id")
		s.save("orders", page(hour(3), fact.Order{ID: "1", UpdatedAt: hour(3)}))
		s.want("0 0 0", live) // read before it was gone
		s.save("orders", page(hour(5), fact.Order{ID: "1", UpdatedAt: hour(5)}, fact.Customer{ID: "c"}, fact.Product{ID: "p"}))
		s.want("1 1 1", live)
	})
}

func TestAProofSweepsWhatItsSliceNoLongerShows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		for _, backfill := range []bool{false, true} {
			s := openShop(t, dsn)
			everything := func(order string) []fact.Record {
				return []fact.Record{fact.Order{ID: order, UpdatedAt: hour(1)}, fact.OrderLine{ID: "l1", OrderID: order}, fact.OrderLine{ID: "l2", OrderID: order},
					fact.Agreement{ID: "a1" + order, OrderID: order}, fact.Agreement{ID: "a2" + order, OrderID: order}, fact.Sale{ID: "s1", AgreementID: "a1" + order},
					fact.Sale{ID: "s2", AgreementID: "a1" + order}, fact.Sale{ID: "s3", AgreementID: "a2" + order}, fact.Refund{ID: "r", OrderID: order},
					fact.RefundLine{ID: "rl", OrderID: order}, fact.Return{ID: "ret", OrderID: order}, fact.Fulfillment{ID: "f", OrderID: order},
					fact.Transaction{ID: "t", OrderID: order}, fact.Dispute{ID: "d", OrderID: order}}
			}
			s.save("orders", page(hour(1), append(everything("1"), everything("2")...)...))
			// The next walk starts at three and sees order 1 with one line, one agreement and one sale, in two pages.
			first := page(hour(3), fact.Order{ID: "1", UpdatedAt: hour(2)}, fact.OrderLine{ID: "l1", OrderID: "1"})
			first.Backfill = backfill
			s.save("orders", first)
			s.want("2", "SELECT CAST(COUNT(*) AS TEXT) FROM order_lines WHERE order_id = '1'")
			last := page(hour(4), fact.Agreement{ID: "a11", OrderID: "1"}, fact.Sale{ID: "s1", AgreementID: "a11"})
			last.Backfill = backfill
			last.Proof = &connectors.Proof{Slice: "walk", Started: hour(3), CompleteTo: hour(3), Sweep: true}
			s.save("orders", last)
			s.want("l1", "SELECT id FROM order_lines WHERE order_id = '1'")
			s.want("a11", "SELECT id FROM agreements WHERE order_id = '1'")
			s.want("s1", "SELECT id FROM sales WHERE agreement_id IN ('a11', 'a21')")
			for table, left := range map[string]string{"refunds": "0", "fulfillments": "0", "transactions": "0", "disputes": "0", "refund_lines": "1", "returns": "1"} {
				s.want(left, "SELECT CAST(COUNT(*) AS TEXT) FROM "+table+" WHERE order_id = '1'")
			}
			s.want("2 2 1", "SELECT (SELECT COUNT(*) FROM order_lines WHERE order_id = '2') || ' ' || (SELECT COUNT(*) FROM agreements WHERE order_id = '2') || ' ' || (SELECT COUNT(*) FROM disputes WHERE order_id = '2')")
			s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM slice_orders WHERE read_at >= ?", at(hour(3)))
			st, err := s.Stream(context.Background(), s.merchant.ID, s.connection.ID, "orders")
			if err != nil || !st.CompleteTo.Equal(hour(3)) || !st.Backfilled {
				t.Errorf("complete to %v, backfilled %t, %v", st.CompleteTo, st.Backfilled, err)
			}
			if err := s.Forget(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOrdersThatTheProviderNoLongerNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		var all []fact.Record
		for i := range 6 {
			all = append(all, fact.Order{ID: fmt.Sprint(i), CreatedAt: hour(i), UpdatedAt: hour(i)})
		}
		s.save("orders", page(hour(6), all...))
		s.save("orders", page(hour(11), fact.Order{ID: "3", CreatedAt: hour(3), UpdatedAt: hour(3)})) // read while the slice was
		s.save("count", page(hour(10), fact.OrderSeen{ID: "1", CreatedAt: hour(1)}))
		p := page(hour(10), fact.OrderSeen{ID: "4", CreatedAt: hour(4)})
		p.Proof = &connectors.Proof{From: hour(1), To: hour(5), Started: hour(10), Sweep: true}
		s.save("count", p)
		s.want("2", "SELECT id FROM orders WHERE gone_at IS NOT NULL ORDER BY id") // 0 and 5 lie outside, 3 was read later
		s.save("count", page(hour(12), fact.OrderSeen{ID: "2", CreatedAt: hour(2)}))
		s.want("", "SELECT id FROM orders WHERE gone_at IS NOT NULL ORDER BY id")
	})
}

// told says that snapshots were taken up to a day: what changes before it is a restatement, and has a cause.
func (s *shop) told(through period.Day) {
	s.t.Helper()
	if err := s.SaveSnapshotState(context.Background(), s.merchant.ID, kpi.Whole, SnapshotState{Through: through, Catalogue: "-"}); err != nil {
		s.t.Fatal(err)
	}
}

// A reading of all customers tells, when it is whole and not before, which are gone. Whoever was a lead is none any more, and is one again
// when seen again.
func TestCustomersThatTheProviderNoLongerNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		var all []fact.Record
		for i, id := range []string{"deleted", "there", "young", "read"} {
			all = append(all, fact.Customer{ID: id, CreatedAt: hour(i), UpdatedAt: hour(i), ConsentAt: hour(i)})
		}
		s.save("customers", page(hour(6), all...))
		leads := "SELECT CAST(SUM(amount) AS TEXT) FROM totals WHERE measure = 'leads'"
		gone := "SELECT id FROM customers WHERE gone_at IS NOT NULL ORDER BY id"
		s.want("4", leads)
		s.told(period.Date(2026, 12, 1))
		s.clearMarks()
		s.save("count_customers", page(hour(10), fact.CustomerSeen{ID: "there"}, fact.CustomerSeen{ID: "never read"}))
		slice := page(hour(10))
		slice.Proof = &connectors.Proof{From: hour(0), To: hour(1), Started: hour(10)}
		s.save("count_customers", slice)
		s.want("", gone)
		s.save("customers", page(hour(11), fact.Customer{ID: "read", CreatedAt: hour(3), UpdatedAt: hour(3), ConsentAt: hour(3)}))
		whole := page(hour(12))
		whole.Proof = &connectors.Proof{To: hour(2), Started: hour(10), CompleteTo: hour(10), Sweep: true} // "young" lies beyond
		s.save("count_customers", whole)
		s.want("deleted", gone)
		s.want("3", leads)
		s.want("leads customer change", "SELECT measure || ' ' || cause FROM marks WHERE measure = 'leads'")
		s.checkRebuilt(t.Fatalf)

		s.save("count_customers", page(hour(9), fact.CustomerSeen{ID: "deleted"})) // read before
		s.want("deleted", gone)
		s.save("count_customers", page(hour(13), fact.CustomerSeen{ID: "deleted"}))
		s.want("", gone)
		s.want("4", leads)
		s.checkRebuilt(t.Fatalf)

		// The next reading sees none but one.
		s.save("count_customers", page(hour(20), fact.CustomerSeen{ID: "there"}))
		last := page(hour(20))
		last.Proof = &connectors.Proof{To: hour(19), Started: hour(20), CompleteTo: hour(20), Sweep: true}
		s.save("count_customers", last)
		s.want("deleted read young", gone)
		s.want("1", leads)
		s.checkRebuilt(t.Fatalf)
	})
}

// An order that is gone counts for nothing, and for all it did when it comes back, be it by a hint, in a count or read again.
func TestAnOrderThatIsGoneAndComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		s.save("orders", page(hour(1), append(bought("1", "c", day(3)), bought("2", "c", day(5))...)...))
		before := s.counts()
		s.told(period.Date(2026, 12, 1))
		proven := func(read int, seen ...fact.Record) connectors.Page {
			p := page(hour(read), seen...)
			p.Proof = &connectors.Proof{To: hour(0), Started: hour(read), Sweep: true}
			return p
		}
		for _, c := range []struct {
			name       string
			gone, back func()
		}{
			{"by hints", func() { s.fetched("orders", hour(2), fact.Gone{Kind: fact.KindOrder, ID: "1"}) },
				func() { s.fetched("orders", hour(3), bought("1", "c", day(3))...) }},
			{"by counts", func() { s.save("count", proven(4, fact.OrderSeen{ID: "2"})) },
				func() { s.save("count", proven(5, fact.OrderSeen{ID: "1"}, fact.OrderSeen{ID: "2"})) }},
			{"by a re-read", func() {
				p := page(hour(8), bought("2", "c", day(5))...)
				p.Proof = &connectors.Proof{From: day(1), To: day(9), Started: hour(8), Sweep: true, Absences: true}
				s.save("reread", p)
			}, func() {
				p := page(hour(9), append(bought("1", "c", day(3)), bought("2", "c", day(5))...)...)
				p.Proof = &connectors.Proof{From: day(4), To: day(9), Started: hour(9), Sweep: true, Absences: true}
				s.save("reread", p)
			}},
			{"by a count and a page", func() { s.save("count", proven(10, fact.OrderSeen{ID: "2"})) },
				func() { s.save("orders", page(hour(11), bought("1", "c", day(3))...)) }},
		} {
			s.clearMarks()
			c.gone()
			s.want("1", "SELECT id FROM orders WHERE gone_at IS NOT NULL")
			s.want("2026-09-05", "SELECT day FROM totals WHERE measure = 'orders'")
			s.want("2026-09-05", "SELECT DISTINCT day FROM customer_days")
			s.want("2026-09-03", "SELECT day FROM marks WHERE measure = 'orders' AND cause = 'deletion'")
			s.clearMarks()
			c.back()
			s.want("", "SELECT id FROM orders WHERE gone_at IS NOT NULL")
			if diff := cmp.Diff(before, s.counts()); diff != "" {
				t.Errorf("%s: not what it was (-before +after):\n%s", c.name, diff)
			}
			s.want("1", "SELECT CAST(COUNT(*) AS TEXT) FROM marks WHERE measure = 'orders' AND day = '2026-09-03'")
			s.checkRebuilt(t.Fatalf)
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
		if err := s.UpdateMerchant(context.Background(), m); err != nil {
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
			orders:    names("by sale", "by return line", "swept", "by agreement", "by line", "by refund line", "by promise", "by dispute", "missing"),
			customers: names("c1", "c2", "c3"), merged: names("c2", "c3"), products: names("p"), variants: names("v"), stock: map[period.Day]bool{d: true},
			sessions: map[period.Day]bool{d + 5: true}, sales: map[period.Day]bool{}, rates: map[period.Day]bool{d: true}, costs: map[string]period.Day{"i": d},
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
