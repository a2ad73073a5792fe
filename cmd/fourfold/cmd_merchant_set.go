package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/store"
)

func addMerchantCommand(a *app) *cobra.Command {
	flags := merchantFlags{}
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a merchant, to link stores for",
		Long: `What is not given is taken from what the configuration says below
merchants.NAME, then from merchant and costs of its top level; currency and zone
that nobody gave are those of the first store.`,
		Example: `  fourfold merchant add "Tea & Co." --currency GBP --zone Europe/London
  fourfold merchant add coffee --schedule "0 2 * * *" --since 2024-01-01`,
		Args: takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, name := cmd.Context(), args[0]
			if err := config.CheckName(name); err != nil {
				return usage(err)
			}
			all, err := a.merchants(ctx)
			if err != nil {
				return err
			}
			top, err := a.config()
			if err != nil {
				return err
			}
			m := a.asConfigured(name, top)
			if err := flags.apply(cmd, &m, top.Of(name, false), a.now()); err != nil {
				return err
			}
			if err := a.addMerchant(ctx, m, all); err != nil {
				return err
			}
			m, err = a.merchantNamed(ctx, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Added %s.\n\nNext: %s\n", name, a.next(ctx, m, linkOne))
			return nil
		},
	}
	flags.add(cmd, "name")
	return cmd
}

// addMerchant adds a merchant. One without a name is what a first link left that nobody agreed to: the new one takes its place.
func (a *app) addMerchant(ctx context.Context, m store.Merchant, all []store.Merchant) error {
	for _, old := range all {
		if old.Name == "" {
			m.ID, m.State = old.ID, old.State
			return taken(a.db.UpdateMerchant(ctx, old, m))
		}
	}
	_, err := a.db.CreateMerchant(ctx, m)
	return taken(err)
}

// taken makes a name that another merchant has a fault of the command line.
func taken(err error) error {
	if errors.Is(err, store.ErrTaken) {
		return usage(fmt.Errorf("%w: fourfold merchant list", err))
	}
	return err
}

func setMerchantCommand(a *app) *cobra.Command {
	flags := merchantFlags{}
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Change what is set for a merchant",
		Long: `Only what is given changes. What the configuration says of the merchant is
refused: it would be set again by the next pull. Days that are over keep the cut
of the zone that held then, and published values their currency. With other
costs, all totals are worked out anew.`,
		Example: `  fourfold merchant set "Tea & Co." --schedule "0 2 * * *"
  fourfold merchant set coffee --name "Coffee Ltd" --week-starts sunday`,
		Args: takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			was, err := a.merchantNamed(ctx, args[0])
			if err != nil {
				return err
			}
			c, err := a.settings(ctx, was)
			if err != nil {
				return err
			}
			now := was
			if err := flags.apply(cmd, &now, c, a.now()); err != nil {
				return err
			}
			if names, places := c.Named(); !strings.EqualFold(now.Name, was.Name) {
				for i, name := range names {
					if strings.EqualFold(name, was.Name) {
						return usage(fmt.Errorf("--name: %s is about %s; rename it there first", places[i], was.Name))
					}
				}
			}
			if now == was {
				return usage(errors.New("nothing would change: say what to set, such as --zone Europe/Berlin"))
			}
			if err := taken(a.changeMerchant(ctx, was, now)); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Set for %s.\n", now.Name)
			if now.Since != was.Since {
				a.sayReach(ctx, now)
			}
			return nil
		},
	}
	flags.add(cmd)
	return cmd
}

// sayReach says what becomes of a changed since: it is the first pull's, of a store that there is already it changes nothing.
func (a *app) sayReach(ctx context.Context, m store.Merchant) {
	if conns, err := a.db.Connections(ctx, m.ID); err == nil && len(conns) == 0 {
		return
	}
	if m.Since == 0 {
		fmt.Fprintln(a.stdout, "What was read stays. To reach further back, say how far: "+a.next(ctx, m, "backfill --since DAY"))
		return
	}
	fmt.Fprintf(a.stdout, "What was read stays. A day before it takes effect with: %s\n", a.next(ctx, m, "backfill --since "+m.Since.String()))
}

func pauseMerchantCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "pause NAME",
		Short:   "No nights and no pulls until it is resumed; all stays",
		Long:    "A link that is not used for long may end at the provider; then link it again.",
		Example: "  fourfold merchant pause coffee",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setState(cmd.Context(), args[0], store.StatePaused, "%s is paused: fourfold merchant resume %s\n")
		},
	}
}

func resumeMerchantCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "resume NAME",
		Short:   "Nights again; what was missed is caught up once",
		Example: "  fourfold merchant resume coffee",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setState(cmd.Context(), args[0], store.StateActive, "%s is active: its next night comes by itself, or now: fourfold pull --merchant %s\n")
		},
	}
}

func (a *app) setState(ctx context.Context, name, state, said string) error {
	m, err := a.merchantNamed(ctx, name)
	if err != nil {
		return err
	}
	was := m
	m.State = state
	if err := a.db.UpdateMerchant(ctx, was, m); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, said, m.Name, quoted(m.Name))
	return nil
}
