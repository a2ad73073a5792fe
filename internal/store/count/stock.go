package count

import (
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// StockItem is one stock item at the close of a day, over all places, with what is known of it.
type StockItem struct {
	ItemID, ProductID string
	OnHand, Available int64
	Tracked           bool
	Sellable          bool // active, published, tracked, and not sold beyond stock
}

// OfStockDay counts that stock was read on a day.
func OfStockDay(t *Tally, day period.Day) { t.Add(Key{Measure: kpi.StockReadings, Day: day}, 1) }

// OfStock counts stock items at the close of a day. All items of a product go together. currencies are the store's, and those it had
// before: an item is worth what it cost then, in the currency of then.
func OfStock(t *Tally, day period.Day, items []StockItem, known *Items, currencies ...string) {
	has := make(map[string]bool) // by product: something of it is to be had
	for _, i := range items {
		if i.Tracked {
			onHand := max(i.OnHand, 0)
			t.Add(Key{Measure: kpi.StockUnits, Day: day}, onHand)
			for _, currency := range currencies {
				if cost, ok := known.Cost(i.ItemID, day, currency); ok {
					t.Add(Key{Measure: kpi.StockCost, Day: day, Currency: currency}, int64(cost)*onHand)
					break
				}
			}
		}
		if !i.Sellable {
			continue
		}
		t.Add(Key{Measure: kpi.SKUDays, Day: day}, 1)
		if i.Available <= 0 {
			t.Add(Key{Measure: kpi.SKUDaysOut, Day: day}, 1)
		}
		if i.ProductID != "" {
			has[i.ProductID] = has[i.ProductID] || i.Available > 0
		}
	}
	for product, some := range has {
		if !some {
			t.Add(Key{Measure: ProductOut, Day: day, Part: product}, 1)
		}
	}
}

// OfSessions counts visits of one day and origin, on the source's own day.
func OfSessions(t *Tally, s *fact.SessionsDay) {
	add := func(m kpi.Measure, n int64) { t.Add(Key{Measure: m, Day: s.Day}, n) }
	add(kpi.Sessions, s.Sessions)
	add(kpi.SessionsCompleted, s.Completed)
	if s.Campaign != "" {
		add(kpi.CampaignSessions, s.Sessions)
		add(kpi.CampaignCompleted, s.Completed)
	}
	if s.Branded {
		add(kpi.BrandSessions, s.Sessions)
	}
}
