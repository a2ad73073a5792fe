package shopify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// What Shopify refuses, case by case: the query, its variables, and what the errors must say.
func TestRefusals(t *testing.T) {
	shop := rich(t, 3)
	order := gid{"Order", shop.Orders[0].ID}.String()
	all := AllScopes
	without := func(scope string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == scope })
	}
	for _, c := range []struct {
		name    string
		scopes  []string
		level   int
		query   string
		vars    map[string]any
		code    string
		message string
		path    string // of the first error, as JSON
		data    string // what is left of the data, as JSON; empty where there is none
	}{
		{name: "no page size", query: `{ orders { nodes { id } } }`, code: "BAD_REQUEST", message: "you must provide one of first or last", data: `null`},
		{name: "page too large", query: `{ orders(first: 251) { nodes { id } } }`, code: "BAD_REQUEST", message: "first cannot exceed 250", data: `null`},
		{name: "negative page", query: `{ orders(first: -1) { nodes { id } } }`, code: "BAD_REQUEST", message: "first cannot be negative", data: `null`},
		{name: "first and last", query: `{ orders(first: 1, last: 1) { nodes { id } } }`, code: "BAD_REQUEST", message: "both first and last", data: `null`},
		{name: "cursor of nobody", query: `{ orders(first: 1, after: "zzz") { nodes { id } } }`, code: "BAD_REQUEST", message: "Invalid cursor", data: `null`},
		{name: "nested page size", query: `{ orders(first: 1) { nodes { id lineItems { nodes { id } } } } }`, code: "BAD_REQUEST", message: "first or last", path: `["orders","nodes",0,"lineItems"]`, data: `null`},
		{name: "walked too far", query: `query($a: String) { orders(first: 100, after: $a) { nodes { id } } }`,
			vars: map[string]any{"a": cursor{ID: 1, Value: 1, Walked: 24_950}.String()}, code: "BAD_REQUEST", message: "25000", data: `null`},
		{name: "too many IDs", query: `query($i: [ID!]!) { nodes(ids: $i) { id } }`, vars: map[string]any{"i": slices.Repeat([]string{order}, 251)},
			code: "BAD_REQUEST", message: "maximum allowed of 250", data: `null`},
		{name: "unknown field", query: "query A { orders(first: 1) {\n nodes { id colour } } }", code: "undefinedField",
			message: "Field 'colour' doesn't exist on type 'Order'", path: `["query A","orders","nodes","colour"]`},
		{name: "unknown argument", query: `{ orders(first: 1, colour: 2) { nodes { id } } }`, code: "argumentNotAccepted", message: "Field 'orders' doesn't accept argument 'colour'"},
		{name: "argument left out", query: `{ order { id } }`, code: "missingRequiredArguments", message: "Field 'order' is missing required arguments: id"},
		{name: "literal of another type", query: `{ orders(first: "ten") { nodes { id } } }`, code: "argumentLiteralsIncompatible"},
		{name: "unknown sort key", query: `{ orders(first: 1, sortKey: COLOUR) { nodes { id } } }`, code: "argumentLiteralsIncompatible"},
		{name: "no selection", query: `{ shop }`, code: "selectionMismatch"},
		{name: "unknown variable", query: `{ orders(first: $n) { nodes { id } } }`, code: "variableNotDefined"},
		{name: "unused variable", query: `query($n: Int) { shop { id } }`, code: "variableNotUsed"},
		{name: "variable of another type", query: `query($n: Int!) { orders(first: $n) { nodes { id } } }`, vars: map[string]any{"n": "ten"}, code: "INVALID_VARIABLE", message: "Variable $n of type Int! was provided invalid value"},
		{name: "variable not given", query: `query($n: Int!) { orders(first: $n) { nodes { id } } }`, code: "INVALID_VARIABLE"},
		{name: "introspection", query: `{ __schema { types { name } } }`, code: "BAD_REQUEST", message: "Introspection is not simulated"},
		{name: "two operations and no name", query: `query A { shop { id } } query B { shop { id } }`, code: "BAD_REQUEST", message: "operation name"},
		{name: "not GraphQL", query: `{ orders(`, message: "syntax error"},
		{name: "too dear", query: `{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id product { id } variant { id product { id } inventoryItem { id variant { id } inventoryLevels(first: 10) { nodes { id } } } } } } } } }`,
			code: "MAX_COST_EXCEEDED", message: "which exceeds the single query max cost limit (1000)"},
		{name: "ID of another kind", query: `{ order(id: "gid://shopify/Product/1") { id } }`, code: "RESOURCE_NOT_FOUND", message: "Invalid id: gid://shopify/Product/1", data: `{"order":null}`},
		{name: "node without an ID", query: `{ node(id: "tea") { id } }`, code: "RESOURCE_NOT_FOUND", data: `{"node":null}`},
		{name: "bad timestamp", query: `{ orders(first: 1, query: "created_at:>'yesterdayish'") { nodes { id } } }`, code: "BAD_REQUEST", message: "Invalid timestamp for query filter `created_at`.", data: `{"orders":{"nodes":[]}}`},

		{name: "customer without its scope", scopes: without("read_customers"), query: `{ orders(first: 1) { nodes { number customer { id } } } }`, code: "ACCESS_DENIED",
			message: "Access denied for customer field. Required access: `read_customers` access scope.", path: `["orders","nodes",0,"customer"]`,
			data: `{"orders":{"nodes":[{"number":1001,"customer":null}]}}`},
		{name: "orders without their scope", scopes: without("read_orders"), query: `{ orders(first: 1) { nodes { id } } }`, code: "ACCESS_DENIED", path: `["orders"]`, data: `null`},
		{name: "returns without their scope", scopes: without("read_returns"), query: `{ order(id: "` + order + `") { number returns(first: 1) { nodes { id } } } }`, code: "ACCESS_DENIED", data: `{"order":null}`},
		{name: "location name without its scope", scopes: without("read_locations"), query: `{ locations(first: 1) { nodes { id name } } }`, code: "ACCESS_DENIED",
			message: "Access denied for name field.", data: `null`},
		{name: "promises without their scope", scopes: without("read_merchant_managed_fulfillment_orders"), query: `{ order(id: "` + order + `") { number fulfillmentOrders(first: 1) { nodes { fulfillBy } } } }`, code: "ACCESS_DENIED", data: `{"order":null}`},
		{name: "ShopifyQL at level 1", query: `{ shopifyqlQuery(query: "FROM sales SHOW orders") { parseErrors } }`, code: "ACCESS_DENIED", message: "This app is not approved to use the shopifyqlQuery field.", data: `{"shopifyqlQuery":null}`},
		{name: "ShopifyQL without its scope", scopes: without("read_reports"), level: 2, query: `{ shopifyqlQuery(query: "FROM sales SHOW orders") { parseErrors } }`, code: "ACCESS_DENIED", message: "`read_reports` access scope", data: `{"shopifyqlQuery":null}`},
		{name: "node of a type without its scope", scopes: without("read_orders"), query: `{ node(id: "` + order + `") { id } }`, code: "ACCESS_DENIED", data: `{"node":null}`},
		{name: "e-mail at level 1", query: `{ orders(first: 1) { nodes { number email } } }`, code: "ACCESS_DENIED", message: "This app is not approved to use the email field.",
			data: `{"orders":{"nodes":[{"number":1001,"email":null}]}}`},
		{name: "orders without approval", level: None, query: `{ orders(first: 1) { nodes { number } } }`, code: "ACCESS_DENIED", message: "This app is not approved to access the Order object.", data: `null`},
		{name: "customers without approval", level: None, query: `{ shop { name } customers(first: 1) { nodes { id } } }`, code: "ACCESS_DENIED", message: "This app is not approved to access the Customer object.", data: `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := raise(t, shop, Options{Protected: c.level})
			if c.scopes != nil {
				s.token = s.srv.IssueToken(c.scopes...)
			}
			a := s.ask(c.query, c.vars)
			if a.status != http.StatusOK || len(a.Errors) == 0 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if a.code() != c.code || !strings.Contains(a.Errors[0].Message, c.message) {
				t.Errorf("%s", a.body)
			}
			if c.path != "" && string(mustJSON(a.Errors[0].Path)) != c.path {
				t.Errorf("path %s, want %s", mustJSON(a.Errors[0].Path), c.path)
			}
			if string(a.Data) != c.data && (c.data != "null" || a.Data != nil) {
				t.Errorf("data %s, want %s", a.Data, c.data)
			}
			if strings.Contains(a.body, s.token) {
				t.Error("the reply holds the token")
			}
		})
	}
}

// What is refused with a status.
func TestRefusalsByStatus(t *testing.T) {
	const graphql = "/admin/api/2026-10/graphql.json"
	good := `{"query":"{ shop { name } }"}`
	for _, c := range []struct {
		name   string
		faults Faults
		token  string
		host   string
		path   string
		body   string
		want   int
		says   string
	}{
		{name: "well", path: graphql, body: good, want: 200, says: `"name":"Tea"`},
		{name: "dead token", token: "shpat_dead", path: graphql, body: good, want: 401, says: `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`},
		{name: "no token", token: "-", path: graphql, body: good, want: 401},
		{name: "another shop", host: "coffee.myshopify.com", path: graphql, body: good, want: 404},
		{name: "REST", path: "/admin/api/2026-10/orders.json", body: good, want: 404},
		{name: "not JSON", path: graphql, body: "query=shop", want: 400},
		{name: "frozen", faults: Faults{Frozen: true}, path: graphql, body: good, want: 402},
		{name: "locked", faults: Faults{Locked: true}, path: graphql, body: good, want: 423},
		{name: "inactive", faults: Faults{Inactive: true}, path: graphql, body: good, want: 200, says: `"code":"SHOP_INACTIVE"`},
		{name: "gone", faults: Faults{Gone: true}, path: graphql, body: good, want: 404},
		{name: "too many", faults: Faults{TooMany: Chance{Count: 1}}, path: graphql, body: good, want: 429},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := raise(t, rich(t, 1), Options{})
			s.srv.SetFaults(c.faults)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+orText(c.host, "tea.myshopify.com")+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.token != "-" {
				req.Header.Set("X-Shopify-Access-Token", orText(c.token, s.token))
			}
			resp, err := s.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var b strings.Builder
			var raw json.RawMessage
			_ = json.NewDecoder(resp.Body).Decode(&raw)
			b.Write(raw)
			if resp.StatusCode != c.want || !strings.Contains(b.String(), c.says) {
				t.Errorf("%d %s", resp.StatusCode, b.String())
			}
			if c.want == 429 && resp.Header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
		})
	}
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func TestVersionFallsForward(t *testing.T) {
	s := raise(t, rich(t, 1), Options{})
	for asked, answered := range map[string]string{"2026-10": "2026-10", "2026-07": "2026-07", "2024-01": "2026-01", "2031-04": "2026-01"} {
		resp, _ := s.post("/admin/api/"+asked+"/graphql.json", `{"query":"{ shop { name } }"}`)
		if got := resp.Header.Get("X-Shopify-API-Version"); resp.StatusCode != http.StatusOK || got != answered {
			t.Errorf("%s is answered by %s with %d", asked, got, resp.StatusCode)
		}
	}
}

func TestThrottling(t *testing.T) {
	pace := NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	s := raise(t, rich(t, 40), Options{Pace: pace.Now})
	q := `{ orders(first: 250) { nodes { id lineItems(first: 50) { nodes { id product { id } } } } } }`
	level := 2000
	for i := range 100 {
		a := s.ask(q, nil)
		cost := a.Extensions.Cost
		if cost.ThrottleStatus.MaximumAvailable != 2000 || cost.ThrottleStatus.RestoreRate != 100 {
			t.Fatalf("status %+v", cost)
		}
		if a.code() != "THROTTLED" {
			if len(a.Errors) > 0 || cost.RequestedQueryCost > level {
				t.Fatalf("request %d with %d points left: %s", i, level, a.body)
			}
			level -= *cost.ActualQueryCost
			if int(cost.ThrottleStatus.CurrentlyAvailable) != level {
				t.Fatalf("%v available, want %d", cost.ThrottleStatus.CurrentlyAvailable, level)
			}
			continue
		}
		if a.Data != nil || cost.ActualQueryCost != nil || level >= cost.RequestedQueryCost || a.Errors[0].Message != "Throttled" {
			t.Fatalf("throttled with %d left: %s", level, a.body)
		}
		missing := cost.RequestedQueryCost - level
		pace.Advance(time.Duration(missing)*10*time.Millisecond - time.Millisecond)
		if s.ask(q, nil).code() != "THROTTLED" {
			t.Error("a moment too early it runs")
		}
		pace.Advance(time.Millisecond)
		if a := s.ask(q, nil); a.code() != "" {
			t.Errorf("after the exact wait: %s", a.body)
		}
		if st := s.srv.Stats(); st.Throttled != 2 || st.Requests != i+3 {
			t.Errorf("stats %+v", st)
		}
		return
	}
	t.Error("never throttled")
}

// An empty page is charged what was requested, a short one what it held.
func TestActualCost(t *testing.T) {
	s := raise(t, rich(t, 4), Options{})
	for q, want := range map[string][2]int{
		`{ orders(first: 100) { nodes { id } } }`:                                                          {11, 4},
		`{ orders(first: 100, query: "tag:none") { nodes { id } } }`:                                       {11, 11},
		`{ orders(first: 100) { nodes { id customer { id } } } }`:                                          {20, 6},
		`{ ordersCount { count } }`:                                                                        {10, 10},
		`mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { message } } }`: {10, 10},
	} {
		a := s.must(q, nil, nil)
		if c := a.Extensions.Cost; c.RequestedQueryCost != want[0] || *c.ActualQueryCost != want[1] {
			t.Errorf("%s costs %d, then %d; want %v", q, c.RequestedQueryCost, *c.ActualQueryCost, want)
		}
	}
}

func TestWall(t *testing.T) {
	shop := rich(t, 3)
	old := shop.Orders[0]
	old.CreatedAt, old.ProcessedAt = on(9, 1), on(9, 1)
	s := raise(t, shop, Options{})
	ask := func() (n int, seen bool) {
		var d struct {
			OrdersCount struct{ Count int }
			Orders      struct{ Nodes []struct{ ID string } }
			Order, Node *struct{ ID string }
		}
		s.must(fmt.Sprintf(`{ ordersCount { count } orders(first: 10) { nodes { id } } order(id: "gid://shopify/Order/%d") { id } node(id: "gid://shopify/Order/%d") { id } }`, old.ID, old.ID), nil, &d)
		if len(d.Orders.Nodes) != d.OrdersCount.Count || (d.Order == nil) != (d.Node == nil) {
			t.Errorf("%+v", d)
		}
		return d.OrdersCount.Count, d.Order != nil
	}
	if n, seen := ask(); n != 3 || !seen {
		t.Errorf("with read_all_orders %d orders, the old one %v", n, seen)
	}
	s.token = s.srv.IssueToken("read_orders", "read_customers")
	if n, seen := ask(); n != 2 || seen {
		t.Errorf("without read_all_orders %d orders, the old one %v", n, seen)
	}
	if op := s.bulk(`{ orders { edges { node { id } } } }`, false); op.ObjectCount != "2" {
		t.Errorf("bulk passes the wall: %+v", op)
	}
}
