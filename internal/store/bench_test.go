package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/store/storetest"
)

// backfillPage makes records of orders as a bulk operation gives them: 2.5 lines, 1.1 agreements, 3 ledger rows each.
func backfillPage(from, orders int, start time.Time) []fact.Record {
	records := make([]fact.Record, 0, orders*8)
	for i := from; i < from+orders; i++ {
		id := "58" + strconv.Itoa(1_000_000_000+i)
		placed := start.Add(time.Duration(i) * time.Minute)
		records = append(records, fact.Order{ID: id, CreatedAt: placed, ProcessedAt: placed, UpdatedAt: placed.Add(time.Hour), Currency: "EUR", Presentment: "EUR",
			CustomerID: "71" + strconv.Itoa(1_000_000+i*7919%300_000), Channel: "online_store", Shippable: true, Total: money.Micros(i%200+1) * money.Unit,
			First: fact.Visit{Host: "www.google.com", Source: "google", Medium: "cpc", Campaign: "autumn"}, Last: fact.Visit{Host: "www.google.com"}, JourneyDone: true})
		for l := range 2 + i%2 {
			line := "13" + strconv.Itoa(1_000_000_000+i*3+l)
			records = append(records, fact.OrderLine{ID: line, OrderID: id, ProductID: "88" + strconv.Itoa(i%500), VariantID: "49" + strconv.Itoa(i%2000),
				SKU: "SKU-" + strconv.Itoa(i%2000), Quantity: 1, CurrentQuantity: 1, UnitPrice: 20 * money.Unit, Shippable: true})
		}
		for a := range 1 + (i%10)/9 {
			agreement := "22" + strconv.Itoa(1_000_000_000+i*2+a)
			records = append(records, fact.Agreement{ID: agreement, OrderID: id, HappenedAt: placed, Reason: fact.ReasonOrder})
			for s := range 3 {
				records = append(records, fact.Sale{ID: "33" + strconv.Itoa(1_000_000_000+i*6+a*3+s), AgreementID: agreement, Line: fact.LineProduct, Action: "order",
					LineID: "13" + strconv.Itoa(1_000_000_000+i*3), Quantity: 1, Total: 20 * money.Unit, Tax: 3 * money.Unit})
			}
		}
	}
	return records
}

// BenchmarkBackfill stores a backfill of $FOURFOLD_BENCH_ORDERS orders (100,000 if unset) in pages of 500 orders, and on Postgres
// compares it with psql's \copy of the same rows into the same indexed tables.
func BenchmarkBackfill(b *testing.B) {
	orders := 100_000
	if n, err := strconv.Atoi(os.Getenv("FOURFOLD_BENCH_ORDERS")); err == nil {
		orders = n
	}
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				address := dsn(b)
				s := benchShop(b, address)
				b.StartTimer()
				stored, records := backfill(b, s, orders)
				b.StopTimer()
				b.ReportMetric(float64(records)/stored.Seconds(), "records/s")
				if name == "postgres" {
					floor := copyAgain(b, s, address)
					b.ReportMetric(stored.Seconds()/floor.Seconds(), "x-copy")
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchShop(b *testing.B, dsn string) *Store {
	b.Helper()
	ctx := context.Background()
	s, err := Open(ctx, dsn, Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := s.CreateMerchant(ctx, Merchant{Name: "Bench", Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.SaveConnection(ctx, Connection{MerchantID: m.ID, Connector: "shopify", AccountID: "bench"}); err != nil {
		b.Fatal(err)
	}
	return s
}

// backfill stores the pages; the time is that of the store alone.
func backfill(b *testing.B, s *Store, orders int) (stored time.Duration, records int) {
	const perPage = 500
	start := time.Date(2024, 11, 1, 0, 0, 0, 0, time.UTC)
	number := int64(0)
	for from := 0; from < orders; from += perPage {
		p := page(hour(1), backfillPage(from, min(perPage, orders-from), start)...)
		p.Backfill = true
		began := time.Now()
		next, err := s.SavePage(context.Background(), 1, 1, "orders", number, p)
		if err != nil {
			b.Fatal(err)
		}
		stored += time.Since(began)
		number, records = next, records+len(p.Records)
	}
	return stored, records
}

// copyAgain writes what was stored to files, empties the tables, and has psql copy it in again.
func copyAgain(b *testing.B, s *Store, dsn string) time.Duration {
	b.Helper()
	psql := storetest.Tool(b, "psql")
	folder := b.TempDir()
	run := func(script string) time.Duration {
		began := time.Now()
		cmd := exec.Command(psql, "-q", "-v", "ON_ERROR_STOP=1", dsn)
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("psql: %v\n%s", err, out)
		}
		return time.Since(began)
	}
	var out, in, truncate strings.Builder
	for _, table := range []string{"orders", "order_lines", "agreements", "sales"} {
		file := filepath.Join(folder, table+".csv")
		fmt.Fprintf(&out, "\\copy (SELECT * FROM %s ORDER BY ctid) TO '%s' CSV\n", table, file)
		fmt.Fprintf(&truncate, "TRUNCATE %s;\n", table)
		fmt.Fprintf(&in, "\\copy %s FROM '%s' CSV\n", table, file)
	}
	run(out.String())
	run(truncate.String() + "CHECKPOINT;\n")
	took := run(in.String())
	runtime.KeepAlive(s)
	return took
}
