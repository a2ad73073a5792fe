package googleads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/googleads"
)

var app = connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}

var kinds = []string{"SEARCH", "SHOPPING", "PERFORMANCE_MAX", "VIDEO"}

// made is an account with four campaigns from 2025 on: one that ends, one that begins late, one that vanishes three weeks into November 2026.
func made(id, name, currency, zone string, unit, usual money.Micros) *ads.Account {
	from, to := period.Date(2025, time.October, 1), period.Date(2026, time.December, 1)
	a := ads.Generate(ads.Account{ID: id, Name: name, Currency: currency, Zone: zone, Seed: 7, Settles: 90, Unit: unit}, kinds, from, to, usual)
	a.Campaigns[3].Vanishes = period.Date(2026, time.November, 3)
	return a
}

func shops() []*ads.Account {
	return []*ads.Account{
		made("5550001111", "Berlin", "EUR", "Europe/Berlin", money.Unit/100, 120*money.Unit),
		made("5550002222", "Los Angeles", "USD", "America/Los_Angeles", money.Unit/100, 300*money.Unit),
		made("5550003333", "Auckland", "NZD", "Pacific/Auckland", money.Unit/100, 80*money.Unit),
		made("5550004444", "Tokyo", "JPY", "Asia/Tokyo", money.Unit, 15_000*money.Unit),
		made("5550005555", "Kuwait", "KWD", "Asia/Kuwait", money.Unit/1000, 30*money.Unit),
	}
}

// rig is a simulated Google with a login that opens the accounts.
type rig struct {
	*sim.Server
	*adstest.Login
}

func rigged(t *testing.T, o sim.Options) *rig {
	t.Helper()
	c := adstest.NewClock(time.Date(2026, time.November, 14, 4, 30, 0, 0, time.UTC))
	o.Now = c.Now
	r := &rig{Server: sim.New(o)}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: r.Transport(), Hush: []string{"ya29", "SELECT"}}
	r.Use(r.Token())
	return r
}

func (r *rig) account(a *ads.Account, manager string) connectors.Account {
	return r.Account(connectors.AccountInfo{ID: a.ID, Name: a.Name, Currency: a.Currency, Zone: a.Zone, Manager: manager})
}

// spend reads the spend of an account's last days.
func (r *rig) spend(t *testing.T, acc connectors.Account, days int) (*adstest.Held, error) {
	t.Helper()
	h := adstest.NewHeld()
	return h, h.Once(t, r.Stream(t, "spend"), acc, r.Clock.Now().AddDate(0, 0, -days))
}
