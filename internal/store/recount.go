package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// tooMany is how many orders a page may touch before everything is counted afresh instead: a unit cost that is new for the whole past does
// so, and a reading that finds most orders gone.
const tooMany = 20_000

// counted runs write, which stores a page's facts, and brings the totals of what it touches up to date: what the touched orders,
// customers and days counted for before it, against what they count for after it. All of it is found by key, so that the work
// follows what changed and not the history. While a connection is in its first backfill nothing is counted: Rebuild does it once.
func (s *Store) counted(ctx context.Context, t *tx, acc account, touched *touched, write func() error) error {
	changes, err := t.sharing(ctx, acc, touched)
	if err != nil {
		return err
	}
	r, err := newRecounter(ctx, t, acc)
	if err != nil {
		return err
	}
	if acc.connection.Derived {
		changes = append(changes, &change{recounter: r, touched: touched, effects: effects{}})
	}
	for _, c := range changes {
		if err := c.before(ctx); err != nil {
			return err
		}
	}
	if err := write(); err != nil {
		return err
	}
	for _, c := range changes {
		if err := c.finish(ctx, s.now()); err != nil {
			return err
		}
	}
	return r.markRates(ctx, touched.rates, touched.backfill, s.now())
}

// finish counts once the page is written, and brings the totals up to date.
func (c *change) finish(ctx context.Context, now time.Time) error {
	if len(c.orderIDs) > tooMany {
		return c.rebuild(ctx, now, c.wholesale())
	}
	if err := c.after(ctx); err != nil {
		return err
	}
	changed, err := c.add(ctx, c.effects.sum())
	if err != nil {
		return err
	}
	if err := c.dropZeros(ctx, changed); err != nil {
		return err
	}
	if err := c.relink(ctx, c.daysWere, c.days); err != nil {
		return err
	}
	return c.mark(ctx, changed, c.effects.cause, now)
}

// change is one page's effect on what is counted.
type change struct {
	*recounter
	touched *touched

	orderIDs  set                        // touched orders
	had       map[string]*count.Order    // orders read before the page was written
	customers set                        // customers read before the page was written
	buyers    map[string]*count.Customer // those, with the orders they had
	costsWere count.Items                // unit costs before the page was written
	ratesWere count.Tariffs              // the rate card before it was
	variants  map[string]lineVariant     // touched variants as they were
	stock     stockChange

	effects        effects
	why            map[string]kpi.Cause // by customer: what happened to the orders
	daysWere, days []count.CustomerDay
}

// before reads what the page is about to touch.
func (c *change) before(ctx context.Context) error {
	c.orderIDs, c.customers = set{}, set{}
	for id := range c.touched.orders {
		c.orderIDs.add(id)
	}
	if err := c.ordersByCost(ctx); err != nil {
		return err
	}
	if err := c.ordersByRateCard(ctx); err != nil {
		return err
	}
	if len(c.orderIDs) > tooMany {
		return nil
	}
	var err error
	if c.variants, err = c.variantsNow(ctx, c.touched.variants.list()); err != nil {
		return err
	}
	for id := range c.touched.customers {
		c.customers.add(id)
	}
	if c.had, err = c.withCustomers(ctx, c.orderIDs, c.customers, nil); err != nil {
		return err
	}
	if c.buyers, err = c.buyersOf(ctx, c.had, c.customers); err != nil {
		return err
	}
	if err := c.stockBefore(ctx); err != nil {
		return err
	}
	c.costsWere, c.ratesWere = c.items, c.tariffs
	return c.reports(ctx, func(e *effect) *count.Tally { return &e.was })
}

// after reads the same once the page is written, with the customers and orders that only the page made known as touched, and counts
// both. What those counted for before it is worked out from what of them the page did not touch.
func (c *change) after(ctx context.Context) error {
	if err := c.forget(ctx); err != nil {
		return err
	}
	tookOver, err := c.followMerges(ctx)
	if err != nil {
		return err
	}
	moved, err := c.ordersByVariant(ctx)
	if err != nil {
		return err
	}
	all := set{}
	for id := range c.orderIDs {
		all.add(id)
	}
	for id := range moved {
		all.add(id)
	}
	customers := set{}
	for id := range c.customers {
		customers.add(id)
	}
	for id := range tookOver {
		customers.add(id)
	}
	var same map[string]*count.Order
	if len(c.touched.customers) == 0 && len(c.touched.variants) == 0 {
		same = c.had // but for those that are touched, which are read again
	}
	orders, err := c.withCustomers(ctx, all, customers, same)
	if err != nil {
		return err
	}
	buyers, err := c.buyersOf(ctx, orders, customers)
	if err != nil {
		return err
	}
	was := &count.Rules{Zone: c.zone, Earlier: c.acc.past.zones, Items: &c.costsWere, Tariffs: c.ratesWere}
	c.countOrders(orders, all, was)
	c.customerCauses(tookOver)
	for id, b := range c.buyers {
		c.daysWere = append(c.daysWere, count.OfCustomer(&c.effects.of(c.why[id]).was, b, was)...)
	}
	for id, b := range buyers {
		c.days = append(c.days, count.OfCustomer(&c.effects.of(c.why[id]).is, b, c.rules())...)
	}
	if err := c.newlyKnown(ctx, moved, customers); err != nil {
		return err
	}
	if err := c.stockAfter(ctx); err != nil {
		return err
	}
	return c.reports(ctx, func(e *effect) *count.Tally { return &e.is })
}

// newlyKnown counts, as before the page, the orders and customers that were found to be touched only after it was written.
func (c *change) newlyKnown(ctx context.Context, moved, customers set) error {
	late := set{}
	for id := range customers {
		if _, ok := c.customers[id]; !ok {
			late.add(id)
		}
	}
	if len(late) == 0 && len(moved) == 0 {
		return nil
	}
	c.lines = c.variants
	defer func() { c.lines = nil }()
	orders, err := c.withCustomers(ctx, moved, late, nil)
	if err != nil {
		return err
	}
	for id := range moved {
		if o := orders[id]; o != nil && c.had[id] == nil { // its customer may have brought it in before the page
			count.OfOrder(&c.effects.of(kpi.CauseProduct).was, o, c.rules())
		}
	}
	for id := range c.customers {
		delete(late, id) // counted before the page was written
	}
	for id := range orders {
		if c.orderIDs.has(id) || c.had[id] != nil {
			delete(orders, id) // it was another's, or was not there
		}
	}
	buyers, err := c.buyersOf(ctx, orders, late)
	for id, b := range buyers {
		c.daysWere = append(c.daysWere, count.OfCustomer(&c.effects.of(c.why[id]).was, b, c.rules())...)
	}
	return err
}

// withCustomers reads orders, adds their customers to the set, and reads all other orders of the set's customers but for those that
// are known.
func (r *recounter) withCustomers(ctx context.Context, ids, customers set, known map[string]*count.Order) (map[string]*count.Order, error) {
	orders, err := r.orders(ctx, ids.list())
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		customers.add(o.CustomerID)
	}
	found, err := r.ordersOf(ctx, customers.list())
	if err != nil {
		return nil, err
	}
	var unread []string
	for _, id := range found {
		switch {
		case orders[id] != nil:
		case known[id] != nil:
			orders[id] = known[id]
		default:
			unread = append(unread, id)
		}
	}
	others, err := r.orders(ctx, unread)
	if err != nil {
		return nil, err
	}
	for id, o := range others {
		orders[id] = o
	}
	return orders, r.costs(ctx, orders)
}

// buyersOf reads what is known of each of the customers, and gives them those of the orders that are theirs.
func (r *recounter) buyersOf(ctx context.Context, orders map[string]*count.Order, ids set) (map[string]*count.Customer, error) {
	customers, err := r.customers(ctx, ids.list())
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if c := customers[o.CustomerID]; c != nil {
			c.Orders = append(c.Orders, o)
		}
	}
	return customers, nil
}

// ordersByCost adds the orders whose cost of goods the page may change: those with ledger rows of an item since the first day its
// cost is read for, or, where today's cost serves the past, all of the item's if it had none. The first day of stock readings
// does the same to all orders since.
func (c *change) ordersByCost(ctx context.Context) error {
	if len(c.touched.stock) > 0 {
		first := period.Day(0)
		for d := range c.touched.stock {
			if first == 0 || d < first {
				first = d
			}
		}
		if c.items.StockSince == 0 || first <= c.items.StockSince {
			if err := c.ordersSince(ctx, first.String(), "", nil); err != nil {
				return err
			}
		}
	}
	if len(c.touched.costs) == 0 {
		return nil
	}
	items := make([]string, 0, len(c.touched.costs))
	since := ""
	for id, d := range c.touched.costs {
		items = append(items, id)
		if text := d.String(); since == "" || text < since {
			since = text
		}
	}
	if c.items.CurrentCosts {
		fresh, err := c.uncosted(ctx, items)
		if err != nil {
			return err
		}
		if len(fresh) > 0 {
			since = ""
		}
	}
	variants, err := c.lookUp(ctx, "SELECT id FROM variants WHERE "+ours, "item_id", items)
	if err != nil || len(variants) == 0 {
		return err
	}
	return c.ordersSince(ctx, since, "l.variant_id", variants)
}

// uncosted are those of the items that may get an earliest reading from the page.
func (c *change) uncosted(ctx context.Context, items []string) ([]string, error) {
	if err := c.itemCosts(ctx, items); err != nil {
		return nil, err
	}
	var fresh []string
	for _, id := range items {
		if !c.items.CostedBefore(id, c.touched.costs[id]) {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}

// ordersSince adds the orders with agreements since a day and lines with one of the values in a column; nil values are all.
func (c *change) ordersSince(ctx context.Context, since, column string, values []string) error {
	scan := func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		c.orderIDs.add(id)
		return err
	}
	if values == nil {
		return c.each(ctx, scan, "SELECT DISTINCT order_id FROM agreements WHERE "+ours+" AND day >= ?", c.keys(since)...)
	}
	for chunk := range slices.Chunk(values, atATime) {
		where, arg := c.oneOf(column, chunk)
		err := c.each(ctx, scan, `SELECT DISTINCT a.order_id FROM agreements a
			CROSS JOIN order_lines l WHERE l.merchant_id = a.merchant_id AND l.connection_id = a.connection_id AND l.order_id = a.order_id
			AND a.merchant_id = ? AND a.connection_id = ? AND a.day >= ? AND `+where, c.keys(since, arg)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// ordersByVariant finds the orders, not touched otherwise, whose lines' variant turned out to be another stock item, or to be
// tracked where it was not. It is asked after the page is written.
func (c *change) ordersByVariant(ctx context.Context) (set, error) {
	now, err := c.variantsNow(ctx, c.touched.variants.list())
	if err != nil {
		return nil, err
	}
	var changed, items []string
	for id, v := range now {
		if was := c.variants[id]; was.item != v.item || was.tracked != v.tracked {
			changed = append(changed, id)
			items = append(items, v.item, was.item)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if err := c.itemCosts(ctx, items); err != nil {
		return nil, err
	}
	since, ok := c.items.KnownSince(items)
	if !ok {
		return nil, nil
	}
	found := &change{recounter: c.recounter, orderIDs: set{}}
	if err := found.ordersSince(ctx, since, "l.variant_id", changed); err != nil {
		return nil, err
	}
	for id := range c.orderIDs {
		delete(found.orderIDs, id)
	}
	return found.orderIDs, nil
}

// variantsNow reads variants as they are.
func (r *recounter) variantsNow(ctx context.Context, ids []string) (map[string]lineVariant, error) {
	all := make(map[string]lineVariant, len(ids))
	for _, id := range ids {
		all[id] = lineVariant{}
	}
	for chunk := range slices.Chunk(ids, atATime) {
		where, arg := r.oneOf("id", chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var id string
			var v lineVariant
			err := scan(&id, &v.product, &v.item, &v.tracked, &v.oversell)
			all[id] = v
			return err
		}, "SELECT id, product_id, item_id, tracked, oversell FROM variants WHERE "+ours+" AND "+where, r.keys(arg)...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
