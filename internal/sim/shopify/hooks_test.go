package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ear is an endpoint for webhooks that knows the secret.
type ear struct {
	*httptest.Server
	mu     sync.Mutex
	heard  []string // topic and body of what was signed
	events map[string]int
	status int
}

func newEar(t *testing.T) *ear {
	e := &ear{events: map[string]int{}, status: http.StatusOK}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		if r.Header.Get("X-Shopify-Hmac-Sha256") != SignHook(body, "client-secret") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if e.status == http.StatusOK {
			e.heard = append(e.heard, r.Header.Get("X-Shopify-Topic")+" "+string(body))
			e.events[r.Header.Get("X-Shopify-Event-Id")+r.Header.Get("X-Shopify-Topic")]++
		}
		w.WriteHeader(e.status)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *ear) answer(status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.status = status
}

func (e *ear) take() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.heard
	e.heard = nil
	slices.Sort(heard)
	return heard
}

func (s *stage) subscribe(topic, uri string, fields ...string) string {
	s.t.Helper()
	a := s.ask(`mutation ($t: WebhookSubscriptionTopic!, $h: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: $h) {
		webhookSubscription { id topic uri includeFields format } userErrors { field message } } }`,
		map[string]any{"t": topic, "h": map[string]any{"uri": uri, "format": "JSON", "includeFields": fields}})
	var d struct {
		WebhookSubscriptionCreate struct {
			WebhookSubscription *struct{ ID string }
			UserErrors          []struct{ Message string }
		}
	}
	if err := json.Unmarshal(a.Data, &d); err != nil {
		s.t.Fatal(a.body)
	}
	if len(d.WebhookSubscriptionCreate.UserErrors) > 0 {
		return d.WebhookSubscriptionCreate.UserErrors[0].Message
	}
	return d.WebhookSubscriptionCreate.WebhookSubscription.ID
}

func (s *stage) subscribed(uri string) string {
	s.t.Helper()
	var d struct {
		WebhookSubscriptions struct{ Nodes []struct{ Topic string } }
	}
	a := s.ask(`query ($u: String!) { webhookSubscriptions(first: 50, uri: $u) { nodes { topic } } }`, map[string]any{"u": uri})
	if err := json.Unmarshal(a.Data, &d); err != nil {
		s.t.Fatal(a.body)
	}
	return fmt.Sprint(d.WebhookSubscriptions.Nodes)
}

func (s *stage) delivered() HookStats {
	s.t.Helper()
	if err := s.srv.Delivered(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return s.srv.Hooks()
}

func TestWebhooksTellOfChanges(t *testing.T) {
	e := newEar(t)
	s := raise(t, rich(t, 4), Options{Webhooks: Webhooks{Client: e.Client()}, Scopes: append(slices.Clone(AllScopes), "read_fulfillments")})
	for topic, fields := range map[string][]string{
		"ORDERS_CREATE": {"id"}, "ORDERS_UPDATED": {"id"}, "ORDERS_EDITED": {"order_edit.order_id"}, "ORDERS_CANCELLED": {"id"}, "ORDERS_DELETE": {"id"},
		"REFUNDS_CREATE": {"order_id"}, "FULFILLMENTS_CREATE": {"order_id"}, "CUSTOMERS_UPDATE": {"id"}, "CUSTOMERS_CREATE": {"id"},
		"CUSTOMERS_MERGE": {"admin_graphql_api_customer_kept_id"}, "INVENTORY_ITEMS_UPDATE": {"id"}, "APP_UNINSTALLED": {"id"}, "CUSTOMERS_DELETE": nil,
	} {
		if id := s.subscribe(topic, e.URL, fields...); !strings.HasPrefix(id, "gid:") {
			t.Fatalf("%s: %s", topic, id)
		}
	}
	at := on(11, 21)
	var o *Order
	change := func(want []string, f func(m *Shop) error) {
		t.Helper()
		if err := s.srv.Change(f); err != nil {
			t.Fatal(err)
		}
		s.delivered()
		slices.Sort(want)
		if heard := e.take(); !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	}
	m := s.srv.shop
	buyer, other := m.Customers[0], m.Customers[1]
	var placed int64
	if err := s.srv.Change(func(m *Shop) (err error) {
		o, err = m.Place(Purchase{At: at, Customer: buyer, Items: []Item{{Title: "Cup", Quantity: 2, Price: cents(500)}}})
		placed = o.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.delivered()
	id := fmt.Sprintf(`{"id":%d}`, placed)
	buys := fmt.Sprintf(`customers/update {"id":%d}`, buyer.ID)
	if heard := e.take(); !slices.Equal(heard, []string{buys, "orders/create " + id}) {
		t.Errorf("heard %q", heard)
	}
	change([]string{"orders/updated " + id, fmt.Sprintf(`fulfillments/create {"order_id":%d}`, placed)}, func(m *Shop) error {
		_, err := m.Fulfil(o, at, Shipment{})
		return err
	})
	change([]string{"orders/updated " + id, fmt.Sprintf(`refunds/create {"order_id":%d}`, placed)}, func(m *Shop) error {
		_, err := m.Refund(o, at, Refunding{Lines: []RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		return err
	})
	change([]string{"orders/updated " + id, fmt.Sprintf(`orders/edited {"order_edit":{"order_id":%d}}`, placed)}, func(m *Shop) error {
		return m.Edit(o, at, Edit{Add: []Item{{Title: "Plate", Quantity: 1, Price: cents(900)}}})
	})
	change([]string{fmt.Sprintf(`inventory_items/update {"id":%d}`, m.Products[0].Variants[0].Item.ID)}, func(m *Shop) error {
		m.SetCost(m.Products[0].Variants[0], at, cents(450))
		return nil
	})
	change([]string{"orders/delete " + id, buys}, func(m *Shop) error {
		m.Delete(o)
		return nil
	})
	var lead *Customer
	if err := s.srv.Change(func(m *Shop) error { lead = m.AddCustomer(at); return nil }); err != nil {
		t.Fatal(err)
	}
	s.delivered()
	e.take()
	change([]string{fmt.Sprintf(`customers/delete {"id":%d}`, lead.ID)}, func(m *Shop) error { return m.DeleteCustomer(lead) })
	if err := s.srv.Change(func(m *Shop) error { return m.MergeCustomers(buyer, other, at) }); err != nil {
		t.Fatal(err)
	}
	s.delivered()
	if heard := strings.Join(e.take(), "\n"); !strings.Contains(heard, fmt.Sprintf(`customers/merge {"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/%d"}`, buyer.ID)) {
		t.Errorf("heard %s", heard)
	}
	s.srv.SetCompliance(e.URL)
	s.srv.Comply("customers/redact", buyer.ID, 1, 2)
	s.delivered()
	if heard := e.take(); len(heard) != 1 || !strings.Contains(heard[0], `"orders_to_redact":[1,2]`) || !strings.Contains(heard[0], PersonalMark) {
		t.Errorf("heard %s", heard)
	}
	s.srv.Uninstall()
	s.delivered()
	if heard := e.take(); len(heard) != 1 || heard[0] != `app/uninstalled {"id":77}` {
		t.Errorf("heard %s", heard)
	}
	if n := s.srv.Hooks().Subscribed; n != 0 {
		t.Errorf("%d subscriptions outlived the app", n)
	}
}

func TestWhatGoesWrongWithWebhooks(t *testing.T) {
	e := newEar(t)
	s := raise(t, rich(t, 2), Options{Webhooks: Webhooks{Client: e.Client(), Twice: 0.5, Forge: 0.5, Late: 20 * time.Millisecond, Tries: 3, Pause: time.Millisecond}})
	s.subscribe("ORDERS_UPDATED", e.URL, "id", "updated_at")
	for i := range 40 {
		if err := s.srv.Change(func(m *Shop) error { m.bump(m.Orders[0], on(11, 21)+Instant(i)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	stats := s.delivered()
	heard := 0
	e.mu.Lock()
	for _, n := range e.events {
		heard += n
	}
	events, inOrder := len(e.events), slices.IsSorted(e.heard)
	e.mu.Unlock()
	if events != 40 || heard <= 40 || stats.Sent != heard || stats.Forged == 0 || stats.Believed > 0 || inOrder {
		t.Errorf("%d events in %d deliveries, in order: %t; %+v", events, heard, inOrder, stats)
	}

	// What is not answered is tried again; given up, it costs the subscription.
	e.answer(http.StatusServiceUnavailable)
	bumped := func() {
		if err := s.srv.Change(func(m *Shop) error { m.bump(m.Orders[0], on(11, 22)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	bumped()
	if stats = s.delivered(); stats.Refused%3 != 0 || stats.Refused == 0 || stats.Dropped != 1 || s.subscribed(e.URL) != "[]" {
		t.Errorf("%+v, subscribed %s", stats, s.subscribed(e.URL))
	}
}

func TestSubscriptionsThatShopifyRefuses(t *testing.T) {
	s := raise(t, rich(t, 1), Options{Scopes: []string{"read_orders"}})
	for want, do := range map[string]func() string{
		"is not supported": func() string { return s.subscribe("ORDERS_CREATE", "http://a.example/") },
		"already been taken": func() string {
			s.subscribe("ORDERS_CREATE", "https://a.example/")
			return s.subscribe("ORDERS_CREATE", "https://a.example/")
		},
		"not have permission":   func() string { return s.subscribe("CUSTOMERS_MERGE", "https://a.example/") },
		"gid://shopify/Webhook": func() string { return s.subscribe("ORDERS_CREATE", "https://b.example/") },
	} {
		if got := do(); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := s.subscribed("https://a.example/"); got != "[{ORDERS_CREATE}]" {
		t.Errorf("subscribed %s", got)
	}
	for name, a := range map[string]*answer{
		"updated": s.ask(`mutation { webhookSubscriptionUpdate(id: "gid://shopify/WebhookSubscription/8000000001", webhookSubscription: {includeFields: ["id"]}) { webhookSubscription { includeFields } userErrors { message } } }`, nil),
		"deleted": s.ask(`mutation { webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/8000000001") { deletedWebhookSubscriptionId userErrors { message } } }`, nil),
	} {
		if len(a.Errors) > 0 {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if !bytes.Equal(mustJSON(only(map[string]any{"a": map[string]any{"b": 1, "c": 2}, "d": 3}, []string{"a.b", "e"})), []byte(`{"a":{"b":1}}`)) {
		t.Error("fields are not picked")
	}
}
