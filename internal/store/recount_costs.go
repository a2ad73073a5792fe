package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// What a merchant says of costs comes in files of its own, and holds for the orders of all stores: a page of them changes what is counted for
// other connections than its own.

// shared says whether the page holds, or takes away, what the merchant says of costs.
func (w *pageWriter) shared() bool {
	if w.sorted.skuCosts.len()+w.sorted.tariffs.len() > 0 {
		return true
	}
	return slices.ContainsFunc(w.replaceable(), func(table string) bool { return table == "sku_costs" || table == "tariffs" })
}

// sharing are the changes of the merchant's other connections with orders. Each is held alone, in the order of their IDs.
func (t *tx) sharing(ctx context.Context, own account, touched *touched) ([]*change, error) {
	if len(touched.skus)+len(touched.tariffs) == 0 {
		return nil, nil
	}
	var ids []int64
	err := t.each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT c.id FROM connections c WHERE c.merchant_id = ? AND c.id <> ? AND c.derived_at IS NOT NULL
		AND EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = c.merchant_id AND o.connection_id = c.id) ORDER BY c.id`, own.merchant.ID, own.connection.ID)
	if err != nil {
		return nil, err
	}
	var changes []*change
	for _, id := range ids {
		acc, err := t.account(ctx, own.merchant.ID, id)
		if err != nil {
			return nil, err
		}
		if !acc.connection.Derived {
			continue // it is to be counted afresh anyway
		}
		r, err := newRecounter(ctx, t, acc)
		if err != nil {
			return nil, err
		}
		changes = append(changes, &change{recounter: r, touched: touched.costsAlone(), effects: effects{}})
	}
	return changes, nil
}

// withoutCosts counts for other connections what they lose with what the merchant said of costs in this one.
func (t *tx) withoutCosts(ctx context.Context, now time.Time, acc account, erase func() error) error {
	lost := &touched{skus: firsts{}, tariffs: firsts{}}
	for query, days := range map[string]firsts{"SELECT sku, day FROM sku_costs WHERE ": lost.skus, "SELECT kind, day FROM tariffs WHERE ": lost.tariffs} {
		err := t.each(ctx, func(scan func(...any) error) error {
			var id string
			var day period.Day
			err := scan(&id, &day)
			days.note(id, day)
			return err
		}, query+ours, acc.merchant.ID, acc.connection.ID)
		if err != nil {
			return err
		}
	}
	changes, err := t.sharing(ctx, acc, lost)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if err := c.before(ctx); err != nil {
			return err
		}
	}
	if err := erase(); err != nil {
		return err
	}
	for _, c := range changes {
		if err := c.finish(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// costsAlone is what other connections have of a page.
func (t *touched) costsAlone() *touched {
	return &touched{skus: t.skus, tariffs: t.tariffs, backfill: t.backfill}
}

// ordersByRateCard adds the orders that cost something since the first day of a tariff, or that sold since then what the merchant says the
// unit cost of.
func (c *change) ordersByRateCard(ctx context.Context) error {
	since := ""
	first := func(days firsts) (values []string) {
		since = ""
		for id, d := range days {
			values = append(values, id)
			if text := d.String(); since == "" || text < since {
				since = text
			}
		}
		return values
	}
	if skus := first(c.touched.skus); len(skus) > 0 {
		if err := c.ordersSince(ctx, since, "l.sku", skus); err != nil {
			return err
		}
	}
	if first(c.touched.tariffs); since == "" {
		return nil
	}
	for table, column := range map[string]string{"orders": "id", "transactions": "order_id", "returns": "order_id", "refunds": "order_id"} {
		err := c.each(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			c.orderIDs.add(id)
			return err
		}, "SELECT DISTINCT "+column+" FROM "+table+" WHERE "+ours+" AND day >= ?", c.keys(since)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// rateCard reads what the merchant says that handling costs. What a later connection says stands before what an earlier one does.
func (r *recounter) rateCard(ctx context.Context) error {
	r.tariffs = count.Tariffs{}
	err := r.each(ctx, func(scan func(...any) error) error {
		var v fact.Tariff
		err := scan(&v.Kind, &v.From, &v.Currency, &v.PerOrder, &v.PerUnit, &v.Share)
		r.tariffs.Add(v)
		return err
	}, "SELECT kind, day, currency, per_order, per_unit, share FROM tariffs WHERE merchant_id = ? ORDER BY connection_id", r.acc.merchant.ID)
	if err != nil {
		return err
	}
	var one int
	r.ownCosts, err = r.one(ctx, []any{&one}, "SELECT 1 FROM sku_costs WHERE merchant_id = ? LIMIT 1", r.acc.merchant.ID)
	return err
}

// skuCosts reads what the merchant says that units cost, of those that are not known yet.
func (r *recounter) skuCosts(ctx context.Context, skus []string) error {
	if !r.ownCosts {
		return nil
	}
	const mark = "sku " // tells SKUs from stock items
	wanted := slices.DeleteFunc(skus, func(sku string) bool { return r.asked[mark+sku] })
	for _, sku := range wanted {
		r.asked[mark+sku] = true
	}
	for chunk := range slices.Chunk(wanted, atATime) {
		where, arg := r.oneOf("sku", chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var v fact.SKUCost
			err := scan(&v.SKU, &v.From, &v.Cost, &v.Currency)
			r.items.SKUCosts(v)
			return err
		}, "SELECT sku, day, cost, currency FROM sku_costs WHERE merchant_id = ? AND "+where+" ORDER BY connection_id", r.acc.merchant.ID, arg)
		if err != nil {
			return err
		}
	}
	return nil
}
