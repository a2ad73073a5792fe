package shopify

import (
	"strconv"
	"testing"
)

// The search language over orders placed at known hours. The shop's zone is Berlin, so local midnight is 23:00 UTC in winter.
func TestSearch(t *testing.T) {
	shop := rich(t, 96) // hourly, 16 November 13:00 to 20 November 12:00 UTC
	for i, o := range shop.Orders {
		o.Tags = []string{"even"}
		if i%2 == 1 {
			o.Tags = []string{"odd", "Wholesale"}
		}
	}
	shop.Orders[0].Test = true
	shop.Orders[1].CancelledAt = on(11, 18)
	shop.Orders[2].SourceName = "pos"
	shop.Orders[3].ReturnStatus = "IN_PROGRESS"
	customer := strconv.FormatInt(shop.Customers[0].ID, 10)
	s := raise(t, shop, Options{})
	for _, c := range []struct {
		query   string
		want    int
		warning string // field/code
	}{
		{"", 96, ""},
		{"updated_at:>='2026-11-19T00:00:00Z'", 37, ""},
		{"updated_at:>'2026-11-19T00:00:00Z'", 36, ""},
		{"updated_at:<'2026-11-19T00:00:00Z'", 59, ""},
		{"updated_at:<='2026-11-19T00:00:00Z'", 60, ""},
		{"updated_at:>=\"2026-11-19T01:00:00+01:00\"", 37, ""},
		{"updated_at:>='2026-11-19T00:00:00Z' AND updated_at:<'2026-11-19T06:00:00Z'", 6, ""},
		{"updated_at:>='2026-11-19T00:00:00Z' updated_at:<'2026-11-19T06:00:00Z'", 6, ""},
		{"created_at:>='2026-11-19T00:00:00Z' AND created_at:<'2026-11-19T06:00:00Z'", 6, ""},
		{"processed_at:>='2026-11-19T00:00:00Z' AND updated_at:<'2026-11-19T06:00:00Z'", 6, ""},
		// Without a zone it is the shop's time.
		{"updated_at:>='2026-11-19T00:00:00'", 38, ""},
		{"updated_at:>='2026-11-19'", 38, ""},
		{"updated_at:2026-11-19", 24, ""},
		// Without quotes it is cut at the first colon and read in shop time, and the rest is an unknown field.
		{"updated_at:>=2026-11-19T06:00:00Z", 32, "00/invalid_field"},
		{"tag:odd", 48, ""},
		{"tag:wholesale", 48, ""},
		{"-tag:odd", 48, ""},
		{"NOT tag:odd", 48, ""},
		{"tag:odd OR tag:even", 96, ""},
		{"tag:odd AND (created_at:<'2026-11-16T15:00:00Z' OR source_name:pos)", 1, ""},
		{"tag:even AND (created_at:<'2026-11-16T14:00:00Z' OR source_name:pos)", 2, ""},
		{"test:true", 1, ""},
		{"status:cancelled", 1, ""},
		{"status:elsewhere", 96, "status/invalid_value"},
		{"return_status:in_progress", 1, ""},
		{"-return_status:no_return", 1, ""},
		{"financial_status:paid", 96, ""},
		{"customer_id:" + customer, 32, ""},
		{"customer_id:*", 96, ""},
		{"name:#1001", 1, ""},
		{"#1001", 1, ""},
		// What is not known is ignored, and everything comes.
		{"colour:red", 96, "colour/invalid_field"},
		{"colour:red AND test:true", 1, "colour/invalid_field"},
	} {
		var d struct {
			OrdersCount struct {
				Count     int
				Precision string
			}
			Orders struct{ Nodes []struct{ ID string } }
		}
		a := s.must(`query($q: String) { ordersCount(query: $q, limit: null) { count precision } orders(first: 250, query: $q) { nodes { id } } }`, map[string]any{"q": c.query}, &d)
		if d.OrdersCount.Count != c.want || len(d.Orders.Nodes) != c.want || d.OrdersCount.Precision != "EXACT" {
			t.Errorf("%s: %d orders, counted %+v, want %d", c.query, len(d.Orders.Nodes), d.OrdersCount, c.want)
		}
		warned := ""
		for _, r := range a.Extensions.Search {
			for _, w := range r.Warnings {
				warned = w.Field + "/" + w.Code
			}
		}
		if warned != c.warning {
			t.Errorf("%s warns of %q, want %q", c.query, warned, c.warning)
		}
	}
	var d struct {
		OrdersCount struct {
			Count     int
			Precision string
		}
	}
	if s.must(`{ ordersCount(limit: 10) { count precision } }`, nil, &d); d.OrdersCount.Count != 10 || d.OrdersCount.Precision != "AT_LEAST" {
		t.Errorf("cut count %+v", d.OrdersCount)
	}
}

// customers(updated_at) compares whole days of the shop.
func TestCustomerSearchByDay(t *testing.T) {
	shop := rich(t, 0)
	for i, c := range shop.Customers {
		c.UpdatedAt = on(11, 10+i) // noon
	}
	s := raise(t, shop, Options{})
	for q, want := range map[string]int{
		"updated_at:>='2026-11-11T23:30:00Z'": 1, // a time of the 12th in Berlin
		"updated_at:>='2026-11-11T18:00:00Z'": 2,
		"updated_at:>'2026-11-11'":            1,
		"updated_at:'2026-11-11'":             1,
		"updated_at:<='2026-11-11T00:00:00Z'": 2,
		"created_at:>'2030-01-01'":            3, // no such filter here
	} {
		var d struct {
			Customers struct{ Nodes []struct{ ID string } }
		}
		if s.must(`query($q: String) { customers(first: 9, query: $q, sortKey: UPDATED_AT) { nodes { id } } }`, map[string]any{"q": q}, &d); len(d.Customers.Nodes) != want {
			t.Errorf("%s gives %d customers, want %d", q, len(d.Customers.Nodes), want)
		}
	}
}
