package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// fetching declares how a feed's objects are read by their IDs, after a hint.
type fetching struct {
	document string
	kind     string // of global ID
	most     int    // how many are asked for at once, to begin with
	node     func(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (updated time.Time, err error)
	// detail and more are the feed's, where its objects have parts that neither its page nor its document gives.
	detail string
	more   func(ctx context.Context, q *asker, s *sink, raw json.RawMessage) error
	// gone is what an object that is there no longer is called; "" where that says nothing.
	gone fact.Kind
}

var fetches = map[string]*fetching{
	"orders": {document: "fetch_orders", kind: "Order", most: 8, node: wholeOrderOfPage, detail: "detail_refunds", more: refundsOf, gone: fact.KindOrder},
	// A merger's ID asks whether the first has become the second.
	"customers": {document: "fetch_customers", kind: "Customer", most: 100, node: customerOfPage, gone: fact.KindCustomer},
	"products":  {document: "fetch_products", kind: "Product", most: 20, node: productOfPage, gone: fact.KindProduct},
	"inventory": {document: "fetch_costs", kind: "InventoryItem", most: 100, node: costOfFetch},
}

// fetch reads objects by their IDs.
func (h *fetching) fetch(ctx context.Context, acc connectors.Account, ids []string, has func(string) bool, known *prices) (connectors.Fetched, error) {
	c, err := newClient(acc, known)
	if err != nil {
		return connectors.Fetched{}, err
	}
	zone, err := time.LoadLocation(acc.Zone)
	if err != nil {
		return connectors.Fetched{}, connectors.Errorf(connectors.Malformed, "read the shop's time zone", "%w", err)
	}
	f := fetcher{fetching: h, q: &asker{c: c, has: has}, sink: &sink{day: period.On(c.now(), zone)}, size: h.most}
	if err := f.all(ctx, ids); err != nil {
		return connectors.Fetched{}, err
	}
	details := &session{feed: &feed{detail: h.detail, more: h.more}, q: f.q}
	if err := details.details(ctx, f.sink); err != nil {
		return connectors.Fetched{}, err
	}
	if f.at.IsZero() {
		f.at = c.now().UTC()
	}
	return connectors.Fetched{Records: f.sink.records, ReadAt: f.at}, nil
}

// fetcher is one reading by IDs.
type fetcher struct {
	*fetching
	q    *asker
	sink *sink
	size int       // how many are asked for at once
	at   time.Time // the provider's time of the first answer
}

func (f *fetcher) all(ctx context.Context, ids []string) error {
	var wanted []string // once each, survivors of a merger among them
	seen := map[string]bool{}
	into := map[string]string{}
	for _, id := range ids {
		from, to, isMerger := connectors.Merged(id)
		if isMerger {
			into[from] = to
		}
		for _, one := range []string{from, to} {
			if one != "" && !seen[one] {
				seen[one] = true
				wanted = append(wanted, one)
			}
		}
	}
	there := map[string]bool{}
	for rest := wanted; len(rest) > 0; {
		batch := rest[:min(f.size, len(rest))]
		nodes, err := f.ask(ctx, batch)
		if isTooLarge(err) && f.size > 1 {
			f.size /= 2
			continue
		}
		if err != nil {
			return err
		}
		for i, raw := range nodes {
			if string(raw) == "null" || string(raw) == "{}" {
				continue
			}
			there[batch[i]] = true
			if _, err := f.node(ctx, f.q, f.sink, raw); err != nil {
				return malformed(opOf(f.document), err)
			}
		}
		rest = rest[len(batch):]
	}
	for _, id := range wanted {
		if there[id] || f.gone == "" {
			continue
		}
		g := fact.Gone{Kind: f.gone, ID: id, MergedInto: into[id]} // who took over may be gone by now as well
		if f.gone == fact.KindOrder && !f.q.has(canAllOrders) {
			// An order behind the wall is hidden, not gone. The wall is a matter of days.
			g.Since = f.at.Add(-wall + day)
		}
		f.sink.add(g)
	}
	return nil
}

func (f *fetcher) ask(ctx context.Context, ids []string) ([]json.RawMessage, error) {
	full := make([]string, len(ids))
	for i, id := range ids {
		full[i] = gid(id).full(f.kind)
	}
	var out struct {
		Nodes []json.RawMessage `json:"nodes"`
	}
	if err := f.q.ask(ctx, f.document, map[string]any{"ids": full}, &out); err != nil {
		return nil, err
	}
	if len(out.Nodes) != len(ids) {
		return nil, connectors.Errorf(connectors.Malformed, opOf(f.document), "asked for %d objects and got %d", len(ids), len(out.Nodes))
	}
	if f.at.IsZero() {
		f.at = f.q.last.At.UTC()
	}
	return out.Nodes, nil
}

// costOfFetch is a stock item's cost as of today: the night's reading of the same day takes its place.
func costOfFetch(_ context.Context, _ *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	if err := inventoryOfBulk(s, "InventoryItem", raw); err != nil {
		return time.Time{}, err
	}
	return time.Time{}, nil
}
