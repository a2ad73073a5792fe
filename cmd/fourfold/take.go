package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// takeConfig hands what the configuration says of each merchant, and its targets, to the store, from which alone jobs read. A merchant
// that it names and that does not exist is no reason to keep the others waiting: it is logged.
func (a *app) takeConfig(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	all, err := a.merchants(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if err := a.take(ctx, m, c.Of(m.Name, len(all) == 1)); err != nil {
			return err
		}
	}
	for _, text := range strangers(c, all) {
		a.logger().Warn(text)
	}
	return nil
}

// takeOne is takeConfig for the merchant that the command is about, if there is one yet.
func (a *app) takeOne(ctx context.Context) error {
	m, ok, err := a.merchant(ctx)
	if err != nil || !ok {
		return err
	}
	c, err := a.settings(ctx, m)
	if err != nil {
		return err
	}
	return a.take(ctx, m, c)
}

// take hands what the configuration says of a merchant to the store. What it does not say stays as it was set.
func (a *app) take(ctx context.Context, m store.Merchant, c config.Config) error {
	now := m
	for _, s := range merchantSettings {
		if _, ok := c.Says(s.path); ok {
			s.take(&now, c)
		}
	}
	if err := a.changeMerchant(ctx, m, now); err != nil {
		return err
	}
	if err := a.takeRates(ctx, now, c); err != nil {
		return err
	}
	return a.takeTargets(ctx, now, c)
}

// takeRates links the exchange rates of the configuration, or changes them. Those that it does not name stay as they were linked.
func (a *app) takeRates(ctx context.Context, m store.Merchant, c config.Config) error {
	if c.FixedRates == "" || !worker.HasBasis(m) {
		return nil
	}
	rates, err := a.connector(fixedRates)
	if err != nil {
		return err
	}
	given := map[string]string{connectors.FieldCurrency: m.Currency, "rates": c.FixedRates}
	fields, err := link.Check(rates, given)
	if err != nil {
		return usage(fmt.Errorf("rates.fixed: %w", err))
	}
	grants, err := a.db.Grants(ctx, m.ID)
	if err != nil {
		return err
	}
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		linked := slices.ContainsFunc(conns, func(k store.Connection) bool { return k.GrantID == g.ID && k.State == store.StateActive })
		if g.Connector == fixedRates && linked && maps.Equal(g.Fields, fields) {
			return nil
		}
	}
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	g, err := w.Linker.LinkOpen(ctx, m.ID, rates, given)
	if err != nil {
		return err
	}
	infos, err := w.Accounts(ctx, rates, g)
	if err != nil {
		return err
	}
	_, err = w.Take(ctx, m, rates, g, infos)
	return err
}

// fixedRates is the connector of exchange rates that the merchant fixed.
const fixedRates = "fixed_rates"

// changeMerchant stores what is set for a merchant, and works out what follows from it.
func (a *app) changeMerchant(ctx context.Context, was, now store.Merchant) error {
	if now == was {
		return nil
	}
	if err := a.db.UpdateMerchant(ctx, was, now); err != nil {
		return err
	}
	if now.CostsHistory != was.CostsHistory {
		return a.recount(ctx, now)
	}
	return nil
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
func (a *app) takeTargets(ctx context.Context, m store.Merchant, c config.Config) error {
	if len(c.Targets) == 0 {
		return nil
	}
	loc, err := m.Location()
	if err != nil {
		return err
	}
	for _, t := range c.Targets {
		if t.From == 0 {
			t.From = period.On(a.now(), loc)
		}
		judged, err := a.judged(ctx, m, t)
		if err != nil {
			return err
		}
		if !judged {
			continue
		}
		if _, err := a.db.PutTarget(ctx, m.ID, t); err != nil {
			return err
		}
	}
	return nil
}

// judged says whether there is something that a configured target judges. Where there is not, or not yet, that keeps nothing else waiting: it is logged.
func (a *app) judged(ctx context.Context, m store.Merchant, t kpi.Target) (bool, error) {
	if t.Scope == kpi.Whole {
		return true, nil
	}
	err := a.scopeExists(ctx, m, t.Scope)
	var unknown usageError
	if errors.As(err, &unknown) {
		a.logger().Warn("the configuration has a target for what is not there", "merchant", m.Name, "kpi", t.KPI, "why", err)
		return false, nil
	}
	return err == nil, err
}
