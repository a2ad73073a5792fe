package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"fourfold/connectors"
	"fourfold/internal/store"
	"fourfold/internal/web"
	"fourfold/internal/worker"
)

// hookAddress is where a store's webhooks come in; "" where this installation has no public address.
func (a *app) hookAddress(conn store.Connection) string {
	c, err := a.config()
	if err != nil || c.PublicURL == "" {
		return ""
	}
	return web.HookAddress(c.PublicURL, conn)
}

// hooks is what takes webhooks, tied to what they bring about.
func (a *app) hooks(w *worker.Worker) http.Handler {
	h := &web.Hooks{
		Store: w.Store, Linker: w.Linker, Connectors: w.Connectors, Now: w.Now, Log: w.Log, Privacy: a.asTheLawAsks, Count: w.Metrics.Webhook,
		App: a.appOf,
	}
	return h.Handler()
}

// asTheLawAsks does what a provider passes on. What was done before is done already.
func (a *app) asTheLawAsks(ctx context.Context, c store.Connection, p connectors.Privacy) (err error) {
	switch p.Kind {
	case connectors.PrivacyData:
		// What is held is for the merchant to answer with, by a command: it goes to nobody over the network.
		_, err = a.db.ReportCustomer(ctx, c.MerchantID, c.ID, p.Customer, store.ActorWebhook)
	case connectors.PrivacyCustomer:
		_, err = a.db.RedactCustomer(ctx, c.MerchantID, c.ID, p.Customer, store.ActorWebhook)
	case connectors.PrivacyAccount:
		err = a.db.EraseConnection(ctx, c.MerchantID, c.ID, store.ActorWebhook)
		if errors.Is(err, store.ErrMissing) {
			return nil
		}
	default:
		return fmt.Errorf("requests of kind %q are not known", p.Kind)
	}
	return err
}
