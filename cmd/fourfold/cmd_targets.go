package main

import (
	"fmt"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/shapes"
	"fourfold/kpi"
)

func targetsCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "Where green and red start: list, set, remove, CSV out and in",
		Long: `A target belongs to a KPI, a length of period and, if need be, a store or
channel, from a day on. A change is a new version: periods that closed before
keep the version they were judged by. What is open is judged by it at once.

A month's target of an additive KPI, such as net_sales, stands for days, weeks,
quarters and years too, spread by last year's shape, unless they have one of
their own.`,
		Example: `  fourfold targets
  fourfold targets set net_sales --green 50000 --red 45000
  fourfold targets set aov --green 65 --from 2027-01-01 --reason "budget 2027"
  fourfold targets set product_return_rate_units --green 6% --red 9%
  fourfold targets set days_of_inventory --grain week --range 20,30,60,90
  fourfold targets export targets.csv
  fourfold targets import targets.csv`,
		Args: noCommand,
	}
	var asJSON, all bool
	a.merchantFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&all, "all", false, "all versions, also those that hold no more")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		db, m, err := a.linked(cmd.Context())
		if err != nil {
			return err
		}
		targets, err := db.Targets(cmd.Context(), m.ID)
		if err != nil {
			return err
		}
		if !all {
			today, err := a.today(m)
			if err != nil {
				return err
			}
			targets = kpi.Standing(targets, today)
		}
		if asJSON {
			return a.json(shapes.Targets(targets))
		}
		a.printTargets(targets)
		return nil
	}
	cmd.AddCommand(setTargetCommand(a), removeTargetCommand(a), exportTargetsCommand(a), importTargetsCommand(a))
	return cmd
}

func (a *app) printTargets(targets []kpi.Target) {
	if len(targets) == 0 {
		fmt.Fprintln(a.stdout, "There are no targets yet: fourfold targets set net_sales --green 50000")
		return
	}
	t := newTable("KPI", "Grain", "From", "Green", "Red", "Scope", "By", "Reason")
	for _, x := range targets {
		green, red := num(x.Anchors.Green), num(x.Anchors.Red)
		switch {
		case x.Ends():
			green, red = "ended", ""
		case x.Anchors.Range:
			green = num(x.Anchors.GreenLow) + " to " + num(x.Anchors.GreenHigh)
			red = "<" + num(x.Anchors.RedLow) + ", >" + num(x.Anchors.RedHigh)
		}
		t.AppendRow(table.Row{x.KPI, x.Grain, x.From.String(), green, red, x.Scope.String(), x.By, x.Reason})
	}
	a.printTable(t)
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
