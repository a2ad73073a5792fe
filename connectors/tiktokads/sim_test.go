package tiktokads

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/tiktokads"
)

// simStart is when the tests begin: the first of thirty nights, in which the clocks change in Europe and in America.
var simStart = time.Date(2026, time.October, 20, 3, 0, 0, 0, time.UTC)

// clock is handed to everything; it moves when a test says so.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a simulated TikTok with the ad accounts of a merchant.
type world struct {
	*sim.Server
	clock    *clock
	accounts []*ads.Account
	app      connectors.App
	client   *http.Client
	seen     func(*http.Request)
}

// settles is how long the simulation corrects what it told.
const settles = 14

func account(id, name, currency, zone string, kinds ...string) *ads.Account {
	today := period.On(simStart, time.UTC)
	return ads.Generate(ads.Account{ID: id, Name: name, Currency: currency, Zone: zone, Seed: 7, Settles: settles}, kinds, today-395, today+40, 90*money.Unit)
}

func simulate(t *testing.T, accounts ...*ads.Account) *world {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []*ads.Account{account("6900001", "Main", "EUR", "Europe/Berlin", "x", "x", "x", "x", sim.Product, sim.Live)}
	}
	w := &world{clock: &clock{at: simStart}, accounts: accounts, app: connectors.App{ClientID: "7300001", ClientSecret: secret.New("s3cret-of-the-app")}}
	w.Server = sim.New(sim.Options{Now: w.clock.now, ClientID: w.app.ClientID, ClientSecret: w.app.ClientSecret.Reveal(), Accounts: accounts})
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.client = &http.Client{Transport: w.Transport()}
	return w
}

// link goes the merchant's way: to the page, back with a code, to the token.
func (w *world) link(t *testing.T) connectors.Grant {
	t.Helper()
	consented := connectors.Consent{Redirect: "https://fourfold.example/callback", State: "state-1"}
	page, err := auth.Begin(w.app, consented)
	if err != nil {
		t.Fatal(err)
	}
	c := *w.client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("the page answers HTTP %d: %v", resp.StatusCode, err)
	}
	callback, err := auth.Verify(w.app, httptest.NewRequest(http.MethodGet, back.String(), nil), w.clock.now())
	if err != nil || callback.State != consented.State {
		t.Fatalf("state %q, %v", callback.State, err)
	}
	tokens, err := auth.Exchange(t.Context(), w.client, w.app, consented, callback.Code)
	if err != nil {
		t.Fatal(err)
	}
	if !tokens.AccessExpires.IsZero() || !tokens.Refresh.Empty() {
		t.Error("TikTok's tokens do not end and have no successor")
	}
	return w.grant(tokens.Access)
}

func (w *world) grant(token secret.Text) connectors.Grant {
	return connectors.Grant{Client: &http.Client{Transport: &authorised{w, token}}, Bare: w.client}
}

// authorised puts the token on requests, as the house does.
type authorised struct {
	w     *world
	token secret.Text
}

func (a *authorised) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if err := auth.Authorise(r, a.w.app, nil, a.token); err != nil {
		return nil, err
	}
	if a.w.seen != nil {
		a.w.seen(r)
	}
	return a.w.client.Transport.RoundTrip(r)
}

// open is an account as the house opens it for a pull.
func (w *world) open(t *testing.T, g connectors.Grant, id string) connectors.Account {
	t.Helper()
	infos, err := accounts(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("account %s is not among %v", id, infos)
	}
	return connectors.Account{Grant: g, AccountInfo: infos[i], Now: w.clock.now}
}

// can is what the probe grants.
func can(t *testing.T, acc connectors.Account) func(string) bool {
	t.Helper()
	caps, err := probe(t.Context(), acc)
	if err != nil {
		t.Fatal(err)
	}
	granted := map[string]bool{}
	for _, c := range caps {
		granted[c.ID] = c.Granted
	}
	return func(id string) bool { return granted[id] }
}

// held is what a store would hold of a stream: days come whole.
type held struct {
	cursor connectors.Cursor
	days   map[key]fact.AdDay
	totals map[period.Day]fact.AdTotal
	proof  *connectors.Proof
}

func newHeld() *held { return &held{days: map[key]fact.AdDay{}, totals: map[period.Day]fact.AdTotal{}} }

// pull pulls to the present.
func (h *held) pull(t *testing.T, s connectors.Stream, acc connectors.Account, has func(string) bool, since time.Time) {
	t.Helper()
	if err := h.try(t, s, acc, has, since); err != nil {
		t.Fatal(err)
	}
}

func (h *held) try(t *testing.T, s connectors.Stream, acc connectors.Account, has func(string) bool, since time.Time) error {
	t.Helper()
	for p, err := range s.Pull(t.Context(), acc, connectors.Request{Cursor: h.cursor, Since: since, Has: has}) {
		if err != nil {
			return err
		}
		if p.Replaces != nil {
			maps.DeleteFunc(h.days, func(k key, _ fact.AdDay) bool { return p.Replaces.Has(k.day) })
			maps.DeleteFunc(h.totals, func(from period.Day, _ fact.AdTotal) bool { return p.Replaces.Has(from) })
		}
		for _, r := range p.Records {
			switch r := r.(type) {
			case fact.AdDay:
				h.days[key{r.Day, r.Campaign}] = r
			case fact.AdTotal:
				h.totals[r.Days.From] = r
			default:
				t.Fatalf("a %T came", r)
			}
		}
		h.cursor = p.Next
		if p.Proof != nil {
			h.proof = p.Proof
		}
	}
	return nil
}

func asked(counts map[string]int) (all int) {
	for path, n := range counts {
		if path != pathAdvertisers && path != pathInfo {
			all += n
		}
	}
	return all
}
