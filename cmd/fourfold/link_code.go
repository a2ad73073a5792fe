package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
)

const waitForConsent = 10 * time.Minute

func (a *app) linkByCode(ctx context.Context, l *link.Linker, m store.Merchant, c connectors.Connector, app connectors.App, given map[string]string, how linking) (store.Grant, error) {
	cfg, err := a.settings(ctx, m)
	if err != nil {
		return store.Grant{}, err
	}
	redirect := cfg.App(c.ID).Callback
	var wait *callback
	if !how.paste {
		if wait, err = listenForCallback(ctx, c.ID, redirect, how.listen, a.logger()); err != nil {
			return store.Grant{}, err
		}
		defer wait.close()
		redirect = wait.address
	}
	p, err := l.Begin(m.ID, c, app, given, redirect)
	if err != nil {
		return store.Grant{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, waitForConsent)
	defer cancel()
	var g store.Grant
	if how.paste {
		g, err = a.pasted(ctx, l, p, redirect)
	} else {
		a.showPage(ctx, p.URL, how.noBrowser)
		g, err = wait.complete(ctx, l, p)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return g, errors.New("nobody came back from the provider within 10 minutes: run the command again")
	}
	return g, err
}

func (a *app) showPage(ctx context.Context, page string, noBrowser bool) {
	if a.browse != nil {
		fmt.Fprintf(a.stdout, "This address is opened and agreed to:\n\n  %s\n\n", page)
		go a.browse(ctx, page)
		return
	}
	fmt.Fprintf(a.stdout, "Open this address and agree:\n\n  %s\n\nWaiting up to 10 minutes…\n", page)
	if !noBrowser && a.terminal(a.stdout) {
		openBrowser(ctx, page)
	}
}

// pasted takes the address that the browser landed on from the person: for callbacks that lead nowhere, since the provider wants a public
// address and there is none.
func (a *app) pasted(ctx context.Context, l *link.Linker, p *link.Pending, redirect string) (store.Grant, error) {
	fmt.Fprintf(a.stdout, "Open this address and agree:\n\n  %s\n\nThe browser then goes to %s and may show an error; that is fine.\nCopy the whole address from its address bar and paste it here:\n", p.URL, redirect)
	for {
		text, err := a.line(ctx)
		if errors.Is(err, io.EOF) {
			return store.Grant{}, usage(errors.New("no address was pasted"))
		}
		if err != nil {
			return store.Grant{}, err
		}
		landed, err := p.Pasted(text)
		if err != nil {
			fmt.Fprintf(a.stdout, "%v:\n", err)
			continue
		}
		return l.Complete(ctx, p, landed)
	}
}
