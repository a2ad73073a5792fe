package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

func merchantCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merchant",
		Short: "Several merchants in one installation",
		Long: `A merchant is one business with any number of stores, one currency and one time
zone. An installation with one needs none of this: the first link makes it. Once
there are several, the other commands ask for --merchant NAME.

In the configuration, what differs for one of them stands below its name:

  merchants:
    Tea & Co.:
      currency: GBP
      zone: Europe/London
      schedule: "0 2 * * *"
      shopify:
        client_id: 0123456789abcdef0123456789abcdef
        client_secret_file: tea.secret
      export:
        dir: tea
      targets:
        - kpi: net_sales
          green: 9000

What the configuration says of a merchant wins over what "merchant set" set, and
that over schedule and since of the top level. Of shopify, export and targets,
the top level holds for what is not said there; merchants who share export.dir
get a folder each below it.`,
		Example: `  fourfold merchant add "Tea & Co." --currency GBP --zone Europe/London
  fourfold link shopify --merchant "Tea & Co." --shop tea`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(addMerchantCommand(a), listMerchantsCommand(a), showMerchantCommand(a), setMerchantCommand(a),
		pauseMerchantCommand(a), resumeMerchantCommand(a), removeMerchantCommand(a))
	return cmd
}

// merchantSetting is one thing that can be set for a merchant: by a flag, or at a path of the configuration.
type merchantSetting struct {
	flag, path, help string
	mayBeEmpty       bool // and then it is the installation's
	take             func(m *store.Merchant, c config.Config)
	show             func(m store.Merchant) string
}

var merchantSettings = []merchantSetting{
	{"name", "merchant.name", "another name", false,
		func(m *store.Merchant, c config.Config) { m.Name = c.Merchant.Name },
		func(m store.Merchant) string { return m.Name }},
	{"currency", "merchant.currency", "reporting currency; the first store's if left out", false,
		func(m *store.Merchant, c config.Config) { m.Currency = c.Merchant.Currency },
		func(m store.Merchant) string { return m.Currency }},
	{"zone", "merchant.zone", "time zone that cuts the days; the first store's if left out", false,
		func(m *store.Merchant, c config.Config) { m.Zone = c.Merchant.Zone },
		func(m store.Merchant) string { return m.Zone }},
	{"week-starts", "merchant.week_starts", "monday, saturday or sunday", false,
		func(m *store.Merchant, c config.Config) { m.Calendar.WeekShift = c.Merchant.Calendar.WeekShift },
		func(m store.Merchant) string { return shapes.WeekStarts(m.Calendar) }},
	{"fiscal-year-starts", "merchant.fiscal_year_starts", "the fiscal year's first month; but for january, years are called FY2027 and quarters FY2027-Q3 then", false,
		func(m *store.Merchant, c config.Config) { m.Calendar.FiscalStart = c.Merchant.Calendar.FiscalStart },
		func(m store.Merchant) string {
			return strings.ToLower(max(m.Calendar.FiscalStart, time.January).String())
		}},
	{"schedule", "schedule", "when nights begin, as a cron expression in its zone; \"\" for the installation's", true,
		func(m *store.Merchant, c config.Config) { m.Schedule = c.Schedule },
		func(m store.Merchant) string { return m.Schedule }},
	{"since", "since", "how far back a first pull reaches; \"\" for the installation's", true,
		func(m *store.Merchant, c config.Config) { m.Since = c.Since },
		func(m store.Merchant) string { return shapes.DayOrNone(m.Since) }},
	{"costs", "costs.history", "none or current: what goods cost before their first reading", false,
		func(m *store.Merchant, c config.Config) { m.CostsHistory = c.Costs.History },
		func(m store.Merchant) string { return m.CostsHistory }},
}

// merchantFlags are what the flags of a command say of a merchant, by flag.
type merchantFlags map[string]*string

func (f merchantFlags) add(cmd *cobra.Command, without ...string) {
	for _, s := range merchantSettings {
		if len(without) == 0 || s.flag != without[0] {
			f[s.flag] = cmd.Flags().String(s.flag, "", s.help)
		}
	}
}

// apply sets what was given on the command line. What the configuration says is refused, with the place where it does.
func (f merchantFlags) apply(cmd *cobra.Command, m *store.Merchant, c config.Config, now time.Time) error {
	for _, s := range merchantSettings {
		text, given := f[s.flag]
		if !given || !cmd.Flags().Changed(s.flag) {
			continue
		}
		if place, ok := c.Says(s.path); ok {
			return usage(fmt.Errorf("--%s: what the configuration says wins, and it says it: %s; change it there", s.flag, place))
		}
		var said config.Config
		if *text != "" || !s.mayBeEmpty {
			var err error
			if said, err = config.Parse(s.path, *text, now); err != nil {
				return usage(fmt.Errorf("--%s is %q: %w", s.flag, *text, err))
			}
		}
		s.take(m, said)
	}
	return nil
}

// strangers says which merchants the configuration names that do not exist.
func strangers(c config.Config, all []store.Merchant) []string {
	var found []string
	names, places := c.Named()
	for i, name := range names {
		if _, err := byName(all, name); err != nil {
			found = append(found, fmt.Sprintf("%s is about a merchant that does not exist: fourfold merchant add %s", places[i], quoted(name)))
		}
	}
	return found
}

// listMerchant is a merchant with what of the installation holds for it.
func listMerchant(m store.Merchant, c config.Config) shapes.Merchant {
	return shapes.MerchantOf(m, c.Schedule, c.Since)
}

func listMerchantsCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "All merchants of this installation",
		Example: "  fourfold merchant list\n  fourfold merchant list --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			all, err := a.merchants(cmd.Context())
			if err != nil {
				return err
			}
			list := make([]shapes.Merchant, len(all))
			t := newTable("Name", "State", "Currency", "Zone", "Schedule", "Since")
			for i, m := range all {
				l := listMerchant(m, c)
				list[i] = l
				t.AppendRow(table.Row{l.Name, l.State, l.Currency, l.Zone, l.Schedule, l.Since})
			}
			return a.list(list, t, asJSON, "There is no merchant yet: the first link makes one, or fourfold merchant add NAME")
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
