package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// targetFlags are what names a target's series.
type targetFlags struct{ grain, scope, from, reason string }

func (f *targetFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.grain, "grain", "month", "day, week, month, quarter or year")
	cmd.Flags().StringVar(&f.scope, "scope", "", "store:1, channel:1/pos or account:5; the whole merchant if left out")
	cmd.Flags().StringVar(&f.from, "from", "", "valid from this day on; today if left out")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, for people")
}

func (f *targetFlags) target(id string, today period.Day) (kpi.Target, error) {
	t := kpi.Target{KPI: kpi.ID(id), Grain: period.Grain(f.grain), From: today, Reason: f.reason}
	var errScope, errFrom error
	t.Scope, errScope = kpi.ParseScope(f.scope)
	if f.from != "" {
		t.From, errFrom = period.ParseDay(f.from)
	}
	return t, errors.Join(errScope, errFrom)
}

// ours refuses a target that the configuration holds: every pull would set it again as the file has it.
func (a *app) ours(ctx context.Context, m store.Merchant, t kpi.Target) error {
	c, err := a.settings(ctx, m)
	if err != nil {
		return err
	}
	if err := t.HeldBy(c.Targets, c.Path); err != nil {
		return usage(err)
	}
	return nil
}

// putTargets stores targets, and judges by them what is open. Whatever goes wrong in judging, the next pull judges again.
func (a *app) putTargets(ctx context.Context, db *store.Store, m store.Merchant, targets []kpi.Target) ([]kpi.Target, error) {
	put, err := db.PutTargets(ctx, m.ID, store.ActorCommand, targets)
	if err != nil {
		return nil, err
	}
	w := worker.Worker{Store: db, Catalogue: kpi.Catalogue(), Now: a.now}
	if _, err := w.Rejudge(ctx, m, put); err != nil && !errors.Is(err, store.ErrMissing) { // nothing linked, nothing to judge
		a.logger().Warn("what is open is judged by the new targets with the next pull", "error", err)
	}
	return put, nil
}

func setTargetCommand(a *app) *cobra.Command {
	var f targetFlags
	var green, red, between string
	cmd := &cobra.Command{
		Use:     "set KPI",
		Short:   "Set a target, or change one: a new version from a day on",
		Example: "  fourfold targets set net_sales --green 50000 --red 45000\n  fourfold targets set days_of_inventory --range 20,30,60,90",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			today, err := a.today(m)
			if err != nil {
				return err
			}
			t, err := f.target(args[0], today)
			if err != nil {
				return usage(err)
			}
			if t.Anchors, err = anchors(t.KPI, green, red, between); err != nil {
				return usage(err)
			}
			if err := errors.Join(t.Check(kpi.Catalogue())...); err != nil {
				return usage(err)
			}
			if err := a.scopeExists(ctx, m, t.Scope); err != nil {
				return err
			}
			if err := a.ours(ctx, m, t); err != nil {
				return err
			}
			put, err := a.putTargets(ctx, db, m, []kpi.Target{t})
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Set, version %d: %s, from %s. Periods that closed before keep their colour.\n", put[0].Version, understood(put[0], m), put[0].From)
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&green, "green", "", "where green starts, such as 50000 or 6%")
	cmd.Flags().StringVar(&red, "red", "", "where red starts; a tenth short of green if left out, where that means something")
	cmd.Flags().StringVar(&between, "range", "", "for what is best in between: low red, low green, high green, high red")
	return cmd
}

// understood repeats a target as people read it: who typed 3 for 3 % sees 300 %.
func understood(t kpi.Target, m store.Merchant) string {
	k, _ := kpi.Find(kpi.Catalogue(), t.KPI)
	say := func(v float64) string {
		switch text := locale.Of("en").Typed(v, k.Unit == kpi.Ratio || k.Unit == kpi.Percent); {
		case k.Unit == kpi.Money && m.Currency != "":
			return export.Say(export.InUnit(k.Unit, v, m.Currency))
		case k.Unit == kpi.Days:
			return text + " days"
		case k.Unit == kpi.Hours:
			return text + " h"
		default:
			return text
		}
	}
	of, x := k.Title+" of a "+string(t.Grain), t.Anchors
	switch {
	case x.Range:
		return fmt.Sprintf("%s from %s to %s, red < %s and > %s", of, say(x.GreenLow), say(x.GreenHigh), say(x.RedLow), say(x.RedHigh))
	case x.Green > x.Red:
		return fmt.Sprintf("%s ≥ %s, red ≤ %s", of, say(x.Green), say(x.Red))
	}
	return fmt.Sprintf("%s ≤ %s, red ≥ %s", of, say(x.Green), say(x.Red))
}

func anchors(id kpi.ID, green, red, between string) (kpi.Anchors, error) {
	k, known := kpi.Find(kpi.Catalogue(), id)
	if between != "" {
		parts := strings.Split(between, ",")
		if len(parts) != 4 {
			return kpi.Anchors{}, errors.New("--range takes four numbers from low red to high red, such as 20,30,60,90")
		}
		a := kpi.Anchors{Range: true}
		for i, place := range []*float64{&a.RedLow, &a.GreenLow, &a.GreenHigh, &a.RedHigh} {
			n, err := config.Threshold(k, parts[i])
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
	g, err := config.Threshold(k, green)
	if err != nil {
		return kpi.Anchors{}, err
	}
	var r *float64
	if red != "" {
		n, err := config.Threshold(k, red)
		if err != nil {
			return kpi.Anchors{}, err
		}
		r = &n
	}
	if !known {
		return kpi.Anchors{Green: g}, nil // Check says so
	}
	return kpi.Fill(k, g, r)
}

func removeTargetCommand(a *app) *cobra.Command {
	var f targetFlags
	cmd := &cobra.Command{
		Use:     "remove KPI",
		Short:   "End a target from a day on; what it judged keeps its colour",
		Example: "  fourfold targets remove aov --grain month",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			today, err := a.today(m)
			if err != nil {
				return err
			}
			t, err := f.target(args[0], today)
			if err != nil {
				return usage(err)
			}
			if err := a.ours(ctx, m, t); err != nil {
				return err
			}
			targets, err := db.Targets(ctx, m.ID)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(kpi.Standing(targets, today), func(o kpi.Target) bool { return t.SameSeries(o) }) {
				return usage(fmt.Errorf("there is no target of %s for a %s there: `fourfold targets` lists them", t.KPI, t.Grain))
			}
			if _, err := a.putTargets(ctx, db, m, []kpi.Target{t}); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Ended from %s on.\n", t.From)
			return nil
		},
	}
	f.add(cmd)
	return cmd
}
