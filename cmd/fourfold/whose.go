package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// merchantFlag is for every command that is about one merchant, and for those below it.
func (a *app) merchantFlag(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&a.only, "merchant", "", "whose; needed only where there are several")
}

// merchant is the one that the command is about: the one that --merchant names, or the only one. ok is false before the first link.
func (a *app) merchant(ctx context.Context) (m store.Merchant, ok bool, err error) {
	db, err := a.store(ctx)
	if err != nil {
		return m, false, err
	}
	all, err := db.Merchants(ctx)
	if err != nil {
		return m, false, err
	}
	switch {
	case a.only != "":
		m, err = byName(all, a.only)
		return m, err == nil, err
	case len(all) == 0:
		return m, false, nil
	case len(all) > 1:
		return m, false, usage(fmt.Errorf("there are several merchants: say which with --merchant NAME; there are: %s", names(all)))
	}
	return all[0], true, nil
}

// byName is the merchant of a name, however it is written.
func byName(all []store.Merchant, name string) (store.Merchant, error) {
	for _, m := range all {
		if strings.EqualFold(m.Name, name) {
			return m, nil
		}
	}
	if len(all) == 0 {
		return store.Merchant{}, usage(fmt.Errorf("there is no merchant %q yet: fourfold merchant add %s", name, quoted(name)))
	}
	return store.Merchant{}, usage(fmt.Errorf("there is no merchant %q; there are: %s", name, names(all)))
}

// names lists merchants for a message that must stay readable.
func names(all []store.Merchant) string {
	const most = 20
	var list []string
	for _, m := range all[:min(len(all), most)] {
		list = append(list, quoted(m.Name))
	}
	slices.Sort(list)
	if len(all) > most {
		list = append(list, fmt.Sprintf("and %d more (fourfold merchant list)", len(all)-most))
	}
	return strings.Join(list, ", ")
}

// quoted is a name as it is typed on a command line.
func quoted(name string) string { return worker.Quoted(name) }

var errNotLinked = errors.New("no store is linked: fourfold link shopify --shop NAME (or `fourfold demo` to look around)")

// notLinked is errNotLinked, said of one of several merchants.
func (a *app) notLinked(ctx context.Context, m store.Merchant) error {
	if a.isOnly(ctx, m) {
		return errNotLinked
	}
	return fmt.Errorf("no store of %s is linked: %s", m.Name, a.next(ctx, m, linkOne))
}

// linkOne is the command that links a store.
const linkOne = "link shopify --shop NAME"

// next is a command line to go on with about a merchant: with the name, where there are others.
func (a *app) next(ctx context.Context, m store.Merchant, command string) string {
	if a.isOnly(ctx, m) {
		return "fourfold " + command
	}
	return "fourfold " + command + " --merchant " + quoted(m.Name)
}

// isOnly says whether there is no other merchant, as far as can be seen.
func (a *app) isOnly(ctx context.Context, m store.Merchant) bool {
	all, err := a.merchants(ctx)
	return err != nil || m.Name == "" || !slices.ContainsFunc(all, func(o store.Merchant) bool { return o.ID != m.ID })
}

// linked is the merchant, or an error that says how to link a store. Its stores may all have been unlinked or forgotten since.
func (a *app) linked(ctx context.Context) (*store.Store, store.Merchant, error) {
	m, ok, err := a.merchant(ctx)
	if err != nil {
		return nil, m, err
	}
	if !ok {
		return nil, m, errNotLinked
	}
	return a.db, m, nil
}

// pullable is linked, for what is of use only with a store to pull from.
func (a *app) pullable(ctx context.Context) (*store.Store, store.Merchant, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return nil, m, err
	}
	if m.State == store.StatePaused {
		return nil, m, fmt.Errorf("%s is paused, and nothing is pulled: fourfold merchant resume %s", m.Name, quoted(m.Name))
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return nil, m, err
	}
	if !slices.ContainsFunc(conns, func(c store.Connection) bool { return c.State == store.StateActive }) {
		return nil, m, a.notLinked(ctx, m)
	}
	return db, m, nil
}

// settings is the configuration of a merchant.
func (a *app) settings(ctx context.Context, m store.Merchant) (config.Config, error) {
	c, err := a.config()
	if err != nil {
		return c, err
	}
	all, err := a.merchants(ctx)
	return c.Of(m.Name, len(all) <= 1), err
}

func (a *app) merchants(ctx context.Context) ([]store.Merchant, error) {
	db, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	return db.Merchants(ctx)
}
