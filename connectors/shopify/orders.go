package shopify

import (
	"context"
	"encoding/json"
	"time"
)

// orderOfBulk turns one line of bulk_orders' result into facts. Lines name their parents; in which order they come is not agreed.
func orderOfBulk(s *sink, kind string, line []byte) error {
	switch {
	case kind == "Order":
		var o order
		if err := decodeLine(line, &o); err != nil {
			return err
		}
		return o.head(s)
	case kind == "LineItem":
		var l orderLine
		if err := decodeLine(line, &l); err != nil {
			return err
		}
		f, err := l.fact(l.Parent)
		s.add(f)
		return err
	case isKind(kind, "Agreement"):
		var a agreement
		if err := decodeLine(line, &a); err != nil {
			return err
		}
		s.add(a.fact(a.Parent))
		return nil
	case isKind(kind, "Sale"):
		var l sale
		if err := decodeLine(line, &l); err != nil {
			return err
		}
		s.add(l.fact(l.Parent))
		return nil
	}
	return strangeKind(kind)
}

// orderOfPage turns one order of page_orders into facts, and asks for the rest of a long one.
func orderOfPage(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return time.Time{}, err
	}
	if err := o.head(s); err != nil {
		return time.Time{}, err
	}
	if err := o.drainLines(ctx, q, s); err != nil {
		return time.Time{}, err
	}
	return o.UpdatedAt.Time, o.drainAgreements(ctx, q, s)
}

// wholeOrderOfBulk is orderOfBulk for a re-read, which also asks for the lines of refunds: their coming may have moved nothing.
func wholeOrderOfBulk(s *sink, kind string, line []byte) error {
	before := len(s.records)
	err := orderOfBulk(s, kind, line)
	s.wantRefunds(before)
	return err
}

func wholeOrderOfPage(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	before := len(s.records)
	updated, err := orderOfPage(ctx, q, s, raw)
	s.wantRefunds(before)
	return updated, err
}

func (o *order) drainLines(ctx context.Context, q *asker, s *sink) error {
	return drain(o.Lines, func(l *orderLine) error {
		f, err := l.fact(o.ID)
		s.add(f)
		return err
	}, func(after string) (*page[orderLine], error) {
		var out struct{ Order *order }
		err := q.ask(ctx, "drain_lines", map[string]any{"id": o.ID.full("Order"), "after": after}, &out)
		if err != nil || out.Order == nil {
			return nil, gone(err, "order")
		}
		return out.Order.Lines, nil
	})
}

func (o *order) drainAgreements(ctx context.Context, q *asker, s *sink) error {
	before := "" // the cursor of the agreement before the one at hand
	return drain(o.Agreements, func(a *agreement) error {
		s.add(a.fact(o.ID))
		err := o.drainSales(ctx, q, s, a, before)
		before = a.cursor
		return err
	}, func(after string) (*page[agreement], error) {
		var out struct{ Order *order }
		err := q.ask(ctx, "drain_agreements", map[string]any{"id": o.ID.full("Order"), "after": after}, &out)
		if err != nil || out.Order == nil {
			return nil, gone(err, "order")
		}
		return out.Order.Agreements, nil
	})
}

// drainSales reads all of an agreement's rows. An agreement cannot be asked for by its ID, so it is asked for as the one after its
// predecessor, and held to be the same.
func (o *order) drainSales(ctx context.Context, q *asker, s *sink, a *agreement, before string) error {
	return drain(a.Sales, func(l *sale) error {
		s.add(l.fact(a.ID))
		return nil
	}, func(after string) (*page[sale], error) {
		var out struct{ Order *order }
		vars := map[string]any{"id": o.ID.full("Order"), "after": after}
		if before != "" {
			vars["before"] = before
		}
		err := q.ask(ctx, "drain_sales", vars, &out)
		if err != nil || out.Order == nil {
			return nil, gone(err, "order")
		}
		p := out.Order.Agreements
		if p == nil || len(p.Nodes) != 1 || p.Nodes[0].ID != a.ID {
			return nil, moved("agreement")
		}
		return p.Nodes[0].Sales, nil
	})
}
