package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func privacyEraseCommand(a *app) *cobra.Command {
	var which about
	var yes bool
	cmd := &cobra.Command{
		Use:     "erase",
		Short:   "Erase a store with all its facts, as forget does",
		Long:    `What a provider asks for some time after its app was removed from a store.`,
		Example: "  fourfold privacy erase --connection example.myshopify.com",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := which.find(cmd.Context(), a)
			if err != nil {
				return err
			}
			return a.erase(cmd.Context(), conn, yes)
		},
	}
	which.store(cmd.Flags())
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// erase erases a connection, once its name was typed or where yes says that nobody is to be asked.
func (a *app) erase(ctx context.Context, conn store.Connection, yes bool) error {
	if !yes {
		fmt.Fprintf(a.stdout, "This erases %s and everything pulled from it. Type its name to go on: ", conn.Name)
		name, err := a.line(ctx)
		if ctx.Err() != nil {
			return err
		}
		if err != nil || name != conn.Name {
			return usage(fmt.Errorf("nothing was erased; give the name %q, or --yes", conn.Name))
		}
	}
	l, err := a.linker(ctx)
	if err != nil {
		return err
	}
	if err := l.EraseTokens(ctx, conn); err != nil {
		return err
	}
	if err := a.db.EraseConnection(ctx, conn.MerchantID, conn.ID, store.ActorCommand); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Erased %s.\n", conn.Name)
	return nil
}
