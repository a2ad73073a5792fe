package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/internal/fact"
)

type promise struct {
	ID     gid     `json:"id"`
	Parent gid     `json:"__parentId"`
	ShipBy instant `json:"fulfillBy"`
	Method *struct {
		DeliverBy instant `json:"maxDeliveryDateTime"`
	} `json:"deliveryMethod"`
}

// add yields what was promised: a day of delivery, else a day by which the parcel leaves, else nothing. Where an order is sent in
// parts, it was promised by the latest of them; a delivery counts before a dispatch.
func (p *promise) add(s *sink, order gid) {
	f := fact.Promise{OrderID: string(order)}
	switch {
	case p.Method != nil && !p.Method.DeliverBy.IsZero():
		f.By, f.Kind = p.Method.DeliverBy.Time, "delivery"
	case !p.ShipBy.IsZero():
		f.By, f.Kind = p.ShipBy.Time, "dispatch"
	default:
		return
	}
	i, seen := s.promised[order]
	if !seen {
		if s.promised == nil {
			s.promised = map[gid]int{}
		}
		s.promised[order] = len(s.records)
		s.add(f)
		return
	}
	old := s.records[i].(fact.Promise)
	if f.Kind == old.Kind && f.By.After(old.By) || f.Kind == "delivery" && old.Kind == "dispatch" {
		s.records[i] = f
	}
}

func promiseOfBulk(s *sink, kind string, line []byte) error {
	switch kind {
	case "Order":
		return nil
	case "FulfillmentOrder":
		var p promise
		if err := decodeLine(line, &p); err != nil {
			return err
		}
		p.add(s, p.Parent)
		return nil
	}
	return strangeKind(kind)
}

type promising struct {
	ID        gid            `json:"id"`
	UpdatedAt instant        `json:"updatedAt"`
	Promises  *page[promise] `json:"fulfillmentOrders"`
}

func promiseOfPage(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var o promising
	if err := json.Unmarshal(raw, &o); err != nil {
		return time.Time{}, err
	}
	return o.UpdatedAt.Time, drain(o.Promises, func(p *promise) error {
		p.add(s, o.ID)
		return nil
	}, func(after string) (*page[promise], error) {
		var out struct{ Order *promising }
		err := q.ask(ctx, "drain_promises", map[string]any{"id": o.ID.full("Order"), "after": after}, &out)
		if err != nil || out.Order == nil {
			return nil, gone(err, "order")
		}
		return out.Order.Promises, nil
	})
}
