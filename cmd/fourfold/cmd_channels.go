package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/kpi"
)

func channelsCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "channels [PERIOD]",
		Short: "Where orders and new customers came from, and what it cost",
		Long: `Orders, net sales and new customers by where the buyer came from: by the last
visit before the order or, where that came by itself, by the first. Beside
them what ads of that kind cost. Counted from the facts as they are now; the
share of orders of which the origin is known is said below. PERIOD is as in
fourfold show; the last month if left out.`,
		Example: "  fourfold channels\n  fourfold channels 2026-Q3\n  fourfold channels last-week --json",
		Args:    takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.channels(cmd.Context(), strings.Join(args, ""))
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.json(b)
			}
			a.printChannels(b)
			return nil
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (a *app) channels(ctx context.Context, name string) (shapes.Channels, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return shapes.Channels{}, err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return shapes.Channels{}, err
	}
	if len(conns) == 0 {
		return shapes.Channels{}, a.notLinked(ctx, m)
	}
	today, err := a.today(m)
	if err != nil {
		return shapes.Channels{}, err
	}
	at := period.Of(period.Monthly, today, m.Calendar).Prev(m.Calendar)
	if name != "" {
		if at, err = period.Parse(name, today, m.Calendar); err != nil {
			return shapes.Channels{}, usage(err)
		}
	}
	c, err := db.Counter(ctx, m.ID, kpi.Whole)
	if err != nil {
		return shapes.Channels{}, err
	}
	b := c.Breakdown(at.Days)
	if err := c.Err(); err != nil {
		return shapes.Channels{}, err
	}
	switch {
	case b.Gap != "":
		if err := a.untold(ctx, m, at); err != nil {
			return shapes.Channels{}, err
		}
		return shapes.Channels{}, fmt.Errorf("nothing is known of %s: %s", at, b.Gap.Text())
	case len(b.Rows) == 0:
		if err := a.askedOf(ctx, m, a.books().OutOfReach(ctx, m, at)); err != nil {
			return shapes.Channels{}, err
		}
	}
	return shapes.ChannelsOf(m, at, b), nil
}

func (a *app) printChannels(b shapes.Channels) {
	fmt.Fprintf(a.stdout, "%s · %s · amounts in %s\n\n", b.Merchant, b.Period, b.Currency)
	t := newTable("CHANNEL", "ORDERS", "NET SALES", "NEW CUSTOMERS", "AD SPEND")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, Align: text.AlignRight}, {Number: 5, Align: text.AlignRight}})
	for _, r := range b.Channels {
		t.AppendRow(table.Row{strings.ReplaceAll(string(r.Channel), "_", " "), r.Orders, r.NetSales, r.NewCustomers, r.Spend})
	}
	a.printTable(t)
	note := "There were no orders."
	if b.Orders > 0 {
		note = origins(b)
	}
	if b.SpendGap != "" {
		note += " Ad spend: " + strings.ToLower(b.SpendGap[:1]) + b.SpendGap[1:] + "."
	}
	fmt.Fprintln(a.stdout)
	fold(a.stdout, "", note)
}

// origins says how much is known.
func origins(b shapes.Channels) string {
	return fmt.Sprintf("Of %d orders it is known of %d where they came from (%.0f %%); the others are in no line.", b.Orders, b.Known, 100*b.Coverage)
}
