package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fourfold/internal/store"
)

func privacyCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "What the law lets a customer or a store ask for",
		Long: `A provider passes such requests on as webhooks. Where Fourfold has no public
URL they come by e-mail, and are answered with these commands. Of a customer
Fourfold holds the provider's ID, dates and orders: no name, no address, nothing
else that tells who it is.`,
		Example: "  fourfold privacy report --customer 6940095564\n  fourfold privacy redact --customer 6940095564",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.merchantFlag(cmd)
	cmd.AddCommand(privacyReportCommand(a), privacyRedactCommand(a), privacyEraseCommand(a))
	return cmd
}

// about names a customer of a store.
type about struct{ connection, customer string }

func (p *about) store(flags *pflag.FlagSet) {
	flags.StringVar(&p.connection, "connection", "", "the store: its address, or the number or name that doctor shows")
}

func (p *about) flags(flags *pflag.FlagSet) {
	p.store(flags)
	flags.StringVar(&p.customer, "customer", "", "the provider's ID of the customer: the number in its address in the store's admin")
}

// find checks the flags and finds the store; the only one need not be named.
func (p *about) find(ctx context.Context, a *app) (store.Connection, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return store.Connection{}, err
	}
	if p.connection != "" {
		return a.connection(ctx, p.connection)
	}
	conns, err := db.Connections(ctx, m.ID)
	switch {
	case err != nil:
		return store.Connection{}, err
	case len(conns) == 0:
		return store.Connection{}, a.notLinked(ctx, m)
	case len(conns) > 1:
		return store.Connection{}, usage(fmt.Errorf("there are %d stores: say which with --connection", len(conns)))
	}
	return conns[0], nil
}

// findCustomer is find for a request about a customer. IDs are numbers at the providers there are, and may come with what kind of a
// thing it is before them: gid://shopify/Customer/7.
func (p *about) findCustomer(ctx context.Context, a *app) (store.Connection, error) {
	p.customer = strings.TrimPrefix(strings.TrimSpace(p.customer), "gid://shopify/Customer/")
	if p.customer == "" || strings.Trim(p.customer, "0123456789") != "" {
		return store.Connection{}, usage(errors.New("--customer is no customer's ID: give the number that stands in the customer's address in the store's admin"))
	}
	return p.find(ctx, a)
}
