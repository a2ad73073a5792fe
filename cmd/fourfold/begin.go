package main

import (
	"context"
	"errors"

	"fourfold/config"
	"fourfold/internal/store"
)

// beginMerchant makes the merchant that somebody named on the pages, as `fourfold merchant add` does. A name that cannot be had is a fault.
func (a *app) beginMerchant(ctx context.Context, name string) (m store.Merchant, fault string, err error) {
	if bad := config.CheckName(name); bad != nil { // the page says it in words of its own
		return m, "That cannot be its name: use some letters, not too many, without space around them.", nil //nolint:nilerr // a fault of what was typed is none of ours
	}
	all, err := a.merchants(ctx)
	if err != nil {
		return m, "", err
	}
	top, err := a.config()
	if err != nil {
		return m, "", err
	}
	m = a.asConfigured(name, top)
	err = a.addMerchant(ctx, m, all)
	if errors.Is(err, store.ErrTaken) {
		return m, "Another merchant has that name.", nil
	}
	if err != nil {
		return m, "", err
	}
	m, err = a.merchantNamed(ctx, name)
	return m, "", err
}

// asConfigured is a new merchant as the configuration has it below its name, and at its top level.
func (a *app) asConfigured(name string, top config.Config) store.Merchant {
	c, m := top.Of(name, false), newMerchant(name, top)
	for _, s := range merchantSettings {
		if _, ok := c.Says(s.path); ok && s.flag != "name" {
			s.take(&m, c)
		}
	}
	return m
}
