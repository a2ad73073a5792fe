package ga4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
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
	t     *testing.T
	now   time.Time
	net   http.RoundTripper
	token string
}

func rigged(t *testing.T, o sim.Options) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, time.November, 14, 4, 30, 0, 0, time.UTC)}
	o.Now = func() time.Time { return r.now }
	if o.Accounts == nil {
		o.Accounts = []*sim.Account{{ID: "12", Name: "Shops", Properties: sites()}}
	}
	r.Server = sim.New(o)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.net, r.token = r.Transport(), r.Token()
	return r
}

// RoundTrip signs as a grant does.
func (r *rig) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	if err := auth.Authorise(q, app, nil, secret.New(r.token)); err != nil {
		return nil, err
	}
	return r.net.RoundTrip(q)
}

func (r *rig) grant() connectors.Grant {
	return connectors.Grant{Client: &http.Client{Transport: r}, Bare: &http.Client{Transport: r.net}}
}

func (r *rig) account(p *sim.Property) connectors.Account {
	return connectors.Account{Grant: r.grant(), Now: func() time.Time { return r.now },
		AccountInfo: connectors.AccountInfo{ID: p.ID, Name: p.Name, Currency: p.Currency, Zone: p.Zone, Since: p.Created}}
}

// shelf is what a store would hold of a property.
type shelf struct {
	cursor connectors.Cursor
	days   map[period.Day]map[string]fact.WebDay
	whole  period.Day
}

func (s *shelf) pull(t *testing.T, acc connectors.Account, since time.Time) error {
	t.Helper()
	if s.days == nil {
		s.days = map[period.Day]map[string]fact.WebDay{}
	}
	for p, err := range Connector().Streams[0].Pull(t.Context(), acc, connectors.Request{Cursor: s.cursor, Since: since}) {
		if err != nil {
			return err
		}
		if p.Replaces != nil {
			for d := p.Replaces.From; d < p.Replaces.To; d++ {
				delete(s.days, d)
			}
		}
		for _, rec := range p.Records {
			v := rec.(fact.WebDay)
			if s.days[v.Day] == nil {
				s.days[v.Day] = map[string]fact.WebDay{}
			}
			s.days[v.Day][v.Source] = v
		}
		s.cursor = p.Next
		if p.Proof != nil {
			s.whole = p.Proof.CompleteDay
		}
	}
	return nil
}

// read reads some days of a property.
func (r *rig) read(id int, days int) (shelf, error) {
	r.t.Helper()
	var s shelf
	err := s.pull(r.t, r.account(sites()[id]), r.now.AddDate(0, 0, -days))
	return s, err
}

func faultOf(t *testing.T, err error, want connectors.Fault) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	if text := err.Error(); strings.Contains(text, "://") || strings.Contains(text, "ya29") {
		t.Errorf("the error tells an address or a token: %s", text)
	}
	return e
}
