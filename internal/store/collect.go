package store

import (
	"context"
	"slices"

	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// touched works out what the page may change, before it is written.
func (w *pageWriter) touched(ctx context.Context, missing []fact.Gone) (*touched, error) {
	t := &touched{stock: map[period.Day]bool{}, sessions: map[period.Day]bool{}, sales: map[period.Day]bool{},
		rates: map[period.Day]bool{}, costs: firsts{}, ads: map[period.Day]bool{}, visits: map[period.Day]bool{}, skus: firsts{}, tariffs: firsts{},
		backfill: w.page.Backfill}
	w.touchedOrders(t)
	w.touchedOthers(t)
	t.absent(missing)
	if err := w.parents(ctx, t); err != nil {
		return nil, err
	}
	if err := w.sweeps(ctx, &t.orders); err != nil {
		return nil, err
	}
	if err := w.returning(ctx, t); err != nil {
		return nil, err
	}
	return t, w.replaced(ctx, t)
}

func (w *pageWriter) touchedOrders(t *touched) {
	p := w.sorted
	for i := range p.orders.records {
		t.orders.add(p.orders.records[i].ID)
	}
	for i := range p.lines.records {
		t.orders.add(p.lines.records[i].OrderID)
	}
	for i := range p.agreements.records {
		t.orders.add(p.agreements.records[i].OrderID)
	}
	for i := range p.refunds.records {
		t.orders.add(p.refunds.records[i].OrderID)
	}
	for i := range p.refundLines.records {
		t.orders.add(p.refundLines.records[i].OrderID)
	}
	for i := range p.adjustments.records {
		t.orders.add(p.adjustments.records[i].OrderID)
	}
	for i := range p.returns.records {
		t.orders.add(p.returns.records[i].OrderID)
	}
	for i := range p.fulfillments.records {
		t.orders.add(p.fulfillments.records[i].OrderID)
	}
	for i := range p.promises.records {
		t.orders.add(p.promises.records[i].OrderID)
	}
	for i := range p.transactions.records {
		t.orders.add(p.transactions.records[i].OrderID)
	}
	for i := range p.disputes.records {
		t.orders.add(p.disputes.records[i].OrderID)
	}
}

func (w *pageWriter) touchedOthers(t *touched) {
	p := w.sorted
	t.absent(p.gone)
	for i := range p.customers.records {
		t.customers.add(p.customers.records[i].ID)
	}
	for i := range p.products.records {
		t.products.add(p.products.records[i].ID)
	}
	for i := range p.variants.records {
		t.variants.add(p.variants.records[i].ID)
	}
	for i := range p.stock.records {
		t.stock[p.stock.records[i].Day] = true
	}
	for i := range p.sessions.records {
		t.sessions[p.sessions.records[i].Day] = true
	}
	for i := range p.sold.records {
		t.sales[p.sold.records[i].Day] = true
	}
	for i := range p.rates.records {
		t.rates[p.rates.records[i].Day] = true
	}
	for i := range p.costs.records {
		t.costs.note(p.costs.records[i].ItemID, p.costs.records[i].Day)
	}
	for i := range p.adDays.records {
		t.ads[p.adDays.records[i].Day] = true
	}
	for i := range p.webDays.records {
		t.visits[p.webDays.records[i].Day] = true
	}
	for i := range p.skuCosts.records {
		t.skus.note(p.skuCosts.records[i].SKU, p.skuCosts.records[i].From)
	}
	for i := range p.tariffs.records {
		t.tariffs.note(string(p.tariffs.records[i].Kind), p.tariffs.records[i].From)
	}
}

// absent adds what is gone.
func (t *touched) absent(gone []fact.Gone) {
	for _, g := range gone {
		switch g.Kind {
		case fact.KindOrder:
			t.orders.add(g.ID)
			t.gone = true
		case fact.KindCustomer:
			t.customers.add(g.ID)
			t.customers.add(g.MergedInto)
			if g.MergedInto != "" {
				t.merged.add(g.ID)
				t.merged.add(g.MergedInto)
			}
		case fact.KindProduct:
			t.products.add(g.ID)
		}
	}
}

// parents finds the orders of sales and return lines that name only an agreement or a return. One that is not known yet will
// touch its order when it comes.
func (w *pageWriter) parents(ctx context.Context, t *touched) error {
	known := set{}
	for i := range w.sorted.agreements.records {
		known.add(w.sorted.agreements.records[i].ID)
	}
	var agreements, returns set
	for i := range w.sorted.sales.records {
		if id := w.sorted.sales.records[i].AgreementID; !known.has(id) {
			agreements.add(id)
		}
	}
	known = set{}
	for i := range w.sorted.returns.records {
		known.add(w.sorted.returns.records[i].ID)
	}
	for i := range w.sorted.returnLines.records {
		if id := w.sorted.returnLines.records[i].ReturnID; !known.has(id) {
			returns.add(id)
		}
	}
	for table, ids := range map[string]set{"agreements": agreements, "returns": returns} {
		// Without DISTINCT, for which SQLite would walk the whole table in the order of its key.
		orders, err := w.strings(ctx, "SELECT order_id FROM "+table+" WHERE merchant_id = ? AND connection_id = ? AND ", "id", ids.list())
		if err != nil {
			return err
		}
		for _, id := range orders {
			t.orders.add(id)
		}
	}
	return nil
}

// returning adds the orders and customers that were thought gone and are seen again.
func (w *pageWriter) returning(ctx context.Context, t *touched) error {
	var seen []string
	for _, o := range w.sorted.seen {
		seen = append(seen, o.ID)
	}
	back, err := w.strings(ctx, "SELECT id FROM orders WHERE gone_at IS NOT NULL AND merchant_id = ? AND connection_id = ? AND ", "id", seen)
	for _, id := range back {
		t.orders.add(id)
	}
	if err != nil {
		return err
	}
	back, err = w.strings(ctx, "SELECT id FROM customers WHERE gone_at IS NOT NULL AND merchant_id = ? AND connection_id = ? AND ", "id", w.metIDs())
	for _, id := range back {
		t.customers.add(id)
	}
	return err
}

// strings collects a text column of the rows of the connection where column is one of the values.
func (w *pageWriter) strings(ctx context.Context, query, column string, values []string) ([]string, error) {
	var found []string
	for part := range slices.Chunk(values, sweepChunk) {
		where, arg := w.oneOf(column, part)
		err := w.each(ctx, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			found = append(found, s)
			return err
		}, query+where, w.merchant, w.connection, arg)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
