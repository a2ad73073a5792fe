package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/fact"
)

// The tables of what comes with an order in one read of it, and so is gone if the next read lacks it. Refund lines and
// adjustments, returns and their lines, and promises have streams of their own and stay.
var sweptTables = []string{"order_lines", "refunds", "fulfillments", "transactions", "disputes"}

// noteSlice remembers which orders the slice under way has read or seen, until its proof.
func (w *pageWriter) noteSlice(ctx context.Context) error {
	if w.fetched {
		return nil // it is its own slice
	}
	if err := w.noteOrderIDs(ctx, len(w.sorted.seen), func(i int) string { return w.sorted.seen[i].ID }); err != nil {
		return err
	}
	if err := w.noteMet(ctx); err != nil {
		return err
	}
	if w.page.Backfill {
		return nil // noted only if it turns out that the orders are there already: a new order has nothing to be swept
	}
	return w.noteOrders(ctx)
}

func (w *pageWriter) noteOrders(ctx context.Context) error {
	orders := w.sorted.orders.records
	return w.noteOrderIDs(ctx, len(orders), func(i int) string { return orders[i].ID })
}

func (w *pageWriter) noteOrderIDs(ctx context.Context, n int, id func(i int) string) error {
	unique := set{}
	for i := range n {
		unique.add(id(i))
	}
	ids := unique.list()
	return w.upsert(ctx, "slice_orders", "(merchant_id, connection_id, stream, order_id) DO UPDATE SET read_at = excluded.read_at WHERE excluded.read_at > slice_orders.read_at",
		rowsOf(len(ids), func(i int, r *row) {
			r.int("merchant_id", w.merchant)
			r.int("connection_id", w.connection)
			r.text("stream", w.stream)
			r.text("order_id", ids[i])
			r.at("read_at", w.readAt)
		}))
}

// slice is the orders that the proven slice has read, by when it read them. The times of a slice lie between its start and its
// last page; other slices of the stream may be under way.
func (w *pageWriter) slice(ctx context.Context) (map[time.Time][]string, error) {
	slice := map[time.Time][]string{}
	if w.fetched {
		for i := range w.sorted.orders.records {
			slice[w.readAt] = append(slice[w.readAt], w.sorted.orders.records[i].ID)
		}
		return slice, nil
	}
	err := w.each(ctx, func(scan func(...any) error) error {
		var id string
		var readAt instant
		if err := scan(&id, &readAt); err != nil {
			return err
		}
		slice[readAt.Time] = append(slice[readAt.Time], id)
		return nil
	}, "SELECT order_id, read_at FROM slice_orders WHERE merchant_id = ? AND connection_id = ? AND stream = ? AND read_at >= ? AND read_at <= ?",
		w.merchant, w.connection, w.stream, at(w.sliceStart()), at(w.readAt))
	return slice, err
}

func (w *pageWriter) sliceStart() time.Time {
	if w.page.Proof.Started.IsZero() {
		return time.Unix(0, 0)
	}
	return w.page.Proof.Started.Truncate(time.Millisecond)
}

const sweepChunk = 500

// stale calls fn for every table with orders that were read by the slice and may have older children in it: the rows are those
// where parent is one of the IDs and read_at lies before readAt.
func (w *pageWriter) stale(ctx context.Context, fn func(table, parent string, ids []string, readAt time.Time) error) error {
	slice, err := w.slice(ctx)
	if err != nil {
		return err
	}
	for readAt, all := range slice {
		for ids := range slices.Chunk(all, sweepChunk) {
			agreements, err := w.strings(ctx, "SELECT id FROM agreements WHERE merchant_id = ? AND connection_id = ? AND ", "order_id", ids)
			if err != nil {
				return err
			}
			for part := range slices.Chunk(agreements, sweepChunk) {
				if err := fn("sales", "agreement_id", part, readAt); err != nil {
					return err
				}
			}
			if err := fn("agreements", "order_id", ids, readAt); err != nil {
				return err
			}
			for _, table := range sweptTables {
				if err := fn(table, "order_id", ids, readAt); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sweeping says whether the orders that were read came whole, with all that hangs on them.
func (w *pageWriter) sweeping() bool {
	return w.fetched || w.page.Proof != nil && w.page.Proof.Sweep && !w.kinds.has(kindSeen) && !w.kinds.has(kindMet)
}

// sweep deletes, at a slice's proof or after objects were fetched, the children of its orders that the slice did not read again.
func (w *pageWriter) sweep(ctx context.Context) error {
	if w.sweeping() {
		err := w.stale(ctx, func(table, parent string, ids []string, readAt time.Time) error {
			where, arg := w.oneOf(parent, ids)
			_, err := w.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND connection_id = ? AND "+where+" AND read_at < ?",
				w.merchant, w.connection, arg, at(readAt))
			return err
		})
		if err != nil {
			return err
		}
	}
	if w.page.Proof == nil {
		return nil
	}
	_, err := w.exec(ctx, "DELETE FROM slice_orders WHERE merchant_id = ? AND connection_id = ? AND stream = ? AND read_at >= ? AND read_at <= ?",
		w.merchant, w.connection, w.stream, at(w.sliceStart()), at(w.readAt))
	return err
}

// sweeps collects the orders that sweep will change.
func (w *pageWriter) sweeps(ctx context.Context, orders *set) error {
	if !w.sweeping() {
		return nil
	}
	return w.stale(ctx, func(table, parent string, ids []string, readAt time.Time) error {
		where, arg := w.oneOf("c."+parent, ids)
		query := "SELECT c.order_id FROM " + table + " c WHERE "
		if table == "sales" { // CROSS JOIN tells SQLite to begin with the sales
			query = "SELECT a.order_id FROM sales c CROSS JOIN agreements a WHERE a.merchant_id = c.merchant_id AND a.connection_id = c.connection_id AND a.id = c.agreement_id AND "
		}
		return w.each(ctx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			orders.add(id)
			return err
		}, query+"c.merchant_id = ? AND c.connection_id = ? AND "+where+" AND c.read_at < ?", w.merchant, w.connection, arg, at(readAt))
	})
}

// missing lists the orders, or customers, that a proven slice of those that were seen should have named and did not. What an earlier slice
// named that never came to its proof counts for nothing.
func (w *pageWriter) missing(ctx context.Context) (gone []fact.Gone, err error) {
	proof := w.page.Proof
	if proof == nil || !proof.Sweep && !proof.Absences {
		return nil, nil
	}
	to := proof.To
	if to.IsZero() {
		to = proof.Started
	}
	if w.kinds.has(kindMet) {
		if gone, err = w.unmet(ctx, to); err != nil {
			return nil, err
		}
	}
	if !proof.Absences && !w.kinds.has(kindSeen) {
		return gone, nil
	}
	err = w.each(ctx, func(scan func(...any) error) error {
		g := fact.Gone{Kind: fact.KindOrder}
		err := scan(&g.ID)
		gone = append(gone, g)
		return err
	}, `SELECT o.id FROM orders o WHERE o.merchant_id = ? AND o.connection_id = ? AND o.created_at >= ? AND o.created_at < ?
		AND o.gone_at IS NULL AND o.read_at < ? AND NOT EXISTS (SELECT 1 FROM slice_orders s
		WHERE s.merchant_id = o.merchant_id AND s.connection_id = o.connection_id AND s.stream = ? AND s.order_id = o.id AND s.read_at >= ?)`,
		w.merchant, w.connection, at(orEpoch(proof.From)), at(to), at(proof.Started), w.stream, at(w.sliceStart()))
	return gone, err
}

func orEpoch(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0)
	}
	return t
}

// bury marks what is gone, and what is there after all.
func (w *pageWriter) bury(ctx context.Context, missing []fact.Gone) error {
	for _, g := range w.sorted.gone {
		if err := w.buryOne(ctx, g); err != nil {
			return err
		}
	}
	for table, kind := range map[string]fact.Kind{"orders": fact.KindOrder, "customers": fact.KindCustomer} {
		var ids []string
		for _, g := range missing {
			if g.Kind == kind {
				ids = append(ids, g.ID)
			}
		}
		if err := w.setGone(ctx, table, "gone_at = ?", "gone_at IS NULL AND read_at <= ?", ids); err != nil {
			return err
		}
	}
	var back []string
	for _, o := range w.sorted.seen {
		back = append(back, o.ID)
	}
	const risen = "gone_at = CASE WHEN gone_at < ? THEN NULL ELSE gone_at END"
	if err := w.setGone(ctx, "orders", risen, "gone_at < ?", back); err != nil {
		return err
	}
	return w.setGone(ctx, "customers", "merged_into = '', "+risen, "gone_at < ?", w.metIDs())
}

func (w *pageWriter) setGone(ctx context.Context, table, set, condition string, ids []string) error {
	for part := range slices.Chunk(ids, sweepChunk) {
		where, arg := w.oneOf("id", part)
		_, err := w.exec(ctx, "UPDATE "+table+" SET "+set+" WHERE "+condition+" AND merchant_id = ? AND connection_id = ? AND "+where,
			at(w.readAt), at(w.readAt), w.merchant, w.connection, arg)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *pageWriter) buryOne(ctx context.Context, g fact.Gone) error {
	var err error
	switch g.Kind {
	case fact.KindOrder:
		_, err = w.exec(ctx, "UPDATE orders SET gone_at = ? WHERE merchant_id = ? AND connection_id = ? AND id = ? AND read_at <= ? AND (created_at IS NULL OR created_at >= ?)",
			at(w.readAt), w.merchant, w.connection, g.ID, at(w.readAt), at(orEpoch(g.Since)))
	case fact.KindProduct:
		_, err = w.exec(ctx, "UPDATE products SET gone_at = ? WHERE merchant_id = ? AND connection_id = ? AND id = ? AND read_at <= ?",
			at(w.readAt), w.merchant, w.connection, g.ID, at(w.readAt))
	case fact.KindCustomer:
		// Kept even if the customer was never read, since it says who took over.
		_, err = w.exec(ctx, `INSERT INTO customers (merchant_id, connection_id, id, consent_day, orders, merged_into, read_at, gone_at)
			VALUES (?, ?, ?, '', 0, ?, ?, ?) ON CONFLICT (merchant_id, connection_id, id)
			DO UPDATE SET merged_into = CASE WHEN excluded.merged_into = '' THEN customers.merged_into ELSE excluded.merged_into END, gone_at = excluded.gone_at WHERE customers.read_at <= excluded.gone_at`,
			w.merchant, w.connection, g.ID, g.MergedInto, at(w.readAt), at(w.readAt))
	}
	return err
}
