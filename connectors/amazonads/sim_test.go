package amazonads

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
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
	sim "fourfold/internal/sim/amazonads"
)

// clock is handed in everywhere; it goes on when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) set(at time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = at }

func (c *clock) pass(d time.Duration) { c.set(c.now().Add(d)) }

// begin is a night in autumn, in the middle of which the clocks of Europe and America change.
var begin = time.Date(2026, time.October, 12, 9, 30, 0, 0, time.UTC)

var kinds = append(slices.Clone(sim.Kinds), "SPONSORED_PRODUCTS")

// simulated is Amazon Ads with a user who has linked it.
type simulated struct {
	*sim.Server
	clock  *clock
	grant  connectors.Grant
	tokens *client
}

func simulate(t *testing.T, o sim.Options, accounts ...*ads.Account) *simulated {
	t.Helper()
	c := &clock{at: begin}
	o.Now, o.Accounts = c.now, accounts
	s := &simulated{Server: sim.New(o), clock: c}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.tokens = &client{base: s.Transport(), now: c.now}
	s.grant = connectors.Grant{Fields: fields, Client: &http.Client{Transport: s.tokens}, Bare: &http.Client{Transport: s.Transport()}}
	if err := s.tokens.link(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// client authorises requests with what the merchant agreed to, and renews as the house does.
type client struct {
	base   http.RoundTripper
	now    func() time.Time
	tokens connectors.Tokens
	saw    func(r *http.Request, body []byte)
	renews int
}

var app = connectors.App{ClientID: sim.ClientID, ClientSecret: secret.New(sim.ClientSecret)}

var fields = map[string]string{fieldRegion: "eu"}

var consent = connectors.Consent{Fields: fields, Redirect: "https://merchant.example/back", State: "state", Verifier: "a-verifier-that-is-long-enough-to-be-one-of-them"}

// link agrees in the browser.
func (c *client) link(ctx context.Context) error {
	auth := Connector().Auth[0]
	page, err := auth.Begin(app, consent)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return err
	}
	resp, err := c.base.RoundTrip(r)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusFound {
		return errors.New("the page to agree on answers " + resp.Status)
	}
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return err
	}
	callback, err := auth.Verify(app, &http.Request{Method: http.MethodGet, URL: back}, c.now())
	if err != nil {
		return err
	}
	c.tokens, err = auth.Exchange(ctx, &http.Client{Transport: c.base}, app, consent, callback.Code)
	return err
}

func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.saw != nil {
		var b []byte
		if r.GetBody != nil {
			body, _ := r.GetBody()
			b, _ = io.ReadAll(body)
		}
		c.saw(r, b)
	}
	if c.now().After(c.tokens.AccessExpires.Add(-5 * time.Minute)) {
		if err := c.renew(r.Context()); err != nil {
			return nil, err
		}
	}
	resp, err := c.send(r, r.Body)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	_ = resp.Body.Close()
	if err := c.renew(r.Context()); err != nil {
		return nil, err
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	return c.send(r, body)
}

func (c *client) send(r *http.Request, body io.ReadCloser) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.Body = body
	if err := Connector().Auth[0].Authorise(out, app, fields, c.tokens.Access); err != nil {
		return nil, err
	}
	return c.base.RoundTrip(out)
}

func (c *client) renew(ctx context.Context) error {
	next, err := Connector().Auth[0].Renew(ctx, &http.Client{Transport: c.base}, app, fields, c.tokens)
	if err == nil {
		c.tokens = next
		c.renews++
	}
	return err
}

// account is one as the house would open it after linking.
func (s *simulated) account(t *testing.T, id string) connectors.Account {
	t.Helper()
	infos, err := accounts(t.Context(), s.grant)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("there is no account %s", id)
	}
	return connectors.Account{Grant: s.grant, AccountInfo: infos[i], Now: s.clock.now}
}

// shelf is what the store would hold of one account.
type shelf struct {
	cursors map[string]connectors.Cursor
	days    map[period.Day]map[string]fact.AdDay
	totals  map[period.Day]fact.AdTotal
	whole   period.Day
	waited  int
}

func newShelf() *shelf {
	return &shelf{cursors: map[string]connectors.Cursor{}, days: map[period.Day]map[string]fact.AdDay{}, totals: map[period.Day]fact.AdTotal{}}
}

func (k *shelf) store(p connectors.Page) {
	if p.Replaces != nil {
		for day := p.Replaces.From; day < p.Replaces.To; day++ {
			if len(p.Records) > 0 {
				if _, total := p.Records[0].(fact.AdTotal); total {
					delete(k.totals, day)
					continue
				}
			}
			delete(k.days, day)
		}
	}
	for _, r := range p.Records {
		switch r := r.(type) {
		case fact.AdDay:
			if k.days[r.Day] == nil {
				k.days[r.Day] = map[string]fact.AdDay{}
			}
			k.days[r.Day][r.Campaign] = r
		case fact.AdTotal:
			k.totals[r.Days.From] = r
		}
	}
}

// pull runs a stream until it has reached the present, or ends with a fault that is no waiting. The clock goes on while it waits.
func (s *simulated) pull(ctx context.Context, acc connectors.Account, stream string, since time.Time, k *shelf) error {
	all := Connector().Streams
	st := all[slices.IndexFunc(all, func(c connectors.Stream) bool { return c.ID == stream })]
	for {
		var fault error
		for p, err := range st.Pull(ctx, acc, connectors.Request{Cursor: k.cursors[stream], Since: since, Has: func(string) bool { return true }}) {
			if err != nil {
				fault = err
				break
			}
			k.store(p)
			k.cursors[stream] = p.Next
			if p.Proof != nil && stream == "spend" {
				k.whole = p.Proof.CompleteDay
			}
		}
		if f, _ := connectors.FaultOf(fault); f != connectors.Throttled || k.waited > 10_000 {
			return fault
		}
		k.waited++
		s.clock.pass(connectors.RetryAfter(fault))
	}
}

func (k *shelf) spent(days period.Days) (sum money.Micros) {
	for day := days.From; day < days.To; day++ {
		for _, d := range k.days[day] {
			sum += d.Spend
		}
	}
	return sum
}
