package main

import (
	"github.com/spf13/cobra"

	"fourfold/internal/book"
	"fourfold/internal/export"
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
			book, err := a.book(cmd.Context(), req)
			if err != nil {
				return err
			}
			if asJSON {
				return a.json(shapes.ScorecardOf(book))
			}
			return export.Terminal(a.stdout, book, export.TermOptions{Colour: a.terminal(a.stdout)})
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.BoolVar(&all, "all", false, "every KPI, not only the starter set and what has a target")
	f.BoolVar(&asJSON, "json", false, "as JSON")
	f.StringVar(&scope, "scope", "", "store:1 or channel:1/pos; the whole merchant if left out")
	return cmd
}
