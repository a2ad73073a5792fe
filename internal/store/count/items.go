package count

import (
	"cmp"
	"slices"
	"sort"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Items is what counting has to know of stock items: their unit cost on a day, and since when stock is read.
// The zero value knows nothing.
type Items struct {
	// CurrentCosts lets the earliest known cost stand for the days before it. Margins are then estimates.
	CurrentCosts bool
	// StockSince is the first day of the store's stock readings; zero while there are none.
	StockSince period.Day
	costs      map[string][]fact.CostReading
	skus       map[string][]fact.SKUCost // what the merchant says, by SKU, in the order of days
}

// Costs adds an item's readings, in any order.
func (i *Items) Costs(readings ...fact.CostReading) {
	if i.costs == nil {
		i.costs = make(map[string][]fact.CostReading)
	}
	for _, r := range readings {
		list := i.costs[r.ItemID]
		at := sort.Search(len(list), func(n int) bool { return list[n].Day >= r.Day })
		switch {
		case at < len(list) && list[at].Day == r.Day:
			list[at] = r
		case at == len(list):
			list = append(list, r)
		default:
			list = append(list[:at+1], list[at:]...)
			list[at] = r
		}
		i.costs[r.ItemID] = list
	}
}

// Cost is an item's unit cost on a day: the last reading on or before it. A cost in another currency is no cost.
func (i *Items) Cost(item string, day period.Day, currency string) (money.Micros, bool) {
	list := i.costs[item]
	at := sort.Search(len(list), func(n int) bool { return list[n].Day > day })
	if at == 0 {
		if !i.CurrentCosts || len(list) == 0 {
			return 0, false
		}
		at = 1
	}
	r := list[at-1]
	return r.Cost, currency == "" || r.Currency == "" || r.Currency == currency
}

// SKUCosts adds what the merchant says that units cost, in any order.
func (i *Items) SKUCosts(costs ...fact.SKUCost) {
	if i.skus == nil {
		i.skus = make(map[string][]fact.SKUCost)
	}
	for _, c := range costs {
		list := i.skus[c.SKU]
		at, found := slices.BinarySearchFunc(list, c.From, func(c fact.SKUCost, d period.Day) int { return cmp.Compare(c.From, d) })
		if found {
			list[at] = c
		} else {
			list = slices.Insert(list, at, c)
		}
		i.skus[c.SKU] = list
	}
}

// CostOf is what a unit of a line cost on a day: as the provider shows it or, where it shows none, as the merchant says.
func (i *Items) CostOf(l *Line, day period.Day, currency string) (money.Micros, bool) {
	if l.ItemID != "" {
		if cost, ok := i.Cost(l.ItemID, day, currency); ok {
			return cost, true
		}
	}
	list := i.skus[l.SKU]
	at, _ := slices.BinarySearchFunc(list, day+1, func(c fact.SKUCost, d period.Day) int { return cmp.Compare(c.From, d) })
	if l.SKU == "" || at == 0 {
		return 0, false
	}
	c := list[at-1]
	return c.Cost, currency == "" || c.Currency == "" || c.Currency == currency
}

// Stocked says whether a line's item was in the stock readings on a day: it is tracked, and stock was read by then.
func (i *Items) Stocked(l *Line, day period.Day) bool {
	return l.Tracked && i.StockSince != 0 && i.StockSince <= day
}

// CostedBefore says whether a cost of the item was read before the day.
func (i *Items) CostedBefore(item string, day period.Day) bool {
	list := i.costs[item]
	return len(list) > 0 && list[0].Day < day
}

// KnownSince is the first day, as text, from which anything is known of one of the items that counts: a cost, or its stock. It is ""
// where that is the beginning.
func (i *Items) KnownSince(items []string) (since string, ok bool) {
	earlier := func(d period.Day) {
		if text := d.String(); !ok || text < since {
			since, ok = text, true
		}
	}
	if i.StockSince != 0 {
		earlier(i.StockSince)
	}
	for _, item := range items {
		if list := i.costs[item]; len(list) > 0 {
			if i.CurrentCosts {
				return "", true
			}
			earlier(list[0].Day)
		}
	}
	return since, ok
}
