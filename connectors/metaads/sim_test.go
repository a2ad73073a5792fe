package metaads

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/metaads"
)

var (
	app = connectors.App{ClientID: "4711", ClientSecret: secret.New("app-secret")}
	// The nights hold the days on which clocks change in Europe (2026-03-29) and in America (2026-03-08).
	firstDay = period.Date(2025, time.March, 1)
	firstRun = time.Date(2026, time.March, 4, 5, 30, 0, 0, time.UTC)
	lastDay  = period.Date(2026, time.July, 1)
)

// accountsOf are accounts east and west of Greenwich, and in currencies with other decimals than two.
func accountsOf() []*ads.Account {
	kinds := []string{"prospecting", "retargeting", "catalogue", "video", "brand"}
	var all []*ads.Account
	for _, a := range []struct {
		id, currency, zone string
		daily, unit        money.Micros
	}{
		{"7001", "EUR", "Europe/Berlin", 80 * money.Unit, money.Unit / 100},
		{"7002", "USD", "America/Los_Angeles", 120 * money.Unit, money.Unit / 100},
		{"7003", "JPY", "Asia/Tokyo", 9000 * money.Unit, money.Unit},
		{"7004", "KWD", "Asia/Kuwait", 25 * money.Unit, money.Unit / 1000},
		{"7005", "NZD", "Pacific/Auckland", 40 * money.Unit, money.Unit / 100},
	} {
		acc := ads.Account{ID: a.id, Name: "Ads " + a.id, Currency: a.currency, Zone: a.zone, Seed: 7, Settles: 28, Unit: a.unit}
		made := ads.Generate(acc, kinds, firstDay, lastDay, a.daily)
		// One vanishes at the beginning of the nights that are simulated, so that what it came to is settled at their end.
		made.Campaigns[3].Vanishes = period.On(firstRun, time.UTC) + 2
		all = append(all, made)
	}
	return all
}

// clock is handed to everybody.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// rig is a simulated Meta with one login.
type rig struct {
	*sim.Server
	clock *clock
	opts  sim.Options
	token string
	grant connectors.Grant
}

func simulate(t *testing.T, set func(*sim.Options)) *rig {
	t.Helper()
	r := &rig{clock: &clock{at: firstRun}}
	r.opts = sim.Options{Now: r.clock.now, ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), Accounts: accountsOf(), RequireProof: true}
	if set != nil {
		set(&r.opts)
	}
	r.Server = sim.New(r.opts)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.token = r.SystemToken(0, canRead)
	r.grant = connectors.Grant{Fields: map[string]string{}, Scopes: []string{canRead}, Client: &http.Client{Transport: authorised{token: r.token, next: r.Transport()}}}
	return r
}

// authorised puts the token on requests as the link does.
type authorised struct {
	token      string
	next       http.RoundTripper
	secretless bool // as with a pasted token, where no app is configured
}

func (a authorised) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	as := app
	if a.secretless {
		as = connectors.App{}
	}
	if err := authorise(r, as, nil, secret.New(a.token)); err != nil {
		return nil, err
	}
	return a.next.RoundTrip(r)
}

func (r *rig) account(a *ads.Account) connectors.Account {
	return connectors.Account{Grant: r.grant, Now: r.clock.now,
		AccountInfo: connectors.AccountInfo{ID: a.ID, Name: a.Name, Currency: a.Currency, Zone: a.Zone, Since: a.Campaigns[0].From.Start(a.Location())}}
}
