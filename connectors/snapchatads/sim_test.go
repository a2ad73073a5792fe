package snapchatads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
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
	*adstest.Login
	accounts []*ads.Account
}

func simulate(t *testing.T, accounts ...*ads.Account) *world {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []*ads.Account{account("1", "Main", "USD", "America/Los_Angeles")}
	}
	return paged(t, 0, accounts...)
}

// paged is the same in pages of so many entries, whatever is asked for.
func paged(t *testing.T, size int, accounts ...*ads.Account) *world {
	t.Helper()
	c := adstest.NewClock(simStart)
	app := connectors.App{ClientID: "1490001", ClientSecret: secret.New("s3cret-of-the-app")}
	w := &world{accounts: accounts}
	w.Server = sim.New(sim.Options{Now: c.Now, ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), Accounts: accounts, PageSize: size})
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: w.Transport(),
		Hush: []string{"s3cret", "snap-", "refresh-", "token=", "code-of", "489aad24", "start_time="}}
	return w
}

// open links, and opens an account.
func (w *world) open(t *testing.T, id string) connectors.Account {
	t.Helper()
	w.Link(t)
	return w.Open(t, id)
}

func days(from, to string) period.Days {
	f, err1 := period.ParseDay(from)
	t, err2 := period.ParseDay(to)
	if err1 != nil || err2 != nil {
		panic("a day of a test is none")
	}
	return period.Days{From: f, To: t}
}
