package shopify

import (
	"context"
	"encoding/json"
	"time"
)

// open says whether news of the parcel may still come.
func (p *fulfillment) open() bool {
	return p.DeliveredAt.IsZero() && p.Status != "CANCELLED" && p.Status != "ERROR" && p.Status != "FAILURE"
}

// parcelsOfBulk yields the parcels that arrived since the last reading, and marks orders with a parcel under way: whether the carrier
// reports on those has to be asked for afterwards.
func parcelsOfBulk(s *sink, kind string, line []byte) error {
	if kind != "Order" {
		return strangeKind(kind)
	}
	var o order
	if err := decodeLine(line, &o); err != nil {
		return err
	}
	want := false
	for i := range o.Fulfillments {
		switch p := &o.Fulfillments[i]; {
		case p.open():
			want = true
		case p.DeliveredAt.After(s.since):
			s.add(p.fact(o.ID))
		}
	}
	if want {
		s.wanted = append(s.wanted, o.ID)
	}
	return nil
}

// parcelsOfPage yields the parcels that are under way, or arrived since the last reading.
func parcelsOfPage(_ context.Context, _ *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return time.Time{}, err
	}
	for i := range o.Fulfillments {
		if p := &o.Fulfillments[i]; p.open() || p.DeliveredAt.After(s.since) {
			s.add(p.fact(o.ID))
		}
	}
	return o.UpdatedAt.Time, nil
}

// parcelsOf turns an order of detail_parcels into facts.
func parcelsOf(_ context.Context, _ *asker, s *sink, raw json.RawMessage) error {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	for i := range o.Fulfillments {
		s.add(o.Fulfillments[i].fact(o.ID))
	}
	return nil
}
