package snapchatads

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
	sim "fourfold/internal/sim/snapchatads"
)

// simStart is when the tests begin: the first of thirty nights, in which the clocks are put back in Europe and in America.
var simStart = time.Date(2026, time.October, 20, 10, 30, 0, 0, time.UTC)

const (
	settles     = 28
	mainAccount = "8adc3db7-8148-4fbf-999c-000000000001"
)

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

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func account(last, name, currency, zone string) *ads.Account {
	today := period.On(simStart, time.UTC)
	unit := money.Micros(1)
	if currency == "JPY" {
		unit = money.Unit
	}
	a := ads.Generate(ads.Account{ID: mainAccount[:len(mainAccount)-1] + last, Name: name, Currency: currency, Zone: zone, Seed: 13, Settles: settles, Unit: unit},
		[]string{"x", "x", "x", "x", "x"}, today-410, today+40, 90*money.Unit+1)
	a.Campaigns[3].Vanishes = today + 15 // in the middle of the thirty nights
	return a
}

// world is a simulated Snapchat with the ad accounts of a merchant.
type world struct {
	*sim.Server
	clock    *clock
	accounts []*ads.Account
	app      connectors.App
	client   *http.Client
	seen     func(*http.Request)
}

func simulate(t *testing.T, accounts ...*ads.Account) *world {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []*ads.Account{account("1", "Main", "USD", "America/Los_Angeles")}
	}
	w := &world{clock: &clock{at: simStart}, accounts: accounts, app: connectors.App{ClientID: "1490001", ClientSecret: secret.New("s3cret-of-the-app")}}
	w.Server = sim.New(sim.Options{Now: w.clock.now, ClientID: w.app.ClientID, ClientSecret: w.app.ClientSecret.Reveal(), Accounts: accounts})
	return w.start(t)
}

func (w *world) start(t *testing.T) *world {
	t.Helper()
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.client = &http.Client{Transport: w.Transport()}
	return w
}

// paged is the same in pages of two entries, whatever is asked for.
func paged(t *testing.T, accounts ...*ads.Account) *world {
	t.Helper()
	w := &world{clock: &clock{at: simStart}, accounts: accounts, app: connectors.App{ClientID: "1490001", ClientSecret: secret.New("s3cret-of-the-app")}}
	w.Server = sim.New(sim.Options{Now: w.clock.now, ClientID: w.app.ClientID, ClientSecret: w.app.ClientSecret.Reveal(), Accounts: accounts, PageSize: 2})
	return w.start(t)
}

// link goes the merchant's way: to the page, back with a code, to the tokens.
func (w *world) link(t *testing.T) *login {
	t.Helper()
	consented := connectors.Consent{Redirect: "https://fourfold.example/callback", State: "state-1"}
	address, err := auth.Begin(w.app, consented)
	if err != nil {
		t.Fatal(err)
	}
	c := *w.client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Get(address)
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
	return &login{w: w, tokens: tokens}
}

// login puts the token on requests, and renews it where it is refused, as the house does.
type login struct {
	w       *world
	tokens  connectors.Tokens
	renewed int
}

func (l *login) grant() connectors.Grant {
	return connectors.Grant{Client: &http.Client{Transport: l}}
}

func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	for {
		out := r.Clone(r.Context())
		if err := auth.Authorise(out, l.w.app, nil, l.tokens.Access); err != nil {
			return nil, err
		}
		if l.w.seen != nil {
			l.w.seen(out)
		}
		resp, err := l.w.client.Transport.RoundTrip(out)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		_ = resp.Body.Close()
		next, err := auth.Renew(r.Context(), l.w.client, l.w.app, nil, l.tokens)
		if err != nil {
			return nil, err
		}
		l.tokens = next
		l.renewed++
	}
}

// open is an account as the house opens it for a pull.
func (w *world) open(t *testing.T, l *login, id string) connectors.Account {
	t.Helper()
	infos, err := accounts(t.Context(), l.grant())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("account %s is not among %v", id, infos)
	}
	return connectors.Account{Grant: l.grant(), AccountInfo: infos[i], Now: w.clock.now}
}

type key struct {
	day      period.Day
	campaign string
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
func (h *held) pull(t *testing.T, s connectors.Stream, acc connectors.Account, since time.Time) error {
	t.Helper()
	for p, err := range s.Pull(t.Context(), acc, connectors.Request{Cursor: h.cursor, Since: since, Has: func(string) bool { return true }}) {
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

func days(from, to string) period.Days {
	f, err1 := period.ParseDay(from)
	t, err2 := period.ParseDay(to)
	if err1 != nil || err2 != nil {
		panic("a day of a test is none")
	}
	return period.Days{From: f, To: t}
}
