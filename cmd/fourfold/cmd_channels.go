package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
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

// channelBook is what scripts read. Amounts are decimals in the currency.
type channelBook struct {
	Merchant string       `json:"merchant"`
	Currency string       `json:"currency"`
	Period   string       `json:"period"`
	Orders   int64        `json:"orders"`
	Known    int64        `json:"orders_of_known_origin"`
	Coverage float64      `json:"coverage"`
	SpendGap string       `json:"spend_gap,omitempty"`
	Channels []channelRow `json:"channels"`
}

type channelRow struct {
	Channel      fact.WebChannel `json:"channel"`
	Orders       int64           `json:"orders"`
	NetSales     string          `json:"net_sales"`
	NewCustomers int64           `json:"new_customers"`
	Spend        string          `json:"ad_spend,omitempty"` // "" where it is not known

	net, spend money.Amount
}

func (a *app) channels(ctx context.Context, name string) (channelBook, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return channelBook{}, err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return channelBook{}, err
	}
	if len(conns) == 0 {
		return channelBook{}, a.notLinked(ctx, m)
	}
	today, err := a.today(m)
	if err != nil {
		return channelBook{}, err
	}
	at := period.Of(period.Monthly, today, m.Calendar).Prev(m.Calendar)
	if name != "" {
		if at, err = period.Parse(name, today, m.Calendar); err != nil {
			return channelBook{}, usage(err)
		}
	}
	c, err := db.Counter(ctx, m.ID, kpi.Whole)
	if err != nil {
		return channelBook{}, err
	}
	b := c.Breakdown(at.Days)
	if err := c.Err(); err != nil {
		return channelBook{}, err
	}
	if b.Gap != "" {
		return channelBook{}, fmt.Errorf("nothing is known of %s: %s", at, b.Gap.Text())
	}
	book := channelBook{Merchant: m.Name, Currency: m.Currency, Period: at.String(), Orders: b.Orders, Known: b.Known, Coverage: b.Coverage(), SpendGap: b.SpendGap.Text()}
	for _, r := range b.Rows {
		row := channelRow{Channel: r.Channel, Orders: r.Orders, NewCustomers: r.NewCustomers, net: money.Amount{Micros: r.NetSales, Currency: m.Currency}, spend: money.Amount{Micros: r.Spend, Currency: m.Currency}}
		row.NetSales = row.net.Decimal()
		if b.SpendGap == "" {
			row.Spend = row.spend.Decimal()
		}
		book.Channels = append(book.Channels, row)
	}
	return book, nil
}

func (a *app) printChannels(b channelBook) {
	fmt.Fprintf(a.stdout, "%s · %s · amounts in %s\n\n", b.Merchant, b.Period, b.Currency)
	t := newTable("CHANNEL", "ORDERS", "NET SALES", "NEW CUSTOMERS", "AD SPEND")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, Align: text.AlignRight}, {Number: 5, Align: text.AlignRight}})
	for _, r := range b.Channels {
		t.AppendRow(table.Row{strings.ReplaceAll(string(r.Channel), "_", " "), r.Orders, r.NetSales, r.NewCustomers, r.Spend})
	}
	a.printTable(t)
	note := "There were no orders."
	if b.Orders > 0 {
		note = b.origins()
	}
	if b.SpendGap != "" {
		note += " Ad spend: " + strings.ToLower(b.SpendGap[:1]) + b.SpendGap[1:] + "."
	}
	fmt.Fprintln(a.stdout)
	fold(a.stdout, "", note)
}

// origins says how much is known.
func (b channelBook) origins() string {
	return fmt.Sprintf("Of %d orders it is known of %d where they came from (%.0f %%); the others are in no line.", b.Orders, b.Known, 100*b.Coverage)
}
