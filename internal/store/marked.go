package store

import (
	"context"
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// MarkedUnder names the totals by whose marks a measure is seen to have changed, and how many days before a window they still
// matter to it: whether a product is new, or in decline, hangs on its earlier sales.
func MarkedUnder(m kpi.Measure) (totals []kpi.Measure, back period.Day) {
	const year = 365
	switch m {
	case kpi.Customers, kpi.NewCustomers, kpi.ReturningCustomers, kpi.RetainedCustomers:
		return []kpi.Measure{m, count.Links}, 0
	case kpi.LoyalCustomers:
		return []kpi.Measure{m, count.Loyalty, count.Links}, 0
	case kpi.Concentration:
		return []kpi.Measure{m, count.ProductNet}, 0
	case kpi.NewProductSales, kpi.NewStreamSales, kpi.HealthySales, kpi.Launches:
		return []kpi.Measure{m, count.ProductNet, count.ProductUnits, count.ProductOut}, year
	case kpi.ShippingCost, kpi.PaymentFees, kpi.FulfilmentCost, kpi.ReturnCost:
		return []kpi.Measure{m, unpriced[m]}, 0
	case kpi.Adopters, kpi.AdoptionBase:
		return []kpi.Measure{m, count.Links, count.ProductUnits}, year
	}
	return []kpi.Measure{m}, 0
}

// Scope is a part of a merchant that snapshots are taken of.
type Scope struct {
	kpi.Scope
	Title string
}

// Scopes lists the whole, the stores and their channels, and the ad accounts. The whole comes first; a store that is alone has no scope of
// its own beside it, and a store's only channel neither. An ad account has one even if it is alone: what a platform credits to itself is told
// of no other scope.
func (s *Store) Scopes(ctx context.Context, merchantID int64) ([]Scope, error) {
	conns, err := s.Connections(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	kinds, err := s.linkedFor(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	stores := 0
	for _, conn := range conns {
		if kinds[conn.ID].store() {
			stores++
		}
	}
	scopes := []Scope{{kpi.Whole, ""}}
	for _, conn := range conns {
		if kinds[conn.ID].account() {
			scopes = append(scopes, Scope{kpi.Scope{Connection: conn.ID, Account: true}, conn.Name})
		}
		if !kinds[conn.ID].store() {
			continue
		}
		if stores > 1 {
			scopes = append(scopes, Scope{kpi.Scope{Connection: conn.ID}, conn.Name})
		}
		channels, err := s.channels(ctx, merchantID, conn.ID)
		if err != nil {
			return nil, err
		}
		if len(channels) < 2 {
			continue
		}
		for _, channel := range channels {
			scopes = append(scopes, Scope{kpi.Scope{Connection: conn.ID, Channel: channel}, conn.Name + ", " + channel})
		}
	}
	return scopes, nil
}

// linkedFor says what a connection is linked for, as far as its streams and its grant tell.
type linkedFor struct{ orders, spend, other, barred bool }

// store says whether a connection is one: it has orders, or nothing that would make it something else.
func (l linkedFor) store() bool { return l.orders || !l.spend && !l.other && !l.barred }

// account says whether a connection is an ad account: one that may not be read is one, where it is nothing else.
func (l linkedFor) account() bool { return l.spend || l.barred && !l.orders && !l.other }

func (s *Store) linkedFor(ctx context.Context, merchantID int64) (map[int64]linkedFor, error) {
	kinds := make(map[int64]linkedFor)
	err := s.each(ctx, func(scan func(...any) error) error {
		var id int64
		var name string
		var granted bool
		if err := scan(&id, &name, &granted); err != nil {
			return err
		}
		k := kinds[id]
		switch {
		case name == ordersStream:
			k.orders = k.orders || granted
		case name == kpi.SpendStream && !granted:
			k.barred = true
		case name == kpi.SpendStream:
			k.spend = true
		case granted:
			k.other = k.other || slices.Contains(leadStreams, name)
		}
		kinds[id] = k
		return nil
	}, "SELECT connection_id, stream, TRUE FROM streams WHERE merchant_id = ? UNION ALL SELECT connection_id, capability, granted FROM capabilities WHERE merchant_id = ?",
		merchantID, merchantID)
	return kinds, err
}

// channels are those of a connection in which there were orders.
func (s *Store) channels(ctx context.Context, merchantID, connectionID int64) ([]string, error) {
	var sold []string
	err := s.each(ctx, func(scan func(...any) error) error {
		var channel string
		err := scan(&channel)
		if channel != count.Whole && channel != "" {
			sold = append(sold, channel)
		}
		return err
	}, allChannels+` SELECT channel FROM c WHERE channel IS NOT NULL
		AND EXISTS (SELECT 1 FROM totals t WHERE t.merchant_id = ? AND t.connection_id = ? AND t.channel = c.channel AND t.measure = ?)`,
		merchantID, connectionID, merchantID, connectionID, merchantID, connectionID, string(kpi.Orders))
	return sold, err
}

// Estimated says whether sales of a period took the unit cost that was read first, for want of one of their day.
func (c *Counter) Estimated(p period.Period) bool {
	if c.merchant.CostsHistory != "current" {
		return false
	}
	for _, src := range c.sources {
		if src.costs == 0 || p.From < src.costs {
			return true
		}
	}
	return false
}
