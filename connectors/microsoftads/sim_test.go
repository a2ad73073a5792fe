package microsoftads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/microsoftads"
)

// begin is a night in autumn, in the middle of which the clocks of Europe and America change.
var begin = time.Date(2026, time.October, 12, 9, 30, 0, 0, time.UTC)

// since is as far back as once looks.
var since = begin.AddDate(0, -2, 0)

var kinds = []string{"Search & content", "Shopping", "Audience", "Performance max"}

var app = connectors.App{ClientID: sim.ClientID, ClientSecret: secret.New(sim.ClientSecret), DeveloperToken: secret.New(sim.DeveloperToken)}

// simulated is Microsoft Advertising with a user who has linked it.
type simulated struct {
	*sim.Server
	*adstest.Login
}

func simulate(t *testing.T, o sim.Options, accounts ...*ads.Account) *simulated {
	t.Helper()
	c := adstest.NewClock(begin)
	o.Now, o.Accounts = c.Now, accounts
	s := &simulated{Server: sim.New(o)}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Login = &adstest.Login{Connector: Connector(), App: app, Clock: c, Net: s.Transport(), Hush: []string{"sig="}}
	s.Link(t)
	return s
}

// once is one run of a stream, as far as it comes.
func (s *simulated) once(t *testing.T, acc connectors.Account, stream string, h *adstest.Held) error {
	t.Helper()
	return h.Once(t, s.Stream(t, stream), acc, since)
}

// pull runs a stream up to the present.
func (s *simulated) pull(t *testing.T, acc connectors.Account, stream string, since time.Time, h *adstest.Held) error {
	t.Helper()
	return h.Pull(t, s.Clock, s.Stream(t, stream), acc, since)
}
