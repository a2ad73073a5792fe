package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Counter answers what was counted for one scope: any measure over any window. Totals are read when a window asks for their days, with
// the context the Counter was made with; it is therefore for one job, and not for several goroutines.
type Counter struct {
	ctx      context.Context // of the job the Counter was made for
	store    *Store
	merchant Merchant
	zone     *time.Location
	scope    kpi.Scope
	sources  []*source
	rates    map[string][]rate
	opened   period.Day // the first day of anything counted, where there are no orders
	through  period.Day // the first day that is not told of, in what is being counted
	ownCosts bool       // the merchant tells unit costs
	err      error
}

// source is one connection of the scope with what is needed of it.
type source struct {
	connection   Connection
	streams      map[string]StreamState
	capabilities map[string]connectors.Capability
	channels     []string   // with totals
	first        period.Day // with orders; zero if there are none
	stocked      period.Day // the first with a reading of stock; zero if there is none
	costs        period.Day // of the first unit cost read; zero if there is none
	plain        *stretches[*plain]
	final        map[period.Days]map[string]period.Day // until when days are provisional, by stream
	links        *links
	products     *products
	adopted      map[string]int64 // adopters by launched product
}

// Counter counts for a scope.
func (s *Store) Counter(ctx context.Context, merchantID int64, scope kpi.Scope) (*Counter, error) {
	c := &Counter{ctx: ctx, store: s, scope: scope}
	err := s.look(ctx, func(ctx context.Context, t *tx) error { return c.load(ctx, t, merchantID) })
	if err != nil {
		return nil, fmt.Errorf("read what was counted: %w", err)
	}
	return c, nil
}

func (c *Counter) load(ctx context.Context, t *tx, merchantID int64) error {
	var ids []int64
	err := t.each(ctx, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		if c.scope.Connection == 0 || c.scope.Connection == id {
			ids = append(ids, id)
		}
		return err
	}, "SELECT id FROM connections WHERE merchant_id = ? ORDER BY id", merchantID)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return fmt.Errorf("scope %q: %w: nothing is linked for it", c.scope, ErrMissing)
	}
	for _, id := range ids {
		acc, err := t.account(ctx, merchantID, id)
		if err != nil {
			return err
		}
		c.merchant = acc.merchant
		src := &source{connection: acc.connection, streams: make(map[string]StreamState), capabilities: make(map[string]connectors.Capability),
			plain: newStretches(ofTwoYears, func(days period.Days) *plain {
				return &plain{days: days, daily: make(map[kpi.Measure]*daily), bins: make(map[kpi.Measure][]binned)}
			})}
		src.links, src.products = c.linksOf(src), c.productsOf(src)
		if err := src.states(ctx, t); err != nil {
			return err
		}
		if src.channels, err = t.channelsIn(ctx, acc.connection); err != nil {
			return err
		}
		if src.first, err = c.firstDay(ctx, t, src, kpi.Orders); err != nil {
			return err
		}
		if src.stocked, err = c.firstDay(ctx, t, src, kpi.StockReadings); err != nil {
			return err
		}
		c.sources = append(c.sources, src)
	}
	if c.zone, err = c.merchant.Location(); err != nil {
		return err
	}
	if c.rates, err = t.ratesTo(ctx, c.merchant); err != nil {
		return err
	}
	var one int
	if c.ownCosts, err = t.one(ctx, []any{&one}, "SELECT 1 FROM sku_costs WHERE merchant_id = ? LIMIT 1", merchantID); err != nil {
		return err
	}
	if c.First() != 0 {
		return nil
	}
	for _, src := range c.sources {
		for _, info := range kpi.AllMeasures {
			if info.Shape != kpi.Additive {
				continue
			}
			day, err := c.firstDay(ctx, t, src, info.Measure)
			if err != nil {
				return err
			}
			c.opened = earlier(c.opened, day)
		}
	}
	return nil
}

// earlier is the earlier one of two days, of which a zero one is none.
func earlier(a, b period.Day) period.Day {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// later reads what was not read at once.
func (c *Counter) later(read func(ctx context.Context, t *tx) error) {
	if err := c.store.look(c.ctx, read); err != nil && c.err == nil {
		c.err = err
	}
}

// states reads where the source's streams stand and what its grant allows.
func (src *source) states(ctx context.Context, t *tx) error {
	merchant, connection := src.connection.MerchantID, src.connection.ID
	err := t.each(ctx, func(scan func(...any) error) error {
		st, err := scanStream(scan)
		src.streams[st.Stream] = st
		return err
	}, "SELECT "+streamColumns+" FROM streams WHERE merchant_id = ? AND connection_id = ?", merchant, connection)
	if err != nil {
		return err
	}
	var costs sql.NullString
	if _, err := t.one(ctx, []any{&costs}, "SELECT MIN(day) FROM cost_readings WHERE merchant_id = ? AND connection_id = ?", merchant, connection); err != nil {
		return err
	}
	if costs.Valid {
		if src.costs, err = period.ParseDay(costs.String); err != nil {
			return err
		}
	}
	return t.each(ctx, func(scan func(...any) error) error {
		var k connectors.Capability
		var since instant
		err := scan(&k.ID, &k.Granted, &since)
		k.Since = since.Time
		src.capabilities[k.ID] = k
		return err
	}, "SELECT capability, granted, since FROM capabilities WHERE merchant_id = ? AND connection_id = ?", merchant, connection)
}

// Merchant is whom the counter counts for.
func (c *Counter) Merchant() Merchant { return c.merchant }

// Err is what went wrong while figures were worked out; those it concerns are gaps.
func (c *Counter) Err() error { return c.err }

func (c *Counter) day(t time.Time) period.Day {
	if t.IsZero() {
		return 0
	}
	return period.On(t, c.zone)
}

// First is the first day with orders; where there are none, or none that may be seen, of anything that was counted; zero if nothing was.
func (c *Counter) First() period.Day {
	first := c.opened
	for _, src := range c.sources {
		first = earlier(first, src.first)
	}
	return first
}
