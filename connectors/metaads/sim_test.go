package metaads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
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

// rig is a simulated Meta with one login.
type rig struct {
	*sim.Server
	*adstest.Login
	opts  sim.Options
	token string
}

func simulate(t *testing.T, set func(*sim.Options)) *rig {
	t.Helper()
	c := adstest.NewClock(firstRun)
	r := &rig{opts: sim.Options{Now: c.Now, ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), Accounts: accountsOf(), RequireProof: true}}
	if set != nil {
		set(&r.opts)
	}
	r.Server = sim.New(r.opts)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.token = r.SystemToken(0, canRead)
	r.Login = &adstest.Login{Connector: Connector(), App: app, Fields: map[string]string{}, Clock: c, Net: r.Transport(),
		Hush: []string{r.token, "appsecret_proof=", "fields="}}
	r.Use(r.token)
	r.Tokens.Scopes = []string{canRead}
	return r
}

func (r *rig) account(a *ads.Account) connectors.Account {
	return r.Account(connectors.AccountInfo{ID: a.ID, Name: a.Name, Currency: a.Currency, Zone: a.Zone, Since: a.Campaigns[0].From.Start(a.Location())})
}

// once pulls once from where the last pull ended.
func once(t *testing.T, h *adstest.Held, acc connectors.Account, s connectors.Stream, since period.Day) error {
	t.Helper()
	loc, err := time.LoadLocation(acc.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return h.Once(t, s, acc, since.Start(loc))
}

// through is a pull that is tried again after what passes.
func (r *rig) through(t *testing.T, h *adstest.Held, acc connectors.Account, s connectors.Stream, since period.Day) {
	t.Helper()
	loc, err := time.LoadLocation(acc.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		err = h.Pull(t, r.Clock, s, acc, since.Start(loc))
		if f, _ := connectors.FaultOf(err); f != connectors.Unavailable {
			break
		}
	}
	if err != nil {
		t.Fatalf("%s of %s: %v; asked %v", s.ID, acc.ID, err, r.Requests())
	}
}
