package main

import (
	"context"
	"math/big"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/amazonads"
	"fourfold/internal/sim/ecb"
	"fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/metaads"
	"fourfold/internal/sim/microsoftads"
	"fourfold/internal/sim/pinterestads"
	"fourfold/internal/sim/snapchatads"
	"fourfold/internal/sim/tiktokads"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// platform is an ad platform in a test: how its simulation is made, and the app that a merchant has there.
type platform struct {
	name       string // as people link it
	host       func(now func() time.Time, accounts []*ads.Account) *host.Host
	id, secret string // of the app
	accounts   [2]string
	kinds      []string
	micro      money.Micros // the smallest amount that the platform tells
	settles    int
	link       []string // after fourfold link NAME
}

var platforms = []platform{
	{name: "google-ads", accounts: [2]string{"5550001111", "5550002222"}, kinds: []string{"SEARCH", "SHOPPING", "VIDEO", "DISPLAY"}, micro: 1, settles: 20,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return googleads.New(googleads.Options{Now: now, Accounts: a}).Host
		}},
	{name: "meta", accounts: [2]string{"7001", "7002"}, kinds: []string{"OUTCOME_SALES", "OUTCOME_SALES", "OUTCOME_SALES", "OUTCOME_SALES"}, micro: money.Unit / 100, settles: 20,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return metaads.New(metaads.Options{Now: now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: a}).Host
		}},
	{name: "tiktok", accounts: [2]string{"6900001", "6900002"}, kinds: []string{"AUCTION", "AUCTION", "AUCTION", "AUCTION"}, micro: money.Unit / 100, settles: 10,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return tiktokads.New(tiktokads.Options{Now: now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: a}).Host
		}},
	{name: "microsoft-ads", accounts: [2]string{"1501234", "1501235"}, kinds: []string{"Search", "Shopping", "Audience", "Search"}, micro: money.Unit / 100, settles: 20,
		id: microsoftads.ClientID, secret: microsoftads.ClientSecret,
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return microsoftads.New(microsoftads.Options{Now: now, Accounts: a}).Host()
		}},
	{name: "pinterest", accounts: [2]string{"549000001", "549000002"}, kinds: []string{"AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "AWARENESS"}, micro: 1, settles: 20,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return pinterestads.New(pinterestads.Options{Now: now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: a}).Host
		}},
	{name: "amazon-ads", accounts: [2]string{"1001", "1002"}, kinds: []string{"SPONSORED_PRODUCTS", "SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"}, micro: money.Unit / 100, settles: 10,
		id: amazonads.ClientID, secret: amazonads.ClientSecret, link: []string{"--set", "region=eu"},
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return amazonads.New(amazonads.Options{Now: now, Accounts: a}).Host()
		}},
	{name: "snapchat", accounts: [2]string{"8adc3db7-8148-4fbf-999c-000000000001", "8adc3db7-8148-4fbf-999c-000000000002"}, kinds: []string{"SALES", "SALES", "SALES", "SALES"}, micro: 1, settles: 20,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return snapchatads.New(snapchatads.Options{Now: now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: a}).Host
		}},
}

// adStory is a store in Berlin with one platform, on which it has an account west of Greenwich that bills in dollars and one east of it that
// bills in yen.
type adStory struct {
	*week
	bank     *ecb.Server
	platform platform
	accounts []*ads.Account
	began    time.Time
}

func newAdStory(t *testing.T, dsn string, p platform) *adStory {
	t.Helper()
	s := &adStory{week: newWeek(t, dsn, "2026-10-02 03:30"), platform: p}
	s.began = s.time("2026-10-02 03:30")
	today := period.Date(2026, 10, 1)
	for i, where := range []struct{ currency, zone string }{{"USD", "America/Los_Angeles"}, {"JPY", "Asia/Tokyo"}} {
		unit := p.micro
		if where.currency == "JPY" {
			unit = money.Unit
		}
		s.accounts = append(s.accounts, ads.Generate(ads.Account{ID: p.accounts[i], Name: where.currency, Currency: where.currency, Zone: where.zone, Seed: 11, Settles: p.settles, Unit: unit},
			p.kinds, today-70, today+45, 90*money.Unit))
	}
	s.bank = ecb.New(s.clock.now)
	sim := p.host(s.clock.now, s.accounts)
	var hosts []*host.Host
	for _, h := range []*host.Host{s.bank.Host, sim} {
		s.must(h.Start(t.Context()))
		t.Cleanup(h.Close)
		hosts = append(hosts, h)
	}
	s.app.transport = host.Together(s.srv.Transport(), hosts...)
	s.app.browse = func(ctx context.Context, address string) { agree(ctx, s.app.transport, address) }
	s.app.cfg.SetApp(connectorID(p.name), config.App{ClientID: p.id, ClientSecret: secret.New(p.secret), DeveloperToken: secret.New(microsoftads.DeveloperToken), Callback: "http://127.0.0.1:0/callback"})
	s.app.cfg.Since = today - 65
	s.link()
	s.must(s.command("link", "ecb"))
	s.must(s.command(append([]string{"link", p.name, "--accounts", "all"}, p.link...)...))
	return s
}

// spend is what the platform says at a moment that a month cost, in euros: what an account spent on a day is converted at the day's rate, or the last
// before it.
func (s *adStory) spend(days period.Days, at time.Time) (sum money.Micros) {
	for _, a := range s.accounts {
		for d := days.From; d < days.To; d++ {
			on := d
			for !ecb.Working(on) {
				on--
			}
			rate, _ := new(big.Rat).SetString(ecb.Rate(a.Currency, on))
			rate.Inv(rate)
			n := new(big.Rat).Mul(rate, big.NewRat(1_000_000_000, 1))
			billionths := new(big.Int).Div(new(big.Int).Add(new(big.Int).Lsh(n.Num(), 1), n.Denom()), new(big.Int).Lsh(n.Denom(), 1))
			converted, err := money.Convert(a.Spend(period.Days{From: d, To: d + 1}, at), billionths.Int64())
			s.must(err)
			sum += converted
		}
	}
	return sum
}

// TestEveryPlatformFromLinkToKPI links each platform by its own consent, pulls it, and holds what the scorecard says was spent against what the
// platform would say; and again after nights in which it changed its mind.
func TestEveryPlatformFromLinkToKPI(t *testing.T) {
	for _, p := range platforms {
		t.Run(p.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, dsn string) {
				t.Parallel()
				s := newAdStory(t, dsn, p)
				s.rig.night(s.began)
				september := period.Days{From: period.Date(2026, 9, 1), To: period.Date(2026, 10, 1)}
				before := s.spend(september, s.began)
				if got := s.figure(s.counter(""), kpi.AdSpend, "2026-09"); got.Gap != "" || money.Micros(got.Int) != before || before == 0 {
					t.Errorf("September cost %d micros, want %d (%s)", got.Int, before, got.Gap)
				}
				for n := range 5 {
					s.rig.night(s.began.AddDate(0, 0, 7*(n+1)))
				}
				after := s.spend(september, s.began.AddDate(0, 0, 35))
				if got := s.figure(s.counter(""), kpi.AdSpend, "2026-09"); money.Micros(got.Int) != after || after == before {
					t.Errorf("in the end September cost %d micros, want %d, and %d at first", got.Int, after, before)
				}
				for _, a := range s.accounts {
					for _, c := range a.Campaigns {
						if c.Vanishes == 0 && a.Truth(c, september.From+10).Spend != s.told(a, c, september.From+10) {
							t.Errorf("%s: campaign %s is not settled", a.Name, c.Name)
						}
					}
				}
				if shown := strings.Join(strings.Fields(s.says("show", "2026-09", "--all")), " "); !strings.Contains(shown, "Ad spend") {
					t.Errorf("the scorecard shows no ad spend:\n%s", shown)
				}
			})
		})
	}
}

func (s *adStory) told(a *ads.Account, c ads.Campaign, d period.Day) money.Micros {
	r, _ := a.Told(c, d, s.clock.now())
	return r.Spend
}
