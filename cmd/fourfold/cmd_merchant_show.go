package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

func showMerchantCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "What is set for a merchant, where, and its stores",
		Example: "  fourfold merchant show \"Tea & Co.\"",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			m, err := a.merchantNamed(ctx, args[0])
			if err != nil {
				return err
			}
			c, err := a.settings(ctx, m)
			if err != nil {
				return err
			}
			l := listMerchant(m, c)
			attribute(&l, m, c)
			if l.Stores, err = a.listStores(ctx, m); err != nil {
				return err
			}
			if asJSON {
				return a.json(l)
			}
			a.printMerchant(l)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// attribute says what the configuration sets for a merchant, and what of it was not taken yet: run, pull, link and backfill take it.
func attribute(l *shapes.Merchant, m store.Merchant, c config.Config) {
	l.Configured, l.Waiting = map[string]string{}, map[string]string{}
	for _, s := range merchantSettings {
		place, ok := c.Says(s.path)
		if !ok {
			continue
		}
		l.Configured[s.flag] = place
		then := m
		if s.take(&then, c); then != m {
			l.Waiting[s.flag] = s.show(then)
		}
	}
}

// merchantNamed is the merchant that an argument names.
func (a *app) merchantNamed(ctx context.Context, name string) (store.Merchant, error) {
	all, err := a.merchants(ctx)
	if err != nil {
		return store.Merchant{}, err
	}
	return byName(all, name)
}

func (a *app) listStores(ctx context.Context, m store.Merchant) ([]shapes.Store, error) {
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var all []shapes.Store
	for _, conn := range conns {
		address, err := a.address(ctx, conn)
		if err != nil {
			return nil, err
		}
		all = append(all, shapes.Store{ID: conn.ID, Name: conn.Name, Connector: conn.Connector, Address: address, Currency: conn.Currency, Zone: conn.Zone, State: conn.State,
			Webhooks: a.hookAddress(conn)})
	}
	return all, nil
}

func (a *app) printMerchant(l shapes.Merchant) {
	t := newTable("Setting", "Value", "Set in")
	for _, row := range [][2]string{{"name", l.Name}, {"state", l.State}, {"currency", l.Currency}, {"zone", l.Zone}, {"week-starts", l.Week},
		{"fiscal-year-starts", l.Fiscal}, {"schedule", l.Schedule}, {"since", l.Since}, {"costs", l.Costs}} {
		place := l.Configured[row[0]]
		if waiting, ok := l.Waiting[row[0]]; ok {
			place = fmt.Sprintf("not yet: %s says %s, from the next pull on", place, waiting)
		}
		t.AppendRow(table.Row{row[0], row[1], place})
	}
	for _, s := range l.Stores {
		t.AppendRow(table.Row{fmt.Sprintf("store %d", s.ID), fmt.Sprintf("%s (%s, %s, %s), %s", s.Name, s.Address, s.Currency, s.Zone, s.State), ""})
		if s.Webhooks != "" {
			t.AppendRow(table.Row{"  its webhooks", s.Webhooks, ""})
		}
	}
	a.printTable(t)
}
