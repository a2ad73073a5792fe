package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// appsAt are the apps at a connector that the configuration names: the installation's, and those of single merchants.
func (a *app) appsAt(connector string) (own connectors.App, others []connectors.App) {
	c, err := a.config()
	if err != nil {
		return own, nil // it was read when the program began
	}
	own = connectorApp(c.App(connector))
	names, _ := c.Named()
	for _, name := range names {
		if app := connectorApp(c.Of(name, false).App(connector)); app.ClientID != own.ClientID && app.ClientID != "" {
			others = append(others, app)
		}
	}
	return own, others
}

// newcomer makes the merchant of somebody who has come by themselves, with the first of the names that nobody has. What the configuration
// says of a merchant was not meant for them, though it is their name.
func (a *app) newcomer(ctx context.Context, names ...string) (store.Merchant, error) {
	c, err := a.config()
	if err != nil {
		return store.Merchant{}, err
	}
	meant, _ := c.Named()
	meant = append(meant, c.Merchant.Name)
	for _, name := range names {
		if slices.ContainsFunc(meant, func(other string) bool { return strings.EqualFold(other, name) }) {
			continue
		}
		m, err := a.db.CreateMerchant(ctx, store.Merchant{Name: name, Calendar: c.Merchant.Calendar, CostsHistory: c.Costs.History})
		if !errors.Is(err, store.ErrTaken) {
			return m, err
		}
	}
	return store.Merchant{}, store.ErrTaken
}
