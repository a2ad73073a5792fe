package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// recounter counts one connection's facts inside a transaction.
type recounter struct {
	*tx
	acc      account
	zone     *time.Location
	items    count.Items            // unit costs of the items met so far
	asked    map[string]bool        // items whose costs were looked up
	tariffs  count.Tariffs          // the merchant's rate card
	ownCosts bool                   // the merchant tells unit costs
	lines    map[string]lineVariant // variants that stand in for those in the database: as they were before a change
	// complete is the first day that was not complete when snapshots were last taken: what changes before it changes what was told.
	complete period.Day
}

// lineVariant is what counting has to know of a line's variant.
type lineVariant struct {
	product, item     string
	tracked, oversell bool
}

func newRecounter(ctx context.Context, t *tx, acc account) (*recounter, error) {
	zone, err := acc.merchant.Location()
	if err != nil {
		return nil, err
	}
	r := &recounter{tx: t, acc: acc, zone: zone}
	if _, err := t.one(ctx, []any{(*civil)(&r.complete)}, "SELECT COALESCE(MAX(through), '') FROM snapshot_states WHERE merchant_id = ?", acc.merchant.ID); err != nil {
		return nil, err
	}
	return r, r.forget(ctx)
}

// forget drops what is remembered of costs, because they may have changed.
func (r *recounter) forget(ctx context.Context) error {
	r.asked = make(map[string]bool)
	r.items = count.Items{CurrentCosts: r.acc.merchant.CostsHistory == "current"}
	if err := r.rateCard(ctx); err != nil {
		return err
	}
	since := ""
	if _, err := r.one(ctx, []any{&since}, "SELECT COALESCE(MIN(day), '') FROM stock_readings WHERE merchant_id = ? AND connection_id = ?", r.keys()...); err != nil {
		return err
	}
	if since == "" {
		return nil
	}
	day, err := period.ParseDay(since)
	r.items.StockSince = day
	return err
}

func (r *recounter) rules() *count.Rules {
	return &count.Rules{Zone: r.zone, Earlier: r.acc.past.zones, Items: &r.items, Tariffs: r.tariffs}
}

// keys are the arguments that begin every query, then more.
func (r *recounter) keys(more ...any) []any {
	return append([]any{r.acc.merchant.ID, r.acc.connection.ID}, more...)
}

const ours = "merchant_id = ? AND connection_id = ?"

// atATime is how many orders or customers are read with one round of queries.
const atATime = 500

// lookUp reads one text column by a list of values of another.
func (r *recounter) lookUp(ctx context.Context, query, column string, values []string) ([]string, error) {
	var found []string
	for chunk := range slices.Chunk(values, atATime) {
		where, arg := r.oneOf(column, chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			found = append(found, id)
			return err
		}, query+" AND "+where, r.keys(arg)...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ordersOf lists the IDs of all orders of these customers.
func (r *recounter) ordersOf(ctx context.Context, customers []string) ([]string, error) {
	return r.lookUp(ctx, "SELECT id FROM orders WHERE "+ours, "customer_id", customers)
}

// orders reads everything known of these orders. Those that are not there are left out.
func (r *recounter) orders(ctx context.Context, ids []string) (map[string]*count.Order, error) {
	all := make(map[string]*count.Order, len(ids))
	for chunk := range slices.Chunk(ids, atATime) {
		if err := r.someOrders(ctx, chunk, all); err != nil {
			return nil, fmt.Errorf("read orders to count them: %w", err)
		}
	}
	return all, r.costs(ctx, all)
}

func (r *recounter) someOrders(ctx context.Context, ids []string, all map[string]*count.Order) error {
	where, arg := r.oneOf("id", ids)
	err := r.each(ctx, func(scan func(...any) error) error {
		o := &count.Order{}
		var processed, cancelled, gone instant
		err := scan(&o.ID, &processed, (*civil)(&o.Day), &cancelled, &o.CancelledBy, &o.Test, &o.Currency, &o.CustomerID, &o.Channel,
			&o.Shippable, &o.Referral, &gone, &o.First.Host, &o.First.Source, &o.First.Medium, &o.First.Campaign,
			&o.Last.Host, &o.Last.Source, &o.Last.Medium, &o.Last.Campaign, &o.JourneyDone)
		o.ProcessedAt, o.CancelledAt, o.Gone = processed.Time, cancelled.Time, !gone.IsZero()
		all[o.ID] = o
		return err
	}, `SELECT id, processed_at, day, cancelled_at, cancelled_by, test, currency, customer_id, channel, shippable, referral, gone_at,
		first_host, first_source, first_medium, first_campaign, last_host, last_source, last_medium, last_campaign, journey_done
		FROM orders WHERE `+ours+" AND "+where, r.keys(arg)...)
	if err != nil {
		return err
	}
	for _, part := range orderParts {
		where, arg := r.oneOf(part.column, ids)
		err := r.each(ctx, func(scan func(...any) error) error {
			var id string
			add, err := part.read(func(dest ...any) error { return scan(append([]any{&id}, dest...)...) })
			if err != nil {
				return err
			}
			if o := all[id]; o != nil {
				add(o)
			}
			return nil
		}, part.query+" AND "+where, r.keys(arg)...)
		if err != nil {
			return err
		}
	}
	return r.lineItems(ctx, ids, all)
}

// orderPart is a table below orders: its query begins with the order's ID and ends with a condition on the connection.
type orderPart struct {
	query, column string
	read          func(scan func(...any) error) (add func(*count.Order), err error)
}

// Joins are written as CROSS JOIN, which on SQLite also says which table leads: it would otherwise walk the whole of the second.
var orderParts = []orderPart{
	{"SELECT order_id, id, happened_at, day, reason FROM agreements WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v count.Agreement
		var at instant
		err := scan(&v.ID, &at, (*civil)(&v.Day), &v.Reason)
		v.HappenedAt = at.Time
		return func(o *count.Order) { o.Agreements = append(o.Agreements, v) }, err
	}},
	{`SELECT a.order_id, s.id, s.agreement_id, s.line_type, s.line_id, s.quantity, s.total, s.tax, s.discount FROM agreements a
		CROSS JOIN sales s WHERE s.merchant_id = a.merchant_id AND s.connection_id = a.connection_id AND s.agreement_id = a.id
		AND a.merchant_id = ? AND a.connection_id = ?`, "a.order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.Sale
		err := scan(&v.ID, &v.AgreementID, &v.Line, &v.LineID, &v.Quantity, &v.Total, &v.Tax, &v.Discount)
		return func(o *count.Order) { o.Sales = append(o.Sales, v) }, err
	}},
	{"SELECT order_id, id, return_id, created_at, day, total FROM refunds WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v count.Refund
		var at instant
		err := scan(&v.ID, &v.ReturnID, &at, (*civil)(&v.Day), &v.Total)
		v.CreatedAt = at.Time
		return func(o *count.Order) { o.Refunds = append(o.Refunds, v) }, err
	}},
	{"SELECT order_id, id, refund_id, line_id, quantity, restock, restocked FROM refund_lines WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.RefundLine
		err := scan(&v.ID, &v.RefundID, &v.LineID, &v.Quantity, &v.Restock, &v.Restocked)
		return func(o *count.Order) { o.RefundLines = append(o.RefundLines, v) }, err
	}},
	{"SELECT order_id, id, status, created_at, day FROM returns WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v count.Return
		var at instant
		err := scan(&v.ID, &v.Status, &at, (*civil)(&v.Day))
		v.CreatedAt = at.Time
		return func(o *count.Order) { o.Returns = append(o.Returns, v) }, err
	}},
	{`SELECT r.order_id, l.id, l.return_id, l.line_id, l.quantity, l.processed, l.reason, l.unverified FROM returns r
		CROSS JOIN return_lines l WHERE l.merchant_id = r.merchant_id AND l.connection_id = r.connection_id AND l.return_id = r.id
		AND r.merchant_id = ? AND r.connection_id = ?`, "r.order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.ReturnLine
		err := scan(&v.ID, &v.ReturnID, &v.LineID, &v.Quantity, &v.Processed, &v.Reason, &v.Unverified)
		return func(o *count.Order) { o.ReturnLines = append(o.ReturnLines, v) }, err
	}},
	{"SELECT order_id, id, status, created_at, in_transit_at, delivered_at, units, events_seen FROM fulfillments WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.Fulfillment
		var created, sent, came instant
		err := scan(&v.ID, &v.Status, &created, &sent, &came, &v.Units, &v.EventsSeen)
		v.CreatedAt, v.InTransitAt, v.DeliveredAt = created.Time, sent.Time, came.Time
		return func(o *count.Order) { o.Fulfillments = append(o.Fulfillments, v) }, err
	}},
	{"SELECT order_id, kind, by_at FROM promises WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.Promise
		var by instant
		err := scan(&v.Kind, &by)
		v.By = by.Time
		return func(o *count.Order) { o.Promises = append(o.Promises, v) }, err
	}},
	{"SELECT order_id, id, kind, status, gateway, test, day, amount, fee, fee_known FROM transactions WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v count.Transaction
		err := scan(&v.ID, &v.Kind, &v.Status, &v.Gateway, &v.Test, (*civil)(&v.Day), &v.Amount, &v.Fee, &v.FeeKnown)
		return func(o *count.Order) { o.Transactions = append(o.Transactions, v) }, err
	}},
	{"SELECT order_id, id, kind FROM disputes WHERE " + ours, "order_id", func(scan func(...any) error) (func(*count.Order), error) {
		var v fact.Dispute
		err := scan(&v.ID, &v.Kind)
		return func(o *count.Order) { o.Disputes = append(o.Disputes, v) }, err
	}},
}

// lineItems reads the orders' lines, and the variants behind them.
func (r *recounter) lineItems(ctx context.Context, ids []string, all map[string]*count.Order) error {
	where, arg := r.oneOf("l.order_id", ids)
	return r.each(ctx, func(scan func(...any) error) error {
		var id string
		var l count.Line
		err := scan(&id, &l.ID, &l.ProductID, &l.VariantID, &l.SKU, &l.Quantity, &l.CurrentQuantity, &l.GiftCard, &l.Shippable, &l.ItemID, &l.Tracked)
		if v, ok := r.lines[l.VariantID]; ok && l.VariantID != "" {
			l.ItemID, l.Tracked = v.item, v.tracked
		}
		if o := all[id]; o != nil {
			o.Lines = append(o.Lines, l)
		}
		return err
	}, `SELECT l.order_id, l.id, l.product_id, l.variant_id, l.sku, l.quantity, l.current_quantity, l.gift_card, l.shippable,
			COALESCE(v.item_id, ''), COALESCE(v.tracked, FALSE)
		FROM order_lines l LEFT JOIN variants v ON v.merchant_id = l.merchant_id AND v.connection_id = l.connection_id AND v.id = l.variant_id
		WHERE l.merchant_id = ? AND l.connection_id = ? AND `+where, r.keys(arg)...)
}

// costs reads the unit costs of the orders' items that are not known yet.
func (r *recounter) costs(ctx context.Context, orders map[string]*count.Order) error {
	wanted, skus := set{}, set{}
	for _, o := range orders {
		for _, l := range o.Lines {
			wanted.add(l.ItemID)
			skus.add(l.SKU)
		}
	}
	if err := r.skuCosts(ctx, skus.list()); err != nil {
		return err
	}
	return r.itemCosts(ctx, wanted.list())
}

func (r *recounter) itemCosts(ctx context.Context, items []string) error {
	wanted := slices.DeleteFunc(slices.Clone(items), func(id string) bool { return r.asked[id] })
	for _, id := range wanted {
		r.asked[id] = true
	}
	for chunk := range slices.Chunk(wanted, atATime) {
		where, arg := r.oneOf("item_id", chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var c fact.CostReading
			err := scan(&c.ItemID, &c.Day, &c.Cost, &c.Currency)
			r.items.Costs(c)
			return err
		}, "SELECT item_id, day, cost, currency FROM cost_readings WHERE "+ours+" AND "+where, r.keys(arg)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// customers reads what is known of these customers themselves; one that was never read is known by its ID.
func (r *recounter) customers(ctx context.Context, ids []string) (map[string]*count.Customer, error) {
	all := make(map[string]*count.Customer, len(ids))
	for _, id := range ids {
		all[id] = &count.Customer{ID: id}
	}
	for chunk := range slices.Chunk(ids, atATime) {
		where, arg := r.oneOf("id", chunk)
		err := r.each(ctx, func(scan func(...any) error) error {
			var c count.Customer
			var consent, gone instant
			err := scan(&c.ID, &consent, (*civil)(&c.ConsentDay), &gone)
			c.ConsentAt, c.Gone = consent.Time, !gone.IsZero()
			all[c.ID] = &c
			return err
		}, "SELECT id, consent_at, consent_day, gone_at FROM customers WHERE "+ours+" AND "+where, r.keys(arg)...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// civil scans a civil day where "" stands for none.
type civil period.Day

// Scan reads the day from text.
func (c *civil) Scan(src any) error {
	if text, ok := src.(string); ok && text == "" {
		*c = 0
		return nil
	}
	return (*period.Day)(c).Scan(src)
}
