package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/reference"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// TestRealOrders brings the 69,659 orders of CDNOW through link, bulk operations and ledger, and holds every month and cohort against
// the figures that were worked out from the file apart from all of this.
func TestRealOrders(t *testing.T) {
	folder := reference.Path(t, "data", "cdnow")
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		f, err := os.Open(filepath.Join(folder, "CDNOW_master.txt"))
		if err != nil {
			t.Fatal(err)
		}
		shop, err := sim.FromCSV(f, sim.CSVOptions{})
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		last := time.Date(1998, time.July, 5, 8, 0, 0, 0, time.UTC)
		r := newRig(t, dsn, shop, rigOptions{Now: last.Add(-time.Hour)})
		r.link()
		r.pull(last)
		r.wantMonths(readCSV(t, filepath.Join(folder, "monthly.csv")))
		r.wantCohorts(readCSV(t, filepath.Join(folder, "cohorts.csv")))
	})
}

// readCSV reads a file by its heading.
func readCSV(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func dollars(micros int64) string {
	return money.Amount{Micros: money.Micros(micros), Currency: "USD"}.Decimal()
}

func (r *rig) wantMonths(months []map[string]string) {
	r.t.Helper()
	if len(months) != 18 {
		r.t.Fatalf("%d months, want 18", len(months))
	}
	c := r.counter("")
	var orders, net, fresh, before int64
	for _, want := range months {
		of := func(m kpi.Measure) int64 {
			f := r.figure(c, m, want["month"])
			if f.Gap != "" {
				r.t.Errorf("%s of %s is a gap: %s", m, want["month"], f.Gap)
			}
			return f.Int
		}
		check := func(name, got string) {
			r.t.Helper()
			if got != want[name] {
				r.t.Errorf("%s of %s is %s, want %s", name, want["month"], got, want[name])
			}
		}
		count := func(n int64) string { return strconv.FormatInt(n, 10) }
		check("orders", count(of(kpi.Orders)))
		check("units", count(of(kpi.Units)))
		for _, m := range []kpi.Measure{kpi.GrossSales, kpi.NetSales, kpi.NetByOrderDate, kpi.OrderSales} {
			check("revenue", dollars(of(m)))
		}
		check("aov", fmt.Sprintf("%.4f", float64(of(kpi.OrderSales))/1e6/float64(of(kpi.Orders))))
		check("active_customers", count(of(kpi.Customers)))
		check("new_customers", count(of(kpi.NewCustomers)))
		check("returning_customers", count(of(kpi.ReturningCustomers)))
		if before > 0 {
			check("retained_from_prev", count(of(kpi.RetainedCustomers)))
			check("retention", fmt.Sprintf("%.6f", float64(of(kpi.RetainedCustomers))/float64(before)))
		}
		before = of(kpi.Customers)
		orders, net, fresh = orders+of(kpi.Orders), net+of(kpi.NetSales), fresh+of(kpi.NewCustomers)
	}
	if orders != 69_659 || fresh != 23_570 || dollars(net) != "2500315.63" {
		r.t.Errorf("%d orders of %d customers for %s, want 69659 of 23570 for 2500315.63", orders, fresh, dollars(net))
	}
}

func (r *rig) wantCohorts(want []map[string]string) {
	r.t.Helper()
	conn := r.connection()
	got, err := r.app.db.CohortTable(r.t.Context(), conn.MerchantID, conn.ID, period.Days{From: period.Date(1997, 1, 1), To: period.Date(1998, 7, 1)})
	r.must(err)
	if len(got) != len(want) {
		r.t.Fatalf("%d cells of cohorts, want %d", len(got), len(want))
	}
	var size int64
	for i, c := range got {
		if c.K == 0 {
			size = c.Active
		}
		cell := fmt.Sprintf("%s of %d, k %d: %d, %.6f, %s", c.Month, size, c.K, c.Active, float64(c.Active)/float64(size), dollars(int64(c.Revenue)))
		w := want[i]
		if expected := fmt.Sprintf("%s of %s, k %s: %s, %s, %s", w["cohort"], w["size"], w["k"], w["active"], w["rate"], w["revenue"]); cell != expected {
			r.t.Errorf("cohort %s, want %s", cell, expected)
		}
	}
}
