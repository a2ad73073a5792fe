package export

import (
	"math"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// perDay is a plausible shop: what a measure gains on an ordinary day. Amounts are in major units.
var perDay = map[kpi.Measure]float64{
	kpi.GrossSales: 3120, kpi.Discounts: 214, kpi.SalesReversals: 187, kpi.NetSales: 2719, kpi.Shipping: 121, kpi.Taxes: 388,
	kpi.NetIdentified: 2501, kpi.NetWithCost: 2600, kpi.COGS: 1456, kpi.NetByOrderDate: 2731, kpi.OrderSales: 2906,
	kpi.Orders: 41, kpi.OrdersIdentified: 38, kpi.KeptOrders: 37, kpi.Units: 73,
	kpi.Customers: 35, kpi.NewCustomers: 19, kpi.ReturningCustomers: 16, kpi.RetainedCustomers: 9, kpi.RepeatWithin90: 5,
	kpi.NewReferred: 1.2, kpi.CohortProfit365: 1500, kpi.CohortNet365: 3100, kpi.CohortWithCost365: 2950, kpi.LoyalCustomers: 4,
	kpi.Leads: 8, kpi.LeadsConverted30: 1.1, kpi.NewProductSales: 340, kpi.NewStreamSales: 95, kpi.HealthySales: 1900,
	kpi.Launches: 0.1, kpi.Adopters: 6, kpi.AdoptionBase: 110,
	kpi.OrdersShippable: 39, kpi.OrdersTracked: 34, kpi.UnitsDue: 70, kpi.UnitsInTime: 66, kpi.OrdersPerfect: 30,
	kpi.UnitsShipped: 69, kpi.UnitsReturned: 4.6, kpi.UnitsDefective: 0.8, kpi.UnitsWithReason: 4.1, kpi.ValueShipped: 2800,
	kpi.ValueReturned: 190, kpi.ReturnsDue: 3, kpi.ReturnsInTime: 2.6, kpi.FirstReturns: 2.2, kpi.SecondReturns180: 0.3,
	kpi.CardPayments: 36, kpi.Chargebacks: 0.06,
	kpi.SKUDays: 240, kpi.SKUDaysOut: 11, kpi.StockReadings: 1, kpi.COGSStocked: 1400, kpi.UnitsStocked: 70, kpi.CostStocked: 1390,
}

// stock is what lies on the shelves on any day.
var stock = map[kpi.Measure]float64{kpi.StockCost: 118_400, kpi.StockUnits: 5_310}

var calendar = period.Calendar{}

// season moves a month up and down over the years, the same on every machine.
func season(d period.Day) float64 {
	y, m, _ := d.UTC().Date()
	wave := []int{-9, -14, -3, 1, 4, -2, -6, -5, 3, 6, 24, 19}[m-1]
	return float64(100+wave+9*(y-2025)) / 100
}

// twist gives every measure a course of its own.
func twist(m kpi.Measure, d period.Day) float64 {
	h := 0
	for _, r := range m {
		h = h*31 + int(r)
	}
	_, month, _ := d.UTC().Date()
	return 1 + float64((h/7+int(month)*(5+h%4))%13-6)/140
}

// measures counts the sample shop for every term that the KPIs need; sessions and promises are not connected.
func measures(defs []kpi.KPI, at kpi.At, size float64) kpi.Measures {
	all := kpi.Measures{}
	for _, t := range kpi.Needs(defs, at.Period.Grain, at.Scope) {
		info, _ := kpi.Info(t.Measure)
		days := t.Window.Days(at.Period, at.Through, calendar)
		total := 0.0
		for d := days.From; d < days.To; d++ {
			total += (perDay[t.Measure] + stock[t.Measure]) * season(d) * twist(t.Measure, d) * size
		}
		switch {
		case info.Shape == kpi.Histogram:
			n := int64(total + 40*float64(days.Len())*size)
			all[t] = kpi.Figure{Bins: []kpi.Bin{{Upper: 36 * 3600, Count: n / 4}, {Upper: 61 * 3600, Count: n / 2}, {Upper: 90 * 3600, Count: n/4 - 3}, {Upper: kpi.Infinite, Count: 3}}, N: n}
		case t.Measure == kpi.Concentration:
			all[t] = kpi.Figure{Float: 0.0431 * season(days.From)}
		case stock[t.Measure] > 0 && days.Len() > 0:
			total /= float64(days.Len())
			fallthrough
		case perDay[t.Measure] > 0:
			if info.Money {
				total *= 1e6
			}
			all[t] = kpi.Figure{Int: int64(math.Round(total))}
		}
	}
	return all
}

type goals map[kpi.ID]kpi.Target

func (g goals) For(id kpi.ID, s kpi.Scope, p period.Period, _ period.Day) (kpi.Target, bool) {
	t, ok := g[id]
	return t, ok && s == kpi.Whole && p.Grain == t.Grain
}

// sampleGoals sets each starter's target, and some others', by what the shop did a year before.
func sampleGoals(defs []kpi.KPI) goals {
	p := period.Of(period.Monthly, period.Date(2025, time.October, 1), calendar)
	at := kpi.At{Period: p, Through: p.To + 400}
	card := kpi.Build(defs, at, measures(defs, at, 1), nil, kpi.Plan{})
	all := goals{}
	for i, e := range card.Entries {
		if !e.Value.Has || !(e.KPI.Starter || e.KPI.ID == "net_sales" || e.KPI.ID == "gross_profit") {
			continue
		}
		base := e.Value.V
		if base == 0 {
			base = 0.1
		}
		lift := []float64{1.04, 1.09, 1.12, 0.99}[i%4]
		if e.KPI.ID == "aov" {
			lift = 1.17
		}
		a := kpi.Anchors{Green: base * lift, Red: base * (lift - 0.15)}
		switch e.KPI.Better {
		case kpi.Down:
			a = kpi.Anchors{Green: base / lift, Red: base / lift * 1.2}
		case kpi.InRange:
			a = kpi.Anchors{Range: true, RedLow: base * 0.5, GreenLow: base * 0.8, GreenHigh: base * 1.2, RedHigh: base * 1.6}
		}
		all[e.KPI.ID] = kpi.Target{ID: int64(i + 1), KPI: e.KPI.ID, Grain: period.Monthly, From: period.Date(2026, time.January, 1), Version: 1,
			Anchors: a, Reason: "Last October and a little more"}
	}
	return all
}

func snapshotsOf(card kpi.Scorecard, taken time.Time, published bool) []kpi.Snapshot {
	var all []kpi.Snapshot
	for _, e := range card.Entries {
		s := kpi.Snapshot{KPI: e.KPI.ID, Definition: e.KPI.Version, Scope: card.Scope, Period: card.Period, Revision: 1, TakenAt: taken,
			CompleteTo: taken.Add(-40 * time.Minute), Through: card.Through, Value: e.Value, Currency: "EUR", Score: e.Score, Status: e.Status,
			Running: card.Running, Published: published}
		if e.Target != nil {
			s.TargetID, s.Anchors = e.Target.ID, e.Target.Anchors
		}
		all = append(all, s)
	}
	return all
}

// sample is a book of a shop that does not exist: October 2026, thirteen months of history, one restatement, two scopes.
func sample(t testing.TB) Book {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	defs := kpi.Catalogue()
	targets := sampleGoals(defs)
	now := time.Date(2026, time.November, 5, 2, 10, 0, 0, time.UTC)
	whole, channel := kpi.Whole, kpi.Scope{Connection: 1, Channel: "pos"}
	book := Book{Merchant: "Nordlicht Keramik", Currency: "EUR", Zone: zone, Calendar: calendar, TakenAt: now, CompleteTo: now.Add(-40 * time.Minute),
		KPIs: defs, Scopes: map[kpi.Scope]string{whole: "All stores", channel: "Shop in the Altstadt (point of sale)"}}
	for _, scope := range []kpi.Scope{whole, channel} {
		size := 1.0
		if scope != whole {
			size = 0.22
		}
		for p := period.Of(period.Monthly, period.Date(2025, time.September, 1), calendar); p.From < period.Date(2026, time.November, 1); p = p.Next(calendar) {
			at := kpi.At{Scope: scope, Period: p, Through: period.Date(2026, time.November, 5)}
			card := kpi.Build(defs, at, measures(defs, at, size), targets, kpi.Plan{})
			taken := p.To.UTC().Add(74 * time.Hour)
			if scope == whole || p.From >= period.Date(2026, time.September, 1) {
				book.History = append(book.History, snapshotsOf(card, taken, true)...)
			}
			if p.Name == "2026-10" {
				book.Cards = append(book.Cards, Card{Scorecard: card})
			}
		}
	}
	for _, s := range book.History {
		if s.KPI == "net_sales" && s.Scope == whole && s.Period.Name == "2026-08" {
			s.Revision, s.Published, s.TakenAt, s.Cause = 2, false, s.TakenAt.AddDate(0, 1, 0), "refund of order placed 2026-08-29"
			s.Value.Num.Int -= 189_900_000
			s.Value.V -= 189.9
			book.History = append(book.History, s)
			break
		}
	}
	for _, k := range defs {
		if target, ok := targets[k.ID]; ok {
			book.Targets = append(book.Targets, target)
		}
	}
	shop := "nordlicht.example"
	book.Streams = []Stream{
		{Store: shop, Title: "Orders, ledger, refunds, fulfilments", CompleteTo: now.Add(-40 * time.Minute), Backfilled: true, Proofs: []Proof{
			{Range: "created 2024-11-01 to 2025-11-01", Method: "bulk", Version: "2026-10", Promised: Amounts{61_204, 14_911, 48_210_377}, Read: Amounts{61_204, 14_911, 48_210_377}, At: now.Add(-30 * time.Hour)},
			{Range: "updated since 2026-11-04 01:30", Method: "pages", Version: "2026-10", Read: Amounts{Objects: 212, Roots: 57}, At: now.Add(-40 * time.Minute)},
		}},
		{Store: shop, Title: "Stock and unit cost", CompleteTo: now.Add(-38 * time.Minute), Backfilled: true},
		{Store: shop, Title: "Customers"},
	}
	book.Capabilities = []Capability{
		{Store: shop, Name: "Orders older than 60 days", Granted: true, Detail: "read_all_orders"},
		{Store: shop, Name: "Sessions", Costs: "conversion rate and visits are missing", Detail: "the scope read_reports was not granted", Remedy: "allow it and link the store again"},
	}
	book.Checks = []Check{
		{Store: shop, Title: "Orders", Range: "2026-11-03", Theirs: Count(38), Ours: Count(38)},
		{Store: shop, Title: "Net sales", Range: "2026-11-03", Theirs: Money{2_811_400_000, "EUR"}, Ours: Money{2_801_450_000, "EUR"}, Cause: "A refund was processed after the report was made."},
	}
	book.Notes = []string{"Sales before 2025-02-01 have no unit cost: margins leave them out."}
	return book
}
