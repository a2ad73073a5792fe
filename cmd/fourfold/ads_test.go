package main

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/book"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/amazonads"
	"fourfold/internal/sim/ecb"
	"fourfold/internal/sim/ga4"
	"fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/metaads"
	"fourfold/internal/sim/microsoftads"
	"fourfold/internal/sim/pinterestads"
	sim "fourfold/internal/sim/shopify"
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
			return microsoftads.New(microsoftads.Options{Now: now, Accounts: a}).Host
		}},
	{name: "pinterest", accounts: [2]string{"549000001", "549000002"}, kinds: []string{"AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "AWARENESS"}, micro: 1, settles: 20,
		id: "client-id", secret: "client-secret",
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return pinterestads.New(pinterestads.Options{Now: now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: a}).Host
		}},
	{name: "amazon-ads", accounts: [2]string{"1001", "1002"}, kinds: []string{"SPONSORED_PRODUCTS", "SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"}, micro: money.Unit / 100, settles: 10,
		id: amazonads.ClientID, secret: amazonads.ClientSecret, link: []string{"--set", "region=eu"},
		host: func(now func() time.Time, a []*ads.Account) *host.Host {
			return amazonads.New(amazonads.Options{Now: now, Accounts: a}).Host
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
				if shown := strings.Join(strings.Fields(s.says("show", "2026-09", "--all")), " "); !strings.Contains(shown, "Ad spend") || !strings.Contains(shown, book.Carried) {
					t.Errorf("the scorecard shows no ad spend, or not how it was converted:\n%s", shown)
				}
			})
		})
	}
}

func (s *adStory) told(a *ads.Account, c ads.Campaign, d period.Day) money.Micros {
	r, _ := a.Told(c, d, s.clock.now())
	return r.Spend
}

// TestVisitsAndFilesFromLinkToKPI links web analytics to a store that does not tell of its own visits, and files of other spend and other orders.
func TestVisitsAndFilesFromLinkToKPI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		shop := &sim.Shop{ID: 7, Domain: "week.myshopify.com", Name: "Week", Currency: "EUR", Zone: zone.String(), CreatedAt: sim.At(opened)}
		s := &story{rig: &rig{t: t}, zone: zone}
		began := s.time("2026-10-02 03:30")
		silent := slices.DeleteFunc(slices.Clone(sim.AllScopes), func(scope string) bool { return scope == "read_reports" })
		s.rig = newRig(t, dsn, shop, rigOptions{Now: began, Sim: sim.Options{Scopes: silent}})
		property := &ga4.Property{ID: "123456", Name: "week.example", Currency: "EUR", Zone: "America/New_York", Seed: 5, Settles: 3, Created: began.AddDate(-1, 0, 0)}
		visits := ga4.New(ga4.Options{Now: s.clock.now, Accounts: []*ga4.Account{{ID: "900", Name: "Week", Properties: []*ga4.Property{property}}}})
		s.must(visits.Start(t.Context()))
		t.Cleanup(visits.Close)
		s.app.transport = host.Together(s.srv.Transport(), visits.Host)
		s.app.browse = func(ctx context.Context, address string) { agree(ctx, s.app.transport, address) }
		s.app.cfg.SetApp("ga4", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
		file := func(name, text string) string {
			path := filepath.Join(t.TempDir(), name)
			s.must(os.WriteFile(path, []byte(text), 0o600))
			return path
		}
		spend := file("spend.csv", "date,until,campaign,spend\n2026-08-16,2026-09-14,Studio Nine,3000\n2026-09-20,,Flyers,250.50\n")
		s.link()
		s.must(s.command("link", "ga4", "--accounts", "all"))
		s.must(s.command("link", "csv", "--set", "kind=spend", "--set", "name=Influencers", "--set", "file="+spend))
		s.must(s.command("link", "csv", "--set", "kind=orders", "--set", "name=Market", "--set", "zone=Europe/Berlin",
			"--set", "file="+file("orders.csv", "order,date,customer,quantity,price\nA,2026-09-03,1,2,50.00\nB,2026-09-04,2,1,20.00\nB,2026-09-20,2,-1,20.00\n")))
		s.rig.night(began)
		var sessions int64
		for d := period.Date(2026, 9, 1); d < period.Date(2026, 10, 1); d++ {
			for _, group := range ga4.Groups {
				v, _ := property.Told(group, d, began)
				sessions += v.Sessions
			}
		}
		for m, want := range map[kpi.Measure]int64{
			kpi.Sessions: sessions, kpi.AdSpend: 1_650_500_000, // 14 of 30 days of 3,000, and 250.50
			kpi.NetSales: 100_000_000, kpi.Orders: 2, kpi.NewCustomers: 2,
		} {
			if got := s.figure(s.counter(""), m, "2026-09"); got.Gap != "" || got.Int != want || want == 0 {
				t.Errorf("%s of September: %d, want %d (%s)", m, got.Int, want, got.Gap)
			}
		}
		// What is taken out of a file is taken out of the figures.
		s.must(os.WriteFile(spend, []byte("date,campaign,spend\n2026-09-20,Flyers,250.50\n"), 0o600))
		s.rig.night(began.AddDate(0, 0, 1))
		if got := s.figure(s.counter(""), kpi.AdSpend, "2026-09"); got.Int != 250_500_000 {
			t.Errorf("spend of September after the file has changed: %d", got.Int)
		}
		// A line that is wrong takes nothing.
		s.must(os.WriteFile(spend, []byte("date,campaign,spend\n2026-09-20,Flyers,one\n"), 0o600))
		s.clock.set(began.AddDate(0, 0, 2))
		if _, err := s.worker().Night(t.Context(), s.merchant()); err == nil || !strings.Contains(err.Error(), "line 2: spend") {
			t.Errorf("a file with a line that is wrong: %v", err)
		}
		if got := s.figure(s.counter(""), kpi.AdSpend, "2026-09"); got.Int != 250_500_000 {
			t.Errorf("spend of September after a bad file: %d (%s)", got.Int, got.Gap)
		}
	})
}

// TestTwoLoginsOfOneProvider links a merchant's own login and an agency's: the second does not take the place of the first.
func TestTwoLoginsOfOneProvider(t *testing.T) {
	t.Parallel()
	s := newAdStory(t, storetest.SQLite(t), platforms[0])
	s.must(s.command("link", "google-ads", "--set", "login=agency", "--accounts", s.accounts[1].ID))
	grants, err := s.app.db.Grants(t.Context(), s.merchant().ID)
	s.must(err)
	logins := map[string]bool{}
	for _, g := range grants {
		if g.Connector == "google_ads" {
			logins[g.Fields["login"]] = true
		}
	}
	if len(logins) != 2 || !logins["agency"] || !logins[""] {
		t.Errorf("the logins are %v", logins)
	}
	if err := s.command("link", "google-ads", "--set", "login=a/b"); err == nil || !strings.Contains(err.Error(), "short name") {
		t.Errorf("a name that is none: %v", err)
	}
}
