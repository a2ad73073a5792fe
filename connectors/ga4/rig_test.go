package ga4

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/ga4"
)

var app = connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}

func sites() []*sim.Property {
	created := time.Date(2025, time.October, 10, 11, 30, 0, 0, time.UTC)
	return []*sim.Property{
		{ID: "111", Name: "Berlin", Currency: "EUR", Zone: "Europe/Berlin", Created: created, Seed: 3, Settles: 14},
		{ID: "222", Name: "Los Angeles", Currency: "USD", Zone: "America/Los_Angeles", Created: created, Seed: 3, Settles: 14},
		{ID: "333", Name: "Auckland", Currency: "NZD", Zone: "Pacific/Auckland", Created: created, Seed: 3, Settles: 14},
		{ID: "444", Name: "Tokyo", Currency: "JPY", Zone: "Asia/Tokyo", Created: created, Seed: 3, Settles: 14, Unit: money.Unit},
		{ID: "555", Name: "Kuwait", Currency: "KWD", Zone: "Asia/Kuwait", Created: created, Seed: 3, Settles: 14, Unit: money.Unit / 1000},
	}
}

// rig is a simulated Google with a login that sees the properties.
type rig struct {
	*sim.Server
	*adstest.Login
}

func rigged(t *testing.T, o sim.Options) *rig {
	t.Helper()
	c := adstest.NewClock(time.Date(2026, time.November, 14, 4, 30, 0, 0, time.UTC))
	o.Now = c.Now
	if o.Accounts == nil {
		o.Accounts = []*sim.Account{{ID: "12", Name: "Shops", Properties: sites()}}
	}
	r := &rig{Server: sim.New(o)}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: r.Transport(), Hush: []string{"ya29"}}
	r.Use(r.Token())
	return r
}

func (r *rig) account(p *sim.Property) connectors.Account {
	return r.Account(connectors.AccountInfo{ID: p.ID, Name: p.Name, Currency: p.Currency, Zone: p.Zone, Since: p.Created})
}

// read reads some days of a property.
func (r *rig) read(t *testing.T, id int, days int) (*adstest.Held, error) {
	t.Helper()
	h := adstest.NewHeld()
	return h, h.Once(t, r.Stream(t, "visits"), r.account(sites()[id]), r.Clock.Now().AddDate(0, 0, -days))
}
