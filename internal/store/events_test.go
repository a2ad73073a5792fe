package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// wantEvents compares the merchant's events, as "connection kind was day: a part of the text".
func (s *shop) wantEvents(want ...string) {
	s.t.Helper()
	all, err := s.Events(context.Background(), s.merchant.ID)
	if err != nil || len(all) != len(want) {
		s.t.Fatalf("%d events, want %d, %v: %+v", len(all), len(want), err, all)
	}
	for i, e := range all {
		whose := "merchant"
		if e.Connection != 0 {
			whose = "store"
		}
		key, text, _ := strings.Cut(want[i], ": ")
		if got := strings.Join([]string{whose, string(e.Kind), e.Was, e.Day.String()}, " "); got != key || !strings.Contains(e.Text, text) || !e.At.Equal(testNow) {
			s.t.Errorf("event %d is %s: %q of %s, want %s", i, got, e.Text, e.At, want[i])
		}
	}
}

// A merchant's zone that changes leaves the days before as they were cut: what is stored, what is counted from instants, and what a
// rebuild makes of both.
func TestAZoneThatChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		evening := time.Date(2026, 11, 10, 22, 30, 0, 0, time.UTC) // 23:30 in Berlin, the 11th in Tokyo
		d := period.Date(2026, 11, 10)
		order := func(id string, at time.Time) []fact.Record {
			return []fact.Record{fact.Order{ID: id, ProcessedAt: at, CreatedAt: at, UpdatedAt: at, Currency: "EUR", CustomerID: "c", Channel: "web", Shippable: true},
				fact.OrderLine{ID: id + "-l", OrderID: id, Quantity: 2, CurrentQuantity: 2, Shippable: true},
				fact.Agreement{ID: id + "-a", OrderID: id, HappenedAt: at, Reason: fact.ReasonOrder},
				fact.Sale{ID: id + "-s", AgreementID: id + "-a", Line: fact.LineProduct, LineID: id + "-l", Quantity: 2, Total: 20 * money.Unit},
				fact.Promise{OrderID: id, By: at.AddDate(0, 0, 2), Kind: "delivery"}}
		}
		s.save("orders", page(hour(1), append(order("a", evening),
			fact.Fulfillment{ID: "f", OrderID: "a", Status: "success", CreatedAt: evening, InTransitAt: evening.AddDate(0, 0, 1), Units: 2, EventsSeen: true})...))
		s.wantEvents()
		m := s.merchant
		m.Zone = "Asia/Tokyo"
		for range 2 { // the second changes nothing
			if err := s.UpdateMerchant(ctx, s.merchant, m); err != nil {
				t.Fatal(err)
			}
		}
		s.wantEvents("merchant zone Europe/Berlin 2026-11-21: The scorecard's time zone changed from Europe/Berlin to Asia/Tokyo on 2026-11-21: days before it stay as they were cut.")
		// What was shipped and promised before is touched again, another order of that evening comes late, and one of the new time.
		s.save("orders", page(hour(2), append(order("late", evening),
			fact.Fulfillment{ID: "f", OrderID: "a", Status: "success", CreatedAt: evening, InTransitAt: evening.AddDate(0, 0, 1), DeliveredAt: evening.AddDate(0, 0, 2), Units: 2, EventsSeen: true})...))
		s.save("orders", page(hour(3), order("new", time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC))...)) // the 22nd in Tokyo
		want := func(day period.Day, m kpi.Measure, n int64) {
			t.Helper()
			s.want(fmt.Sprint(n), "SELECT CAST(COALESCE(SUM(amount), 0) AS TEXT) FROM totals WHERE measure = ? AND day = ?", string(m), day.String())
		}
		for _, way := range []string{"page by page", "rebuilt"} {
			t.Log(way)
			want(d, kpi.Orders, 2)
			want(d+1, kpi.Orders, 0)
			want(d+2, kpi.OrdersPromised, 2)
			want(d+2, kpi.OrdersOnTime, 1)
			want(period.Date(2026, 11, 22), kpi.Orders, 1)
			s.checkRebuilt(t.Errorf)
		}
	})
}

// A store's currency that changes leaves what was sold, and what stock was worth, in the currency of its time.
func TestACurrencyThatChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		d := period.Date(2026, 11, 10)
		if err := s.SaveSnapshotState(context.Background(), s.merchant.ID, kpi.Whole, SnapshotState{Through: d + 9, Catalogue: "-"}); err != nil {
			t.Fatal(err)
		}
		stock := func(day period.Day, cost money.Micros, currency string) []fact.Record {
			return []fact.Record{fact.StockReading{ItemID: "i", LocationID: "here", Day: day, OnHand: 10, Available: 10}, fact.CostReading{ItemID: "i", Day: day, Cost: cost, Currency: currency}}
		}
		s.save("orders", page(hour(1), append(stock(d, 2*money.Unit, "EUR"), fact.Variant{ID: "v", ProductID: "p", ItemID: "i", Tracked: true})...))
		c := s.connection
		c.Name, c.Currency, c.Zone = "Corner", "USD", "America/New_York"
		if _, err := s.SaveConnection(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		s.wantEvents("store zone Europe/Berlin 2026-11-21: The time zone of Corner changed from Europe/Berlin to America/New_York on 2026-11-21: days before it stay as they were cut.",
			"store currency EUR 2026-11-21: The currency of Corner changed from EUR to USD on 2026-11-21: what was sold before stays in EUR.")
		s.save("orders", page(hour(2), stock(d+1, 3*money.Unit, "USD")...))
		s.save("orders", page(hour(3), fact.StockReading{ItemID: "i", LocationID: "here", Day: d, OnHand: 11, Available: 11})) // told differently
		// Back in euros, a rate for the dollars in between is still of use.
		s.clearMarks()
		c.Currency = "EUR"
		if _, err := s.SaveConnection(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		s.save("rates", page(hour(4), fact.Rate{Day: d, From: "USD", To: "EUR", Billionths: 900_000_000}))
		s.want("2026-11-11 exchange rate", "SELECT day || ' ' || cause FROM marks WHERE measure = ?", string(kpi.StockCost))
		for range 2 {
			s.want("22000000 EUR 30000000 USD", "SELECT CAST(amount AS TEXT) || ' ' || currency FROM totals WHERE measure = ? ORDER BY day", string(kpi.StockCost))
			s.checkRebuilt(t.Errorf)
		}
	})
}
