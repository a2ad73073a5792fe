package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/export"
	"fourfold/internal/period"
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
				return a.json(restatedBook{Merchant: m.Name, Currency: m.Currency, Scope: s.String(), Periods: periods})
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

// restatedBook is what scripts read.
type restatedBook struct {
	Merchant string           `json:"merchant"`
	Currency string           `json:"currency"`
	Scope    string           `json:"scope"`
	Periods  []restatedPeriod `json:"periods"`
}

// restatedPeriod sums up what of a period was restated. A KPI that was restated for several causes is counted under each of them.
type restatedPeriod struct {
	Period  string        `json:"period"`
	From    string        `json:"from"`
	To      string        `json:"to"` // first day after the period
	First   time.Time     `json:"first"`
	Last    time.Time     `json:"last"`
	ByCause []causeCount  `json:"by_cause"`
	KPIs    []restatedKPI `json:"kpis"`
}

type causeCount struct {
	Cause kpi.Cause `json:"cause"` // "" where a release that knew no causes restated it
	KPIs  int       `json:"kpis"`
}

type restatedKPI struct {
	ID         kpi.ID      `json:"id"`
	Title      string      `json:"title"`
	Unit       kpi.Unit    `json:"unit"`
	Published  *float64    `json:"published"` // null where there was none
	Now        *float64    `json:"now"`
	Difference *float64    `json:"difference"` // null where one of the two is missing, or in another currency
	Closed     time.Time   `json:"published_at"`
	Restated   time.Time   `json:"restated_at"` // the last time
	Times      int         `json:"times"`
	Causes     []kpi.Cause `json:"causes"`
	Because    []string    `json:"because"`

	row store.Restatement
	def kpi.KPI
}

// restatements sums up by period what was restated of a scope: of the period that is named, or of all.
func (a *app) restatements(ctx context.Context, scope kpi.Scope, name string) (m store.Merchant, periods []restatedPeriod, err error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return m, nil, err
	}
	if err := a.scopeExists(ctx, m, scope); scope != kpi.Whole && err != nil {
		return m, nil, err
	}
	q := store.RestatementQuery{Scope: &scope}
	if name != "" {
		today, err := a.today(m)
		if err != nil {
			return m, nil, err
		}
		at, err := period.Parse(name, today, m.Calendar)
		if err != nil {
			return m, nil, usage(err)
		}
		q.Period = at.Name
	}
	found, err := db.Restatements(ctx, m.ID, q)
	for _, r := range found {
		def, ok := kpi.Find(kpi.Catalogue(), r.Published.KPI)
		if !ok || def.Version != r.Published.Definition {
			continue // of a definition that is none any more
		}
		if n := len(periods); n == 0 || periods[n-1].Period != r.Published.Period.Name {
			p := r.Published.Period
			periods = append(periods, restatedPeriod{Period: p.Name, From: p.From.String(), To: p.To.String(), First: r.First})
		}
		periods[len(periods)-1].add(r, def)
	}
	return m, periods, err
}

func (p *restatedPeriod) add(r store.Restatement, def kpi.KPI) {
	v := restatedKPI{ID: def.ID, Title: def.Title, Unit: def.Unit, Closed: r.Published.TakenAt, Restated: r.Latest.TakenAt, Times: r.Revisions,
		Causes: r.Causes, Because: r.Because, row: r, def: def}
	if r.Published.Value.Has {
		v.Published = &r.Published.Value.V
	}
	if r.Latest.Value.Has {
		v.Now = &r.Latest.Value.V
	}
	if by, ok := r.Difference(); ok {
		v.Difference = &by
	}
	p.KPIs = append(p.KPIs, v)
	if r.First.Before(p.First) {
		p.First = r.First
	}
	if r.Latest.TakenAt.After(p.Last) {
		p.Last = r.Latest.TakenAt
	}
	causes := r.Causes
	if len(causes) == 0 {
		causes = []kpi.Cause{""}
	}
	for _, c := range causes {
		i := slices.IndexFunc(p.ByCause, func(n causeCount) bool { return n.Cause == c })
		if i < 0 {
			i = len(p.ByCause)
			p.ByCause = append(p.ByCause, causeCount{Cause: c})
		}
		p.ByCause[i].KPIs++
	}
	slices.SortStableFunc(p.ByCause, func(a, b causeCount) int { return b.KPIs - a.KPIs })
}

// causes says how many KPIs were restated for what.
func (p *restatedPeriod) causes() string {
	told := make([]string, len(p.ByCause))
	for i, n := range p.ByCause {
		told[i] = fmt.Sprintf("%s %d", word(n.Cause), n.KPIs)
	}
	return strings.Join(told, ", ")
}

// word is a cause as people read it.
func word(c kpi.Cause) string {
	if c == "" {
		return "not known"
	}
	return string(c)
}

func (a *app) printRestatedPeriods(periods []restatedPeriod, all bool) {
	shown := periods
	if !all {
		shown = periods[:min(len(periods), restatedShown)]
	}
	t := newTable("Period", "KPIs", "Last restated", "Why, with how many KPIs")
	for _, p := range shown {
		t.AppendRow(table.Row{p.Period, len(p.KPIs), p.Last.UTC().Format(time.DateOnly), p.causes()})
	}
	a.printTable(t)
	if more := len(periods) - len(shown); more > 0 {
		fmt.Fprintf(a.stdout, "\nand %d earlier periods: --all\n", more)
	}
}

func (a *app) printRestated(p restatedPeriod, m store.Merchant, all bool) {
	fmt.Fprintf(a.stdout, "%s of %s: %d of its published values came out differently later\n(%s)\n", p.Period, m.Name, len(p.KPIs), p.causes())
	hidden := 0
	for _, k := range p.KPIs {
		if !all && !k.def.Starter && k.row.Latest.TargetID == 0 {
			hidden++
			continue
		}
		was, is, by := export.Restated(k.def, k.row.Published, k.row.Latest)
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
