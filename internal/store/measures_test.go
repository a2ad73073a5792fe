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

// kept is an order of a customer on a day of 2026, at noon in Berlin, with a line of units of a product for so many euros.
func kept(id, customer, day, product string, units int64, euros money.Micros) []fact.Record {
	at, err := time.Parse("2006-01-02 15:04", "2026-"+day+" 11:00")
	if err != nil {
		panic(err)
	}
	return []fact.Record{
		fact.Order{ID: id, CustomerID: customer, CreatedAt: at, ProcessedAt: at, UpdatedAt: at, Currency: "EUR", Channel: "web", Shippable: true},
		fact.OrderLine{ID: id, OrderID: id, ProductID: product, VariantID: product + "-v", Quantity: units, CurrentQuantity: units, Shippable: true},
		fact.Agreement{ID: id, OrderID: id, HappenedAt: at, Reason: fact.ReasonOrder},
		fact.Sale{ID: id, AgreementID: id, Line: fact.LineProduct, LineID: id, Quantity: units, Total: euros * money.Unit},
	}
}

func all(lists ...[]fact.Record) (records []fact.Record) {
	for _, l := range lists {
		records = append(records, l...)
	}
	return records
}

// allow says what the grant may see.
func (s *shop) allow(capabilities ...connectors.Capability) {
	s.t.Helper()
	if err := s.SaveCapabilities(context.Background(), s.merchant.ID, s.connection.ID, capabilities); err != nil {
		s.t.Fatal(err)
	}
}

func granted(ids ...string) (all []connectors.Capability) {
	for _, id := range ids {
		all = append(all, connectors.Capability{ID: id, Granted: true})
	}
	return all
}

// figure is one term of the store's counter, by the name of the period.
func figure(t *testing.T, c *Counter, m kpi.Measure, w kpi.Window, name string) kpi.Figure {
	t.Helper()
	p, err := period.Parse(name, 0, period.Calendar{})
	if err != nil {
		t.Fatal(err)
	}
	term := kpi.Term{Measure: m, Window: w}
	f := c.Measures([]kpi.Term{term}, p)[term]
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFigures(t *testing.T, c *Counter, cases []figureCase) {
	t.Helper()
	for _, v := range cases {
		f := figure(t, c, v.m, v.w, v.period)
		got := fmt.Sprint(f.Int)
		if f.Float != 0 {
			got = fmt.Sprintf("%.4f", f.Float)
		}
		if f.Gap != "" {
			got = string(f.Gap)
		}
		if got != v.want {
			t.Errorf("%s of %s is %s, want %s", kpi.Term{Measure: v.m, Window: v.w}, v.period, got, v.want)
		}
	}
}

type figureCase struct {
	m      kpi.Measure
	w      kpi.Window
	period string
	want   string
}

// Four customers; a buys thrice, the last time in the final 90 days; b thrice, but long ago; c thrice, spread too far; d comes back.
func TestCustomersOfAnyWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		s.save("orders", page(hour(1), all(
			kept("1", "a", "01-10", "p", 1, 10), kept("2", "a", "05-10", "p", 1, 10), kept("3", "a", "10-20", "p", 1, 10), kept("4", "a", "10-25", "p", 1, 10),
			kept("5", "b", "01-10", "p", 1, 10), kept("6", "b", "01-20", "p", 1, 10), kept("7", "b", "02-10", "p", 1, 10),
			kept("8", "c", "01-01", "p", 1, 10), kept("9", "c", "09-10", "p", 1, 10), kept("10", "c", "10-10", "p", 1, 10),
			kept("11", "d", "09-05", "p", 1, 10), kept("12", "d", "10-05", "p", 1, 10),
		)...))
		s.finish("orders", time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC))
		wantFigures(t, s.counter(kpi.Whole), []figureCase{
			{kpi.Customers, kpi.InPeriod, "2026-01", "3"},
			{kpi.Customers, kpi.InPeriod, "2026-10", "3"},
			{kpi.NewCustomers, kpi.InPeriod, "2026-09", "1"},
			{kpi.ReturningCustomers, kpi.InPeriod, "2026-09", "1"},
			{kpi.RetainedCustomers, kpi.InPeriod, "2026-10", "2"},
			{kpi.Customers, kpi.InPeriod, "2026", "4"},
			{kpi.LoyalCustomers, kpi.Trailing(300), "2026-10", "1"}, // from 5 January: a, and not c, whose first day is before
			{kpi.LoyalCustomers, kpi.Trailing(90), "2026-10", "0"},
			{kpi.LoyalCustomers, kpi.Trailing(60), "2026-02", "insufficient_history"}, // the store's beginning is not known: it reaches to its first order
			{kpi.LoyalCustomers, kpi.InPeriod, "2026", "2"},
			{kpi.Customers, kpi.InPeriod, "2026-11", "0"},
			{kpi.Customers, kpi.InPeriod, "2026-12", "stale_source"},
			{kpi.RepeatWithin90, kpi.InPeriod, "2026-01", "1"},
		})
	})
}

func TestProductsOfAnyWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		published := hour(0)
		s.allow(granted("products")...)
		s.save("products", page(hour(1), fact.Product{ID: "old", Type: "books", Status: "active", PublishedAt: published},
			fact.Product{ID: "slow", Type: "books", Status: "active", PublishedAt: published}, fact.Product{ID: "new", Type: "games", Status: "active", PublishedAt: published},
			fact.Product{ID: "hidden", Type: "games", Status: "draft"}))
		at := time.Date(2025, 1, 2, 11, 0, 0, 0, time.UTC)
		longAgo := []fact.Record{
			fact.Order{ID: "0", CustomerID: "z", ProcessedAt: at, UpdatedAt: at, Currency: "EUR", Channel: "web"},
			fact.OrderLine{ID: "0", OrderID: "0", ProductID: "old", Quantity: 1}, fact.Agreement{ID: "0", OrderID: "0", HappenedAt: at, Reason: fact.ReasonOrder},
			fact.Sale{ID: "0", AgreementID: "0", Line: fact.LineProduct, LineID: "0", Quantity: 1, Total: 10 * money.Unit},
		}
		s.save("orders", page(hour(1), all(longAgo,
			kept("1", "a", "05-10", "old", 10, 100), kept("2", "b", "08-20", "old", 11, 110), // grows
			kept("3", "a", "05-11", "slow", 10, 100), kept("4", "b", "08-21", "slow", 5, 50), // declines against its type
			kept("5", "a", "10-05", "new", 4, 40), kept("6", "c", "10-06", "new", 2, 20), kept("7", "b", "10-07", "hidden", 1, 100),
		)...))
		for _, stream := range []string{"orders", "products"} {
			s.finish(stream, time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC))
		}
		wantFigures(t, s.counter(kpi.Whole), []figureCase{
			{kpi.Concentration, kpi.InPeriod, "2026-10", fmt.Sprintf("%.4f", (60.*60+100.*100)/(160.*160))},
			{kpi.Concentration, kpi.InPeriod, "2026-09", "no_denominator"},
			{kpi.NewProductSales, kpi.InPeriod, "2026-05", "100000000"}, // slow, but not old, which is from 2025-01
			{kpi.NewStreamSales, kpi.InPeriod, "2026-05", "0"},
			{kpi.NewStreamSales, kpi.InPeriod, "2026-10", "160000000"},
			{kpi.HealthySales, kpi.Trailing(90), "2026-10", "270000000"}, // old 110, new 60, hidden 100: old has 1.1 against 16 ÷ 20 of its type, slow 0.5
			{kpi.Launches, kpi.InPeriod, "2026-10", "1"},
			{kpi.AdoptionBase, kpi.Cohort(90), "2026-10", "2"}, // a and b bought in the year before
			{kpi.Adopters, kpi.Cohort(90), "2026-10", "1"},     // a; c is new
		})
	})
}

func TestStockOfAnyWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		s.allow(granted("inventory", "unit_cost", "products")...)
		day := func(n int) period.Day { return period.Date(2026, 11, n) }
		s.save("products", page(hour(1), fact.Product{ID: "p", Status: "active", PublishedAt: hour(0)}, fact.Variant{ID: "p-v", ProductID: "p", ItemID: "i", Tracked: true}))
		s.save("inventory", page(hour(1), fact.CostReading{ItemID: "i", Day: day(2), Cost: 3 * money.Unit, Currency: "EUR"},
			fact.StockReading{ItemID: "i", LocationID: "x", Day: day(2), OnHand: 10, Available: 8}, fact.StockReading{ItemID: "i", LocationID: "y", Day: day(2), OnHand: -2},
			fact.StockReading{ItemID: "i", LocationID: "x", Day: day(4), OnHand: 5}))
		s.save("orders", page(hour(2), all(kept("1", "a", "11-01", "p", 3, 30), kept("2", "a", "11-03", "p", 2, 20))...))
		for _, stream := range []string{"orders", "products", "inventory"} {
			s.finish(stream, time.Date(2026, 11, 6, 12, 0, 0, 0, time.UTC))
		}
		wantFigures(t, s.counter(kpi.Whole), []figureCase{
			{kpi.StockCost, kpi.InPeriod, "2026-11", "19500000"}, // of 24 and 15, on the two days that were read
			{kpi.StockUnits, kpi.InPeriod, "2026-11", "6.5000"},
			{kpi.StockUnits, kpi.AtEnd, "2026-11-04", "5"},
			{kpi.StockUnits, kpi.AtEnd, "2026-11-05", "stale_source"},
			{kpi.StockReadings, kpi.Trailing(90), "2026-11", "2"},
			{kpi.SKUDays, kpi.InPeriod, "2026-11", "2"},
			{kpi.SKUDaysOut, kpi.InPeriod, "2026-11", "1"},
			{kpi.UnitsStocked, kpi.InPeriod, "2026-11-03", "2"},
			{kpi.CostStocked, kpi.InPeriod, "2026-11-03", "6000000"},
			{kpi.COGS, kpi.InPeriod, "2026-11", "6000000"},
			{kpi.UnitsStocked, kpi.Trailing(28), "2026-11", "insufficient_history"},
		})
		channel := s.counter(kpi.Scope{Connection: s.connection.ID, Channel: "web"})
		wantFigures(t, channel, []figureCase{{kpi.StockUnits, kpi.AtEnd, "2026-11-04", "source_not_connected"}, {kpi.Orders, kpi.InPeriod, "2026-11", "2"}})
	})
}

func TestGaps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		s.save("orders", page(hour(1), all(kept("1", "a", "10-10", "p", 1, 10), kept("2", "b", "11-01", "p", 1, 10))...))
		s.finish("orders", time.Date(2026, 11, 4, 23, 30, 0, 0, time.UTC)) // 5 November in Berlin, half an hour old
		c := s.counter(kpi.Whole)
		if got := c.Through(); got != period.Date(2026, 11, 5) || c.First() != period.Date(2026, 10, 10) {
			t.Errorf("complete through %s, from %s", got, c.First())
		}
		wantFigures(t, c, []figureCase{
			{kpi.Orders, kpi.InPeriod, "2026-11-04", "0"},
			{kpi.Orders, kpi.InPeriod, "2026-11-05", "stale_source"},
			{kpi.Orders, kpi.InPeriod, "2026-11", "1"},
			{kpi.Orders, kpi.Previous, "2026-11", "insufficient_history"}, // 1 to 4 October: before the first order
			{kpi.Orders, kpi.LastYear, "2026-11", "insufficient_history"},
			{kpi.Orders, kpi.InPeriod, "2026-10", "1"},
			{kpi.RetainedCustomers, kpi.InPeriod, "2026-10", "insufficient_history"},
			{kpi.UnitsReturned, kpi.InPeriod, "2026-10", "source_not_connected"},
			{kpi.COGS, kpi.InPeriod, "2026-10", "source_not_connected"},
			{kpi.Sessions, kpi.InPeriod, "2026-10", "source_not_connected"},
			{"no_such_measure", kpi.InPeriod, "2026-10", "source_not_connected"},
		})
		s.allow(connectors.Capability{ID: "all_orders", Since: time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)})
		wantFigures(t, s.counter(kpi.Whole), []figureCase{
			{kpi.Orders, kpi.InPeriod, "2026-11", "1"},
			{kpi.NewCustomers, kpi.InPeriod, "2026-11", "insufficient_history"},
			{kpi.Orders, kpi.InPeriod, "2026-10", "insufficient_history"}, // the part before the wall is not nothing
			{kpi.Orders, kpi.Trailing(10), "2026-11-04", "1"},
			{kpi.Orders, kpi.Trailing(30), "2026-11-04", "insufficient_history"},
		})
		if err := s.ClearStream(context.Background(), s.merchant.ID, s.connection.ID, "orders"); err != nil {
			t.Fatal(err)
		}
		wantFigures(t, s.counter(kpi.Whole), []figureCase{{kpi.Orders, kpi.InPeriod, "2026-11", "stale_source"}})
	})
}

// A second store sells in dollars: the whole needs rates, each store does not; customers of two stores are two.
func TestTwoStoresAndTwoCurrencies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		us, err := s.SaveConnection(ctx, Connection{MerchantID: s.merchant.ID, Connector: "shopify", AccountID: "us", Name: "US", Currency: "USD", Zone: "America/New_York"})
		if err != nil {
			t.Fatal(err)
		}
		dollars := &shop{s.Store, t, s.merchant, us, map[string]int64{}}
		dollars.finish("orders", time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
		there := all(kept("1", "a", "11-02", "p", 1, 20), kept("2", "b", "11-03", "p", 1, 10))
		for i, r := range there {
			if o, ok := r.(fact.Order); ok {
				o.Currency = "USD"
				there[i] = o
			}
		}
		s.save("orders", page(hour(1), kept("1", "a", "11-02", "p", 1, 10)...))
		dollars.save("orders", page(hour(1), there...))
		for _, store := range []*shop{s, dollars} {
			store.finish("orders", time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC))
		}
		wantFigures(t, s.counter(kpi.Whole), []figureCase{{kpi.NetSales, kpi.InPeriod, "2026-11", "no_exchange_rate"}, {kpi.NetSales, kpi.InPeriod, "2026-11-04", "0"},
			{kpi.Customers, kpi.InPeriod, "2026-11", "3"}, {kpi.Orders, kpi.InPeriod, "2026-11", "3"}})
		if marks, err := s.Marks(ctx, s.merchant.ID, testNow); err != nil || s.ClearMarks(ctx, s.merchant.ID, marks) != nil {
			t.Fatal(err)
		}
		s.save("rates", page(hour(2), fact.Rate{Day: period.Date(2026, 10, 26), From: "USD", To: "EUR", Billionths: 900_000_000},
			fact.Rate{Day: period.Date(2026, 11, 3), From: "USD", To: "EUR", Billionths: 500_000_000}))
		// 10 + 20 × 0.9, seven days old, + 10 × 0.5
		wantFigures(t, s.counter(kpi.Whole), []figureCase{{kpi.NetSales, kpi.InPeriod, "2026-11", "33000000"}, {kpi.NetSales, kpi.InPeriod, "2026-11-02", "28000000"}})
		wantFigures(t, s.counter(kpi.Scope{Connection: us.ID}), []figureCase{{kpi.NetSales, kpi.InPeriod, "2026-11", "23000000"}, {kpi.Orders, kpi.InPeriod, "2026-11", "2"}})
		s.want("2026-11-02 2026-11-03", "SELECT day FROM marks WHERE measure = 'net_sales' AND connection_id = ? ORDER BY day", us.ID)
	})
}

// A store that is no longer linked keeps what it sold, and holds nothing up.
func TestAnUnlinkedStoreHoldsNothingUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		left := s.another(1)
		left.save("orders", page(hour(1), kept("1", "a", "11-02", "p", 1, 10)...))
		s.save("orders", page(hour(1), kept("1", "a", "11-03", "p", 1, 10)...))
		s.finish("orders", time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC))
		wantFigures(t, s.counter(kpi.Whole), []figureCase{{kpi.Orders, kpi.InPeriod, "2026-12", "stale_source"}})
		left.connection.State = StateUnlinked
		if _, err := s.SaveConnection(ctx, left.connection); err != nil {
			t.Fatal(err)
		}
		c := s.counter(kpi.Whole)
		wantFigures(t, c, []figureCase{{kpi.Orders, kpi.InPeriod, "2026-12", "0"}, {kpi.Orders, kpi.InPeriod, "2026-11", "2"}})
		if got := c.CompleteTo([]string{"orders"}); !got.Equal(time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("complete to %s", got)
		}
		if got := s.counter(kpi.Scope{Connection: left.connection.ID}).Through(); got != period.Date(2026, 11, 20) {
			t.Errorf("the store that is left is complete through %s", got)
		}
	})
}

// What a page moves is marked, and nothing else is.
func TestMarks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		s.save("orders", page(hour(1), all(kept("1", "a", "11-01", "p", 1, 10), kept("2", "b", "11-03", "p", 1, 10))...))
		marks, err := s.Marks(ctx, s.merchant.ID, testNow)
		if err == nil {
			err = s.ClearMarks(ctx, s.merchant.ID, marks)
		}
		if err != nil || marks.Len() == 0 {
			t.Fatalf("%d marks, %v", marks.Len(), err)
		}
		refund := []fact.Record{fact.Agreement{ID: "1r", OrderID: "1", HappenedAt: time.Date(2026, 11, 9, 23, 30, 0, 0, time.UTC), Reason: fact.ReasonRefund},
			fact.Sale{ID: "1r", AgreementID: "1r", Line: fact.LineAdjustment, Total: -2 * money.Unit}}
		s.save("orders", page(hour(2), refund...))
		s.want("cohort_net_365 2026-11-01 net_sales 2026-11-10 net_sales_by_order_date 2026-11-01 net_sales_identified 2026-11-10 sales_reversals 2026-11-10",
			"SELECT DISTINCT measure || ' ' || day FROM marks WHERE channel <> '*' OR measure LIKE 'cohort%' ORDER BY 1")
		s.save("orders", page(hour(3), refund...)) // read again: nothing new
		s.want("1", "SELECT CAST(MAX(times) AS TEXT) FROM marks")
	})
}
