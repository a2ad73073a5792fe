package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/kpi"
)

func showCommand(a *app) *cobra.Command {
	var all, asJSON bool
	var scope string
	cmd := &cobra.Command{
		Use:   "show [PERIOD]",
		Short: "The scorecard of a period: the starter set, or every KPI",
		Long: `PERIOD is 2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026, or yesterday, this-week,
last-week, this-month, last-month and so on; the last month if left out. What is
shown are the snapshots as they were kept.`,
		Example: `  fourfold show
  fourfold show last-week --all
  fourfold show 2026-Q3 --scope channel:1/pos
  fourfold show --scope account:5
  fourfold show --json`,
		Args: takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := book.Request{All: all}
			if len(args) > 0 {
				req.Period = args[0]
			}
			s, err := kpi.ParseScope(scope)
			if err != nil {
				return usage(err)
			}
			req.Scope = &s
			req.All = all || s.Account // of the starter set nothing is told of an ad account
			book, err := a.book(cmd.Context(), req)
			if err != nil {
				return err
			}
			if asJSON {
				return a.json(shapes.ScorecardOf(book))
			}
			if err := a.explain(cmd.Context(), &book, s); err != nil {
				return err
			}
			return export.Terminal(a.stdout, book, export.TermOptions{Colour: a.terminal(a.stdout)})
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.BoolVar(&all, "all", false, "every KPI, not only the starter set and what has a target")
	f.BoolVar(&asJSON, "json", false, "as JSON")
	f.StringVar(&scope, "scope", "", "store:1, channel:1/pos or account:5; the whole merchant if left out")
	return cmd
}

// explain says of whom a scorecard is that is not of the whole, and up to when its figures may change: there is no room for it in each line.
func (a *app) explain(ctx context.Context, b *export.Book, s kpi.Scope) error {
	_, m, err := a.linked(ctx)
	if err != nil {
		return err
	}
	scopes, err := a.db.Scopes(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, named := range scopes {
		if s != kpi.Whole && named.Scope == s {
			b.Merchant += ": " + named.Title
		}
	}
	var final period.Day
	for _, e := range b.Cards[0].Scorecard.Entries {
		if e.Value.Has && (b.All || e.KPI.Starter || e.Target != nil) {
			final = max(final, e.Final)
		}
	}
	today, err := a.today(m)
	if err != nil {
		return err
	}
	if final > today {
		b.Notes = append(b.Notes, fmt.Sprintf("What ads cost, and what rests on it, is provisional until %s: platforms change their figures for a while.", final))
	}
	return nil
}
