package main

import (
	"context"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// takeConfig hands what the configuration says of the merchant and of its targets to the store, from which alone jobs read.
func (a *app) takeConfig(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	m, ok, err := a.merchant(ctx)
	if err != nil || !ok {
		return err
	}
	now := m
	if c.Merchant.Name != "" {
		now.Name = c.Merchant.Name
	}
	if c.Merchant.Currency != "" {
		now.Currency = c.Merchant.Currency
	}
	if c.Merchant.Zone != "" {
		now.Zone = c.Merchant.Zone
	}
	now.Calendar, now.CostsHistory = c.Merchant.Calendar, c.Costs.History
	if now != m {
		if err := a.db.UpdateMerchant(ctx, now); err != nil {
			return err
		}
	}
	if now.CostsHistory != m.CostsHistory {
		if err := a.recount(ctx, m); err != nil {
			return err
		}
	}
	return a.takeTargets(ctx)
}

// recount works the totals out anew, by another rule of what goods cost before their cost was first read.
func (a *app) recount(ctx context.Context, m store.Merchant) error {
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		if !conn.Derived {
			continue
		}
		if err := a.db.RebuildFor(ctx, m.ID, conn.ID, kpi.CauseCost); err != nil {
			return err
		}
	}
	return nil
}

// takeTargets hands the configured targets to the store, which makes a new version of what differs. Targets that the file does not
// name are left alone: they were set elsewhere.
func (a *app) takeTargets(ctx context.Context) error {
	c, err := a.config()
	if err != nil || len(c.Targets) == 0 {
		return err
	}
	m, ok, err := a.merchant(ctx)
	if err != nil || !ok {
		return err
	}
	loc, err := m.Location()
	if err != nil {
		return err
	}
	for _, t := range c.Targets {
		if t.From == 0 {
			t.From = period.On(a.now(), loc)
		}
		if _, err := a.db.PutTarget(ctx, m.ID, t); err != nil {
			return err
		}
	}
	return nil
}
