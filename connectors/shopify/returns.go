package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/internal/fact"
)

type goodsBack struct {
	ID        gid                  `json:"id"`
	Parent    gid                  `json:"__parentId"`
	Status    string               `json:"status"`
	CreatedAt instant              `json:"createdAt"`
	ClosedAt  instant              `json:"closedAt"`
	Lines     *page[goodsBackLine] `json:"returnLineItems"`
}

type goodsBackLine struct {
	ID         gid    `json:"id"`
	Parent     gid    `json:"__parentId"`
	Type       string `json:"__typename"`
	Quantity   int64  `json:"quantity"`
	Processed  int64  `json:"processedQuantity"`
	Refunded   int64  `json:"refundedQuantity"`
	Reason     string `json:"returnReason"`
	Definition *struct {
		Handle string `json:"handle"`
	} `json:"returnReasonDefinition"`
	Fulfilled *struct {
		Item *ref `json:"lineItem"`
	} `json:"fulfillmentLineItem"`
}

func (r *goodsBack) fact(order gid) fact.Return {
	return fact.Return{ID: string(r.ID), OrderID: string(order), Status: lower(r.Status), CreatedAt: r.CreatedAt.Time, ClosedAt: r.ClosedAt.Time}
}

func (l *goodsBackLine) fact(parent gid) fact.ReturnLine {
	f := fact.ReturnLine{ID: string(l.ID), ReturnID: string(parent), Quantity: l.Quantity, Processed: l.Processed, Refunded: l.Refunded,
		Reason: l.reason(), Unverified: l.Type == "UnverifiedReturnLineItem"}
	if l.Fulfilled != nil {
		f.LineID = l.Fulfilled.Item.id()
	}
	return f
}

// reason is the old closed set's where that says something, since it is the same in all shops; else the shop's own definition.
func (l *goodsBackLine) reason() string {
	if l.Reason != "" && l.Reason != "UNKNOWN" && l.Reason != "OTHER" {
		return lower(l.Reason)
	}
	if l.Definition != nil && l.Definition.Handle != "" {
		return snake(l.Definition.Handle)
	}
	if l.Reason == "" {
		return "unknown"
	}
	return lower(l.Reason)
}

func returnOfBulk(s *sink, kind string, line []byte) error {
	switch {
	case kind == "Order":
		return nil // only what hangs on it is wanted
	case kind == "Return":
		var r goodsBack
		if err := decodeLine(line, &r); err != nil {
			return err
		}
		s.add(r.fact(r.Parent))
		return nil
	case isKind(kind, "ReturnLineItem"), kind == "ReturnLineItemType":
		var l goodsBackLine
		if err := decodeLine(line, &l); err != nil {
			return err
		}
		s.add(l.fact(l.Parent))
		return nil
	}
	return strangeKind(kind)
}

// returning is an order as page_returns asks for it.
type returning struct {
	ID        gid              `json:"id"`
	UpdatedAt instant          `json:"updatedAt"`
	Returns   *page[goodsBack] `json:"returns"`
}

func returnOfPage(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var o returning
	if err := json.Unmarshal(raw, &o); err != nil {
		return time.Time{}, err
	}
	return o.UpdatedAt.Time, drain(o.Returns, func(r *goodsBack) error {
		s.add(r.fact(o.ID))
		return r.drain(ctx, q, s)
	}, func(after string) (*page[goodsBack], error) {
		var out struct{ Order *returning }
		err := q.ask(ctx, "drain_returns", map[string]any{"id": o.ID.full("Order"), "after": after}, &out)
		if err != nil || out.Order == nil {
			return nil, gone(err, "order")
		}
		return out.Order.Returns, nil
	})
}

func (r *goodsBack) drain(ctx context.Context, q *asker, s *sink) error {
	return drain(r.Lines, func(l *goodsBackLine) error {
		s.add(l.fact(r.ID))
		return nil
	}, func(after string) (*page[goodsBackLine], error) {
		var out struct{ Return *goodsBack }
		err := q.ask(ctx, "drain_returnlines", map[string]any{"id": r.ID.full("Return"), "after": after}, &out)
		if err != nil || out.Return == nil {
			return nil, gone(err, "return")
		}
		return out.Return.Lines, nil
	})
}
