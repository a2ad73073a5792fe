package store

import (
	"context"
	"slices"
	"strings"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// Breakdown is where the orders of some days came from.
type Breakdown struct {
	Rows []OriginRow // those with the most net sales first
	// Known and Orders are how many orders there were, and of how many it is known where they came from.
	Known, Orders int64
	Gap           kpi.Gap // why there is none
	SpendGap      kpi.Gap // why it is not told what the channels cost: of a store it never is
}

// OriginRow is one channel of it. An order's channel is that of the last visit before it or, where that came by itself, of the first; a new
// customer's is that of the first order. Net sales are those of the days, by the ledger.
type OriginRow struct {
	Channel      fact.WebChannel
	Orders       int64
	NewCustomers int64
	NetSales     money.Micros // in the reporting currency
	Spend        money.Micros // what ads of the kind cost, in the reporting currency
}

// Coverage is the share of orders of which it is known where they came from; 1 where there were none.
func (b Breakdown) Coverage() float64 {
	if b.Orders == 0 {
		return 1
	}
	return float64(b.Known) / float64(b.Orders)
}

// Breakdown tells the orders, net sales and new customers of the scope by the channel they came from.
func (c *Counter) Breakdown(days period.Days) Breakdown {
	var b Breakdown
	orders, known := kpi.Term{Measure: kpi.Orders, Window: kpi.InPeriod}, kpi.Term{Measure: kpi.OrdersSourced, Window: kpi.InPeriod}
	spend := kpi.Term{Measure: kpi.AdSpend, Window: kpi.InPeriod}
	figures := c.Measures([]kpi.Term{orders, known, spend}, period.Period{Grain: period.Daily, Days: days})
	if b.Gap = figures[orders].Gap; b.Gap != "" {
		return b
	}
	days = days.Before(c.Through())
	b.SpendGap = figures[spend].Gap
	b.Orders, b.Known = figures[orders].Int, figures[known].Int
	rows := make(map[fact.WebChannel]*OriginRow)
	row := func(part string) *OriginRow {
		channel := fact.WebChannel(part)
		if rows[channel] == nil {
			rows[channel] = &OriginRow{Channel: channel}
		}
		return rows[channel]
	}
	for _, src := range c.sources {
		c.parts(src, count.OriginOrders, days, func(_ period.Day, part, _ string, n int64) error {
			row(part).Orders += n
			return nil
		})
		c.parts(src, count.OriginNew, days, func(_ period.Day, part, _ string, n int64) error {
			row(part).NewCustomers += n
			return nil
		})
		abroad := make(map[foreign]int64)
		c.parts(src, count.OriginNet, days, func(day period.Day, part, currency string, n int64) error {
			abroad[foreign{day: day, part: part, currency: currency}] += n
			return nil
		})
		for k, n := range abroad {
			converted, ok := c.convert(n, k.currency, k.day)
			if !ok {
				return Breakdown{Gap: kpi.NoRate}
			}
			sum, err := money.Add(row(k.part).NetSales, money.Micros(converted))
			if err != nil {
				return Breakdown{Gap: kpi.StaleSource}
			}
			row(k.part).NetSales = sum
		}
		if b.SpendGap != "" {
			continue
		}
		for channel, n := range c.spendOf(src, days) {
			row(string(channel)).Spend += n
		}
	}
	for _, r := range rows {
		b.Rows = append(b.Rows, *r)
	}
	slices.SortFunc(b.Rows, func(x, y OriginRow) int {
		if x.NetSales != y.NetSales {
			return int(max(-1, min(1, y.NetSales-x.NetSales)))
		}
		return strings.Compare(string(x.Channel), string(y.Channel))
	})
	return b
}

// cameBy is the channel that buyers come by who follow an advertisement.
func cameBy(ads fact.AdChannel) fact.WebChannel {
	switch ads {
	case fact.AdSearch, fact.AdShopping:
		return fact.PaidSearch
	case fact.AdSocial:
		return fact.PaidSocial
	}
	return fact.PaidOther
}

// spendOf is what a source's ads cost by the channel that buyers come by. That there is a rate for all of it is known.
func (c *Counter) spendOf(src *source, days period.Days) map[fact.WebChannel]money.Micros {
	all := make(map[fact.WebChannel]money.Micros)
	c.later(func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var channel fact.AdChannel
			var day period.Day
			var currency string
			var n int64
			err := scan(&channel, &day, &currency, &n)
			if converted, ok := c.convert(n, currency, day); ok {
				all[cameBy(channel)] += money.Micros(converted)
			}
			return err
		}, "SELECT channel, day, currency, amount FROM totals WHERE "+ours+" AND measure = ? AND day >= ? AND day < ?",
			src.connection.MerchantID, src.connection.ID, string(kpi.AdSpend), days.From.String(), days.To.String())
	})
	return all
}
