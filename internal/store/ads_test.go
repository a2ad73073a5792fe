package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

func nov(day int) period.Day { return period.Date(2026, 11, day) }

// account is an ad account of the shop's merchant, linked but not read yet.
func (s *shop) account(name, currency, zone string) *shop {
	s.t.Helper()
	c, err := s.SaveConnection(context.Background(), Connection{MerchantID: s.merchant.ID, Connector: name, AccountID: name, Name: name, Currency: currency, Zone: zone,
		Since: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		s.t.Fatal(err)
	}
	next := &shop{s.Store, s.t, s.merchant, c, map[string]int64{}}
	next.allow(granted(kpi.SpendStream)...)
	return next
}

// ad is what a campaign cost on a day, in the account's currency.
func (s *shop) ad(day period.Day, campaign string, spend int64) fact.AdDay {
	return fact.AdDay{Day: day, Zone: s.connection.Zone, Campaign: campaign, Channel: fact.AdSearch, Currency: s.connection.Currency, Spend: money.Micros(spend) * money.Unit,
		Impressions: 100 * spend, Clicks: spend, Conversions: spend * 500_000, Value: money.Micros(3*spend) * money.Unit, Action: "purchase", Final: day + 91}
}

// reads are pages that give whole days of spend, the last of them with the proof that all days before to are known.
func (s *shop) reads(at time.Time, days period.Days, backfill bool, ads ...fact.Record) {
	s.t.Helper()
	s.save(kpi.SpendStream, connectors.Page{Records: ads, ReadAt: at, Replaces: &days, Next: connectors.Cursor(`{}`), Backfill: backfill,
		Proof: &connectors.Proof{Slice: days.String(), Started: at, CompleteTo: days.To.Start(time.UTC), CompleteDay: days.To}})
	if err := s.FinishPull(context.Background(), s.merchant.ID, s.connection.ID, kpi.SpendStream, nil, time.Time{}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Derive(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
		s.t.Fatal(err)
	}
}

// card are the values of a period's KPIs, or their gaps.
func (s *shop) card(scope kpi.Scope, name string, ids ...kpi.ID) map[kpi.ID]string {
	s.t.Helper()
	p, err := period.Parse(name, nov(30), period.Calendar{})
	if err != nil {
		s.t.Fatal(err)
	}
	c, all := s.counter(scope), map[kpi.ID]string{}
	for _, id := range ids {
		k, _ := kpi.Find(kpi.Catalogue(), id)
		through := c.ThroughOf(k)
		built := kpi.Build([]kpi.KPI{k}, kpi.At{Scope: scope, Period: p, Through: through}, c.MeasuresTo(kpi.Needs([]kpi.KPI{k}, p.Grain, scope), p, through), nil, kpi.Plan{})
		if len(built.Entries) == 0 {
			continue
		}
		v := built.Entries[0].Value
		all[id] = fmt.Sprintf("%.4f %s", v.V, v.Gap)
		if !v.Has {
			all[id] = string(v.Gap)
		}
	}
	if err := c.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) wantCard(scope kpi.Scope, period string, want map[kpi.ID]string) {
	s.t.Helper()
	for id, w := range want {
		if got := s.card(scope, period, id)[id]; got != w {
			s.t.Errorf("%s of %s in %q is %q, want %q", id, period, scope, got, w)
		}
	}
}

// A store in euros, advertised for in dollars and pounds: 28 days of spend and three new customers.
func advertised(t *testing.T, dsn string) (s, google, meta *shop) {
	s = derived(t, dsn)
	s.save("orders", page(hour(1), all(kept("1", "a", "11-02", "p", 1, 100), kept("2", "b", "11-03", "p", 1, 200), kept("3", "c", "11-20", "p", 1, 300))...))
	s.finish("orders", nov(29).Start(time.UTC))
	s.save("rates", page(hour(1), fact.Rate{Day: nov(1), From: "USD", To: "EUR", Billionths: 900_000_000}, fact.Rate{Day: nov(8), From: "USD", To: "EUR", Billionths: 800_000_000},
		fact.Rate{Day: nov(15), From: "USD", To: "EUR", Billionths: 800_000_000}, fact.Rate{Day: nov(22), From: "USD", To: "EUR", Billionths: 800_000_000}))
	return s, s.account("google_ads", "USD", "America/Los_Angeles"), s.account("meta", "GBP", "Asia/Tokyo")
}

func TestSpendAgainstSales(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, google, meta := advertised(t, dsn)
		month := period.Days{From: nov(1) - 61, To: nov(29)}
		// Both are linked and neither is read: what they spent is not zero.
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "stale_source", "mer": "stale_source", "cac_blended": "stale_source", "net_sales": "600.0000 "})
		google.reads(hour(1), month, true, google.ad(nov(2), "c1", 10), google.ad(nov(2), "c2", 20), google.ad(nov(9), "c1", 50))
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "stale_source"}) // one of two is not a smaller number
		meta.reads(hour(1), month, true, meta.ad(nov(3), "m", 40))
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "no_exchange_rate", "mer": "no_exchange_rate", "net_sales": "600.0000 "})
		s.save("rates", page(hour(2), fact.Rate{Day: nov(2), From: "GBP", To: "EUR", Billionths: 1_250_000_000}))
		// 30 × 0.9 + 50 × 0.8 + 40 × 1.25
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "117.0000 ", "mer": "5.1282 ", "cac_blended": "39.0000 "})
		s.wantCard(kpi.Whole, "2026-10", map[kpi.ID]string{"ad_spend": "0.0000 "})
		s.wantCard(kpi.Whole, "2026-11-02", map[kpi.ID]string{"ad_spend": "27.0000 ", "mer": "3.7037 "})
		// What a platform credits to itself is told of each account alone, in the merchant's currency.
		if got := s.card(kpi.Whole, "2026-11", "cpa", "roas_platform"); len(got) != 0 {
			t.Errorf("summed over platforms: %v", got)
		}
		s.wantCard(kpi.Scope{Connection: google.connection.ID, Account: true}, "2026-11", map[kpi.ID]string{"ad_spend": "67.0000 ", "cpa": "1.6750 ", "roas_platform": "3.0000 "})
		s.wantCard(kpi.Scope{Connection: meta.connection.ID, Account: true}, "2026-11", map[kpi.ID]string{"ad_spend": "50.0000 ", "cpa": "2.5000 "})
		// An account that is denied is a gap with its reason.
		meta.allow(connectors.Capability{ID: kpi.SpendStream})
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "source_not_connected", "mer": "source_not_connected"})
		for _, one := range []*shop{s, google, meta} {
			one.checkRebuilt(t.Fatalf)
		}
	})
}

// Days are as each account cuts them: one that is behind for its zone shortens the running period, one that failed leaves a gap.
func TestAccountsOfOtherZones(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, google, meta := advertised(t, dsn)
		s.save("rates", page(hour(2), fact.Rate{Day: nov(2), From: "GBP", To: "EUR", Billionths: 1_000_000_000}, fact.Rate{Day: nov(23), From: "GBP", To: "EUR", Billionths: 1_000_000_000}))
		from := nov(1) - 61
		meta.reads(hour(1), period.Days{From: from, To: nov(30)}, true, meta.ad(nov(28), "m", 5), meta.ad(nov(29), "m", 7))          // Tokyo is a day ahead
		google.reads(hour(1), period.Days{From: from, To: nov(28)}, true, google.ad(nov(2), "c1", 10), google.ad(nov(27), "c1", 10)) // and Los Angeles behind
		k, _ := kpi.Find(kpi.Catalogue(), "ad_spend")
		if c := s.counter(kpi.Whole); c.Through() != nov(29) || c.ThroughOf(k) != nov(28) {
			t.Errorf("through %s, of spend %s", c.Through(), c.ThroughOf(k))
		}
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "17.0000 ", "net_sales": "600.0000 "})
		s.wantCard(kpi.Whole, "2026-11-27", map[kpi.ID]string{"ad_spend": "8.0000 "})
		s.wantCard(kpi.Whole, "2026-11-28", map[kpi.ID]string{"ad_spend": "stale_source"})
		s.finish("orders", nov(30).Start(time.UTC))
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "stale_source", "net_sales": "600.0000 "})
		google.reads(hour(2), period.Days{From: nov(20), To: nov(29)}, false, google.ad(nov(27), "c1", 20))
		s.wantCard(kpi.Whole, "2026-11", map[kpi.ID]string{"ad_spend": "30.0000 "}) // 9 + 16 + 5
	})
}

// What a platform tells differently later is restated, with the cause; its first reading restates nothing.
func TestSpendIsRestated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, google, _ := advertised(t, dsn)
		s.told(nov(20))
		s.clearMarks()
		google.reads(hour(1), period.Days{From: nov(1), To: nov(28)}, true, google.ad(nov(2), "c1", 10), google.ad(nov(3), "c1", 10), google.ad(nov(4), "c1", 10))
		google.wantCauses(kpi.AdSpend, map[period.Day]kpi.Cause{nov(2): kpi.CauseBackfill, nov(3): kpi.CauseBackfill, nov(4): kpi.CauseBackfill})
		google.clearMarks()
		google.reads(hour(2), period.Days{From: nov(1), To: nov(28)}, false, google.ad(nov(2), "c1", 10), google.ad(nov(3), "c1", 12), google.ad(nov(25), "c1", 12))
		google.wantCauses(kpi.AdSpend, map[period.Day]kpi.Cause{nov(3): kpi.CauseAdPlatform, nov(4): kpi.CauseAdPlatform}) // the 25th was not told of before
		google.checkRebuilt(t.Fatalf)
	})
}
