package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/period"
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
			targets = standing(targets, today)
		}
		if asJSON {
			return a.json(listed(targets))
		}
		a.printTargets(targets)
		return nil
	}
	cmd.AddCommand(setTargetCommand(a), removeTargetCommand(a), exportTargetsCommand(a), importTargetsCommand(a))
	return cmd
}

// standing keeps the versions that hold today, and those that will.
func standing(all []kpi.Target, today period.Day) []kpi.Target {
	var some []kpi.Target
	for _, t := range all {
		replaced := slices.ContainsFunc(all, func(o kpi.Target) bool {
			later := o.From > t.From || o.From == t.From && o.Version > t.Version
			return t.SameSeries(o) && later && (o.From == t.From || o.From <= today)
		})
		over := t.Ends() && t.From <= today
		if !replaced && !over {
			some = append(some, t)
		}
	}
	return some
}

// listedTarget is a target as scripts read it.
type listedTarget struct {
	KPI     kpi.ID       `json:"kpi"`
	Scope   string       `json:"scope"` // empty for the whole merchant
	Grain   period.Grain `json:"grain"`
	From    period.Day   `json:"from"`
	Version int          `json:"version"`
	Ended   bool         `json:"ended,omitempty"` // no target any more from this day on
	Green   *float64     `json:"green,omitempty"`
	Red     *float64     `json:"red,omitempty"`
	Range   []float64    `json:"range,omitempty"` // low red, low green, high green, high red
	Reason  string       `json:"reason,omitempty"`
	By      string       `json:"by,omitempty"` // who set it on the pages; empty for the configuration or a command
	At      time.Time    `json:"at"`
}

func listed(targets []kpi.Target) []listedTarget {
	all := make([]listedTarget, 0, len(targets))
	for _, t := range targets {
		l := listedTarget{KPI: t.KPI, Scope: t.Scope.String(), Grain: t.Grain, From: t.From, Version: t.Version, Reason: t.Reason, By: t.By, At: t.At.UTC()}
		switch x := t.Anchors; {
		case x == kpi.Anchors{}:
			l.Ended = true
		case x.Range:
			l.Range = []float64{x.RedLow, x.GreenLow, x.GreenHigh, x.RedHigh}
		default:
			l.Green, l.Red = &x.Green, &x.Red
		}
		all = append(all, l)
	}
	return all
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
