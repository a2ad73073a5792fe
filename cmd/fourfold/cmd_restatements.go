package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// restatedShown is how many restated periods are listed unless all are asked for.
const restatedShown = 30

func restatementsCommand(a *app) *cobra.Command {
	var all, asJSON bool
	var scope string
	cmd := &cobra.Command{
		Use:   "restatements [PERIOD]",
		Short: "Published values that came out differently later, and why",
		Long: `What was published stays beside what became known later: a refund that came
late, an order that was edited, cancelled or deleted, an order of a day that was
complete, customers that were merged, a unit cost, a provider's own revision.
Without a PERIOD, each restated period is summed up in a line, the latest first;
with one (see fourfold show --help), its KPIs with both values, the difference,
when and why.`,
		Example: `  fourfold restatements
  fourfold restatements 2026-10
  fourfold restatements last-week --all
  fourfold restatements --json`,
		Args: takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := kpi.ParseScope(scope)
			if err != nil {
				return usage(err)
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			m, periods, err := a.restatements(cmd.Context(), s, name)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.json(shapes.Restatements{Merchant: m.Name, Currency: m.Currency, Scope: s.String(), Periods: periods})
			case len(periods) == 0:
				fmt.Fprintln(a.stdout, "Nothing that was published came out differently later.")
			case name != "":
				a.printRestated(periods[0], m, all)
			default:
				a.printRestatedPeriods(periods, all)
			}
			return nil
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.BoolVar(&all, "all", false, "every period, or every KPI of the period; else the latest periods, or the starter set and what has a target")
	f.BoolVar(&asJSON, "json", false, "as JSON, with every period and KPI")
	f.StringVar(&scope, "scope", "", "store:1, channel:1/pos or account:5; the whole merchant if left out")
	return cmd
}

// restatements sums up by period what was restated of a scope: of the period that is named, or of all.
func (a *app) restatements(ctx context.Context, scope kpi.Scope, name string) (m store.Merchant, periods []shapes.RestatedPeriod, err error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return m, nil, err
	}
	if err := a.scopeExists(ctx, m, scope); scope != kpi.Whole && err != nil {
		return m, nil, err
	}
	q := store.RestatementQuery{Scope: &scope}
	var at period.Period
	if name != "" {
		today, err := a.today(m)
		if err != nil {
			return m, nil, err
		}
		if at, err = period.Parse(name, today, m.Calendar); err != nil {
			return m, nil, usage(err)
		}
		q.Period = at.Name
	}
	found, err := db.Restatements(ctx, m.ID, q)
	if err == nil && len(found) == 0 && name != "" {
		err = a.askedOf(ctx, m, a.books().OutOfReach(ctx, m, at))
	}
	return m, shapes.RestatedPeriods(found), err
}

func (a *app) printRestatedPeriods(periods []shapes.RestatedPeriod, all bool) {
	shown := periods
	if !all {
		shown = periods[:min(len(periods), restatedShown)]
	}
	t := newTable("Period", "KPIs", "Last restated", "Why, with how many KPIs")
	for _, p := range shown {
		t.AppendRow(table.Row{p.Period, len(p.KPIs), p.Last.UTC().Format(time.DateOnly), p.Causes()})
	}
	a.printTable(t)
	if more := len(periods) - len(shown); more > 0 {
		fmt.Fprintf(a.stdout, "\nand %d earlier periods: --all\n", more)
	}
}

func (a *app) printRestated(p shapes.RestatedPeriod, m store.Merchant, all bool) {
	fmt.Fprintf(a.stdout, "%s of %s: %d of its published values came out differently later\n(%s)\n", p.Period, m.Name, len(p.KPIs), p.Causes())
	hidden := 0
	for _, k := range p.KPIs {
		if !all && !k.Def.Starter && k.Row.Latest.TargetID == 0 {
			hidden++
			continue
		}
		was, is, by := export.Restated(k.Def, k.Row.Published, k.Row.Latest)
		fmt.Fprintf(a.stdout, "\n%s\n", k.Title)
		line := fmt.Sprintf("published %s %s, now %s", k.Closed.UTC().Format(time.DateOnly), export.Say(was), export.Say(is))
		if by != nil {
			line += " (" + signed(export.Say(by)) + ")"
		}
		fold(a.stdout, "  ", line)
		for _, because := range k.Because {
			fold(a.stdout, "  ", because)
		}
	}
	if hidden > 0 {
		fmt.Fprintf(a.stdout, "\nand %d outside the starter set and without a target: --all\n", hidden)
	}
}

// signed writes a difference with its sign.
func signed(text string) string {
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") || strings.Trim(text, "0.,%p ") == "" {
		return text
	}
	return "+" + text
}
