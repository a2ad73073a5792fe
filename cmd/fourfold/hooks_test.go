package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// proxy is what an operator puts in front of the program: it ends TLS under a public name.
type proxy struct {
	*httptest.Server
	behind atomic.Pointer[http.Handler]
}

const publicURL = "https://example.com"

func newProxy(t testing.TB) *proxy {
	p := &proxy{}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := p.behind.Load()
		if h == nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		(*h).ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) leadTo(h http.Handler) { p.behind.Store(&h) }

// client finds the proxy under its public name.
func (p *proxy) client() *http.Client {
	roots := p.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, p.Listener.Addr().String())
		},
	}}
}

// hookRig is a linked store that sends webhooks through a proxy, and what the program says meanwhile.
type hookRig struct {
	*rig
	proxy *proxy
	said  *output
}

var hooksAt = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// newHookRig links and pulls the shop; restore, where given, is the points a second of its bucket.
func newHookRig(t testing.TB, dsn string, shop *sim.Shop, hooks sim.Webhooks, restore ...int) *hookRig {
	t.Helper()
	rate := append(restore, 20_000)[0]
	r := &hookRig{proxy: newProxy(t), said: &output{}}
	hooks.Client = r.proxy.client()
	r.rig = newRig(t, dsn, shop, rigOptions{Now: hooksAt, Sim: sim.Options{Webhooks: hooks, Protected: 2, RestoreRate: rate},
		Configure: func(c *config.Config) { c.PublicURL = publicURL }})
	r.app.stderr, r.app.stdout = r.said, r.said
	r.link()
	r.must(r.worker().Pull(t.Context(), r.merchant()))
	r.proxy.leadTo(r.app.hooks(r.worker()))
	return r
}

// delivered waits until all webhooks have come.
func (r *hookRig) delivered() sim.HookStats {
	r.t.Helper()
	r.must(r.srv.Delivered(r.t.Context()))
	return r.srv.Hooks()
}

// follow follows all hints, as the engines do each minute.
func (r *hookRig) follow() {
	r.t.Helper()
	chore := r.worker().Hints()
	pieces, err := chore.Find(r.t.Context())
	r.must(err)
	for _, p := range pieces {
		r.must(chore.Do(r.t.Context(), p))
	}
	if left := r.hints(); len(left) > 0 {
		r.t.Errorf("left: %v", left)
	}
}

func (r *hookRig) hints() []store.Hint {
	r.t.Helper()
	c := r.connection()
	left, err := r.app.db.Hints(r.t.Context(), c.MerchantID, c.ID, 1000)
	r.must(err)
	return left
}

// fresh is the same shop pulled into an empty database.
func (r *hookRig) fresh(dsn string) *rig {
	r.t.Helper()
	f := &rig{t: r.t, clock: r.clock, srv: r.srv, app: newApp(func(string) string { return "" }, nil, io.Discard, io.Discard)}
	r.t.Cleanup(f.app.close)
	c := *r.app.cfg
	c.Database, c.PublicURL = dsn, ""
	f.app.cfg, f.app.now, f.app.transport, f.app.browse = &c, r.app.now, r.app.transport, r.app.browse
	f.link()
	f.must(f.worker().Pull(r.t.Context(), f.merchant()))
	return f
}

// presentQueries read what a database holds of a shop's present, without when it was read and what is gone.
var presentQueries = func() map[string]string {
	const live = " WHERE order_id NOT IN (SELECT id FROM orders WHERE gone_at IS NOT NULL)"
	q := map[string]string{
		"orders": "SELECT * FROM orders WHERE gone_at IS NULL", "customers": "SELECT * FROM customers WHERE gone_at IS NULL",
		"products": "SELECT * FROM products WHERE gone_at IS NULL", "variants": "SELECT * FROM variants",
		"sales":         "SELECT * FROM sales WHERE agreement_id IN (SELECT id FROM agreements" + live + ")",
		"totals":        "SELECT * FROM totals WHERE amount <> 0 AND measure NOT LIKE '%stock%'",
		"customer_days": "SELECT * FROM customer_days",
	}
	for _, table := range []string{"order_lines", "agreements", "refunds", "refund_lines", "refund_adjustments", "fulfillments", "transactions", "disputes"} {
		q[table] = "SELECT * FROM " + table + live
	}
	return q
}()

// present is what a database holds of the shop's present.
func present(t testing.TB, dsn string) dumped {
	t.Helper()
	s := &stage{t: t, dsn: dsn}
	db := s.database()
	d := dumped{}
	for table, query := range presentQueries {
		var lines []string
		for _, row := range s.read(db, query) {
			row = slices.DeleteFunc(row, func(c namedCell) bool { return c.column == "read_at" })
			lines = append(lines, rowText(table, row))
		}
		slices.Sort(lines)
		d[table] = lines
	}
	return d
}

// everything is all text that a database holds.
func everything(t testing.TB, dsn string) string {
	t.Helper()
	s := &stage{t: t, dsn: dsn}
	var b strings.Builder
	for table, rows := range s.dump(s.database()) {
		fmt.Fprintln(&b, table, strings.Join(rows, "\n"))
	}
	return b.String()
}

// aBusyDay is what happens in a shop that webhooks tell of.
func aBusyDay(r *hookRig) {
	r.t.Helper()
	at := sim.At(r.clock.now())
	next := func() sim.Instant { at++; return at }
	goods := []sim.Item{goods(2, "40.00"), goods(1, "25.00")}
	var placed []*sim.Order
	for i := range 6 {
		r.change(func(m *sim.Shop) error {
			o, err := m.Place(sim.Purchase{At: next(), Customer: m.Customers[i], Items: goods, Shipping: []sim.Carriage{{Title: "Post", Price: amount("4.90")}}})
			placed = append(placed, o)
			return err
		})
	}
	for _, f := range []func(m *sim.Shop) error{
		func(m *sim.Shop) error { return m.Edit(placed[0], next(), set(placed[0], 0, 3)) },
		func(m *sim.Shop) error { return m.Edit(placed[0], next(), set(placed[0], 1, 0)) },
		func(m *sim.Shop) error { return m.Cancel(placed[1], next(), sim.Cancellation{Reason: "CUSTOMER"}) },
		func(m *sim.Shop) error {
			_, err := m.Refund(placed[2], next(), sim.Refunding{Lines: []sim.RefundPart{{LineItemID: placed[2].Lines[0].ID, Quantity: 1}}})
			return err
		},
		func(m *sim.Shop) error { _, err := m.Fulfil(placed[3], next(), sim.Shipment{}); return err },
		func(m *sim.Shop) error { m.Delete(placed[4]); return nil },
		func(m *sim.Shop) error { m.Delete(m.Orders[10]); return nil },
		func(m *sim.Shop) error { m.SetConsent(m.Customers[2], next(), true); return nil },
		func(m *sim.Shop) error { return m.MergeCustomers(m.Customers[3], m.Customers[5], next()) },
		func(m *sim.Shop) error { return m.DeleteCustomer(m.AddCustomer(next())) },
		func(m *sim.Shop) error { m.AddCustomer(next()); return nil },
		func(m *sim.Shop) error {
			m.AddProduct(next(), sim.Product{Title: "New", Variants: []*sim.Variant{{SKU: "NEW-1"}}})
			return nil
		},
	} {
		r.change(f)
	}
}

// After webhooks that come twice, late, out of order and among forged ones, and without a pull, what is held is what a fresh pull finds;
// and nothing of a payload is anywhere.
func TestWebhooksKeepUpWithTheShop(t *testing.T) {
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			dsn := database.dsn(t)
			shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 80, Until: hooksAt.Add(-time.Hour), Zone: "Europe/Berlin", Currency: "EUR"})
			if err != nil {
				t.Fatal(err)
			}
			r := newHookRig(t, dsn, shop, sim.Webhooks{Seed: 1, Twice: 0.4, Forge: 0.4, Late: 60 * time.Millisecond, Tries: 10, Pause: time.Millisecond})
			if n := r.srv.Hooks().Subscribed; n < 12 {
				t.Fatalf("only %d subscriptions", n)
			}
			state := func() string {
				all, err := r.app.db.Streams(t.Context(), 1, r.connection().ID)
				r.must(err)
				return fmt.Sprint(all)
			}
			before := state()
			aBusyDay(r)
			stats := r.delivered()
			events, _, _ := strings.Cut(r.events(), " ")
			if n, _ := strconv.Atoi(events); stats.Forged == 0 || stats.Believed > 0 || stats.Sent <= n || n == 0 || stats.GivenUp > 0 {
				t.Errorf("%d events in deliveries: %+v", n, stats)
			}
			r.follow()
			if after := state(); after != before {
				t.Errorf("following hints moved streams:\n%s\n%s", before, after)
			}
			fresh := database.dsn(t)
			r.fresh(fresh)
			if diff := cmp.Diff(present(t, fresh), present(t, dsn)); diff != "" {
				t.Errorf("a fresh pull (-) and what webhooks led to (+):\n%s", diff)
			}
			if text := everything(t, dsn) + r.said.String(); strings.Contains(text, sim.PersonalMark) {
				t.Error("something of a payload was stored or logged")
			}
			// What was derived meanwhile is what is derived anew.
			derived := present(t, dsn)
			r.rebuild()
			if diff := cmp.Diff(derived, present(t, dsn)); diff != "" {
				t.Errorf("rebuilt it differs:\n%s", diff)
			}
		})
	}
}

func hookShop(t testing.TB, orders int) *sim.Shop {
	t.Helper()
	shop, err := sim.Generate(sim.Config{Seed: 3, Orders: orders, Until: hooksAt.Add(-time.Hour), Zone: "Europe/Berlin", Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// post sends a delivery as the shop would, or as somebody else.
func (r *hookRig) post(path, topic, event string, body []byte, secret string) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, publicURL+path, bytes.NewReader(body))
	r.must(err)
	var domain string
	r.srv.View(func(m *sim.Shop) { domain = m.Domain })
	req.Header = sim.HookHeader(domain, topic, event, r.clock.now(), sim.SignHook(body, secret))
	resp, err := r.proxy.client().Do(req)
	r.must(err)
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); len(text) > 0 {
		r.t.Errorf("%s is answered with %q", path, text)
	}
	return resp.StatusCode
}

func (r *hookRig) events() string {
	r.t.Helper()
	s := &stage{t: r.t, dsn: r.app.cfg.Database}
	return s.read(s.database(), "SELECT (SELECT COUNT(*) FROM webhook_events) || ' ' || (SELECT COUNT(*) FROM hints)")[0][0].text
}

func TestWebhooksThatAreRefused(t *testing.T) {
	r := newHookRig(t, storetest.SQLite(t), hookShop(t, 10), sim.Webhooks{})
	good := []byte(`{"id":4711,"updated_at":"2026-11-20T12:00:00Z"}`)
	const here, secret = "/hooks/shopify/1/1", "client-secret"
	for name, c := range map[string]struct {
		path, topic, secret string
		body                []byte
		want                int
	}{
		"forged":              {here, "orders/updated", "guessed", good, http.StatusUnauthorized},
		"not JSON":            {here, "orders/updated", secret, []byte("{"), http.StatusUnauthorized},
		"empty":               {here, "orders/updated", secret, nil, http.StatusUnauthorized},
		"no such connection":  {"/hooks/shopify/1/2", "orders/updated", secret, good, http.StatusUnauthorized},
		"no such merchant":    {"/hooks/shopify/9/1", "orders/updated", secret, good, http.StatusUnauthorized},
		"no such connector":   {"/hooks/etsy/1/1", "orders/updated", secret, good, http.StatusUnauthorized},
		"no number":           {"/hooks/shopify/1/x", "orders/updated", secret, good, http.StatusUnauthorized},
		"a customer's as all": {here, "shop/redact", secret, []byte(`{"shop_domain":"demo.myshopify.com","customer":{"id":1},"orders_to_redact":[]}`), http.StatusUnauthorized},
		"too large":           {here, "orders/updated", secret, bytes.Repeat([]byte("a"), 2<<20), http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			got := func() int { r.t = t; return r.post(c.path, c.topic, name, c.body, c.secret) }()
			if got != c.want || r.events() != "0 0" {
				t.Errorf("answered %d, want %d; stored %s", got, c.want, r.events())
			}
		})
	}
	r.t = t
	if got := r.post(here, "orders/updated", "e", good, secret); got != http.StatusOK || r.events() != "1 1" {
		t.Errorf("a genuine one is answered %d; stored %s", got, r.events())
	}
	if got := r.post(here, "orders/updated", "e", good, secret); got != http.StatusOK || r.events() != "1 1" {
		t.Errorf("the same again is answered %d; stored %s", got, r.events())
	}
	if strings.Contains(r.said.String(), "4711") || !strings.Contains(r.said.String(), "refused") {
		t.Errorf("logged: %s", r.said)
	}
}

func TestRequestsOfTheLaw(t *testing.T) {
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			dsn := database.dsn(t)
			r := newHookRig(t, dsn, hookShop(t, 30), sim.Webhooks{Twice: 1, Tries: 10, Pause: time.Millisecond})
			r.srv.SetCompliance(publicURL + "/hooks/shopify/1/1")
			var customer int64
			r.srv.View(func(m *sim.Shop) { customer = m.Orders[5].Customer.ID })
			named := fmt.Sprintf("customer_id=%d ", customer)
			if !strings.Contains(everything(t, dsn), named) {
				t.Fatal("the customer has no orders")
			}
			r.srv.Comply("customers/data_request", customer)
			r.delivered()
			r.srv.Comply("customers/redact", customer, 1)
			if stats := r.delivered(); stats.GivenUp > 0 {
				t.Errorf("%+v\n%s", stats, r.said)
			}
			if strings.Contains(everything(t, dsn), fmt.Sprint(customer)) {
				t.Error("the customer's ID is still there")
			}
			actions := func() (all []string) {
				entries, err := r.app.db.AuditEntries(t.Context(), 1, 20)
				r.must(err)
				for _, e := range entries {
					if !slices.Contains(all, e.Action) {
						all = append(all, e.Action)
					}
					if e.Actor != store.ActorWebhook {
						t.Errorf("%s by %s", e.Action, e.Actor)
					}
				}
				return all
			}
			if got := actions(); !slices.Equal(got, []string{store.AuditRedaction, store.AuditDataRequest}) {
				t.Errorf("audit: %v", got)
			}
			r.srv.Comply("shop/redact", 0)
			if stats := r.delivered(); stats.GivenUp > 0 {
				t.Errorf("%+v\n%s", stats, r.said)
			}
			conns, err := r.app.db.Connections(t.Context(), 1)
			r.must(err)
			if got := actions(); len(conns) > 0 || got[0] != store.AuditErasure {
				t.Errorf("%d connections, audit: %v", len(conns), got)
			}
		})
	}
}

// The word that an app was uninstalled is checked with the provider: it may come late, after the app was installed again.
func TestUninstalled(t *testing.T) {
	r := newHookRig(t, storetest.SQLite(t), hookShop(t, 10), sim.Webhooks{})
	state := func() (string, string) {
		grants, err := r.app.db.Grants(t.Context(), 1)
		r.must(err)
		return grants[0].State, grants[0].Reason
	}
	if got := r.post("/hooks/shopify/1/1", "app/uninstalled", "late", []byte(`{"id":1}`), "client-secret"); got != http.StatusOK {
		t.Fatal(got)
	}
	r.follow()
	if s, _ := state(); s != store.StateActive {
		t.Errorf("a grant that works is %s", s)
	}
	r.srv.Uninstall()
	if stats := r.delivered(); stats.GivenUp > 0 {
		t.Fatalf("%+v", stats)
	}
	chore := r.worker().Hints()
	pieces, err := chore.Find(t.Context())
	r.must(err)
	if err := chore.Do(t.Context(), pieces[0]); err == nil {
		t.Error("nothing was said")
	}
	if s, why := state(); s != store.StateRelink || !strings.Contains(why, "uninstalled") {
		t.Errorf("the grant is %s: %s", s, why)
	}
	if pieces, err = chore.Find(t.Context()); err != nil || len(pieces) > 0 {
		t.Errorf("hints that cannot be followed are tried again: %v, %v", pieces, err)
	}
	entries, err := r.app.db.AuditEntries(t.Context(), 1, 5)
	if err != nil || len(entries) != 1 || entries[0].Action != store.AuditUninstalled {
		t.Errorf("audit: %v, %v", entries, err)
	}
	r.link()
	r.follow()
	if s, _ := state(); s != store.StateActive || r.srv.Hooks().Subscribed == 0 {
		t.Errorf("linked again it is %s, with %d subscriptions", s, r.srv.Hooks().Subscribed)
	}
}

// A flood: hundreds of deliveries at one time, a third of them duplicates, some forged. None is lost, and none is stored twice.
func TestAFloodOfWebhooks(t *testing.T) {
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			dsn := database.dsn(t)
			r := newHookRig(t, dsn, hookShop(t, 60), sim.Webhooks{})
			var ids []int64
			r.srv.View(func(m *sim.Shop) {
				for _, o := range m.Orders {
					ids = append(ids, o.ID)
				}
			})
			r.change(func(m *sim.Shop) error {
				for _, o := range m.Orders {
					o.UpdatedAt = sim.At(r.clock.now())
					m.Touch(o)
				}
				return nil
			})
			r.delivered()
			const deliveries = 600
			answers := flood(t, r, ids, deliveries, 16, nil)
			if answers[http.StatusOK] != deliveries-deliveries/10 || answers[http.StatusUnauthorized] != deliveries/10 {
				t.Errorf("answered %v", answers)
			}
			r.follow()
			fresh := database.dsn(t)
			r.fresh(fresh)
			if diff := cmp.Diff(present(t, fresh), present(t, dsn)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// flood sends deliveries about orders at a number of places at one time, and counts the answers. Each tenth is forged, and each third
// of the others comes twice. pace, where given, tells when each may go.
func flood(t testing.TB, r *hookRig, ids []int64, deliveries, together int, pace func(i int) error) map[int]int {
	t.Helper()
	client := r.proxy.client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = together
	var domain string
	r.srv.View(func(m *sim.Shop) { domain = m.Domain })
	next := make(chan int)
	var mu sync.Mutex
	answers := map[int]int{}
	var failure error
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			for i := range next {
				status, err := floodOne(t.Context(), client, domain, ids, i)
				for err == nil && status == http.StatusServiceUnavailable { // sent again, as a provider does
					status, err = floodOne(t.Context(), client, domain, ids, i)
				}
				mu.Lock()
				answers[status]++
				failure = errors.Join(failure, err)
				mu.Unlock()
			}
		})
	}
	for i := range deliveries {
		if pace != nil {
			if err := pace(i); err != nil {
				t.Fatal(err)
			}
		}
		next <- i
	}
	close(next)
	all.Wait()
	if failure != nil {
		t.Error(failure)
	}
	return answers
}

func floodOne(ctx context.Context, client *http.Client, domain string, ids []int64, i int) (int, error) {
	event, secret := i, "client-secret"
	switch {
	case i%10 == 7:
		secret = "guessed"
	case i%3 == 2:
		event-- // the one before, again
	}
	body := fmt.Appendf(nil, `{"id":%d,"updated_at":"2026-11-20T12:00:00Z"}`, ids[event/3%len(ids)])
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, publicURL+"/hooks/shopify/1/1", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = sim.HookHeader(domain, "orders/updated", fmt.Sprint("flood-", event), hooksAt, sim.SignHook(body, secret))
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// A proxy's listener: `fourfold run` answers where the configuration says, and takes nothing new once it is asked to stop.
func TestRunAnswersWebhooks(t *testing.T) {
	r := newHookRig(t, storetest.SQLite(t), hookShop(t, 10), sim.Webhooks{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	address := ln.Addr().String()
	r.must(ln.Close())
	r.app.cfg.Listen = address
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	root := rootCommand(r.app)
	root.SetArgs([]string{"run"})
	go func() { ended <- root.ExecuteContext(ctx) }()
	var status int
	for deadline := time.Now().Add(runPatience); status == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Post("http://"+address+"/hooks/shopify/1/1", "application/json", strings.NewReader("{}"))
		if err == nil {
			status = resp.StatusCode
			r.must(resp.Body.Close())
		}
	}
	if status != http.StatusUnauthorized {
		t.Errorf("answered %d:\n%s", status, r.said)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if resp, err := http.Post("http://"+address+"/", "", nil); err == nil {
		_ = resp.Body.Close()
		t.Error("it still answers")
	}
}
