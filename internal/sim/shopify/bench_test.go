package shopify

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// benchOrders is how many orders the benchmarks' shop has: FOURFOLD_BENCH_ORDERS, or a number that a laptop makes in a second.
func benchOrders() int {
	if n, err := strconv.Atoi(os.Getenv("FOURFOLD_BENCH_ORDERS")); err == nil {
		return n
	}
	return 50_000
}

func crowd(b *testing.B) *stage {
	b.Helper()
	shop := rich(b, 0)
	p, v := shop.Products[0], shop.Products[0].Variants[0]
	for i := range benchOrders() {
		at := on(1, 1) + Instant(i*20)
		if _, err := shop.Place(Purchase{At: at, Customer: shop.Customers[i%3], Items: []Item{
			{Product: p, Variant: v, Quantity: 2}, {Title: "Cup", Quantity: 1, Price: cents(500)}}}); err != nil {
			b.Fatal(err)
		}
	}
	return raise(b, shop, Options{RestoreRate: 100_000})
}

// whole is a bulk query without its filter.
func whole(q string) string { return regexp.MustCompile(`\(query: "[^)]*"\)`).ReplaceAllString(q, "") }

// A bulk operation over all orders with lines and ledger.
func BenchmarkBulk(b *testing.B) {
	s := crowd(b)
	q := whole(sheet(b, "02_bulk_orders"))
	for _, c := range []struct{ name, query string }{
		{"orders", q},
		{"ledger", whole(sheet(b, "03_bulk_agreements"))},
		{"ids", allOrders},
	} {
		b.Run(c.name, func(b *testing.B) {
			objects := 0
			for b.Loop() {
				op := s.bulk(c.query, false)
				n, _ := strconv.Atoi(op.ObjectCount)
				objects += n
			}
			b.ReportMetric(float64(objects)/b.Elapsed().Seconds(), "objects/s")
		})
	}
}

// A page in the middle of a walk by updatedAt.
func BenchmarkPage(b *testing.B) {
	s := crowd(b)
	i := 0
	for b.Loop() {
		i++
		from := on(1, 1) + Instant(i*7919%benchOrders()*20)
		s.must(`query($q: String!) { orders(first: 50, sortKey: UPDATED_AT, query: $q) { pageInfo { hasNextPage endCursor } nodes { id updatedAt } } }`,
			map[string]any{"q": fmt.Sprintf("updated_at:>=%s", string(appendInstant(nil, from)))}, nil)
	}
}

func BenchmarkChange(b *testing.B) {
	s := crowd(b)
	i := 0
	for b.Loop() {
		i++
		if err := s.srv.Change(func(shop *Shop) error {
			o := shop.Orders[i*7919%len(shop.Orders)]
			o.UpdatedAt = on(11, 20) + Instant(i)
			shop.Touch(o)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
