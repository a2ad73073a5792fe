package googleads

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
	t     *testing.T
	now   time.Time
	net   http.RoundTripper
	token string
}

func rigged(t *testing.T, o sim.Options) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, time.November, 14, 4, 30, 0, 0, time.UTC)}
	o.Now = func() time.Time { return r.now }
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

func (r *rig) account(a *ads.Account, manager string) connectors.Account {
	return connectors.Account{Grant: r.grant(), Now: func() time.Time { return r.now },
		AccountInfo: connectors.AccountInfo{ID: a.ID, Name: a.Name, Currency: a.Currency, Zone: a.Zone, Manager: manager}}
}

// shelf is what a store would hold of an account.
type shelf struct {
	cursors map[string]connectors.Cursor
	days    map[period.Day]map[string]fact.AdDay
	months  map[period.Day]fact.AdTotal
	whole   map[string]period.Day
}

func (s *shelf) pull(t *testing.T, stream connectors.Stream, acc connectors.Account, since time.Time) error {
	t.Helper()
	if s.cursors == nil {
		s.cursors, s.days, s.months, s.whole = map[string]connectors.Cursor{}, map[period.Day]map[string]fact.AdDay{}, map[period.Day]fact.AdTotal{}, map[string]period.Day{}
	}
	for p, err := range stream.Pull(t.Context(), acc, connectors.Request{Cursor: s.cursors[stream.ID], Since: since}) {
		if err != nil {
			return err
		}
		if p.Replaces != nil {
			for d := p.Replaces.From; d < p.Replaces.To; d++ {
				if stream.ID == "spend" {
					delete(s.days, d)
				} else {
					delete(s.months, d)
				}
			}
		}
		for _, rec := range p.Records {
			switch rec := rec.(type) {
			case fact.AdDay:
				if s.days[rec.Day] == nil {
					s.days[rec.Day] = map[string]fact.AdDay{}
				}
				s.days[rec.Day][rec.Campaign] = rec
			case fact.AdTotal:
				s.months[rec.Days.From] = rec
			default:
				t.Fatalf("a %T came", rec)
			}
		}
		s.cursors[stream.ID] = p.Next
		if p.Proof != nil {
			s.whole[stream.ID] = p.Proof.CompleteDay
		}
	}
	return nil
}

func faultOf(t *testing.T, err error, want connectors.Fault) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	if text := err.Error(); strings.Contains(text, "://") || strings.Contains(text, "ya29") || strings.Contains(text, "SELECT") {
		t.Errorf("the error tells an address, a token or the query: %s", text)
	}
	return e
}
