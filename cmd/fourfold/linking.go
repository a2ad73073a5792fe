package main

import (
	"cmp"
	"context"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/web"
	"fourfold/internal/worker"
)

// linking ties the pages on which accounts are linked to the worker and the configuration.
func (a *app) linking(ctx context.Context, w *worker.Worker, site *web.Site) {
	site.App, site.BeginMerchant = a.appOf, a.beginMerchant
	site.Accounts, site.Probe, site.Subscribe = w.Accounts, w.Probe, w.Subscribe
	site.Take = func(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) ([]store.Connection, error) {
		conns, err := w.Take(ctx, m, c, g, infos)
		if err != nil {
			return nil, err
		}
		// What the configuration says of a merchant can be taken once the first store has given it a time zone.
		if m, err = a.db.Merchant(ctx, m.ID); err != nil {
			return nil, err
		}
		set, err := a.settings(ctx, m)
		if err != nil {
			return nil, err
		}
		return conns, a.take(ctx, m, set)
	}
	site.Linking.Since = func(ctx context.Context, m store.Merchant) (period.Day, string, error) {
		c, err := a.settings(ctx, m)
		if err != nil {
			return 0, "", err
		}
		if place, ok := c.Says("since"); ok {
			return c.Since, place, nil
		}
		return cmp.Or(m.Since, w.Since), "", nil
	}
	site.Pull = func(ctx context.Context, m store.Merchant) error { return w.AskNight(ctx, m.ID) }
	site.Stopping = ctx.Done()
	w.Progress = func(p worker.Progress) {
		site.Progress.Tell(web.Step{
			Merchant: p.Connection.MerchantID, Connection: p.Connection.ID, Job: p.Job, Text: p.Text, Records: p.Records, Done: p.Done, Total: p.Total, Finished: p.Finished,
		}, w.Now())
	}
}

// appOf is a merchant's own app at a connector as it is configured; zero where it is not.
func (a *app) appOf(ctx context.Context, merchantID int64, connector string) connectors.App {
	m, err := a.db.Merchant(ctx, merchantID)
	if err != nil {
		return connectors.App{}
	}
	c, err := a.connector(connector)
	if err != nil {
		return connectors.App{}
	}
	app, err := a.appIfAny(ctx, m, c)
	if err != nil {
		return connectors.App{}
	}
	return app
}
