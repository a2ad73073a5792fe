package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"fourfold/config"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/internal/web"
	"fourfold/internal/worker"
)

// serveSite answers what comes by HTTP until ctx ends: webhooks, and the pages where pages says so. served waits for the end. Where nobody
// has set an address and the usual one is taken, this process serves nothing.
func (a *app) serveSite(ctx context.Context, w *worker.Worker, pages bool) (served func() error, err error) {
	none := func() error { return nil }
	c, err := a.config()
	if err != nil {
		return none, err
	}
	_, said := c.Says("listen")
	if c.Listen == "" || !said && !pages {
		return none, nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil && !said {
		w.Log.Warn("the pages are not served: somebody else listens there; free the port, or set listen", "listen", c.Listen)
		return none, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w; free the port, or change listen in the configuration", err)
	}
	handler := a.hooks(w)
	if pages {
		site := a.site(ctx, w, c, handler)
		if err := a.tellFirst(ctx, site); err != nil {
			_ = ln.Close()
			return nil, err
		}
		handler = site.Handler()
	}
	w.Log.Info("serving", "listen", ln.Addr().String(), "address", c.Base(), "pages", pages)
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, ln, handler, w.Log) }()
	return func() error {
		if ctx.Err() == nil {
			return nil // the engine has failed: there is nobody to follow hints
		}
		return <-ended
	}, nil
}

// site ties the pages to what they show and bring about.
func (a *app) site(ctx context.Context, w *worker.Worker, c config.Config, hooks http.Handler) *web.Site {
	site := &web.Site{
		Store: w.Store, Linker: w.Linker, Books: a.books(), Connectors: w.Connectors, Now: w.Now, Log: w.Log, Base: c.Base(), Hooks: hooks,
		Status: func(ctx context.Context, m store.Merchant) (shapes.Status, error) { return a.statusOf(ctx, w, m) },
		Listed: func(m store.Merchant) shapes.Merchant { return listMerchant(m, c) },
		Judge:  a.judgeSoon(w), FileTargets: a.fileTargets, Arriving: web.Arriving{Apps: a.appsAt, NewMerchant: a.newcomer},
	}
	site.Destinations, site.Post = a.destinations, a.post(c)
	a.linking(ctx, w, site)
	return site
}

// tellFirst prints the address for the first password, where nobody signs in yet. It goes to a person, and not into the log.
func (a *app) tellFirst(ctx context.Context, site *web.Site) error {
	some, err := site.Store.AnyPerson(ctx)
	if err != nil || some {
		return err
	}
	address, err := site.Begin()
	if err == nil {
		fmt.Fprintf(a.stdout, "Nobody signs in yet. Open this address to choose a password; it is good once, and for a day:\n\n  %s\n\n", address)
	}
	return err
}
