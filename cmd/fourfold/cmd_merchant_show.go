package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

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
			l.Configured = map[string]string{}
			for _, s := range merchantSettings {
				if place, ok := c.Says(s.path); ok {
					l.Configured[s.flag] = place
				}
			}
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

// merchantNamed is the merchant that an argument names.
func (a *app) merchantNamed(ctx context.Context, name string) (store.Merchant, error) {
	all, err := a.merchants(ctx)
	if err != nil {
		return store.Merchant{}, err
	}
	return byName(all, name)
}

func (a *app) listStores(ctx context.Context, m store.Merchant) ([]listedStore, error) {
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var all []listedStore
	for _, conn := range conns {
		address, err := a.address(ctx, conn)
		if err != nil {
			return nil, err
		}
		all = append(all, listedStore{ID: conn.ID, Name: conn.Name, Connector: conn.Connector, Address: address, Currency: conn.Currency, Zone: conn.Zone, State: conn.State})
	}
	return all, nil
}

func (a *app) printMerchant(l listedMerchant) {
	t := newTable("Setting", "Value", "Set in")
	for _, row := range [][2]string{{"name", l.Name}, {"state", l.State}, {"currency", l.Currency}, {"zone", l.Zone}, {"week-starts", l.Week},
		{"fiscal-year-starts", l.Fiscal}, {"schedule", l.Schedule}, {"since", l.Since}, {"costs", l.Costs}} {
		t.AppendRow(table.Row{row[0], row[1], l.Configured[row[0]]})
	}
	for _, s := range l.Stores {
		t.AppendRow(table.Row{fmt.Sprintf("store %d", s.ID), fmt.Sprintf("%s (%s, %s, %s), %s", s.Name, s.Address, s.Currency, s.Zone, s.State), ""})
	}
	a.printTable(t)
}
