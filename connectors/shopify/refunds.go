package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/internal/fact"
)

type refundLine struct {
	ID        gid    `json:"id"` // may be null
	Quantity  int64  `json:"quantity"`
	Restock   string `json:"restockType"`
	Restocked bool   `json:"restocked"`
	Item      *ref   `json:"lineItem"`
	Subtotal  *bag   `json:"subtotalSet"`
	Tax       *bag   `json:"totalTaxSet"`
}

type adjustment struct {
	ID     gid    `json:"id"`
	Reason string `json:"reason"`
	Amount *bag   `json:"amountSet"`
	Tax    *bag   `json:"taxAmountSet"`
}

// fact of a refunded line. Shopify may leave the ID out: then refund, line and what became of the goods name it.
func (l *refundLine) fact(refund, order gid) fact.RefundLine {
	f := fact.RefundLine{ID: string(l.ID), RefundID: string(refund), OrderID: string(order), LineID: l.Item.id(), Quantity: l.Quantity,
		Restock: lower(l.Restock), Restocked: l.Restocked, Subtotal: l.Subtotal.micros(), Tax: l.Tax.micros()}
	if f.ID == "" {
		f.ID = string(refund) + "/" + f.LineID + "/" + f.Restock
	}
	return f
}

func (a *adjustment) fact(refund, order gid) fact.RefundAdjustment {
	return fact.RefundAdjustment{ID: string(a.ID), RefundID: string(refund), OrderID: string(order), Reason: lower(a.Reason),
		Amount: a.Amount.micros(), Tax: a.Tax.micros()}
}

// refundedOfBulk marks an order that has refunds; its lines are asked for afterwards.
func refundedOfBulk(s *sink, kind string, line []byte) error {
	if kind != "Order" {
		return strangeKind(kind)
	}
	var o order
	if err := decodeLine(line, &o); err != nil {
		return err
	}
	if len(o.Refunds) > 0 {
		s.wanted = append(s.wanted, o.ID)
	}
	return nil
}

func refundedOfPage(_ context.Context, _ *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return time.Time{}, err
	}
	if len(o.Refunds) > 0 {
		s.wanted = append(s.wanted, o.ID)
	}
	return o.UpdatedAt.Time, nil
}

// refundsOf turns an order of detail_refunds into facts, and asks for the rest of long refunds.
func refundsOf(ctx context.Context, q *asker, s *sink, raw json.RawMessage) error {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	for i := range o.Refunds {
		if err := o.Refunds[i].drain(ctx, q, s, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// drain reads lines and adjustments side by side: one of the two lists may go on where the other has ended.
func (r *refund) drain(ctx context.Context, q *asker, s *sink, order gid) error {
	rest := func(vars map[string]any) (*refund, error) {
		var out struct{ Refund *refund }
		vars["id"] = r.ID.full("Refund")
		err := q.ask(ctx, "drain_refund", vars, &out)
		if err != nil || out.Refund == nil {
			return nil, gone(err, "refund")
		}
		return out.Refund, nil
	}
	err := drain(r.Lines, func(l *refundLine) error {
		s.add(l.fact(r.ID, order))
		return nil
	}, func(after string) (*page[refundLine], error) {
		more, err := rest(map[string]any{"lines": after})
		if err != nil {
			return nil, err
		}
		return more.Lines, nil
	})
	if err != nil {
		return err
	}
	return drain(r.Adjustments, func(a *adjustment) error {
		s.add(a.fact(r.ID, order))
		return nil
	}, func(after string) (*page[adjustment], error) {
		more, err := rest(map[string]any{"adjustments": after})
		if err != nil {
			return nil, err
		}
		return more.Adjustments, nil
	})
}
