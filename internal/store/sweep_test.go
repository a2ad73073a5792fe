package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

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
		// That count is given up, and the next one does not name it.
		p = page(hour(14), fact.OrderSeen{ID: "1", CreatedAt: hour(1)}, fact.OrderSeen{ID: "3", CreatedAt: hour(3)}, fact.OrderSeen{ID: "4", CreatedAt: hour(4)})
		p.Proof = &connectors.Proof{From: hour(1), To: hour(5), Started: hour(14), Sweep: true}
		s.save("count", p)
		s.want("2", "SELECT id FROM orders WHERE gone_at IS NOT NULL ORDER BY id")
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
