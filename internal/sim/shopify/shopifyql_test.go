package shopify

import (
	"encoding/json"
	"strings"
	"testing"
)

type ql struct {
	ShopifyqlQuery struct {
		ParseErrors []string
		TableData   *struct {
			Columns []struct{ Name, DataType string }
			Rows    []map[string]string
		}
	}
}

func (s *stage) ql(query string) ql {
	s.t.Helper()
	var d ql
	a := s.must(`query($q: String!) { shopifyqlQuery(query: $q) { tableData { columns { name dataType displayName } rows } parseErrors parseWarnings } }`, map[string]any{"q": query}, &d)
	if !strings.Contains(a.body, `"shopifyqlCost":{"currentlyAvailable":`) {
		s.t.Errorf("no cost of ShopifyQL in %s", a.body)
	}
	return d
}

func TestSalesReport(t *testing.T) {
	shop := rich(t, 0)
	p, v := shop.Products[0], shop.Products[0].Variants[0]
	vat := []Rate{{Title: "VAT", Rate: 0.2}}
	// 23:30 in Berlin on the 3rd is 22:30 UTC.
	late := on(11, 3) + Instant(10*3600+1800)
	o := place(t, shop, Purchase{At: late, Items: []Item{{Product: p, Variant: v, Quantity: 2, Rates: vat}}, // 25.00 + 5.00
		Discounts: []Discount{{Code: "FIVE", Amount: cents(500)}}, // net 20.00, tax 4.00
		Shipping:  []Carriage{{Title: "Post", Price: cents(390)}}, Tip: cents(100)})
	place(t, shop, Purchase{At: on(11, 3), Test: true, Items: []Item{{Product: p, Variant: v, Quantity: 9}}})
	place(t, shop, Purchase{At: late + 3600, Items: []Item{{Title: "Card", Quantity: 1, Price: cents(5000), GiftCard: true}}}) // the 4th in Berlin
	if _, err := shop.Refund(o, on(11, 6), Refunding{Lines: []RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}}); err != nil {
		t.Fatal(err)
	}
	s := raise(t, shop, Options{Protected: 2})
	d := s.ql("FROM sales SHOW gross_sales, discounts, sales_reversals, net_sales, shipping_charges, taxes, total_sales, orders TIMESERIES day SINCE 2026-11-03 UNTIL 2026-11-06 LIMIT 1000")
	want := []map[string]string{
		{"day": "2026-11-03", "gross_sales": "25.00", "discounts": "-5.00", "sales_reversals": "0.00", "net_sales": "20.00", "shipping_charges": "3.90", "taxes": "4.00", "total_sales": "27.90", "orders": "1"},
		{"day": "2026-11-04", "gross_sales": "0.00", "discounts": "0.00", "sales_reversals": "0.00", "net_sales": "0.00", "shipping_charges": "0.00", "taxes": "0.00", "total_sales": "0.00", "orders": "1"},
		{"day": "2026-11-05", "gross_sales": "0.00", "discounts": "0.00", "sales_reversals": "0.00", "net_sales": "0.00", "shipping_charges": "0.00", "taxes": "0.00", "total_sales": "0.00", "orders": "0"},
		{"day": "2026-11-06", "gross_sales": "0.00", "discounts": "0.00", "sales_reversals": "-10.00", "net_sales": "-10.00", "shipping_charges": "0.00", "taxes": "-2.00", "total_sales": "-12.00", "orders": "0"},
	}
	if d.ShopifyqlQuery.TableData == nil {
		t.Fatalf("%+v", d)
	}
	got, _ := json.MarshalIndent(d.ShopifyqlQuery.TableData.Rows, "", " ")
	if w, _ := json.MarshalIndent(want, "", " "); string(got) != string(w) {
		t.Errorf("got %s\nwant %s", got, w)
	}
	if c := d.ShopifyqlQuery.TableData.Columns; len(c) != 9 || c[0].DataType != "DAY_TIMESTAMP" || c[1].DataType != "MONEY" || c[8].DataType != "INTEGER" {
		t.Errorf("columns %+v", c)
	}
	if d := s.ql("FROM sales SHOW net_sales, orders SINCE 2026-11-01 UNTIL 2026-11-30"); len(d.ShopifyqlQuery.TableData.Rows) != 1 || d.ShopifyqlQuery.TableData.Rows[0]["net_sales"] != "10.00" {
		t.Errorf("one row: %+v", d.ShopifyqlQuery.TableData.Rows)
	}
	// In UTC the gift card is of the 3rd too.
	if d := s.ql("FROM sales SHOW orders TIMESERIES day SINCE 2026-11-03 UNTIL 2026-11-03 WITH TIMEZONE 'UTC'"); d.ShopifyqlQuery.TableData.Rows[0]["orders"] != "2" {
		t.Errorf("in UTC: %+v", d.ShopifyqlQuery.TableData.Rows)
	}
	if err := s.srv.Change(func(shop *Shop) error { shop.Delete(shop.Order(o.ID)); return nil }); err != nil {
		t.Fatal(err)
	}
	if d := s.ql("FROM sales SHOW net_sales SINCE 2026-11-01 UNTIL 2026-11-30"); d.ShopifyqlQuery.TableData.Rows[0]["net_sales"] != "0.00" {
		t.Errorf("a deleted order is still in the report: %+v", d.ShopifyqlQuery.TableData.Rows)
	}
}

func TestSessionsReport(t *testing.T) {
	shop := rich(t, 0)
	shop.Sessions = []SessionsDay{
		{Day: "2026-11-02", Source: "search", UTMSource: "google", Sessions: 80, Visitors: 60, CartAdds: 9, Reached: 5, Completed: 2, Bounced: 40, Seconds: 8000},
		{Day: "2026-11-02", Source: "direct", Sessions: 20, Visitors: 20, Completed: 1, Bounced: 10},
		{Day: "2026-11-04", Source: "direct", Sessions: 10, Visitors: 9},
		{Day: "2026-12-01", Source: "direct", Sessions: 99},
	}
	s := raise(t, shop, Options{Protected: 2})
	d := s.ql("FROM sessions SHOW sessions, online_store_visitors, sessions_that_completed_checkout, conversion_rate, average_session_duration TIMESERIES day SINCE 2026-11-02 UNTIL 2026-11-04")
	want := `[{"average_session_duration":"80","conversion_rate":"0.03","day":"2026-11-02","online_store_visitors":"80","sessions":"100","sessions_that_completed_checkout":"3"},` +
		`{"average_session_duration":"0.0","conversion_rate":"0.0","day":"2026-11-03","online_store_visitors":"0","sessions":"0","sessions_that_completed_checkout":"0"},` +
		`{"average_session_duration":"0","conversion_rate":"0","day":"2026-11-04","online_store_visitors":"9","sessions":"10","sessions_that_completed_checkout":"0"}]`
	if got := string(mustJSON(d.ShopifyqlQuery.TableData.Rows)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	d = s.ql("FROM sessions SHOW sessions GROUP BY referrer_source, utm_source TIMESERIES day SINCE 2026-11-02 UNTIL 2026-11-02")
	if got := string(mustJSON(d.ShopifyqlQuery.TableData.Rows)); got != `[{"day":"2026-11-02","referrer_source":"direct","sessions":"20","utm_source":""},{"day":"2026-11-02","referrer_source":"search","sessions":"80","utm_source":"google"}]` {
		t.Errorf("grouped: %s", got)
	}
	for _, q := range []string{"FROM visits SHOW sessions", "FROM sessions SHOW net_sales", "FROM sessions SHOW sessions GROUP BY colour", "FROM sessions SHOW sessions SINCE someday",
		"FROM sessions SHOW sessions TIMESERIES hour", "sessions", "FROM sales SHOW"} {
		if d := s.ql(q); len(d.ShopifyqlQuery.ParseErrors) != 1 || d.ShopifyqlQuery.TableData != nil {
			t.Errorf("%s: %+v", q, d)
		}
	}
}

// ShopifyQL has an allowance of its own, by the minute.
func TestReportBudget(t *testing.T) {
	pace := NewClock(on(11, 21).Time())
	s := raise(t, rich(t, 0), Options{Protected: 2, Pace: pace.Now, RestoreRate: 1000})
	ask := func() string {
		return s.ask(`{ shopifyqlQuery(query: "FROM sales SHOW orders") { parseErrors } }`, nil).code()
	}
	for i := range qlPoints / qlCost {
		if code := ask(); code != "" {
			t.Fatalf("query %d: %s", i, code)
		}
	}
	if code := ask(); code != "THROTTLED" {
		t.Errorf("beyond the allowance: %q", code)
	}
	pace.Advance(qlWindow)
	if code := ask(); code != "" {
		t.Errorf("in the next minute: %q", code)
	}
}
