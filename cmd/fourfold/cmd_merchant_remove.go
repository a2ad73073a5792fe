package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func removeMerchantCommand(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Erase a merchant with everything of theirs",
		Long: `Erases the merchant's settings, links and tokens, stores, facts, totals, targets
and snapshots. Only the audit stays: what was done at the law's or a person's
request, without names of customers. Asks for the merchant's name first, unless
--yes is given. Remove the app in each store's admin too.`,
		Example: "  fourfold merchant remove coffee\n  fourfold merchant remove coffee --yes",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			m, err := a.merchantNamed(ctx, args[0])
			if err != nil {
				return err
			}
			if !yes {
				fmt.Fprintf(a.stdout, "This erases %s with all stores, facts, targets and snapshots. Type its name to go on: ", m.Name)
				name, err := a.line(ctx)
				if ctx.Err() != nil {
					return err
				}
				if err != nil || name != m.Name {
					return usage(fmt.Errorf("nothing was erased; give the name %q, or --yes", m.Name))
				}
			}
			if err := a.db.RemoveMerchant(ctx, m.ID, store.ActorCommand); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Erased %s.\n", m.Name)
			c, err := a.config()
			if err != nil {
				return err
			}
			names, places := c.Named()
			for i, name := range names {
				if strings.EqualFold(name, m.Name) {
					fmt.Fprintf(a.stdout, "%s is still about it: take it out.\n", places[i])
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
