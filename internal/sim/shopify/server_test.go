package shopify

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// stage is a running server with a client and a token that may do everything.
type stage struct {
	t      testing.TB
	srv    *Server
	client *http.Client
	token  string
}

// rich is the shop of most tests here: n orders of two lines, one per hour up to 20 November 2026, noon UTC.
func rich(t testing.TB, n int) *Shop {
	s := &Shop{ID: 77, Domain: "tea.myshopify.com", Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: on(1, 1), Plan: Plan{Name: "Basic"}}
	s.Locations = []*Location{{ID: s.NewID(), Name: "Berlin", Online: true, CreatedAt: on(1, 1), UpdatedAt: on(1, 1)}}
	v := &Variant{ID: s.NewID(), SKU: "TEA-1", Price: cents(1250), CreatedAt: on(1, 1), UpdatedAt: on(1, 1)}
	v.Item = InventoryItem{ID: s.NewID(), HasCost: true, Cost: cents(400), CreatedAt: on(1, 1), UpdatedAt: on(1, 1)}
	v.Item.Levels = []InventoryLevel{{ID: s.NewID(), LocationID: s.Locations[0].ID, Available: 40, Committed: 2, CreatedAt: on(1, 1), UpdatedAt: on(1, 1)}}
	p := &Product{ID: s.NewID(), Title: "Grüner Tee / \"Nº 1\"", Handle: "tea", Status: "ACTIVE", CreatedAt: on(1, 1), UpdatedAt: on(1, 1), Variants: []*Variant{v}}
	s.Products = []*Product{p}
	for i := range 3 {
		s.Customers = append(s.Customers, &Customer{ID: s.NewID(), CreatedAt: on(1, 2+i), UpdatedAt: on(1, 2+i), ConsentAt: on(1, 3)})
	}
	end := on(11, 20)
	for i := range n {
		at := end - Instant((n-1-i)*3600)
		o, err := s.Place(Purchase{At: at, Customer: s.Customers[i%3], Items: []Item{
			{Product: p, Variant: v, Quantity: 2},
			{Title: "Cup", Quantity: 1, Price: cents(500)},
		}, Shipping: []Carriage{{Title: "Post", Price: cents(390)}}})
		if err != nil {
			t.Fatal(err)
		}
		o.UpdatedAt = at
	}
	return s
}

func raise(t testing.TB, shop *Shop, opts Options) *stage {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return on(11, 21).Time() }
	}
	srv := New(shop, opts)
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &stage{t, srv, client, srv.IssueToken()}
}

// answer is a GraphQL reply.
type answer struct {
	Data       json.RawMessage
	Errors     []refusal
	Extensions struct {
		Cost struct {
			RequestedQueryCost int
			ActualQueryCost    *int
			ThrottleStatus     struct{ MaximumAvailable, CurrentlyAvailable, RestoreRate float64 }
		}
		Search []searchReport
	}
	header http.Header
	status int
	body   string
}

func (a *answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	c, _ := a.Errors[0].Extensions["code"].(string)
	return c
}

func (s *stage) post(path, body string) (*http.Response, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://"+s.srv.shop.Domain+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Shopify-Access-Token", s.token)
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, raw
}

func (s *stage) ask(query string, vars map[string]any) *answer {
	s.t.Helper()
	resp, raw := s.post("/admin/api/2026-10/graphql.json", string(mustJSON(map[string]any{"query": query, "variables": vars})))
	a := &answer{header: resp.Header, status: resp.StatusCode, body: string(raw)}
	if resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(raw, a); err != nil {
			s.t.Fatalf("%v in %s", err, raw)
		}
	}
	return a
}

// must is ask without errors, its data decoded into v.
func (s *stage) must(query string, vars map[string]any, v any) *answer {
	s.t.Helper()
	a := s.ask(query, vars)
	if a.status != http.StatusOK || len(a.Errors) > 0 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	if v != nil {
		if err := json.Unmarshal(a.Data, v); err != nil {
			s.t.Fatalf("%v in %s", err, a.Data)
		}
	}
	return a
}

type wireBulk struct {
	ID, Status, ErrorCode, URL, PartialDataURL string
	ObjectCount, RootObjectCount, FileSize     string
}

const runBulk = `mutation Run($q: String!, $g: Boolean! = false) { bulkOperationRunQuery(query: $q, groupObjects: $g) {
  bulkOperation { id status objectCount } userErrors { field message code } } }`

// bulk runs a query to its end.
func (s *stage) bulk(query string, grouped bool) wireBulk {
	s.t.Helper()
	var run struct {
		BulkOperationRunQuery struct {
			BulkOperation *wireBulk
			UserErrors    []struct{ Message string }
		}
	}
	s.must(runBulk, map[string]any{"q": query, "g": grouped}, &run)
	op := run.BulkOperationRunQuery.BulkOperation
	if op == nil || op.Status != "CREATED" || op.ObjectCount != "0" {
		s.t.Fatalf("a fresh operation is %+v", run)
	}
	return s.ended(op.ID)
}

func (s *stage) ended(id string) wireBulk {
	s.t.Helper()
	for range 2000 {
		var poll struct{ BulkOperation wireBulk }
		s.must(`query($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url partialDataUrl } }`, map[string]any{"id": id}, &poll)
		switch poll.BulkOperation.Status {
		case "CREATED", "RUNNING", "CANCELING":
			wait(s.t.Context(), 2*time.Millisecond)
			continue
		}
		return poll.BulkOperation
	}
	s.t.Fatal("the bulk operation does not end")
	return wireBulk{}
}

func (s *stage) get(link string, header ...string) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, link, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, raw
	}
	return resp.StatusCode, raw
}

// The whole line over real HTTPS: code grant, a page of orders with their ledger, a bulk operation, its download.
func TestFromAuthorisationToDownload(t *testing.T) {
	s := raise(t, rich(t, 600), Options{})
	code, _ := s.get("https://tea.myshopify.com/admin/oauth/authorize?" + url.Values{
		"client_id": {"client-id"}, "scope": {"read_orders,read_all_orders"}, "redirect_uri": {"https://app.example/back"}, "state": {"n1"}}.Encode())
	if code != http.StatusFound {
		t.Fatalf("authorize answers %d", code)
	}
	resp, err := s.client.Get("https://tea.myshopify.com/admin/oauth/authorize?" + url.Values{
		"client_id": {"client-id"}, "scope": {"read_orders,read_all_orders"}, "redirect_uri": {"https://app.example/back"}, "state": {"n1"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	if q.Get("state") != "n1" || q.Get("shop") != "tea.myshopify.com" || q.Get("hmac") != Sign(q, "client-secret") {
		t.Fatalf("callback %s", back)
	}
	_, raw := s.post("/admin/oauth/access_token", string(mustJSON(map[string]string{
		"client_id": "client-id", "client_secret": "client-secret", "code": q.Get("code"), "expiring": "1"})))
	var pair tokenReply
	if err := json.Unmarshal(raw, &pair); err != nil || pair.ExpiresIn != 3600 || pair.RefreshExpiresIn != 7776000 || pair.Scope != "read_orders,read_all_orders" {
		t.Fatalf("token endpoint: %s", raw)
	}
	s.token = pair.AccessToken

	var page struct {
		Orders struct {
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
			Nodes []struct {
				ID, UpdatedAt string
				Agreements    struct {
					Nodes []struct {
						Typename string `json:"__typename"`
						Sales    struct {
							Nodes []struct {
								LineType    string
								TotalAmount struct {
									ShopMoney struct{ Amount, CurrencyCode string }
								}
								LineItem *struct{ ID string }
							}
						}
					}
				}
			}
		}
	}
	a := s.must(`query L($after: String) { orders(first: 50, after: $after, sortKey: UPDATED_AT, query: "updated_at:>='2026-11-10T00:00:00Z'") {
	  pageInfo { hasNextPage endCursor } nodes { id updatedAt agreements(first: 10) { nodes { __typename sales(first: 10) { nodes {
	    lineType totalAmount { shopMoney { amount currencyCode } } ... on ProductSale { lineItem { id } } } } } } } } }`, nil, &page)
	if n := len(page.Orders.Nodes); n != 50 || !page.Orders.PageInfo.HasNextPage {
		t.Fatalf("first page has %d orders", n)
	}
	sales := page.Orders.Nodes[0].Agreements.Nodes[0]
	if sales.Typename != "OrderAgreement" || len(sales.Sales.Nodes) != 3 || sales.Sales.Nodes[0].TotalAmount.ShopMoney.Amount != "25.0" || sales.Sales.Nodes[0].LineItem == nil {
		t.Fatalf("ledger %+v", sales)
	}
	if page.Orders.Nodes[0].UpdatedAt != "2026-11-10T00:00:00Z" {
		t.Errorf("the walk begins at %s", page.Orders.Nodes[0].UpdatedAt)
	}
	if a.header.Get("X-Shopify-Api-Version") != "2026-10" || a.Extensions.Cost.ActualQueryCost == nil {
		t.Errorf("header %v cost %+v", a.header, a.Extensions.Cost)
	}

	op := s.bulk(`{ orders { edges { node { id agreements { edges { node { __typename id sales { edges { node { __typename id lineType quantity } } } } } } lineItems { edges { node { id title } } } } } } }`, false)
	if op.Status != "COMPLETED" || op.RootObjectCount != "600" || op.ObjectCount != fmt.Sprint(600*(1+1+3+2)) {
		t.Fatalf("bulk ended as %+v", op)
	}
	status, jsonl := s.get(op.URL)
	if status != http.StatusOK || fmt.Sprint(len(jsonl)) != op.FileSize {
		t.Fatalf("download: %d, %d bytes of %s", status, len(jsonl), op.FileSize)
	}
	checkJSONL(t, jsonl, 4200)
	if !bytes.Contains(jsonl, []byte(`gid:\/\/shopify\/Order\/`)) || !bytes.Contains(jsonl, []byte(`Gr\u00fcner Tee \/ \"N\u00ba 1\"`)) {
		t.Error("the file is not escaped as Shopify escapes it")
	}
	if status, _ := s.get(op.URL, "X-Shopify-Access-Token", s.token); status != http.StatusForbidden {
		t.Errorf("storage took a Shopify token: %d", status)
	}
	if status, part := s.get(op.URL, "Range", "bytes=10-19"); status != http.StatusPartialContent || !bytes.Equal(part, jsonl[10:20]) {
		t.Errorf("range: %d %q", status, part)
	}
}

// checkJSONL holds that every line is an object, that every child comes after its parent, and that children are not kept beside it.
func checkJSONL(t *testing.T, jsonl []byte, want int) {
	t.Helper()
	seen := map[string]bool{}
	lines, adjacent := 0, 0
	last := ""
	sc := bufio.NewScanner(bytes.NewReader(jsonl))
	for sc.Scan() {
		var l struct {
			ID     string
			Parent string `json:"__parentId"`
		}
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatalf("%v in %s", err, sc.Bytes())
		}
		if l.Parent != "" && !seen[l.Parent] {
			t.Fatalf("%s comes before its parent %s", l.ID, l.Parent)
		}
		if l.Parent != "" && last == l.Parent {
			adjacent++
		}
		if seen[l.ID] {
			t.Fatalf("%s twice", l.ID)
		}
		seen[l.ID] = true
		last = l.ID
		lines++
	}
	if lines != want {
		t.Errorf("%d lines, want %d", lines, want)
	}
	if adjacent > want/20 {
		t.Errorf("%d children stand right behind their parent: that is grouped", adjacent)
	}
}
