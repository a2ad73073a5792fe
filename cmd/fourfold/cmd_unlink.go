package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func unlinkCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "unlink STORE",
		Short: "Stop pulling from a store; what was pulled stays",
		Long: `STORE is the shop's address, or the number or name that doctor shows; an ad
account's own number, or a file's name. Its tokens are erased here, unless other
accounts live on them; remove the app at the provider too. With google-sheets it
stops writing to the spreadsheet, which stays as it is.`,
		Example: "  fourfold unlink example.myshopify.com\n  fourfold unlink 1\n  fourfold unlink 5550001111\n  fourfold unlink google-sheets",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if a.isDestination(connectorID(args[0])) {
				return a.leaveDestinations(ctx, args[0])
			}
			conn, err := a.connection(ctx, args[0])
			if err != nil {
				return err
			}
			l, err := a.linker(ctx)
			if err != nil {
				return err
			}
			if err := l.Unlink(ctx, conn); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Unlinked %s. Its history stays; link it again to go on, or erase it with: fourfold forget %d\n", conn.Name, conn.ID)
			return nil
		},
	}
	a.merchantFlag(cmd)
	return cmd
}

func forgetCommand(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget STORE",
		Short: "Erase a store with all its facts",
		Long: `Erases the connection, its tokens, facts, totals, cursors, proofs, and the
snapshots and targets of its scopes. Snapshots of the whole merchant stay; where
other stores are left, the next night judges them again without this one. Asks
for the store's name first, unless --yes is given.`,
		Example: "  fourfold forget example.myshopify.com\n  fourfold forget 1 --yes",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			conn, err := a.connection(ctx, args[0])
			if err != nil {
				return err
			}
			return a.erase(ctx, conn, yes)
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// connection finds a connection by its number, its shop's address, its account or its name.
func (a *app) connection(ctx context.Context, text string) (store.Connection, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return store.Connection{}, err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return store.Connection{}, err
	}
	if len(conns) == 0 {
		return store.Connection{}, a.notLinked(ctx, m)
	}
	var all, meant []string
	var found store.Connection
	for _, c := range conns {
		shop, err := a.address(ctx, c)
		if err != nil {
			return store.Connection{}, err
		}
		name := fmt.Sprintf("%d (%s)", c.ID, shop)
		if shop == c.AccountID {
			name = fmt.Sprintf("%d (%s, %s)", c.ID, c.AccountID, c.Name)
		}
		if fmt.Sprint(c.ID) == text {
			return c, nil
		}
		all = append(all, name)
		if slices.Contains([]string{shop, strings.TrimSuffix(shop, ".myshopify.com"), c.Name}, text) || isAccount(c.AccountID, text) {
			meant, found = append(meant, name), c
		}
	}
	switch len(meant) {
	case 0:
		return found, usage(fmt.Errorf("there is no store or account %q; there are: %s", text, strings.Join(all, ", ")))
	case 1:
		return found, nil
	}
	return store.Connection{}, usage(fmt.Errorf("%q may be %s: say which by its number", text, strings.Join(meant, " or ")))
}

// address is where a connection's requests go, as people know the store; its account's ID if the login names no shop.
func (a *app) address(ctx context.Context, conn store.Connection) (string, error) {
	grants, err := a.db.Grants(ctx, conn.MerchantID)
	if err != nil {
		return "", err
	}
	for _, g := range grants {
		if g.ID == conn.GrantID && g.Fields["shop"] != "" {
			return g.Fields["shop"], nil
		}
	}
	return conn.AccountID, nil
}
