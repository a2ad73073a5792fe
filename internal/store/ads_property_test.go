package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// said is a page for one of a merchant's connections.
type said struct {
	to   int // of a store, two ad accounts, and the merchant's files
	page connectors.Page
}

// somethingSaid is what a merchant's connections bring, in turn: orders, days of spend that are restated, vanish or come late, rates that
// change, and what the merchant says of costs, as whole files or line by line.
var somethingSaid = rapid.Custom(func(t *rapid.T) []said {
	n := func(name string, from, to int64) int64 { return rapid.Int64Range(from, to).Draw(t, name) }
	day := func() period.Day { return period.Date(2026, 9, int(n("day", 1, 50))) }
	micros := func(name string) money.Micros { return money.Micros(n(name, 0, 40)) * money.Unit / 4 }
	all := make([]said, rapid.IntRange(3, 9).Draw(t, "pages"))
	for i := range all {
		p := connectors.Page{ReadAt: hour(1).Add(time.Duration(i) * time.Minute), Next: connectors.Cursor(`{}`)}
		all[i].to = int(n("to", 0, 3))
		seen := map[string]bool{}
		add := func(name string, r fact.Record) {
			if !seen[name] {
				seen[name] = true
				p.Records = append(p.Records, r)
			}
		}
		days := period.Days{From: day()}
		days.To = days.From + period.Day(n("days", 1, 20))
		within := func() period.Day { return days.From + period.Day(n("into", 0, int64(days.Len()-1))) }
		for range rapid.IntRange(0, 10).Draw(t, "records") {
			switch all[i].to {
			case 0:
				r := someRecord(t)
				add(recordName(r), r)
			case 1, 2:
				p.Replaces = &days
				v := fact.AdDay{Day: within(), Campaign: fmt.Sprint("c", n("campaign", 1, 3)), Channel: rapid.SampledFrom([]fact.AdChannel{fact.AdSearch, fact.AdSocial}).Draw(t, "channel"),
					Currency: rapid.SampledFrom([]string{"EUR", "USD"}).Draw(t, "currency"), Spend: micros("spend"), Clicks: n("clicks", 0, 3), Conversions: n("conversions", 0, 3), Value: micros("value"),
					Action: rapid.SampledFrom([]string{"", "purchase"}).Draw(t, "action")}
				add(v.Day.String()+v.Campaign, v)
			case 3:
				switch n("file", 0, 3) {
				case 0:
					v := fact.Rate{Day: day(), From: "USD", To: "EUR", Billionths: n("rate", 1, 9) * 100_000_000}
					add("rate "+v.Day.String(), v)
				case 1:
					v := fact.SKUCost{SKU: "s", From: day(), Cost: micros("cost"), Currency: "EUR"}
					add("sku "+v.From.String(), v)
				default:
					v := fact.Tariff{Kind: rapid.SampledFrom([]fact.TariffKind{fact.TariffPayment, fact.TariffFulfilment, fact.TariffShipping, fact.TariffReturn}).Draw(t, "tariff"),
						From: day(), Currency: rapid.SampledFrom([]string{"EUR", "USD"}).Draw(t, "currency"), PerOrder: micros("per order"), PerUnit: micros("per unit"), Share: n("share", 0, 3) * 10_000}
					add(string(v.Kind)+v.From.String(), v)
				}
			}
		}
		if all[i].to == 3 && rapid.Bool().Draw(t, "whole file") {
			p.Replaces = &period.Days{From: period.Date(2026, 8, 1), To: period.Date(2026, 12, 1)}
		}
		all[i].page = p
	}
	return all
})

// Whatever is said, by whom and in whatever order: what was kept along the way of all connections is what the facts give, although files change
// what is counted of stores.
func TestAllConnectionsFollowTheFacts(t *testing.T) {
	try := func(s *shop, n int, pages []said, fail func(string, ...any)) {
		m, err := s.CreateMerchant(context.Background(), Merchant{Name: fmt.Sprint("Merchant ", n), Currency: "EUR", Zone: "Europe/Berlin"})
		if err != nil {
			fail("%v", err)
		}
		own := &shop{s.Store, s.t, m, Connection{}, nil}
		all := []*shop{own.another(1), own.account("google_ads", "USD", "UTC"), own.account("meta", "EUR", "UTC"), own.another(2)}
		streams := []string{"orders", kpi.SpendStream, kpi.SpendStream, "files"}
		for _, account := range all[1:3] {
			account.reads(hour(0), period.Days{From: period.Date(2026, 9, 1), To: period.Date(2026, 9, 2)}, true)
		}
		for _, v := range pages {
			all[v.to].save(streams[v.to], v.page)
		}
		for _, one := range all {
			one.checkRebuilt(fail)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		s, n := openShop(t, storetest.SQLite(t)), 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			try(s, n, somethingSaid.Draw(t, "said"), t.Fatalf)
		})
	})
	t.Run("postgres", func(t *testing.T) {
		s := openShop(t, storetest.Postgres(t))
		for seed := range 20 {
			try(s, seed, somethingSaid.Example(seed), t.Fatalf)
		}
	})
}
