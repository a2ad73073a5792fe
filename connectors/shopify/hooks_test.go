package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	"fourfold/internal/fact"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
)

const hookShop = "tea.myshopify.com"

var hookApp = connectors.App{ClientID: "client-id", ClientSecret: secret.New("hush")}

// sent is a delivery as Shopify signs it.
func sent(topic, body string) connectortest.Delivery {
	return connectortest.Delivery{
		Header: sim.HookHeader(hookShop, topic, "event-1", simNow, sim.SignHook([]byte(body), "hush")), Body: []byte(body),
	}
}

func received(d connectortest.Delivery) (connectors.Hook, error) {
	return verifyHook(hookApp, map[string]string{fieldShop: hookShop}, d.Header, d.Body)
}

var hookBodies = map[string]string{
	"orders/create": `{"id":4711,"updated_at":"2026-11-21T08:00:00Z"}`, "orders/updated": `{"id":4711}`, "orders/cancelled": `{"id":4711}`,
	"orders/delete": `{"id":4711}`, "orders/edited": `{"order_edit":{"id":1,"order_id":4711}}`, "refunds/create": `{"id":1,"order_id":4711}`,
	"fulfillments/create": `{"id":1,"order_id":"4711"}`, "fulfillments/update": `{"id":1,"order_id":4711}`,
	"customers/create": `{"id":4711}`, "customers/update": `{"id":4711}`, "customers/delete": `{"id":4711}`, "products/create": `{"id":4711}`,
	"products/update": `{"id":4711}`, "products/delete": `{"id":4711}`, "inventory_items/update": `{"id":4711}`, "app/uninstalled": `{"id":77}`,
	"customers/merge":        `{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/2","admin_graphql_api_customer_deleted_id":"gid://shopify/Customer/4711"}`,
	"customers/data_request": `{"shop_id":77,"shop_domain":"tea.myshopify.com","customer":{"id":4711,"email":"a@example.com"},"orders_requested":[1,2],"data_request":{"id":9}}`,
	"customers/redact":       `{"shop_id":77,"shop_domain":"tea.myshopify.com","customer":{"id":4711,"email":"a@example.com"},"orders_to_redact":[1,2]}`,
	"shop/redact":            `{"shop_id":77,"shop_domain":"tea.myshopify.com"}`,
}

func TestHookConformance(t *testing.T) {
	s := simulate(t, generated(t, 300), sim.Options{Now: clock, Protected: 2})
	s.acc.Scopes = sim.AllScopes
	h := connectortest.HooksCase{App: hookApp, Fields: map[string]string{fieldShop: hookShop}, Whole: map[string][]string{},
		Gone: map[string][]string{"orders": {"9000000001"}, "customers": {"9000000001"}, "products": {"9000000001"}}}
	for topic, body := range hookBodies {
		h.Deliveries = append(h.Deliveries, sent(topic, body))
	}
	s.View(func(m *sim.Shop) {
		for _, o := range m.Orders {
			h.Whole["orders"] = append(h.Whole["orders"], strconv.FormatInt(o.ID, 10))
		}
		for _, c := range m.Customers {
			h.Whole["customers"] = append(h.Whole["customers"], strconv.FormatInt(c.ID, 10))
		}
		for _, p := range m.Products {
			h.Whole["products"] = append(h.Whole["products"], strconv.FormatInt(p.ID, 10))
		}
	})
	connectortest.ExerciseHooks(t, connectortest.Case{Connector: Connector(), Account: func(*testing.T) connectors.Account { return s.acc },
		Rest: func(ctx context.Context, _ time.Duration) {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		}}, h)
}

func TestWhatHooksHintAt(t *testing.T) {
	for topic, body := range hookBodies {
		h, err := received(sent(topic, body))
		if err != nil {
			t.Errorf("%s: %v", topic, err)
			continue
		}
		kind, _, _ := strings.Cut(topic, "/")
		want := []connectors.Object{{Stream: map[string]string{"refunds": "orders", "fulfillments": "orders", "inventory_items": "inventory"}[kind], ID: "4711"}}
		if want[0].Stream == "" {
			want[0].Stream = kind
		}
		var privacy *connectors.Privacy
		switch topic {
		case "customers/merge":
			want[0].ID = "4711>2"
		case "app/uninstalled":
			want = nil
		case "customers/data_request":
			want, privacy = nil, &connectors.Privacy{Kind: connectors.PrivacyData, Customer: "4711", Orders: []string{"1", "2"}}
		case "customers/redact":
			want, privacy = nil, &connectors.Privacy{Kind: connectors.PrivacyCustomer, Customer: "4711", Orders: []string{"1", "2"}}
		case "shop/redact":
			want, privacy = nil, &connectors.Privacy{Kind: connectors.PrivacyAccount}
		}
		if !slices.Equal(h.Objects, want) || !cmp.Equal(h.Privacy, privacy) || h.Account != (topic == "app/uninstalled") || !h.At.Equal(simNow) {
			t.Errorf("%s hints at %+v, privacy %+v", topic, h, h.Privacy)
		}
	}
	if h, err := received(sent("themes/update", `{"id":1}`)); err != nil || h.Objects != nil || h.Privacy != nil {
		t.Errorf("a topic that nobody asked for: %+v, %v", h, err)
	}
}

func TestHooksThatAreNotWhatTheyClaim(t *testing.T) {
	for name, d := range map[string]connectortest.Delivery{
		"no object":                        sent("orders/create", `[]`),
		"no JSON":                          sent("orders/create", `{"id":`),
		"no ID":                            sent("orders/create", `{}`),
		"an ID that is none":               sent("orders/create", `{"id":"1 OR 1=1"}`),
		"an ID that is an object":          sent("orders/create", `{"id":{"a":1}}`),
		"a merger of nobody":               sent("customers/merge", `{}`),
		"a customer's request as a shop's": sent("shop/redact", hookBodies["customers/redact"]),
		"a shop's request as a customer's": sent("customers/redact", hookBodies["shop/redact"]),
		"data asked for as forgetting":     sent("customers/redact", hookBodies["customers/data_request"]),
		"forgetting as data asked for":     sent("customers/data_request", hookBodies["customers/redact"]),
		"an order as a shop's request":     sent("shop/redact", hookBodies["orders/create"]),
		"another shop's request":           sent("shop/redact", `{"shop_id":78,"shop_domain":"coffee.myshopify.com"}`),
		"a customer without an ID":         sent("customers/redact", `{"shop_domain":"tea.myshopify.com","customer":{},"orders_to_redact":[]}`),
		"orders that are none":             sent("customers/redact", `{"shop_domain":"tea.myshopify.com","customer":{"id":1},"orders_to_redact":["x"]}`),
	} {
		if _, err := received(d); !errors.Is(err, connectors.ErrHook) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, header := range []string{"X-Shopify-Hmac-Sha256", "X-Shopify-Shop-Domain"} {
		d := sent("orders/create", hookBodies["orders/create"])
		d.Header.Del(header)
		if _, err := received(d); !errors.Is(err, connectors.ErrHook) {
			t.Errorf("without %s: %v", header, err)
		}
	}
	d := sent("orders/create", hookBodies["orders/create"])
	d.Header.Del("X-Shopify-Event-Id")
	if h, err := received(d); err != nil || h.Event == "" {
		t.Errorf("with a webhook's ID alone: %+v, %v", h, err)
	}
	d.Header.Del("X-Shopify-Webhook-Id")
	if _, err := received(d); !errors.Is(err, connectors.ErrHook) {
		t.Errorf("without any ID: %v", err)
	}
}

// Every topic's name is one of the official schema, and none is asked for with a field that shows a person.
func TestHookTopicsAreOfficial(t *testing.T) {
	schema := officialSchema(t)
	for _, topic := range topics {
		if schema.Types["WebhookSubscriptionTopic"].EnumValues.ForName(topic.enum()) == nil {
			t.Errorf("there is no topic %s", topic.enum())
		}
		if len(topic.fields) == 0 {
			t.Errorf("%s is asked for with all its fields", topic.name)
		}
		for _, f := range topic.fields {
			name := f[strings.LastIndex(f, ".")+1:]
			if name != "updated_at" && name != "created_at" && name != "id" && !strings.HasSuffix(name, "_id") {
				t.Errorf("%s is asked for with %s", topic.name, f)
			}
		}
	}
}

// fetched are the records of objects, by key.
func (s *simulated) fetched(t *testing.T, stream string, ids ...string) map[string]fact.Record {
	t.Helper()
	f, err := streamOf(t, stream).Fetch(t.Context(), s.acc, ids, s.has)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]fact.Record{}
	for _, r := range f.Records {
		if g, ok := r.(fact.Gone); ok {
			all[fmt.Sprint("gone ", g.Kind, " ", g.ID)] = r
			continue
		}
		all[keyOf(r)] = r
	}
	return all
}

// What is fetched of an order is what the nightly walk brings of it.
func TestAFetchedOrderIsAsAWalkedOne(t *testing.T) {
	s := simulate(t, generated(t, 120), sim.Options{Now: clock, Protected: 2})
	k := &kept{}
	s.pull(t, "orders", k, 0)
	refunds := &kept{}
	s.pull(t, "refunds", refunds, 0)
	var ids []string
	for _, r := range k.records {
		if o, ok := r.(fact.Order); ok {
			ids = append(ids, o.ID)
		}
	}
	got := s.fetched(t, "orders", ids...)
	for key, want := range k.records {
		if f, ok := want.(fact.Fulfillment); ok { // bulk cannot tell of events, and fetching can
			g, _ := got[key].(fact.Fulfillment)
			f.EventsSeen, g.EventsSeen = false, false
			if !cmp.Equal(f, g) {
				t.Errorf("%s differs: %s", key, cmp.Diff(f, g))
			}
			continue
		}
		if !cmp.Equal(want, got[key]) {
			t.Errorf("%s differs: %s", key, cmp.Diff(want, got[key]))
		}
	}
	for key, want := range refunds.records {
		if !cmp.Equal(want, got[key]) {
			t.Errorf("%s differs: %s", key, cmp.Diff(want, got[key]))
		}
	}
	if len(got) != len(k.records)+len(refunds.records) {
		t.Errorf("fetched %d records, want %d and %d", len(got), len(k.records), len(refunds.records))
	}
}

func TestWhatIsGoneWhenFetched(t *testing.T) {
	s := simulate(t, generated(t, 60), sim.Options{Now: clock, Protected: 2})
	var order, into, from, lead string
	if err := s.Change(func(m *sim.Shop) error {
		o := m.Orders[len(m.Orders)-1]
		a, b, c := m.Customers[0], m.Customers[1], m.AddCustomer(sim.At(simNow))
		order, into, from, lead = strconv.FormatInt(o.ID, 10), strconv.FormatInt(a.ID, 10), strconv.FormatInt(b.ID, 10), strconv.FormatInt(c.ID, 10)
		m.Delete(o)
		return errors.Join(m.DeleteCustomer(c), m.MergeCustomers(a, b, sim.At(simNow)))
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]fact.Record{"gone order " + order: fact.Gone{Kind: fact.KindOrder, ID: order}}
	if got := s.fetched(t, "orders", order); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	// Of what the wall hides nothing is said.
	s.has = func(c string) bool { return c != canAllOrders }
	want["gone order "+order] = fact.Gone{Kind: fact.KindOrder, ID: order, Since: simNow.Add(-59 * day)}
	if got := s.fetched(t, "orders", order); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	got := s.fetched(t, "customers", from+">"+into, lead)
	if got["gone customer "+from] != (fact.Gone{Kind: fact.KindCustomer, ID: from, MergedInto: into}) || got["gone customer "+lead] != (fact.Gone{Kind: fact.KindCustomer, ID: lead}) || got["customer "+into] == nil || len(got) != 3 {
		t.Errorf("got %v", got)
	}
	// A merger that is not so: both are there.
	if got := s.fetched(t, "customers", into+">"+into); len(got) != 1 || got["customer "+into] == nil {
		t.Errorf("got %v", got)
	}
	// Who took over became another's in turn.
	var last string
	if err := s.Change(func(m *sim.Shop) error {
		c := m.AddCustomer(sim.At(simNow))
		last = strconv.FormatInt(c.ID, 10)
		return m.MergeCustomers(c, m.Customers[0], sim.At(simNow))
	}); err != nil {
		t.Fatal(err)
	}
	got = s.fetched(t, "customers", from+">"+into, into+">"+last)
	if got["gone customer "+from] != (fact.Gone{Kind: fact.KindCustomer, ID: from, MergedInto: into}) ||
		got["gone customer "+into] != (fact.Gone{Kind: fact.KindCustomer, ID: into, MergedInto: last}) || got["customer "+last] == nil || len(got) != 3 {
		t.Errorf("of two mergers got %v", got)
	}
}

func TestCostsAreFetchedAsOfToday(t *testing.T) {
	s := simulate(t, generated(t, 20), sim.Options{Now: clock, Protected: 2})
	var item string
	if err := s.Change(func(m *sim.Shop) error {
		v := m.Products[0].Variants[0]
		item = strconv.FormatInt(v.Item.ID, 10)
		m.SetCost(v, sim.At(simNow), 12_340_000)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	got := s.fetched(t, "inventory", item, "9000000001")
	for _, r := range got {
		if c, ok := r.(fact.CostReading); !ok || c.ItemID != item || c.Cost != 12_340_000 || len(got) != 1 {
			t.Errorf("got %v", got)
		}
	}
	if len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestSubscriptionsAreMended(t *testing.T) {
	s := simulate(t, generated(t, 5), sim.Options{Now: clock, Protected: 2})
	s.acc.Scopes = []string{scopeOrders, "write_products"}
	const address = "https://hooks.example/hooks/shopify/1/1"
	subscribed := func(want ...string) {
		t.Helper()
		c, err := newClient(s.acc, nil)
		if err != nil {
			t.Fatal(err)
		}
		there, err := subscriptions(t.Context(), &asker{c: c, has: s.has}, address)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for topic, sub := range there {
			got = append(got, topic+" "+strings.Join(sub.Fields, ","))
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	var all []string
	for _, topic := range topics {
		if topic.allowed(s.acc.Scopes) {
			all = append(all, topic.enum()+" "+strings.Join(topic.fields, ","))
		}
	}
	if len(all) != 11 {
		t.Fatalf("read_orders and write_products allow %d topics: %v", len(all), all)
	}
	subscribe := func() {
		t.Helper()
		if err := hooks.Subscribe(t.Context(), s.acc, address); err != nil {
			t.Fatal(err)
		}
	}
	subscribe()
	subscribed(all...)
	before := s.Stats().Requests
	subscribe()
	if n := s.Stats().Requests - before; n != 1 {
		t.Errorf("a second time took %d requests", n)
	}
	// One was deleted after failures, another was changed by hand.
	c, _ := newClient(s.acc, nil)
	there, _ := subscriptions(t.Context(), &asker{c: c, has: s.has}, address)
	for _, do := range []struct {
		document string
		vars     map[string]any
	}{
		{`mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { userErrors { message } } }`, map[string]any{"id": there["ORDERS_CREATE"].ID}},
		{`mutation($id: ID!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: { includeFields: ["id", "email"] }) { userErrors { message } } }`, map[string]any{"id": there["ORDERS_UPDATED"].ID}},
	} {
		var out json.RawMessage
		if _, err := c.do(t.Context(), "test", do.document, do.vars, &out); err != nil {
			t.Fatal(err)
		}
	}
	subscribe()
	subscribed(all...)

	// What is refused is told, and keeps nothing else back. Shopify wants the scope itself.
	s.acc.Scopes = []string{scopeMerges, scopeOrders, scopeReturns, scopeCustomers}
	s.acc.Client = &http.Client{Transport: bearer{s.IssueToken(scopeOrders, scopeCustomers), s.acc.Now, s.Transport()}}
	err := hooks.Subscribe(t.Context(), s.acc, "https://other.example/")
	if err == nil || !strings.Contains(err.Error(), "customers/merge") || strings.Contains(err.Error(), "customers/delete") {
		t.Errorf("got %v", err)
	}
	if n := s.Hooks().Subscribed; n != 11+6+3+1 {
		t.Errorf("%d subscriptions", n)
	}
}
