package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/alert"
	"fourfold/internal/shapes"
)

func alertsCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "What needed a person, since when, and whether it was mended",
		Long: `What needs a person is told once for each cause, by e-mail or webhook as the
configuration's section alerts has it, and again only after it was mended and
came back. It is noted when fourfold run or work starts, and after each night;
what is the matter just now "fourfold status" says. "fourfold alerts test" sends
one.`,
		Example: "  fourfold alerts\n  fourfold alerts test",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			merchants, err := a.shown(cmd.Context())
			if err != nil {
				return err
			}
			all := []alertStatus{}
			t := newTable("Merchant", "Since (UTC)", "Told (UTC)", "Mended (UTC)", "What")
			for _, m := range merchants {
				alerts, err := a.db.Alerts(cmd.Context(), m.ID)
				if err != nil {
					return err
				}
				for _, al := range alerts {
					all = append(all, alertStatus{m.Name, al.Cause, al.Text, al.Since, shapes.OrNil(al.ToldAt), shapes.OrNil(al.ClearedAt)})
					t.AppendRow(table.Row{m.Name, al.Since.UTC().Format(minutes), orNo(al.ToldAt), orNo(al.ClearedAt), shorten(al.Text, 70)})
				}
			}
			return a.list(all, t, asJSON, "Nothing was noted yet; `fourfold status` looks now.")
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().StringVar(&a.only, "merchant", "", "only this one")
	cmd.AddCommand(alertsTestCommand(a))
	return cmd
}

func alertsTestCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "test",
		Short:   "Send one, to see that it arrives",
		Example: "  fourfold alerts test",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			ways := a.alertWays(c)
			if len(ways) == 0 {
				return usage(errors.New("nobody is told of anything: set alerts.to, alerts.from and alerts.smtp, or alerts.webhook"))
			}
			if _, err := ways.Send(cmd.Context(), "Fourfold: a test", "This is a test. What needs a person comes this way.\n"); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Sent %d ways. See that it arrived.\n", len(ways))
			return nil
		},
	}
}

// alertWays are the ways of telling people that are configured.
func (a *app) alertWays(c config.Config) alert.Ways {
	var ways alert.Ways
	if server, _ := a.mailServer(c); len(c.Alerts.To) > 0 {
		ways = append(ways, alert.Mail{Server: server, To: c.Alerts.To})
	}
	if !c.Alerts.Webhook.Empty() {
		ways = append(ways, alert.Webhook{URL: c.Alerts.Webhook, Client: &http.Client{Transport: a.alertTransport}})
	}
	return ways
}

// tell is how the worker tells people; nil where nobody asked for it. One way that works is enough: what failed is logged.
func (a *app) tell(c config.Config) func(ctx context.Context, subject, text string) error {
	ways := a.alertWays(c)
	if len(ways) == 0 {
		return nil
	}
	log := a.logger()
	return func(ctx context.Context, subject, text string) error {
		reached, err := ways.Send(ctx, subject, text)
		if reached && err != nil {
			log.Warn("people were told, but not in every way", "error", err)
			return nil
		}
		return err
	}
}

// alertStatus is an alert as scripts read it.
type alertStatus struct {
	Merchant string     `json:"merchant"`
	Cause    string     `json:"cause"`
	Text     string     `json:"text"`
	Since    time.Time  `json:"since"`
	Told     *time.Time `json:"told"`   // null while nobody was told
	Mended   *time.Time `json:"mended"` // null while it lasts
}

// orNo is a moment as people read it, and "no" where there is none.
func orNo(t time.Time) string {
	if t.IsZero() {
		return "no"
	}
	return t.UTC().Format(minutes)
}
