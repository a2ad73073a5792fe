package store

import (
	"cmp"
	"context"
	"sort"
	"strings"

	"fourfold/internal/period"
)

// kindNames are the tables of the records a stream has carried, sorted, and kindSeen or kindMet if it carried
// fact.OrderSeen or fact.CustomerSeen.
type kindNames []string

const (
	kindSeen = "orders_seen"
	kindMet  = "customers_seen"
)

func (k kindNames) has(name string) bool {
	i := sort.SearchStrings(k, name)
	return i < len(k) && k[i] == name
}

func (k kindNames) String() string { return strings.Join(k, " ") }

// with adds the kinds of a page.
func (k kindNames) with(s *sorted) kindNames {
	names := set{}
	for _, name := range k {
		names.add(name)
	}
	for _, g := range s.groups() {
		names.add(g.name())
	}
	if len(s.seen) > 0 {
		names.add(kindSeen)
	}
	if len(s.met) > 0 {
		names.add(kindMet)
	}
	all := names.list()
	sort.Strings(all)
	return all
}

// The tables of facts that are a day.
var dailyTables = []string{"stock_readings", "cost_readings", "sessions_days", "provider_sales_days", "rates", "ad_days", "ad_totals", "web_days", "sku_costs", "tariffs"}

// replaceable lists those that the page's days come whole for: what its stream has carried.
func (w *pageWriter) replaceable() []string {
	var tables []string
	for _, table := range dailyTables {
		if w.page.Replaces != nil && w.kinds.has(table) {
			tables = append(tables, table)
		}
	}
	return tables
}

// replace deletes the days that come whole, but for what was read later than the page.
func (w *pageWriter) replace(ctx context.Context) error {
	for _, table := range w.replaceable() {
		_, err := w.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day < ? AND read_at <= ?",
			w.merchant, w.connection, w.page.Replaces.From.String(), w.page.Replaces.To.String(), at(w.readAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// replaced adds the days and stock items that replace may empty.
func (w *pageWriter) replaced(ctx context.Context, t *touched) error {
	days := map[string]map[period.Day]bool{"stock_readings": t.stock, "sessions_days": t.sessions, "provider_sales_days": t.sales, "rates": t.rates,
		"ad_days": t.ads, "ad_totals": {}, "web_days": t.visits}
	since := map[string]firsts{"cost_readings": t.costs, "sku_costs": t.skus, "tariffs": t.tariffs}
	columns := map[string]string{"cost_readings": "day, item_id", "sku_costs": "day, sku", "tariffs": "day, kind"}
	for _, table := range w.replaceable() {
		column := cmp.Or(columns[table], "day, day")
		err := w.each(ctx, func(scan func(...any) error) error {
			var day period.Day
			var item string
			if err := scan(&day, &item); err != nil {
				return err
			}
			if since[table] != nil {
				since[table].note(item, day)
			} else {
				days[table][day] = true
			}
			return nil
		}, "SELECT DISTINCT "+column+" FROM "+table+" WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day < ?",
			w.merchant, w.connection, w.page.Replaces.From.String(), w.page.Replaces.To.String())
		if err != nil {
			return err
		}
	}
	return nil
}
