package link_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/shopify"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/vault"
)

const redirect = "http://127.0.0.1:8377/callback"

var (
	began = time.Date(2026, time.November, 21, 3, 30, 0, 0, time.UTC)
	app   = connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}
)

// rig is a simulated shop behind HTTPS and a merchant who links it, on one clock.
type rig struct {
	t        *testing.T
	clock    *sim.Clock
	srv      *sim.Server
	wire     *wire
	key      secret.Text
	merchant int64
	c        connectors.Connector
	l        *link.Linker
	given    map[string]string
}

// wire counts what is sent, dates answers by the test's clock, and can play a provider that goes wrong.
type wire struct {
	http.RoundTripper
	clock *sim.Clock

	mu   sync.Mutex
	sent []string // paths
	fake func(r *http.Request) *http.Response
	seen func(r *http.Request)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.sent = append(w.sent, r.URL.Path)
	fake, seen := w.fake, w.seen
	w.mu.Unlock()
	if seen != nil {
		seen(r)
	}
	if fake != nil {
		if resp := fake(r); resp != nil {
			resp.Request = r
			return resp, nil
		}
	}
	resp, err := w.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Date", w.clock.Now().Format(http.TimeFormat))
	}
	return resp, err
}

// count is how many requests have gone to a path.
func (w *wire) count(part string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range w.sent {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}

func newRig(t *testing.T, dsn string) *rig {
	t.Helper()
	shop := &sim.Shop{ID: 7, Domain: "tea.myshopify.com", Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: sim.At(began.AddDate(-1, 0, 0))}
	r := &rig{t: t, clock: sim.NewClock(began), key: vault.NewKey(), c: shopify.Connector(), given: map[string]string{"shop": "tea"}}
	r.srv = sim.New(shop, sim.Options{Now: r.clock.Now, RestoreRate: 2000})
	if err := r.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.srv.Close)
	r.wire = &wire{RoundTripper: r.srv.Transport(), clock: r.clock}
	r.l = r.linker(dsn)
	m, err := r.l.Store.CreateMerchant(t.Context(), store.Merchant{Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	r.merchant = m.ID
	return r
}

// linker is a linker as another process would have it: with its own way to the database.
func (r *rig) linker(dsn string) *link.Linker {
	r.t.Helper()
	db, err := store.Open(r.t.Context(), dsn, store.Options{Now: r.clock.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = db.Close() })
	ring, err := vault.Parse(r.key)
	if err != nil {
		r.t.Fatal(err)
	}
	return &link.Linker{Store: db, Vault: ring, Connectors: []connectors.Connector{r.c}, Transport: r.wire, Now: r.clock.Now}
}

func (r *rig) begin() *link.Pending {
	r.t.Helper()
	p, err := r.l.Begin(r.merchant, r.c, app, r.given, redirect)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// agree is the merchant's browser: it gives the callback that the provider sends it to.
func (r *rig) agree(p *link.Pending) *http.Request {
	r.t.Helper()
	browser := &http.Client{Transport: r.srv.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(p.URL)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return httptest.NewRequest(http.MethodGet, resp.Header.Get("Location"), nil)
}

// code links through the browser.
func (r *rig) code() store.Grant {
	r.t.Helper()
	p := r.begin()
	g, err := r.l.Complete(r.t.Context(), p, r.agree(p))
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

// stored is the one grant as the database has it.
func (r *rig) stored() store.Grant {
	r.t.Helper()
	all, err := r.l.Store.Grants(r.t.Context(), r.merchant)
	if err != nil || len(all) != 1 {
		r.t.Fatalf("%d grants, %v; want one", len(all), err)
	}
	return all[0]
}

func (r *rig) open(l *link.Linker, g store.Grant) connectors.Grant {
	r.t.Helper()
	opened, err := l.Grant(r.c, g)
	if err != nil {
		r.t.Fatal(err)
	}
	return opened
}

// ask asks the shop for its accounts, as the first thing of any job.
func (r *rig) ask(g connectors.Grant) error {
	_, err := r.c.Accounts(r.t.Context(), g)
	return err
}

// send sends one request, without a connector that would try again.
func (r *rig) send(g connectors.Grant) error {
	resp, err := g.Client.Post("https://tea.myshopify.com/admin/api/2026-10/graphql.json", "application/json", strings.NewReader(`{"query":"{shop{id}}"}`))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return nil
}

func isDenied(err error) bool {
	f, ok := connectors.FaultOf(err)
	return ok && f == connectors.Denied
}
