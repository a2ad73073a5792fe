package store

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/reference"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// cdnowRecords calls yield with the records of each order: a line of the file is an order at noon, seconds apart on one day.
func cdnowRecords(t *testing.T, folder string, yield func(records []fact.Record)) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "CDNOW_master.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	last, extra := "", 0
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 {
			n--
			continue
		}
		if _, err := strconv.Atoi(fields[0]); err != nil {
			n-- // the heading
			continue
		}
		day, err := time.Parse("20060102", fields[1])
		if err != nil {
			t.Fatal(err)
		}
		if fields[0]+fields[1] == last {
			extra++
		} else {
			last, extra = fields[0]+fields[1], 0
		}
		at := day.Add(12*time.Hour + time.Duration(extra)*time.Second)
		value, err := money.Parse(fields[3])
		if err != nil {
			t.Fatal(err)
		}
		units, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		id := strconv.Itoa(n)
		yield([]fact.Record{
			fact.Order{ID: id, CreatedAt: at, ProcessedAt: at, UpdatedAt: at, Currency: "USD", Presentment: "USD",
				CustomerID: strings.TrimLeft(fields[0], "0"), Channel: "online_store", Shippable: true, Total: value},
			fact.OrderLine{ID: id, OrderID: id, ProductID: "cd", Quantity: units, CurrentQuantity: units, Shippable: true},
			fact.Agreement{ID: id, OrderID: id, HappenedAt: at, Reason: fact.ReasonOrder},
			fact.Sale{ID: id, AgreementID: id, Line: fact.LineProduct, Action: "order", LineID: id, Quantity: units, Total: value},
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// table reads a CSV file by its heading.
func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range all[1:] {
		row := make(map[string]string)
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// linked is a connection of a merchant in a currency and zone.
func linked(t *testing.T, dsn, currency, zone string) *shop {
	t.Helper()
	s := open(t, dsn)
	ctx := context.Background()
	m, err := s.CreateMerchant(ctx, Merchant{Name: "Test", Currency: currency, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.SaveConnection(ctx, Connection{MerchantID: m.ID, Connector: "shopify", AccountID: "test", Name: "Test", Currency: currency, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{s, t, m, c, map[string]int64{}}
}

// finish ends a pull of a stream that is complete up to a moment.
func (s *shop) finish(stream string, completeTo time.Time) {
	s.t.Helper()
	s.save(stream, connectors.Page{ReadAt: completeTo, Next: connectors.Cursor(`{}`), Proof: &connectors.Proof{Slice: "all", Started: completeTo, CompleteTo: completeTo}})
	if err := s.FinishPull(context.Background(), s.merchant.ID, s.connection.ID, stream, nil, time.Time{}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Derive(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) counter(scope kpi.Scope) *Counter {
	s.t.Helper()
	c, err := s.Counter(context.Background(), s.merchant.ID, scope)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// The published figures of 18 months and of all cohorts come out to the last digit, in every scope that holds all the orders.
func TestCDNOW(t *testing.T) {
	folder := reference.Path(t, "data", "cdnow")
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := linked(t, dsn, "USD", "America/New_York")
		var records []fact.Record
		read := time.Date(1998, 7, 2, 0, 0, 0, 0, time.UTC)
		flush := func() {
			s.save("orders", connectors.Page{Records: records, ReadAt: read, Next: connectors.Cursor(`{}`), Backfill: true})
			records = records[:0]
		}
		orders := 0
		cdnowRecords(t, folder, func(of []fact.Record) {
			orders++
			if records = append(records, of...); len(records) >= 20_000 {
				flush()
			}
		})
		flush()
		s.finish("orders", read)
		if orders != 69_659 {
			t.Fatalf("read %d orders, want 69659", orders)
		}
		for _, scope := range []kpi.Scope{kpi.Whole, {Connection: s.connection.ID}, {Connection: s.connection.ID, Channel: "online_store"}} {
			t.Run("scope "+scope.String(), func(t *testing.T) { checkMonths(t, s.counter(scope), table(t, filepath.Join(folder, "monthly.csv"))) })
		}
		checkCohorts(t, s, table(t, filepath.Join(folder, "cohorts.csv")))
	})
}

func checkMonths(t *testing.T, c *Counter, months []map[string]string) {
	terms := []kpi.Term{}
	for _, m := range []kpi.Measure{kpi.Orders, kpi.KeptOrders, kpi.NetSales, kpi.OrderSales, kpi.NetByOrderDate, kpi.GrossSales, kpi.Units,
		kpi.Customers, kpi.NewCustomers, kpi.ReturningCustomers, kpi.RetainedCustomers} {
		terms = append(terms, kpi.Term{Measure: m, Window: kpi.InPeriod})
	}
	before := kpi.Term{Measure: kpi.Customers, Window: kpi.Previous}
	terms = append(terms, before)
	if len(months) != 18 {
		t.Fatalf("%d months, want 18", len(months))
	}
	for _, want := range months {
		p, err := period.Parse(want["month"], 0, period.Calendar{})
		if err != nil {
			t.Fatal(err)
		}
		figures := c.Measures(terms, p)
		got := func(m kpi.Measure) string {
			f := figures[kpi.Term{Measure: m, Window: kpi.InPeriod}]
			if f.Gap != "" {
				return string(f.Gap)
			}
			if info, _ := kpi.Info(m); info.Money {
				return money.Amount{Micros: money.Micros(f.Int), Currency: "USD"}.Decimal()
			}
			return strconv.FormatInt(f.Int, 10)
		}
		check := func(name, got string) {
			t.Helper()
			if got != want[name] {
				t.Errorf("%s: %s is %s, want %s", p, name, got, want[name])
			}
		}
		check("orders", got(kpi.Orders))
		check("orders", got(kpi.KeptOrders))
		for _, m := range []kpi.Measure{kpi.NetSales, kpi.OrderSales, kpi.NetByOrderDate, kpi.GrossSales} {
			check("revenue", got(m))
		}
		check("units", got(kpi.Units))
		check("active_customers", got(kpi.Customers))
		check("new_customers", got(kpi.NewCustomers))
		check("returning_customers", got(kpi.ReturningCustomers))
		sales := figures[kpi.Term{Measure: kpi.OrderSales, Window: kpi.InPeriod}].Int
		check("aov", fmt.Sprintf("%.4f", float64(sales)/1e6/float64(figures[kpi.Term{Measure: kpi.Orders, Window: kpi.InPeriod}].Int)))
		if p.Name == "1997-01" {
			if figures[before].Gap != kpi.InsufficientHist {
				t.Errorf("the month before the first has %+v, want a gap", figures[before])
			}
			continue
		}
		check("retained_from_prev", got(kpi.RetainedCustomers))
		check("retention", fmt.Sprintf("%.6f", float64(figures[kpi.Term{Measure: kpi.RetainedCustomers, Window: kpi.InPeriod}].Int)/float64(figures[before].Int)))
	}
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
}

func checkCohorts(t *testing.T, s *shop, want []map[string]string) {
	t.Helper()
	got, err := s.CohortTable(context.Background(), s.merchant.ID, s.connection.ID, period.Days{From: period.Date(1997, 1, 1), To: period.Date(1998, 7, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d cells, want %d", len(got), len(want))
	}
	sizes := make(map[string]int64)
	for i, c := range got {
		if c.K == 0 {
			sizes[c.Month.Name] = c.Active
		}
		line := fmt.Sprintf("%s %d k%d %d %.6f %s", c.Month, sizes[c.Month.Name], c.K, c.Active, float64(c.Active)/float64(sizes[c.Month.Name]),
			money.Amount{Micros: c.Revenue, Currency: c.Currency}.Decimal())
		w := want[i]
		if expect := fmt.Sprintf("%s %s k%s %s %s %s", w["cohort"], w["size"], w["k"], w["active"], w["rate"], w["revenue"]); line != expect {
			t.Errorf("cohort %s, want %s", line, expect)
		}
	}
}
