package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/period"
	"fourfold/kpi"
)

func targetsCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "Where green and red start: list, set, remove, CSV out and in again",
		Long: `A target belongs to a KPI, a length of period and, if need be, a store or channel, from a day on. A change is a new version:
periods that closed before keep the version they were judged by.

A month's target of an additive KPI (net_sales, orders) stands for days, weeks, quarters and years too, spread by last
year's shape, unless they have one of their own.`,
		Example: `  fourfold targets
  fourfold targets set net_sales --green 50000 --red 45000
  fourfold targets set product_return_rate_units --green 6% --red 9% --grain month --from 2026-12-01 --reason "budget"
  fourfold targets set days_of_inventory --grain week --range 20,30,60,90
  fourfold targets export targets.csv
  fourfold targets import targets.csv`,
		Args: noArgs,
	}
	var asJSON, all bool
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&all, "all", false, "earlier versions too")
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
			targets = inForce(targets)
		}
		if asJSON {
			return a.json(targets)
		}
		return a.printTargets(targets)
	}
	cmd.AddCommand(setTargetCommand(a), removeTargetCommand(a), exportTargetsCommand(a), importTargetsCommand(a))
	return cmd
}

// inForce keeps the last version of each target, without those that were removed.
func inForce(all []kpi.Target) []kpi.Target {
	var some []kpi.Target
	for i, t := range all {
		newer := slices.ContainsFunc(all[i+1:], func(o kpi.Target) bool { return sameSeries(t, o) && o.Version > t.Version })
		if !newer && t.Anchors != (kpi.Anchors{}) {
			some = append(some, t)
		}
	}
	return some
}

func sameSeries(a, b kpi.Target) bool {
	return a.KPI == b.KPI && a.Scope == b.Scope && a.Grain == b.Grain
}

func (a *app) printTargets(targets []kpi.Target) error {
	if len(targets) == 0 {
		fmt.Fprintln(a.stdout, "There are no targets yet: fourfold targets set net_sales --green 50000")
		return nil
	}
	t := table.NewWriter()
	t.SetStyle(plainTable)
	t.AppendHeader(table.Row{"KPI", "Scope", "Period", "From", "Green", "Red", "Reason"})
	for _, x := range targets {
		green, red := num(x.Anchors.Green), num(x.Anchors.Red)
		if x.Anchors.Range {
			green = num(x.Anchors.GreenLow) + " to " + num(x.Anchors.GreenHigh)
			red = "below " + num(x.Anchors.RedLow) + ", above " + num(x.Anchors.RedHigh)
		}
		t.AppendRow(table.Row{x.KPI, x.Scope.String(), x.Grain, x.From.String(), green, red, x.Reason})
	}
	fmt.Fprintln(a.stdout, t.Render())
	return nil
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

var plainTable = func() table.Style {
	s := table.StyleDefault
	s.Options = table.OptionsNoBordersAndSeparators
	s.Box.PaddingLeft, s.Box.PaddingRight = "", "  "
	return s
}()

// targetFlags are what names a target's series.
type targetFlags struct{ grain, scope, from, reason string }

func (f *targetFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.grain, "grain", "month", "day, week, month, quarter or year")
	cmd.Flags().StringVar(&f.scope, "scope", "", "store:1 or channel:1/pos; the whole merchant if left out")
	cmd.Flags().StringVar(&f.from, "from", "", "valid from this day on; today if left out")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, for people")
}

func (f *targetFlags) target(a *app, id string, today period.Day) (kpi.Target, error) {
	t := kpi.Target{KPI: kpi.ID(id), Grain: period.Grain(f.grain), From: today, Reason: f.reason}
	var errScope, errFrom error
	t.Scope, errScope = kpi.ParseScope(f.scope)
	if f.from != "" {
		t.From, errFrom = period.ParseDay(f.from)
	}
	return t, errors.Join(errScope, errFrom)
}

func setTargetCommand(a *app) *cobra.Command {
	var f targetFlags
	var green, red, between string
	cmd := &cobra.Command{
		Use:     "set KPI",
		Short:   "Set a target, or change one: a new version from a day on",
		Example: "  fourfold targets set net_sales --green 50000 --red 45000\n  fourfold targets set days_of_inventory --range 20,30,60,90",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			loc, err := m.Location()
			if err != nil {
				return err
			}
			t, err := f.target(a, args[0], period.On(a.now(), loc))
			if err != nil {
				return usage(err)
			}
			if t.Anchors, err = anchors(t.KPI, green, red, between); err != nil {
				return usage(err)
			}
			if err := errors.Join(t.Check(kpi.Catalogue())...); err != nil {
				return usage(err)
			}
			t, err = db.PutTarget(ctx, m.ID, t)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Set, version %d, from %s. Periods that closed before keep their colour.\n", t.Version, t.From)
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&green, "green", "", "where green starts, such as 50000 or 6%")
	cmd.Flags().StringVar(&red, "red", "", "where red starts; a tenth short of green if left out, where that means something")
	cmd.Flags().StringVar(&between, "range", "", "for a KPI that is best within a range: RED_LOW,GREEN_LOW,GREEN_HIGH,RED_HIGH")
	return cmd
}

func anchors(id kpi.ID, green, red, between string) (kpi.Anchors, error) {
	if between != "" {
		parts := strings.Split(between, ",")
		if len(parts) != 4 {
			return kpi.Anchors{}, errors.New("--range takes four numbers from low red to high red, such as 20,30,60,90")
		}
		a := kpi.Anchors{Range: true}
		for i, place := range []*float64{&a.RedLow, &a.GreenLow, &a.GreenHigh, &a.RedHigh} {
			n, err := parseNumber(parts[i])
			if err != nil {
				return a, err
			}
			*place = n
		}
		return a, nil
	}
	if green == "" {
		return kpi.Anchors{}, errors.New("say where green starts with --green, or give a --range")
	}
	g, err := parseNumber(green)
	if err != nil {
		return kpi.Anchors{}, err
	}
	var r *float64
	if red != "" {
		n, err := parseNumber(red)
		if err != nil {
			return kpi.Anchors{}, err
		}
		r = &n
	}
	k, ok := kpi.Find(kpi.Catalogue(), id)
	if !ok {
		return kpi.Anchors{Green: g}, nil // Check says so
	}
	return kpi.Fill(k, g, r)
}

func parseNumber(s string) (float64, error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number: write 50000, 0.06 or 6%%", s)
	}
	if percent {
		n /= 100
	}
	return n, nil
}

func removeTargetCommand(a *app) *cobra.Command {
	var f targetFlags
	cmd := &cobra.Command{
		Use:     "remove KPI",
		Short:   "End a target from a day on; what it judged keeps its colour",
		Example: "  fourfold targets remove aov --grain month",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			loc, err := m.Location()
			if err != nil {
				return err
			}
			t, err := f.target(a, args[0], period.On(a.now(), loc))
			if err != nil {
				return usage(err)
			}
			targets, err := db.Targets(ctx, m.ID)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(inForce(targets), func(o kpi.Target) bool { return sameSeries(t, o) }) {
				return usage(fmt.Errorf("there is no target of %s for a %s there: `fourfold targets` lists them", t.KPI, t.Grain))
			}
			if err := db.RemoveTarget(ctx, m.ID, t.KPI, t.Scope, t.Grain, t.From, t.Reason); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Ended from %s on.\n", t.From)
			return nil
		},
	}
	f.add(cmd)
	return cmd
}

func exportTargetsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "export [FILE]",
		Short:   "Write all versions as CSV; to standard output if no file is named",
		Example: "  fourfold targets export targets.csv",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, m, err := a.linked(cmd.Context())
			if err != nil {
				return err
			}
			targets, err := db.Targets(cmd.Context(), m.ID)
			if err != nil {
				return err
			}
			write := func(w io.Writer) error { return kpi.WriteTargets(w, targets) }
			if len(args) == 0 {
				return write(a.stdout)
			}
			return writeFile(args[0], write)
		},
	}
}

func importTargetsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "import FILE",
		Short:   "Read targets from CSV: what differs from what is there becomes a new version; all or nothing",
		Example: "  fourfold targets import targets.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("targets: %w", err)
			}
			defer func() { _ = f.Close() }()
			read, err := kpi.ReadTargets(f, kpi.Catalogue())
			if err != nil {
				return usage(fmt.Errorf("%s: %w", args[0], err))
			}
			there, err := db.Targets(ctx, m.ID)
			if err != nil {
				return err
			}
			var fresh []kpi.Target
			for _, t := range read {
				known := slices.ContainsFunc(there, func(o kpi.Target) bool {
					return sameSeries(t, o) && o.From == t.From && o.Anchors == t.Anchors && o.Reason == t.Reason
				})
				if !known {
					fresh = append(fresh, t)
				}
			}
			for _, t := range fresh {
				if t.Anchors == (kpi.Anchors{}) {
					if err := db.RemoveTarget(ctx, m.ID, t.KPI, t.Scope, t.Grain, t.From, t.Reason); err != nil {
						return err
					}
					continue
				}
				if _, err := db.PutTarget(ctx, m.ID, t); err != nil {
					return err
				}
			}
			fmt.Fprintf(a.stdout, "%d read, %d of them new.\n", len(read), len(fresh))
			return nil
		},
	}
}
