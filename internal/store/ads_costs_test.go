package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

func euros(n int64) money.Micros { return money.Micros(n) * money.Unit }

// file is a page of the merchant's own costs, which holds all there is.
func file(at time.Time, records ...fact.Record) connectors.Page {
	p := page(at, records...)
	p.Replaces = &period.Days{From: period.Date(2026, 1, 1), To: period.Date(2027, 1, 1)}
	return p
}

// priced gives the lines of an order a SKU, and ships what was paid for.
func priced(records []fact.Record, sku string, paid int64) []fact.Record {
	for i, r := range records {
		switch v := r.(type) {
		case fact.OrderLine:
			v.SKU, v.VariantID = sku, ""
			records[i] = v
		case fact.Order:
			records = append(records, fact.Transaction{ID: v.ID, OrderID: v.ID, Kind: "sale", Status: "success", ProcessedAt: v.ProcessedAt, Amount: euros(paid)})
		}
	}
	return records
}

// What the merchant says of costs counts for the orders of its stores, says what is still missing, and restates what was told.
func TestContributionMarginByTheRateCard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, google, meta := advertised(t, dsn)
		s.allow(granted("orders", "returns")...)
		s.finish("returns", nov(29).Start(time.UTC))
		s.save("orders", page(hour(2), all(priced(kept("1", "a", "11-02", "p", 1, 100), "x", 119), priced(kept("2", "b", "11-03", "p", 1, 200), "x", 238), priced(kept("3", "c", "11-20", "p", 1, 300), "y", 357))...))
		month := period.Days{From: nov(1) - 61, To: nov(29)}
		google.reads(hour(1), month, true, google.ad(nov(2), "c1", 50))
		meta.reads(hour(1), month, true)
		costs, tariffs := s.files("costs"), s.files("tariffs")
		card := func() kpi.Value {
			t.Helper()
			return s.value(kpi.Whole, "2026-11", "contribution_margin_after_ads")
		}
		if v := card(); v.Has || v.Gap != kpi.NotConnected || v.Lacks != "net sales with cost, cogs, shipping cost, payment fees, fulfilment cost" {
			t.Errorf("without costs it is %+v", v)
		}
		s.clearMarks()
		s.told(nov(28))
		costs.save("sku_costs", file(hour(2), fact.SKUCost{SKU: "x", From: nov(3), Cost: euros(80), Currency: "EUR"}, fact.SKUCost{SKU: "y", From: nov(1), Cost: euros(100), Currency: "EUR"}))
		s.wantCauses(kpi.COGS, map[period.Day]kpi.Cause{nov(3): kpi.CauseCost, nov(20): kpi.CauseCost})
		tariffs.save("tariffs", file(hour(2), fact.Tariff{Kind: fact.TariffPayment, From: nov(1), Currency: "EUR", Share: 20_000}, fact.Tariff{Kind: fact.TariffShipping, From: nov(1), Currency: "EUR", PerOrder: euros(5)}))
		if v := card(); v.Has || v.Gap != kpi.NotConnected || v.Lacks != "fulfilment cost" {
			t.Errorf("without a tariff of fulfilment it is %+v", v)
		}
		tariffs.save("tariffs", page(hour(3), fact.Tariff{Kind: fact.TariffFulfilment, From: nov(1), Currency: "EUR"}))
		// 200 + 300 with a known cost of 180; 3 × 5 of shipping, 2 % of 714, no fulfilment, no return, 45 of ads. Coverage: 500 of 600.
		if v := card(); !v.Has || v.V != 500-180-15-14.28-45 || v.Gap != "" || v.Coverage < 0.833 || v.Coverage > 0.834 {
			t.Errorf("with all costs it is %+v", v)
		}
		// The rate card changes, and the unit costs lose a line: both are files of their own, and no store was read.
		s.clearMarks()
		tariffs.save("tariffs", page(hour(4), fact.Tariff{Kind: fact.TariffShipping, From: nov(15), Currency: "USD", PerOrder: euros(10)}))
		s.wantCauses(kpi.ShippingCost, map[period.Day]kpi.Cause{nov(20): kpi.CauseCost})
		costs.save("sku_costs", file(hour(4), fact.SKUCost{SKU: "y", From: nov(1), Cost: euros(100), Currency: "EUR"}))
		if v := card(); v.V != 300-100-(5+5+8)-14.28-45 || v.Gap != kpi.BelowCoverage {
			t.Errorf("with another rate card it is %+v", v)
		}
		for _, one := range []*shop{s, google, meta, costs, tariffs} {
			one.checkRebuilt(t.Fatalf)
		}
		// Without its file a tariff is no more.
		if err := s.Forget(context.Background(), s.merchant.ID, tariffs.connection.ID); err != nil {
			t.Fatal(err)
		}
		if v := card(); v.Has || v.Gap != kpi.NotConnected {
			t.Errorf("without the rate card it is %+v", v)
		}
	})
}

// files is a connection of files of the merchant's.
func (s *shop) files(name string) *shop {
	s.t.Helper()
	c, err := s.SaveConnection(context.Background(), Connection{MerchantID: s.merchant.ID, Connector: "csv", AccountID: name, Name: name})
	if err != nil {
		s.t.Fatal(err)
	}
	return &shop{s.Store, s.t, s.merchant, c, map[string]int64{}}
}

func (s *shop) value(scope kpi.Scope, name string, id kpi.ID) kpi.Value {
	s.t.Helper()
	p, err := period.Parse(name, nov(30), period.Calendar{})
	if err != nil {
		s.t.Fatal(err)
	}
	c := s.counter(scope)
	k, _ := kpi.Find(kpi.Catalogue(), id)
	through := c.ThroughOf(k)
	built := kpi.Build([]kpi.KPI{k}, kpi.At{Scope: scope, Period: p, Through: through}, c.MeasuresTo(kpi.Needs([]kpi.KPI{k}, p.Grain, scope), p, through), nil, kpi.Plan{})
	if err := c.Err(); err != nil {
		s.t.Fatal(err)
	}
	return built.Entries[0].Value
}

func TestWhereOrdersCameFrom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		from := func(records []fact.Record, v fact.Visit, done bool) []fact.Record {
			o := records[0].(fact.Order)
			o.Last, o.JourneyDone = v, done
			records[0] = o
			return records
		}
		paid, mail := fact.Visit{Source: "google", Medium: "cpc"}, fact.Visit{Source: "klaviyo", Medium: "email"}
		s.save("orders", page(hour(1), all(from(kept("1", "a", "11-02", "p", 1, 100), paid, true), from(kept("2", "a", "11-03", "p", 1, 200), mail, true),
			from(kept("3", "b", "11-04", "p", 1, 50), paid, true), from(kept("4", "c", "11-05", "p", 1, 70), fact.Visit{}, false))...))
		s.finish("orders", nov(29).Start(time.UTC))
		b := s.counter(kpi.Whole).Breakdown(period.Days{From: nov(1), To: nov(30)})
		want := []OriginRow{{Channel: fact.Email, Orders: 1, NetSales: euros(200)}, {Channel: fact.PaidSearch, Orders: 2, NewCustomers: 2, NetSales: euros(150)}}
		if b.Gap != "" || b.SpendGap != kpi.NotConnected || b.Orders != 4 || b.Known != 3 || b.Coverage() != 0.75 || len(b.Rows) != 2 || b.Rows[0] != want[0] || b.Rows[1] != want[1] {
			t.Errorf("the breakdown is %+v", b)
		}
		ads := s.account("meta", "EUR", "Europe/Berlin")
		social := ads.ad(nov(4), "m", 30)
		social.Channel = fact.AdSocial
		ads.reads(hour(1), period.Days{From: nov(1), To: nov(29)}, true, ads.ad(nov(3), "g", 20), social)
		want[1].Spend = euros(20)
		want = append(want, OriginRow{Channel: fact.PaidSocial, Spend: euros(30)})
		if b = s.counter(kpi.Whole).Breakdown(period.Days{From: nov(1), To: nov(30)}); b.SpendGap != "" || !slices.Equal(b.Rows, want) {
			t.Errorf("with what it cost it is %+v", b)
		}
		// The provider works visits out later: that restates nothing else of the order, and says why.
		s.told(nov(28))
		s.clearMarks()
		s.save("orders", page(hour(2), from(kept("4", "c", "11-05", "p", 1, 70), paid, true)...))
		s.wantCauses(kpi.PaidNet, map[period.Day]kpi.Cause{nov(5): kpi.CauseRestated})
		s.wantCauses(kpi.NetSales, map[period.Day]kpi.Cause{})
		s.checkRebuilt(t.Fatalf)
	})
}

func TestSpendIsReconciled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, google, _ := advertised(t, dsn)
		october := period.Days{From: period.Date(2026, 10, 1), To: nov(1)}
		google.reads(hour(1), period.Days{From: october.From, To: nov(20)}, true, google.ad(october.From, "c1", 10), google.ad(nov(0), "c2", 20), google.ad(nov(1), "c1", 7), google.ad(nov(19), "c2", 5))
		google.save("spend_totals", page(hour(2), fact.AdTotal{Days: october, Currency: "USD", Spend: euros(30)}, fact.AdTotal{Days: period.Days{From: nov(1), To: nov(21)}, Currency: "USD", Spend: euros(13)}))
		rows, err := s.SpendReconciliation(context.Background(), s.merchant.ID, google.connection.ID, period.Days{From: october.From, To: nov(30)})
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		if r := rows[0]; r.Days != october || r.Ours.Micros != euros(30) || r.Difference().Micros != 0 || !r.Whole || r.OursAt != hour(1) || r.TheirsAt != hour(2) {
			t.Errorf("October is %+v", r)
		}
		if r := rows[1]; r.Ours.Micros != euros(12) || r.Difference().Micros != -euros(1) || r.Whole || r.Ours.Currency != "USD" {
			t.Errorf("November is %+v", r)
		}
		// The running month is asked for anew each night, over one more day.
		p := page(hour(3), fact.AdTotal{Days: period.Days{From: nov(1), To: nov(22)}, Currency: "USD", Spend: euros(12)})
		p.Replaces = &period.Days{From: nov(1), To: nov(22)}
		google.save("spend_totals", p)
		if rows, err = s.SpendReconciliation(context.Background(), s.merchant.ID, google.connection.ID, period.Days{From: nov(1), To: nov(30)}); err != nil || len(rows) != 1 || rows[0].Difference().Micros != 0 {
			t.Errorf("November is %+v, %v", rows, err)
		}
	})
}

// Visits are told by the store, and by web analytics where no store tells them; never by both.
func TestVisitsOfTheStoreComeFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		s.finish("orders", nov(29).Start(time.UTC))
		ga := s.account("ga4", "EUR", "Europe/Berlin")
		ga.allow(granted(kpi.VisitsStream)...)
		days := period.Days{From: nov(1) - 61, To: nov(29)}
		visits := func(c fact.WebChannel, source string, sessions, purchases int64) fact.WebDay {
			return fact.WebDay{Day: nov(2), Channel: c, Source: source, Sessions: sessions, Purchases: purchases, Currency: "EUR", Quality: fact.QualityOK, Final: nov(8)}
		}
		ga.save(kpi.VisitsStream, connectors.Page{ReadAt: hour(1), Replaces: &days, Next: connectors.Cursor(`{}`), Backfill: true, Records: []fact.Record{visits(fact.Direct, "Direct", 40, 1),
			visits(fact.PaidSearch, "Paid Search", 30, 2), visits(fact.Email, "Email", 20, 1), visits(fact.OrganicSearch, "Organic Search", 100, 4), visits(fact.OtherChannel, "Unassigned", 9, 0), visits(fact.OtherChannel, "Affiliates", 1, 0)},
			Proof: &connectors.Proof{From: days.From.UTC(), CompleteTo: days.To.UTC(), CompleteDay: days.To}})
		ga.finish("other", hour(1))
		if err := s.FinishPull(context.Background(), s.merchant.ID, ga.connection.ID, kpi.VisitsStream, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Derive(context.Background(), s.merchant.ID, ga.connection.ID); err != nil {
			t.Fatal(err)
		}
		s.wantCard(kpi.Whole, "2026-11-02", map[kpi.ID]string{"website_traffic": "200.0000 ", "conversion_rate": "0.0400 ", "campaign_conversion_rate": "0.0588 ", "branding_effectiveness": "0.2000 "})
		k, _ := kpi.Find(kpi.Catalogue(), "website_traffic")
		c := s.counter(kpi.Whole)
		if p := period.Of(period.Daily, nov(2), period.Calendar{}); c.Final(k, p) != nov(8) || len(c.Sources(kpi.Sessions)) != 1 || c.Sources(kpi.Sessions)[0] != "ga4" {
			t.Errorf("final %s, from %v", c.Final(k, p), c.Sources(kpi.Sessions))
		}
		ga.checkRebuilt(t.Fatalf)
		s.allow(granted("orders", "reports")...)
		s.save("sessions", page(hour(2), fact.SessionsDay{Day: nov(2), Source: "direct", Branded: true, Sessions: 50, Completed: 5}))
		s.finish("sessions", nov(29).Start(time.UTC))
		s.wantCard(kpi.Whole, "2026-11-02", map[kpi.ID]string{"website_traffic": "50.0000 ", "conversion_rate": "0.1000 ", "branding_effectiveness": "1.0000 "})
		s.allow(connectors.Capability{ID: "reports"}, connectors.Capability{ID: "orders", Granted: true}) // the store no longer tells
		s.wantCard(kpi.Whole, "2026-11-02", map[kpi.ID]string{"website_traffic": "200.0000 "})
	})
}
