package pinterestads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/pinterestads"
)

// simStart is when the tests begin: the first of thirty nights.
var simStart = time.Date(2026, time.October, 20, 3, 0, 0, 0, time.UTC)

const (
	settles     = 30
	mainAccount = "549700001"
	// prepares is how long the simulation takes for a report.
	prepares = 7 * time.Minute
)

// world is a simulated Pinterest with the ad accounts of a merchant.
type world struct {
	*sim.Server
	*adstest.Login
	accounts []*ads.Account
}

func account(id, name, currency string, kinds ...string) *ads.Account {
	today := period.On(simStart, time.UTC)
	return ads.Generate(ads.Account{ID: id, Name: name, Currency: currency, Zone: "UTC", Seed: 11, Settles: settles}, kinds, today-400, today+40, 90*money.Unit+1)
}

func simulate(t *testing.T, takes time.Duration, accounts ...*ads.Account) *world {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []*ads.Account{account(mainAccount, "Main", "EUR", "x", "x", "x", "x")}
	}
	c := adstest.NewClock(simStart)
	app := connectors.App{ClientID: "1490001", ClientSecret: secret.New("s3cret-of-the-app")}
	w := &world{accounts: accounts}
	w.Server = sim.New(sim.Options{Now: c.Now, ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), Accounts: accounts, Prepares: takes, PageSize: 2})
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: w.Transport(),
		Hush: []string{"s3cret", "pina_", "refresh-", "Signature", "token=", "code-of"}}
	return w
}

// open links, and opens an account.
func (w *world) open(t *testing.T, id string) connectors.Account {
	t.Helper()
	w.Link(t)
	return w.Open(t, id)
}

// until pulls a month, or what is new since, to the present, resting as long as it is told to.
func (w *world) until(t *testing.T, h *adstest.Held, acc connectors.Account) error {
	t.Helper()
	return h.Pull(t, w.Clock, spend.Stream(), acc, month)
}
