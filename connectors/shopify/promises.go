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

// add yields what was promised: a day of delivery, else a day by which the parcel leaves, else nothing.
func (p *promise) add(s *sink, order gid) {
	switch {
	case p.Method != nil && !p.Method.DeliverBy.IsZero():
		s.add(fact.Promise{OrderID: string(order), By: p.Method.DeliverBy.Time, Kind: "delivery"})
	case !p.ShipBy.IsZero():
		s.add(fact.Promise{OrderID: string(order), By: p.ShipBy.Time, Kind: "dispatch"})
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
