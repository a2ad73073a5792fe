package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fourfold/internal/export"
	"fourfold/internal/period"
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
			req := bookRequest{all: all}
			if len(args) > 0 {
				req.period = args[0]
			}
			s, err := kpi.ParseScope(scope)
			if err != nil {
				return usage(err)
			}
			req.scope = &s
			req.all = all || s.Account // of the starter set nothing is told of an ad account
			book, err := a.book(cmd.Context(), req)
			if err != nil {
				return err
			}
			if asJSON {
				return a.json(shown(book))
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

// shownCard is a scorecard as scripts read it.
type shownCard struct {
	Merchant   string       `json:"merchant"`
	Currency   string       `json:"currency"`
	Scope      string       `json:"scope"`
	Period     string       `json:"period"`
	From       string       `json:"from"`
	To         string       `json:"to"` // first day after the period
	Running    bool         `json:"running"`
	CompleteTo time.Time    `json:"complete_to"`
	KPIs       []shownKPI   `json:"kpis"`
	Rollups    []shownScore `json:"perspectives"`
}

type shownKPI struct {
	ID       kpi.ID     `json:"id"`
	Title    string     `json:"title"`
	Value    *float64   `json:"value"` // null where there is none; see gap
	Unit     kpi.Unit   `json:"unit"`
	Gap      kpi.Gap    `json:"gap,omitempty"`
	GapText  string     `json:"gap_text,omitempty"`
	Final    string     `json:"provisional_until,omitempty"` // the first day on which sources no longer change the value
	Coverage float64    `json:"coverage"`
	Status   kpi.Status `json:"status"`
	Score    *float64   `json:"score"`
	Green    *float64   `json:"green,omitempty"`
	Red      *float64   `json:"red,omitempty"`
}

type shownScore struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Score    *float64   `json:"score"`
	Status   kpi.Status `json:"status"`
	Coverage float64    `json:"coverage"`
	Worst    kpi.ID     `json:"worst,omitempty"`
	Reds     int        `json:"reds"`
}

func shown(b export.Book) shownCard {
	card := b.Cards[0].Scorecard
	out := shownCard{
		Merchant: b.Merchant, Currency: b.Currency, Scope: card.Scope.String(), Period: card.Period.Name,
		From: card.Period.From.String(), To: card.Period.To.String(), Running: card.Running, CompleteTo: b.CompleteTo,
	}
	for _, e := range card.Entries {
		if !b.All && !e.KPI.Starter && e.Target == nil {
			continue
		}
		k := shownKPI{ID: e.KPI.ID, Title: e.KPI.Title, Unit: e.KPI.Unit, Gap: e.Value.Gap, GapText: e.Value.Why(), Coverage: e.Value.Coverage, Status: e.Status, Score: e.Score}
		if e.Value.Has {
			k.Value = &e.Value.V
		}
		if e.Final != 0 {
			k.Final = e.Final.String()
		}
		if e.Target != nil && !e.Target.Anchors.Range {
			k.Green, k.Red = &e.Target.Anchors.Green, &e.Target.Anchors.Red
		}
		out.KPIs = append(out.KPIs, k)
	}
	for _, r := range card.Perspectives {
		out.Rollups = append(out.Rollups, shownScore{ID: r.ID, Title: r.Title, Score: r.Score, Status: r.Status, Coverage: r.Coverage, Worst: r.Worst, Reds: r.Reds})
	}
	return out
}
