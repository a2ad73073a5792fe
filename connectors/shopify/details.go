package shopify

import (
	"context"
	"encoding/json"

	"fourfold/connectors"
)

// detailBatch is how many orders are asked for at once.
const detailBatch = 40

// detailBatches is how many such questions a page of a bulk result may take: each page is a transaction of the store, and what is cut off
// within one is asked for again.
const detailBatches = 8

// details asks for what the orders of a page want beyond what was read, and empties the list.
func (s *session) details(ctx context.Context, k *sink) error {
	size := detailBatch
	for len(k.wanted) > 0 {
		batch := k.wanted[:min(size, len(k.wanted))]
		ids := make([]string, len(batch))
		for i, g := range batch {
			ids[i] = g.full("Order")
		}
		var out struct {
			Nodes []json.RawMessage `json:"nodes"`
		}
		err := s.q.ask(ctx, s.feed.detail, map[string]any{"ids": ids}, &out)
		if isTooLarge(err) && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			return err
		}
		if len(out.Nodes) != len(ids) {
			return connectors.Errorf(connectors.Malformed, opOf(s.feed.detail), "asked for %d orders and got %d", len(ids), len(out.Nodes))
		}
		for _, n := range out.Nodes {
			// Null is an order that was deleted since it was listed: it has no parts any more.
			if string(n) == "null" {
				continue
			}
			if err := s.feed.more(ctx, s.q, k, n); err != nil {
				return malformed(opOf(s.feed.detail), err)
			}
		}
		k.wanted = k.wanted[len(batch):]
	}
	return nil
}

// malformed makes a fault of what could not be read; faults pass as they are.
func malformed(op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := connectors.FaultOf(err); ok {
		return err
	}
	if ctxErr(err) {
		return err
	}
	return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: err}
}
