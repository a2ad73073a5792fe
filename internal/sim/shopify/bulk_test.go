package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The rules of the inner query, each with Shopify's answer.
func TestBulkRules(t *testing.T) {
	for _, c := range []struct{ name, query, message string }{
		{"two levels", `{ orders { edges { node { id agreements { edges { node { id sales { edges { node { id } } } } } } } } } }`, ""},
		{"fragments", `{ orders { edges { node { ...O } } } } fragment O on Order { id lineItems { edges { node { id } } } }`, ""},
		{"connection inside an object", `{ orders { edges { node { id customer { id } lineItems { edges { node { id } } } } } } }`, ""},
		{"first and pageInfo are ignored", `{ orders(first: 5) { pageInfo { hasNextPage } edges { cursor node { id } } } }`, ""},
		{"nodes", `{ orders { nodes { id } } }`, bulkEdges},
		{"nested nodes", `{ orders { edges { node { id lineItems { nodes { id } } } } } }`, bulkEdges},
		{"no connection", `{ shop { name } }`, bulkNone},
		{"three levels", `{ customers { edges { node { id orders { edges { node { id agreements { edges { node { id sales { edges { node { id } } } } } } } } } } } } }`, bulkDeep},
		{"six connections", `{ orders { edges { node { id lineItems { edges { node { id } } } shippingLines { edges { node { id } } } returns { edges { node { id } } } agreements { edges { node { id } } } fulfillmentOrders { edges { node { id } } } } } } }`, bulkMany},
		{"parent without id", `{ orders { edges { node { name lineItems { edges { node { id } } } } } } }`, bulkParentID},
		{"parent with an aliased id", `{ orders { edges { node { id: name key: id lineItems { edges { node { id } } } } } } }`, bulkParentID},
		{"connection in a list", `{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }`, bulkInList},
		{"events of fulfilments", `{ orders { edges { node { id fulfillments { id events { edges { node { id } } } } } } } }`, bulkInList},
		{"two roots", `{ orders { edges { node { id } } } products { edges { node { id } } } }`, bulkTop},
		{"node at the top", `{ node(id: "gid://shopify/Order/1") { id } }`, bulkNode},
		{"nodes without an id", `{ orders { edges { node { id discountApplications { edges { node { index } } } } } } }`, bulkNotNode},
		{"unknown field", `{ orders { edges { node { id colour } } } }`, "Invalid bulk query: Field 'colour' doesn't exist on type 'Order'"},
		{"not GraphQL", `{ orders {`, "Invalid bulk query: "},
		{"a mutation", `mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { message } } }`, "Invalid bulk query: "},
		{"too long", `{ orders { edges { node { id } } } } #` + strings.Repeat("x", 65_536), bulkLong},
	} {
		_, message := bulkPlan(c.query)
		want, _, _ := strings.Cut(c.message, "%s")
		if !strings.HasPrefix(message, want) || (want == "") != (message == "") {
			t.Errorf("%s: %q, want %q", c.name, message, c.message)
		}
	}
}

func (s *stage) run(query string) (*wireBulk, string, string) {
	s.t.Helper()
	var d struct {
		BulkOperationRunQuery struct {
			BulkOperation *wireBulk
			UserErrors    []struct {
				Field         []string
				Message, Code string
			}
		}
	}
	s.must(runBulk, map[string]any{"q": query, "g": false}, &d)
	if e := d.BulkOperationRunQuery.UserErrors; len(e) > 0 {
		if (e[0].Code == "INVALID") != (len(e[0].Field) == 1) {
			s.t.Errorf("user error %+v", e[0])
		}
		return nil, e[0].Code, e[0].Message
	}
	return d.BulkOperationRunQuery.BulkOperation, "", ""
}

const allOrders = `{ orders { edges { node { id lineItems { edges { node { id } } } } } } }`

func TestFiveAtOnce(t *testing.T) {
	s := raise(t, rich(t, 30), Options{BulkDelay: time.Minute})
	var ids []string
	for range 5 {
		op, code, message := s.run(allOrders)
		if op == nil {
			t.Fatal(code, message)
		}
		ids = append(ids, op.ID)
	}
	op, code, message := s.run(allOrders)
	if op != nil || code != "OPERATION_IN_PROGRESS" || !strings.HasPrefix(message, "A bulk query operation for this app and shop is already in progress: gid://shopify/BulkOperation/") {
		t.Errorf("the sixth: %v %s %s", op, code, message)
	}
	if _, code, _ := s.run(`{ shop { name } }`); code != "INVALID" {
		t.Errorf("a bad query while five are under way: %s", code)
	}
	var d struct {
		BulkOperationCancel struct {
			BulkOperation wireBulk
			UserErrors    []struct{ Message string }
		}
		BulkOperations struct{ Nodes []wireBulk }
	}
	cancel := `mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } } }`
	if s.must(cancel, map[string]any{"id": ids[1]}, &d); d.BulkOperationCancel.BulkOperation.Status != "CANCELING" {
		t.Errorf("cancelled: %+v", d)
	}
	if got := s.ended(ids[1]); got.Status != "CANCELED" || got.URL != "" {
		t.Errorf("ended: %+v", got)
	}
	if s.must(cancel, map[string]any{"id": ids[1]}, &d); len(d.BulkOperationCancel.UserErrors) != 1 {
		t.Errorf("cancelled twice: %+v", d)
	}
	if s.must(`{ bulkOperations(first: 10, query: "operation_type:query AND status:created", sortKey: CREATED_AT, reverse: true) { nodes { id status query } } }`, nil, &d); len(d.BulkOperations.Nodes) != 4 {
		t.Errorf("%d operations wait", len(d.BulkOperations.Nodes))
	}
	if op, code, _ := s.run(allOrders); op == nil {
		t.Errorf("a place is free: %s", code)
	}
}

func TestGroupedBulk(t *testing.T) {
	s := raise(t, rich(t, 300), Options{})
	op := s.bulk(allOrders, true)
	_, jsonl := s.get(op.URL)
	parent, children := "", 0
	for _, raw := range bytes.Split(bytes.TrimSpace(jsonl), []byte("\n")) {
		var l struct {
			ID     string
			Parent string `json:"__parentId"`
		}
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatal(err)
		}
		if l.Parent == "" {
			parent = l.ID
			continue
		}
		if children++; l.Parent != parent {
			t.Fatalf("%s stands under %s", raw, parent)
		}
	}
	if children != 600 {
		t.Errorf("%d children", children)
	}
	// The same objects, whatever their order.
	_, loose := s.get(s.bulk(allOrders, false).URL)
	if sortedLines(jsonl) != sortedLines(loose) {
		t.Error("grouped and ungrouped results differ in more than their order")
	}
	_, again := s.get(s.bulk(allOrders, false).URL)
	if !bytes.Equal(loose, again) {
		t.Error("the scrambled order differs from run to run")
	}
}

func sortedLines(b []byte) string {
	lines := strings.Split(string(b), "\n")
	counts := map[string]int{}
	for _, l := range lines {
		counts[l]++
	}
	return string(mustJSON(counts))
}

func TestBulkEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults Faults
		scopes []string
		query  string
		status string
		code   string
		url    bool
		part   bool
	}{
		{name: "well", query: allOrders, status: "COMPLETED", url: true},
		{name: "no rows", query: `{ orders(query: "tag:none") { edges { node { id } } } }`, status: "COMPLETED"},
		{name: "failed", faults: Faults{BulkFailed: Chance{Count: 1}}, query: allOrders, status: "FAILED", code: "INTERNAL_SERVER_ERROR", part: true},
		{name: "cancelled unasked", faults: Faults{BulkCanceled: Chance{Count: 1}}, query: allOrders, status: "CANCELED", part: true},
		{name: "timed out", faults: Faults{BulkTimeout: Chance{Count: 1}}, query: allOrders, status: "FAILED", code: "TIMEOUT"},
		{name: "no scope", scopes: []string{"read_products"}, query: allOrders, status: "FAILED", code: "ACCESS_DENIED"},
		{name: "no scope below", scopes: []string{"read_orders"}, query: `{ orders { edges { node { id customer { id } } } } }`, status: "FAILED", code: "ACCESS_DENIED"},
		{name: "bad timestamp", query: `{ orders(query: "created_at:>'soon'") { edges { node { id } } } }`, status: "FAILED", code: "INTERNAL_SERVER_ERROR"},
		{name: "orders of customers", query: `{ customers { edges { node { id orders { edges { node { id } } } } } } }`, status: "COMPLETED", url: true},
		{name: "e-mail", query: `{ orders { edges { node { id email } } } }`, status: "FAILED", code: "ACCESS_DENIED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := raise(t, rich(t, 40), Options{})
			if c.scopes != nil {
				s.token = s.srv.IssueToken(c.scopes...)
			}
			s.srv.SetFaults(c.faults)
			op := s.bulk(c.query, false)
			if op.Status != c.status || op.ErrorCode != c.code || (op.URL != "") != c.url || (op.PartialDataURL != "") != c.part {
				t.Fatalf("%+v", op)
			}
			link := op.URL + op.PartialDataURL
			if link == "" {
				return
			}
			status, raw := s.get(link)
			if status != http.StatusOK || strconv.Itoa(len(raw)) != op.FileSize || strconv.Itoa(bytes.Count(raw, []byte("\n"))) != op.ObjectCount {
				t.Errorf("%d: %d bytes, %d lines; promised %+v", status, len(raw), bytes.Count(raw, []byte("\n")), op)
			}
			if c.part && len(raw) > 8000 {
				t.Errorf("the part is whole: %d bytes", len(raw))
			}
			for _, bad := range []string{strings.Replace(link, "Signature=", "Signature=0", 1), strings.Split(link, "?")[0]} {
				if status, body := s.get(bad); status != http.StatusForbidden || !bytes.Contains(body, []byte("<Code>SignatureDoesNotMatch</Code>")) {
					t.Errorf("a forged link: %d %s", status, body)
				}
			}
		})
	}
}

// A cut download ends before the promised length; a short file is whole and holds less than the counts promise.
func TestBrokenDownloads(t *testing.T) {
	s := raise(t, rich(t, 400), Options{})
	op := s.bulk(allOrders, false)
	s.srv.SetFaults(Faults{CutDownload: Chance{Count: 1}})
	resp, err := s.client.Get(op.URL)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	resp.Body.Close()
	if err == nil || strconv.Itoa(b.Len()) == op.FileSize || bytes.HasSuffix(b.Bytes(), []byte("\n")) {
		t.Errorf("a cut download: %d of %s bytes, %v", b.Len(), op.FileSize, err)
	}
	if status, rest := s.get(op.URL, "Range", fmt.Sprintf("bytes=%d-", b.Len())); status != http.StatusPartialContent || strconv.Itoa(b.Len()+len(rest)) != op.FileSize {
		t.Errorf("taken up again: %d, %d bytes", status, len(rest))
	}
	s.srv.SetFaults(Faults{ShortFile: Chance{Count: 1}})
	op = s.bulk(allOrders, false)
	_, raw := s.get(op.URL)
	if n := bytes.Count(raw, []byte("\n")); op.Status != "COMPLETED" || op.ObjectCount != "1200" || n >= 1200 || strconv.Itoa(len(raw)) == op.FileSize {
		t.Errorf("a short file: %d lines of %s", n, op.ObjectCount)
	}
}

// A link lives seven days.
func TestLinksExpire(t *testing.T) {
	clock := NewClock(on(11, 21).Time())
	s := raise(t, rich(t, 5), Options{Now: clock.Now})
	op := s.bulk(allOrders, false)
	clock.Advance(7*24*time.Hour - time.Minute)
	if status, _ := s.get(op.URL); status != http.StatusOK {
		t.Errorf("in its last minute: %d", status)
	}
	clock.Advance(2 * time.Minute)
	if status, _ := s.get(op.URL); status == http.StatusOK {
		t.Error("the link lives on")
	}
}

// With a directory a result is prepared once: another server over the same store serves the same file, a changed store its own.
func TestPreparedResults(t *testing.T) {
	dir := t.TempDir()
	first := raise(t, rich(t, 50), Options{BulkDir: dir})
	a := first.bulk(allOrders, false)
	second := raise(t, rich(t, 50), Options{BulkDir: dir})
	b := second.bulk(allOrders, false)
	nameOf := func(op wireBulk) string { return strings.Split(op.URL, "?")[0] }
	if nameOf(a) != nameOf(b) || b.ObjectCount != "150" || b.RootObjectCount != "50" || b.FileSize != a.FileSize {
		t.Errorf("%+v is not the prepared %+v", b, a)
	}
	if err := second.srv.Change(func(s *Shop) error { s.Delete(s.Orders[0]); return nil }); err != nil {
		t.Fatal(err)
	}
	if c := second.bulk(allOrders, false); nameOf(c) == nameOf(b) || c.RootObjectCount != "49" {
		t.Errorf("after a change: %+v", c)
	}
	second.srv.SetFaults(Faults{BulkFailed: Chance{Count: 1}})
	second.bulk(allOrders, false)
	if c := second.bulk(allOrders, false); c.Status != "COMPLETED" || c.RootObjectCount != "49" {
		t.Errorf("a failed run spoilt the prepared result: %+v", c)
	}
}

// An explicit sort by UPDATED_AT with a filter on it leaves records out, silently.
func TestSortedBulkLeaks(t *testing.T) {
	s := raise(t, rich(t, 300), Options{})
	q := `{ orders(%s query: "updated_at:>='2026-01-01T00:00:00Z'") { edges { node { id } } } }`
	if op := s.bulk(fmt.Sprintf(q, ""), false); op.ObjectCount != "300" {
		t.Errorf("unsorted: %+v", op)
	}
	if op := s.bulk(fmt.Sprintf(q, "sortKey: UPDATED_AT,"), false); op.ObjectCount == "300" || op.Status != "COMPLETED" {
		t.Errorf("sorted: %+v", op)
	}
}

// A slow operation shows its counters while it runs, and can be cancelled in the middle.
func TestBulkUnderWay(t *testing.T) {
	s := raise(t, rich(t, 2000), Options{BulkRate: 8000, RestoreRate: 100_000})
	op, _, _ := s.run(allOrders) // 6,000 objects: three quarters of a second
	poll := func() (d struct{ BulkOperation wireBulk }) {
		s.must(`query($id: ID!) { bulkOperation(id: $id) { status objectCount rootObjectCount fileSize url } }`, map[string]any{"id": op.ID}, &d)
		return d
	}
	last, moved := 0, 0
	for range 500 {
		d := poll().BulkOperation
		n, err := strconv.Atoi(d.ObjectCount)
		if err != nil || n < last {
			t.Fatalf("counter %q after %d", d.ObjectCount, last)
		}
		if d.Status == "RUNNING" && n > last {
			moved++
		}
		if last = n; moved == 3 {
			break
		}
		if d.Status == "COMPLETED" {
			t.Fatal("it ended before its counters were seen to move")
		}
		wait(t.Context(), 2*time.Millisecond)
	}
	s.must(`mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }`, map[string]any{"id": op.ID}, nil)
	if got := s.ended(op.ID); got.Status != "CANCELED" || got.URL != "" || got.ObjectCount == "6000" {
		t.Errorf("%+v", got)
	}
}
