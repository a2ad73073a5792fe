package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// Rebuild counts everything of a connection afresh from its facts, and marks what came out differently. It takes little memory
// however long the history is, and from then on the connection's totals follow its facts.
func (s *Store) Rebuild(ctx context.Context, merchantID, connectionID int64) error {
	return s.RebuildFor(ctx, merchantID, connectionID, kpi.CauseRecount)
}

// RebuildFor is Rebuild for a reason: cause is what restated values will be told to come from.
func (s *Store) RebuildFor(ctx context.Context, merchantID, connectionID int64, cause kpi.Cause) error {
	s.gauge(ctx, countedFrom...) // a backfill may just have filled them
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		return s.derive(ctx, t, acc, cause)
	})
	if err == nil {
		s.gauge(ctx, "totals", "customer_days")
	}
	return err
}

// derive counts a connection afresh inside the transaction of its caller.
func (s *Store) derive(ctx context.Context, t *tx, acc account, cause kpi.Cause) error {
	r, err := newRecounter(ctx, t, acc)
	if err != nil {
		return err
	}
	if err := r.rebuild(ctx, s.now(), cause); err != nil {
		return fmt.Errorf("work out the totals of %s again: %w", acc.connection.Name, err)
	}
	return nil
}

// flushAt is how many totals or customer days are gathered before they are written.
const flushAt = 50_000

// rebuilder gathers what a rebuild counts and writes it as it goes. Customers are counted one after the other, so that most totals are
// added to from one end of the rebuild to the other: on Postgres, where an update leaves the old row behind, they go aside as they come
// and are added up at the end.
type rebuilder struct {
	*recounter
	aside string // the table for that, on Postgres
	tally count.Tally
	days  []count.CustomerDay
}

// rebuild counts everything afresh. The former totals stand aside, under the connection's negative ID, until they are compared.
func (r *recounter) rebuild(ctx context.Context, now time.Time, cause kpi.Cause) error {
	if err := r.forget(ctx); err != nil {
		return err
	}
	if err := r.followAllMerges(ctx); err != nil {
		return err
	}
	id, merchant := r.acc.connection.ID, r.acc.merchant.ID
	if _, err := r.exec(ctx, "UPDATE totals SET connection_id = ? WHERE merchant_id = ? AND connection_id = ?", -id, merchant, id); err != nil {
		return err
	}
	if _, err := r.exec(ctx, "DELETE FROM customer_days WHERE "+ours, r.keys()...); err != nil {
		return err
	}
	b := &rebuilder{recounter: r}
	if r.dialect == postgres {
		var err error
		if b.aside, err = r.stage(ctx, "totals"); err != nil {
			return err
		}
	}
	for _, pass := range []func(context.Context) error{b.buyers, b.guests, b.others, b.stockReadings, b.reportDays, b.flush, b.sumUp} {
		if err := pass(ctx); err != nil {
			return err
		}
	}
	if err := r.markDifferences(ctx, cause, now); err != nil {
		return err
	}
	if _, err := r.exec(ctx, "DELETE FROM totals WHERE merchant_id = ? AND connection_id = ?", merchant, -id); err != nil {
		return err
	}
	_, err := r.exec(ctx, "UPDATE connections SET derived_at = ? WHERE merchant_id = ? AND id = ?", at(now), merchant, id)
	return err
}

// countedFrom are the tables that counting reads.
var countedFrom = []string{"orders", "order_lines", "agreements", "sales", "refunds", "refund_lines", "returns", "return_lines", "fulfillments",
	"promises", "transactions", "disputes", "customers", "products", "variants", "cost_readings"}

// buyers counts customers with orders, each with all of them, and the orders.
func (b *rebuilder) buyers(ctx context.Context) error {
	last := ""
	for {
		var ids []string
		orders := 0
		err := b.each(ctx, func(scan func(...any) error) error {
			var id string
			var n int
			if err := scan(&id, &n); err != nil {
				return err
			}
			if orders == 0 || orders+n <= 2*atATime {
				ids = append(ids, id)
				orders += n
			} else {
				orders = 2 * atATime // the rest is for the next round
			}
			return nil
		}, "SELECT customer_id, COUNT(*) FROM orders WHERE "+ours+" AND customer_id > ? GROUP BY customer_id ORDER BY customer_id LIMIT ?", b.keys(last, atATime)...)
		if err != nil || len(ids) == 0 {
			return err
		}
		last = ids[len(ids)-1]
		known := set{}
		for _, id := range ids {
			known.add(id)
		}
		found, err := b.withCustomers(ctx, nil, known, nil)
		if err != nil {
			return err
		}
		for _, o := range found {
			count.OfOrder(&b.tally, o, b.rules())
		}
		if err := b.countCustomers(ctx, found, known); err != nil {
			return err
		}
		if err := b.flushIfFull(ctx); err != nil {
			return err
		}
	}
}

// countCustomers counts each of the customers with those of the orders that are theirs.
func (b *rebuilder) countCustomers(ctx context.Context, orders map[string]*count.Order, ids set) error {
	customers, err := b.buyersOf(ctx, orders, ids)
	for _, c := range customers {
		b.days = append(b.days, count.OfCustomer(&b.tally, c, b.rules())...)
	}
	return err
}

// guests counts the orders without a customer.
func (b *rebuilder) guests(ctx context.Context) error {
	last := ""
	for {
		var ids []string
		n := 0
		err := b.each(ctx, func(scan func(...any) error) error {
			var id, customer string
			err := scan(&id, &customer)
			if customer == "" {
				ids = append(ids, id)
			}
			last = id
			n++
			return err
		}, "SELECT id, customer_id FROM orders WHERE "+ours+" AND id > ? ORDER BY id LIMIT ?", b.keys(last, 2*atATime)...)
		if err != nil || n == 0 {
			return err
		}
		found, err := b.orders(ctx, ids)
		if err != nil {
			return err
		}
		for _, o := range found {
			count.OfOrder(&b.tally, o, b.rules())
		}
		if err := b.flushIfFull(ctx); err != nil {
			return err
		}
	}
}

// others counts customers who never ordered: they may be leads.
func (b *rebuilder) others(ctx context.Context) error {
	last := ""
	for {
		var ids []string
		err := b.each(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT c.id FROM customers c WHERE c.merchant_id = ? AND c.connection_id = ? AND c.id > ? AND c.consent_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = c.merchant_id AND o.connection_id = c.connection_id AND o.customer_id = c.id)
			ORDER BY c.id LIMIT ?`, b.keys(last, 2*atATime)...)
		if err != nil || len(ids) == 0 {
			return err
		}
		last = ids[len(ids)-1]
		known := set{}
		for _, id := range ids {
			known.add(id)
		}
		if err := b.countCustomers(ctx, nil, known); err != nil {
			return err
		}
	}
}

func (b *rebuilder) stockReadings(ctx context.Context) error {
	days, err := b.stockDays(ctx, "")
	if err != nil || len(days) == 0 {
		return err
	}
	items := set{}
	err = b.each(ctx, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		items.add(id)
		return err
	}, "SELECT DISTINCT item_id FROM variants WHERE "+ours, b.keys()...)
	if err != nil {
		return err
	}
	known, err := b.stockItems(ctx, items.list())
	if err != nil {
		return err
	}
	for _, d := range days {
		if err := b.stockDay(ctx, &b.tally, d, known); err != nil {
			return err
		}
		if err := b.flushIfFull(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *rebuilder) flushIfFull(ctx context.Context) error {
	if b.tally.Len() < flushAt && len(b.days) < flushAt {
		return nil
	}
	return b.flush(ctx)
}

func (b *rebuilder) flush(ctx context.Context) error {
	if err := b.flushTotals(ctx); err != nil {
		return err
	}
	b.tally.Reset()
	slices.SortFunc(b.days, compareDays)
	err := b.insert(ctx, "customer_days", b.dayRows(b.days))
	b.days = b.days[:0]
	return err
}

func (b *rebuilder) flushTotals(ctx context.Context) error {
	if b.aside == "" {
		_, err := b.add(ctx, &b.tally)
		return err
	}
	_, totals, err := b.totalRows(&b.tally)
	if err != nil {
		return err
	}
	return b.insert(ctx, b.aside, totals)
}

// sumUp leaves the totals complete: with what lies aside, added up and written in the order of their key, and without zeros.
func (b *rebuilder) sumUp(ctx context.Context) error {
	const key = "merchant_id, connection_id, channel, measure, day, part, currency"
	if b.aside == "" {
		_, err := b.exec(ctx, "DELETE FROM totals WHERE "+ours+" AND amount = 0", b.keys()...)
		return err
	}
	if _, err := b.exec(ctx, "SET LOCAL work_mem = '64MB'"); err != nil {
		return err
	}
	if _, err := b.exec(ctx, "INSERT INTO totals ("+key+", amount) SELECT "+key+", CAST(SUM(amount) AS BIGINT) FROM "+b.aside+
		" GROUP BY "+key+" HAVING SUM(amount) <> 0 ORDER BY "+key); err != nil {
		return err
	}
	_, err := b.stage(ctx, "totals") // empties it
	return err
}

// markDifferences marks what the former totals, which stand aside, and the new ones do not share: a measure of a channel at a time, so
// that it takes little memory however long the history is.
func (r *recounter) markDifferences(ctx context.Context, cause kpi.Cause, now time.Time) error {
	id, merchant := r.acc.connection.ID, r.acc.merchant.ID
	var series []markKey
	err := r.each(ctx, func(scan func(...any) error) error {
		var k markKey
		err := scan(&k.channel, &k.measure)
		series = append(series, k)
		return err
	}, "SELECT DISTINCT channel, measure FROM totals WHERE merchant_id = ? AND connection_id IN (?, ?)", merchant, id, -id)
	if err != nil {
		return err
	}
	var found int
	had, err := r.one(ctx, []any{&found}, "SELECT 1 FROM totals WHERE merchant_id = ? AND connection_id = ? LIMIT 1", merchant, -id)
	if err != nil {
		return err
	}
	for _, k := range series {
		changed, err := r.differences(ctx, k, had)
		if err != nil {
			return err
		}
		if err := r.mark(ctx, changed, because(cause), now); err != nil {
			return err
		}
	}
	return nil
}

// differences lists the days of a channel's measure on which the former totals, if there are any, and the new ones differ.
func (r *recounter) differences(ctx context.Context, k markKey, had bool) ([]count.Key, error) {
	const of = " FROM totals WHERE merchant_id = ? AND connection_id = ? AND channel = ? AND measure = ?"
	const columns = "SELECT day, part, currency, amount" + of
	// The least part says whether one of the totals is without: a customer's first purchase is.
	const days = "SELECT day, MIN(part)"
	var changed []count.Key
	collect := func(scan func(...any) error) error {
		c := count.Key{Channel: k.channel, Measure: k.measure}
		err := scan(&c.Day, &c.Part)
		changed = append(changed, c)
		return err
	}
	keys := func(connection int64) []any {
		return []any{r.acc.merchant.ID, connection, k.channel, string(k.measure)}
	}
	id := r.acc.connection.ID
	if !had { // all is new: there is nothing to compare
		err := r.each(ctx, collect, days+of+" GROUP BY day", keys(id)...)
		return changed, err
	}
	for _, pair := range [][2]int64{{id, -id}, {-id, id}} {
		err := r.each(ctx, collect, days+" FROM ("+columns+" EXCEPT "+columns+") AS d GROUP BY day", append(keys(pair[0]), keys(pair[1])...)...)
		if err != nil {
			return nil, err
		}
	}
	return changed, nil
}

func compareDays(a, b count.CustomerDay) int {
	if a.Channel != b.Channel {
		if a.Channel < b.Channel {
			return -1
		}
		return 1
	}
	if a.Customer != b.Customer {
		if a.Customer < b.Customer {
			return -1
		}
		return 1
	}
	return int(a.Day - b.Day)
}
