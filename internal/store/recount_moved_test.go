package store

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

// A page may touch an order twice: as one of a customer whose other order it brings, and because of the variant in its lines. What
// it counted for before is taken off once.
func TestAnOrderThatIsTouchedTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := derived(t, dsn)
		at := time.Date(2026, 9, 2, 0, 30, 0, 0, time.UTC)
		order := func(id, customer, channel string) fact.Order {
			return fact.Order{ID: id, ProcessedAt: at, UpdatedAt: at, Currency: "EUR", CustomerID: customer, Channel: channel, Shippable: true}
		}
		pages := [][]fact.Record{
			{order("o1", "c3", "pos"), fact.OrderLine{ID: "o4-l", OrderID: "o4", VariantID: "v1", Quantity: 2, CurrentQuantity: 1, Shippable: true}},
			{order("o4", "c3", "pos"), fact.Agreement{ID: "o4-a", OrderID: "o4", HappenedAt: at.AddDate(0, 1, 19), Reason: fact.ReasonOrder},
				fact.StockReading{ItemID: "iv2", LocationID: "here", Day: period.Date(2026, 9, 25), OnHand: 1, Available: 2}},
			{fact.Variant{ID: "v1", ProductID: "p1", ItemID: "iv1", Tracked: true}, order("o1", "c2", "web")},
		}
		for i, records := range pages {
			s.save("orders", connectors.Page{Records: records, ReadAt: hour(1).Add(time.Duration(i) * time.Minute), Next: connectors.Cursor(`{}`)})
		}
		s.checkRebuilt(t.Errorf)
	})
}
