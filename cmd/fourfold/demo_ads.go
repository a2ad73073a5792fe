package main

import (
	"context"
	"fmt"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/ecb"
	"fourfold/internal/sim/ga4"
	"fourfold/internal/sim/google"
	"fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/metaads"
	"fourfold/internal/sim/tiktokads"
)

// simulated is a provider beside the store that plays on this machine, and how it is linked.
type simulated struct {
	id    string
	host  *host.Host
	link  []string // after fourfold link ID
	title string
}

// rateCard is what handling costs the demo's merchant.
const rateCard = `kind,from,per_order,per_unit,percent
payment,2020-01-01,0.25,,1.4
shipping,2020-01-01,4.90,,
fulfilment,2020-01-01,1.10,0.30,
return,2020-01-01,3.80,,
`

// demoApp is the client ID and secret of the demo's apps.
const (
	demoApp    = "demo-app"
	demoSecret = "demo-app-secret"
)

// advertising are the ad platforms of a merchant that spends about so much a day, in two currencies that are not the store's, and the bank
// that publishes rates for them. Their figures are made up around the day of at, the same each time.
func advertising(now func() time.Time, at time.Time, daily money.Micros) []simulated {
	today := period.On(at, time.UTC)
	account := func(id, name, currency, zone string, settles int, share money.Micros, kinds ...string) []*ads.Account {
		return []*ads.Account{ads.Generate(ads.Account{ID: id, Name: name, Currency: currency, Zone: zone, Seed: 7, Settles: settles, Unit: money.Unit / 100},
			kinds, today-800, today+400, share)}
	}
	desk := google.NewDesk(now, demoApp, demoSecret)
	search := googleads.New(googleads.Options{Now: now, Desk: desk,
		Accounts: account("5550001111", "Example Store, search", "USD", "America/New_York", 20, daily/3, "SEARCH", "SHOPPING", "PERFORMANCE_MAX")})
	social := metaads.New(metaads.Options{Now: now, ClientID: demoApp, ClientSecret: demoSecret,
		Accounts: account("7001", "Example Store, social", "EUR", "Europe/Berlin", 20, daily/3, "OUTCOME_SALES", "OUTCOME_AWARENESS")})
	video := tiktokads.New(tiktokads.Options{Now: now, ClientID: demoApp, ClientSecret: demoSecret,
		Accounts: account("6900001", "Example Store, video", "GBP", "Europe/London", 10, daily/6, "AUCTION", "AUCTION")})
	visits := ga4.New(ga4.Options{Now: now, Desk: desk, Accounts: []*ga4.Account{{ID: "900", Name: "Example Store",
		Properties: []*ga4.Property{{ID: "123456", Name: "example-store.com", Currency: "EUR", Zone: "Europe/Berlin", Seed: 7, Settles: 3,
			Created: at.AddDate(-2, 0, 0), Daily: int64(daily/money.Unit/2) + 10}}}}})
	bank := ecb.New(now)
	return []simulated{
		{id: "ecb", host: bank.Host, title: "the ECB"},
		{id: "google-ads", host: search.Host, title: "Google Ads", link: []string{"--accounts", "all"}},
		{id: "meta", host: social.Host, title: "Meta", link: []string{"--accounts", "all"}},
		{id: "ga4", host: visits.Host, title: "Google Analytics", link: []string{"--accounts", "all"}},
		{id: "tiktok", host: video.Host, title: "TikTok", link: []string{"--accounts", "all"}},
	}
}

// start serves the simulated providers until ctx ends, and sets the apps at them.
func start(ctx context.Context, c *config.Config, all []simulated) ([]*host.Host, error) {
	var hosts []*host.Host
	for _, s := range all {
		if err := s.host.Start(ctx); err != nil {
			return hosts, fmt.Errorf("start the simulated %s: %w", s.title, err)
		}
		hosts = append(hosts, s.host)
		c.SetApp(connectorID(s.id), config.App{ClientID: demoApp, ClientSecret: secret.New(demoSecret), DeveloperToken: secret.New("demo-developer"), Callback: "http://127.0.0.1:0/callback"})
	}
	return hosts, nil
}
