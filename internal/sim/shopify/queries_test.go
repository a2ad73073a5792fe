package shopify

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"fourfold/internal/reference"
)

// sheet reads one of the reference queries.
func sheet(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(reference.Path(t, "shopify", "queries", name+".graphql"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The reference's estimates of what its queries are charged hold here too, and the queries run.
func TestReferenceQueriesAndTheirCost(t *testing.T) {
	s := raise(t, rich(t, 30), Options{RestoreRate: 1000, Protected: 2})
	page := func(n int) map[string]any {
		return map[string]any{"first": n, "q": "updated_at:>='2026-11-01T00:00:00Z'"}
	}
	for _, c := range []struct {
		name string
		vars map[string]any
		cost int
	}{
		{"01_shop", nil, 6},
		{"08_orders_refunds_page", page(100), 398},
		{"09_orders_fulfillment_events_page", page(100), 227},
		{"10_abandoned_checkouts_page", page(100), 83},
		{"13_bulk_list_cancel", nil, -1},
		{"14_shopifyql", map[string]any{"q": "FROM sales SHOW net_sales TIMESERIES day SINCE 2026-11-01 UNTIL 2026-11-20"}, 3},
		{"16_locations_counts", map[string]any{"q": ""}, -1},
		{"17_order_agreements_page", page(100), 974},
		{"17_order_agreements_page", page(50), -1},
		{"18_orders_page", page(50), 555},
		{"18_orders_page", page(100), 713},
		{"18_orders_page", page(250), 871},
	} {
		q := sheet(t, c.name)
		if c.name == "13_bulk_list_cancel" {
			q = strings.SplitN(q, "mutation", 2)[0]
		}
		a := s.must(q, c.vars, nil)
		if got := a.Extensions.Cost.RequestedQueryCost; c.cost >= 0 && got != c.cost {
			t.Errorf("%s with %v is charged %d, the reference says %d", c.name, c.vars["first"], got, c.cost)
		}
		if a.Extensions.Cost.ActualQueryCost == nil || *a.Extensions.Cost.ActualQueryCost > a.Extensions.Cost.RequestedQueryCost {
			t.Errorf("%s: actual cost %v of %d", c.name, a.Extensions.Cost.ActualQueryCost, a.Extensions.Cost.RequestedQueryCost)
		}
		if len(a.Extensions.Search) > 0 {
			t.Errorf("%s: search warnings %+v", c.name, a.Extensions.Search)
		}
	}
	for _, name := range []string{"02_bulk_orders", "03_bulk_agreements", "04_bulk_returns", "05_bulk_products", "06_bulk_inventory", "07_bulk_customers"} {
		q := strings.ReplaceAll(sheet(t, name), "2026-11-19T00:00:00Z", "2026-01-01T00:00:00Z")
		op := s.bulk(q, false)
		if op.Status != "COMPLETED" {
			t.Fatalf("%s ended as %+v", name, op)
		}
		if op.ObjectCount == "0" {
			if op.URL != "" || name != "04_bulk_returns" {
				t.Errorf("%s: no objects, URL %q", name, op.URL)
			}
			continue
		}
		if _, raw := s.get(op.URL); !json.Valid([]byte(strings.SplitN(string(raw), "\n", 2)[0])) {
			t.Errorf("%s: %.200s", name, raw)
		}
	}
	for _, name := range []string{"90_negative", "91_negative_bulk_list_connection"} {
		if _, message := bulkPlan(sheet(t, name)); message == "" {
			t.Errorf("%s is taken", name)
		}
	}
	if a := s.ask(sheet(t, "90_negative"), nil); a.code() != "undefinedField" {
		t.Errorf("90 answers %s", a.body)
	}
}
