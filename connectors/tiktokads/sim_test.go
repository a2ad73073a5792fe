package tiktokads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/tiktokads"
)

// simStart is when the tests begin: the first of thirty nights, in which the clocks change in Europe and in America.
var simStart = time.Date(2026, time.October, 20, 3, 0, 0, 0, time.UTC)

// settles is how long the simulation corrects what it told.
const settles = 14

const mainAccount = "6900001"

// world is a simulated TikTok with the ad accounts of a merchant.
type world struct {
	*sim.Server
	*adstest.Login
	accounts []*ads.Account
}

func account(id, name, currency, zone string, kinds ...string) *ads.Account {
	today := period.On(simStart, time.UTC)
	return ads.Generate(ads.Account{ID: id, Name: name, Currency: currency, Zone: zone, Seed: 7, Settles: settles}, kinds, today-395, today+40, 90*money.Unit)
}

func simulate(t *testing.T, accounts ...*ads.Account) *world {
	t.Helper()
	if len(accounts) == 0 {
		accounts = []*ads.Account{account(mainAccount, "Main", "EUR", "Europe/Berlin", "x", "x", "x", "x", sim.Product, sim.Live)}
	}
	c := adstest.NewClock(simStart)
	app := connectors.App{ClientID: "7300001", ClientSecret: secret.New("s3cret-of-the-app")}
	w := &world{accounts: accounts, Server: sim.New(sim.Options{Now: c.Now, ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), Accounts: accounts})}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: w.Transport(), Hush: []string{"s3cret", "Access-Token", "start_date", "code-"}}
	return w
}

// open links, and opens an account.
func (w *world) open(t *testing.T, id string) connectors.Account {
	t.Helper()
	w.Link(t)
	if !w.Tokens.AccessExpires.IsZero() || !w.Tokens.Refresh.Empty() {
		t.Error("TikTok's tokens do not end and have no successor")
	}
	return w.Open(t, id)
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

// holding holds nothing yet of an account, of which is pulled what the probe grants.
func holding(t *testing.T, acc connectors.Account) *adstest.Held {
	t.Helper()
	h := adstest.NewHeld()
	h.Has = can(t, acc)
	return h
}

// pull pulls to the present at one go.
func pull(t *testing.T, h *adstest.Held, s connectors.Stream, acc connectors.Account, since time.Time) {
	t.Helper()
	if err := h.Once(t, s, acc, since); err != nil {
		t.Fatal(err)
	}
}

func asked(counts map[string]int) (all int) {
	for path, n := range counts {
		if path != pathAdvertisers && path != pathInfo {
			all += n
		}
	}
	return all
}
