package store

import (
	"context"
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// stockItem is what is known of a stock item beside its readings. As it is now stands for all days: the provider keeps no history
// of what was for sale.
type stockItem struct {
	variant, product  string
	tracked, sellable bool
}

// stockChange is a page's effect on days of stock that it does not read anew.
type stockChange struct {
	costed  []string             // items whose cost is read
	days    []period.Day         // days with readings, from the first of those costs on
	known   map[string]stockItem // the costed items as they were
	product map[string]stockItem // items of touched products and variants as they were
}

// stockBefore counts the stock of the days the page reads anew, and of the items it reads a cost of.
func (c *change) stockBefore(ctx context.Context) error {
	if err := c.stockWhole(ctx, &c.effects.of(kpi.CauseRestated).was); err != nil {
		return err
	}
	if len(c.touched.costs) > 0 {
		if err := c.stockCosted(ctx); err != nil {
			return err
		}
	}
	items, err := c.itemsOfTouched(ctx)
	if err != nil || len(items) == 0 {
		return err
	}
	c.stock.product, err = c.stockItems(ctx, items)
	return err
}

func (c *change) stockCosted(ctx context.Context) error {
	from := ""
	for id, d := range c.touched.costs {
		c.stock.costed = append(c.stock.costed, id)
		if text := d.String(); from == "" || text < from {
			from = text
		}
	}
	if err := c.itemCosts(ctx, c.stock.costed); err != nil {
		return err
	}
	if c.items.CurrentCosts {
		from = "" // the earliest reading serves the days before it, and may be among these
	}
	days, err := c.stockDays(ctx, from)
	if err != nil {
		return err
	}
	c.stock.days = slices.DeleteFunc(days, func(d period.Day) bool { return c.touched.stock[d] })
	if len(c.stock.days) == 0 {
		return nil
	}
	if c.stock.known, err = c.stockItems(ctx, c.stock.costed); err != nil {
		return err
	}
	return c.countStock(ctx, &c.effects.of(kpi.CauseCost).was, c.stock.days, c.stock.costed, c.stock.known)
}

// stockAfter counts the same as it is now, and then what touched products and variants changed on all other days.
func (c *change) stockAfter(ctx context.Context) error {
	if err := c.stockWhole(ctx, &c.effects.of(kpi.CauseRestated).is); err != nil {
		return err
	}
	if len(c.stock.days) > 0 {
		if err := c.itemCosts(ctx, c.stock.costed); err != nil {
			return err
		}
		if err := c.countStock(ctx, &c.effects.of(kpi.CauseCost).is, c.stock.days, c.stock.costed, c.stock.known); err != nil {
			return err
		}
	}
	items, err := c.itemsOfTouched(ctx)
	if err != nil || len(items) == 0 {
		return err
	}
	now, err := c.stockItems(ctx, items)
	if err != nil {
		return err
	}
	return c.stockReclassed(ctx, now)
}

// stockReclassed counts the items of products of which an item is no longer what it was, as it was and as it is now.
func (c *change) stockReclassed(ctx context.Context, now map[string]stockItem) error {
	was := c.stock.product
	if was == nil {
		was = map[string]stockItem{}
	}
	for id, v := range now {
		if _, known := was[id]; known {
			continue
		}
		if _, touched := c.variants[v.variant]; !touched {
			was[id] = v // a sibling of what was touched
		}
	}
	products := set{}
	for id := range now {
		if was[id] != now[id] {
			products.add(now[id].product)
			products.add(was[id].product)
		}
	}
	for id := range was {
		if _, still := now[id]; !still {
			products.add(was[id].product)
		}
	}
	if len(products) == 0 {
		return nil
	}
	items := set{}
	for _, known := range []map[string]stockItem{was, now} {
		for id, v := range known {
			if _, ok := products[v.product]; ok {
				items.add(id)
			}
		}
	}
	days, err := c.stockDays(ctx, "")
	if err != nil {
		return err
	}
	days = slices.DeleteFunc(days, func(d period.Day) bool { return c.touched.stock[d] })
	if err := c.itemCosts(ctx, items.list()); err != nil {
		return err
	}
	product := c.effects.of(kpi.CauseProduct)
	if err := c.countStock(ctx, &product.was, days, items.list(), was); err != nil {
		return err
	}
	return c.countStock(ctx, &product.is, days, items.list(), now)
}

// itemsOfTouched lists the stock items of touched products, and of the products of touched variants.
func (c *change) itemsOfTouched(ctx context.Context) ([]string, error) {
	if len(c.touched.products) == 0 && len(c.touched.variants) == 0 {
		return nil, nil
	}
	products := set{}
	for id := range c.touched.products {
		products.add(id)
	}
	found, err := c.lookUp(ctx, "SELECT product_id FROM variants WHERE "+ours, "id", c.touched.variants.list())
	if err != nil {
		return nil, err
	}
	for _, id := range found {
		products.add(id)
	}
	for _, v := range c.variants {
		products.add(v.product)
	}
	items := set{}
	if found, err = c.lookUp(ctx, "SELECT item_id FROM variants WHERE "+ours, "product_id", products.list()); err != nil {
		return nil, err
	}
	for _, id := range found {
		items.add(id)
	}
	return items.list(), nil
}

// stockWhole counts the days whose stock the page reads.
func (c *change) stockWhole(ctx context.Context, t *count.Tally) error {
	for d := range c.touched.stock {
		if err := c.stockDay(ctx, t, d, nil); err != nil {
			return err
		}
	}
	return nil
}

// stockDay counts all stock of a day; known may hold the items, or be nil.
func (r *recounter) stockDay(ctx context.Context, t *count.Tally, d period.Day, known map[string]stockItem) error {
	readings, err := r.readings(ctx, d, nil)
	if err != nil || len(readings) == 0 {
		return err
	}
	ids := make([]string, len(readings))
	for i, v := range readings {
		ids[i] = v.ItemID
	}
	if known == nil {
		if known, err = r.stockItems(ctx, ids); err != nil {
			return err
		}
	}
	if err := r.itemCosts(ctx, ids); err != nil {
		return err
	}
	count.OfStockDay(t, d)
	describe(readings, known)
	count.OfStock(t, d, readings, &r.items, r.acc.currencies()...)
	return nil
}

// countStock counts some items on some days, as the items are known to be.
func (r *recounter) countStock(ctx context.Context, t *count.Tally, days []period.Day, items []string, known map[string]stockItem) error {
	for _, d := range days {
		readings, err := r.readings(ctx, d, items)
		if err != nil {
			return err
		}
		describe(readings, known)
		count.OfStock(t, d, readings, &r.items, r.acc.currencies()...)
	}
	return nil
}

func describe(readings []count.StockItem, known map[string]stockItem) {
	for i := range readings {
		v := known[readings[i].ItemID]
		readings[i].ProductID, readings[i].Tracked, readings[i].Sellable = v.product, v.tracked, v.sellable
	}
}

// readings are a day's readings by item, summed over places; nil items are all.
func (r *recounter) readings(ctx context.Context, d period.Day, items []string) ([]count.StockItem, error) {
	var found []count.StockItem
	scan := func(scan func(...any) error) error {
		var v count.StockItem
		err := scan(&v.ItemID, &v.OnHand, &v.Available)
		found = append(found, v)
		return err
	}
	const query = "SELECT item_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(available) AS BIGINT) FROM stock_readings WHERE " + ours + " AND day = ?"
	if items == nil {
		return found, r.each(ctx, scan, query+" GROUP BY item_id", r.keys(d.String())...)
	}
	for chunk := range slices.Chunk(items, atATime) {
		where, arg := r.oneOf("item_id", chunk)
		if err := r.each(ctx, scan, query+" AND "+where+" GROUP BY item_id", r.keys(d.String(), arg)...); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// stockItems reads what is known of stock items.
func (r *recounter) stockItems(ctx context.Context, items []string) (map[string]stockItem, error) {
	all := make(map[string]stockItem, len(items))
	for chunk := range slices.Chunk(items, atATime) {
		where, arg := r.oneOf("v.item_id", chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var item, status string
			var v stockItem
			var oversell bool
			var published, gone instant
			err := scan(&item, &v.variant, &v.product, &v.tracked, &oversell, &status, &published, &gone)
			v.sellable = v.tracked && !oversell && status == "active" && !published.IsZero() && gone.IsZero()
			if was, ok := all[item]; !ok || v.variant < was.variant {
				all[item] = v
			}
			return err
		}, `SELECT v.item_id, v.id, v.product_id, v.tracked, v.oversell, COALESCE(p.status, ''), p.published_at, p.gone_at
			FROM variants v LEFT JOIN products p ON p.merchant_id = v.merchant_id AND p.connection_id = v.connection_id AND p.id = v.product_id
			WHERE v.merchant_id = ? AND v.connection_id = ? AND `+where, r.keys(arg)...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// stockDays lists the days with readings, from a day on ("" for all), by leaps: there are many readings to a day.
func (r *recounter) stockDays(ctx context.Context, from string) ([]period.Day, error) {
	return r.daysOf(ctx, "stock_readings", from)
}

func (r *recounter) daysOf(ctx context.Context, table, from string) ([]period.Day, error) {
	var days []period.Day
	query := "SELECT COALESCE(MIN(day), '') FROM " + table + " WHERE " + ours + " AND day >= ?"
	for {
		var day civil
		if _, err := r.one(ctx, []any{&day}, query, r.keys(from)...); err != nil || day == 0 {
			return days, err
		}
		days = append(days, period.Day(day))
		from = (period.Day(day) + 1).String()
	}
}
