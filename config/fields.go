package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// field is one setting: its place in the file, and how its text is checked and set. The list below is the whole configuration;
// the file, the environment and the file that init writes are all read off it.
type field struct {
	path    string // "merchant.zone"
	help    string
	example string // shown commented out where there is no default
	secret  bool
	set     func(c *Config, text string) error
}

var fields = append([]field{
	{"database", "Where the facts and snapshots are kept: sqlite:FILE, or postgres://USER@HOST/NAME.", "", false, func(c *Config, s string) error {
		if !strings.HasPrefix(s, "sqlite:") && !strings.HasPrefix(s, "postgres://") && !strings.HasPrefix(s, "postgresql://") {
			return errors.New("expected sqlite:fourfold.db or postgres://user@host/name")
		}
		c.Database = s
		return nil
	}},
	{"key_file", "The key that seals tokens. Keep a copy of it apart from the database.", "", false, setText(func(c *Config) *string { return &c.KeyFile })},
	{"merchant.name", "Shown on the scorecard.", "Example Ltd", false, func(c *Config, s string) error {
		if err := CheckName(s); err != nil {
			return err
		}
		c.Merchant.Name = s
		return nil
	}},
	{"merchant.currency", "Reporting currency; the first store's if left out.", "EUR", false, func(c *Config, s string) error {
		if !money.Known(s) {
			return errors.New("expected an ISO 4217 code such as EUR")
		}
		c.Merchant.Currency = s
		return nil
	}},
	{"merchant.zone", "Time zone that cuts the days; the first store's if left out.", "Europe/Berlin", false, func(c *Config, s string) error {
		if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
			return errors.New("expected an IANA time zone such as Europe/Berlin")
		}
		c.Merchant.Zone = s
		return nil
	}},
	{"merchant.week_starts", "monday, saturday or sunday.", "monday", false, func(c *Config, s string) error {
		shift, ok := map[string]int{"monday": 0, "saturday": 5, "sunday": 6}[strings.ToLower(s)]
		if !ok {
			return errors.New("expected monday, saturday or sunday")
		}
		c.Merchant.Calendar.WeekShift = shift
		return nil
	}},
	{"merchant.fiscal_year_starts", "The fiscal year's first month.", "january", false, func(c *Config, s string) error {
		for m := time.January; m <= time.December; m++ {
			if strings.EqualFold(s, m.String()) {
				c.Merchant.Calendar.FiscalStart = m
				return nil
			}
		}
		return errors.New("expected a month such as january")
	}},
	{"schedule", "When `fourfold run` pulls, as a cron expression in the merchant's zone.", "", false, func(c *Config, s string) error {
		if _, err := ParseSchedule(s); err != nil {
			return err
		}
		c.Schedule = s
		return nil
	}},
	{"spread", "Over how long the nights that are due together begin, each merchant at a moment of its own: half an hour on Postgres, at once on SQLite, if left out.", "30m", false, func(c *Config, s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 || d > 12*time.Hour {
			return errors.New("expected a duration from 0s to 12h, such as 30m")
		}
		c.Spread = &d
		return nil
	}},
	{"workers", "How many jobs one process works at a time: 10 on Postgres, two merchants on SQLite, if left out.", "10", false, func(c *Config, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 200 {
			return errors.New("expected a number from 1 to 200")
		}
		c.Workers = n
		return nil
	}},
	{"since", "How far back the first pull reaches; all there is if left out. Later, `fourfold backfill` reaches further.", "2024-01-01", false, func(c *Config, s string) error {
		day, err := period.ParseDay(s)
		if err != nil {
			return errors.New("expected a day such as 2024-01-01")
		}
		if c.today != 0 && day > c.today {
			return errors.New("that day is still to come: expected one that has been, such as 2024-01-01")
		}
		c.Since = day
		return nil
	}},
	{"costs.history", "none: sales from before the first unit cost was read have no cost. current: they take the first one read, and the margin says estimated.", "", false, func(c *Config, s string) error {
		if !slices.Contains([]string{"none", "current"}, s) {
			return errors.New("expected none or current")
		}
		c.Costs.History = s
		return nil
	}},
	{"rates.fixed", "Exchange rates of your own, for who plans with a budget rate or sells in a currency that no bank publishes: what one unit of each currency is worth. All of them, each time.", "USD=0.92 GBP=1.17", false, setRates},
}, slices.Concat(publicFields, exportFields, alertFields)...)

func setText(place func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("expected some text; leave the line out for the default")
		}
		*place(c) = s
		return nil
	}
}

func (f field) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(f.path, ".", "_"))
}

func readSecret(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", errors.New("is empty: put the secret into it")
	}
	return s, nil
}

var fixedRate = regexp.MustCompile(`^([A-Za-z]{3})=[0-9]+(\.[0-9]{1,9})?$`)

func setRates(c *Config, s string) error {
	words := strings.Fields(strings.ReplaceAll(s, ",", " "))
	for _, word := range words {
		if m := fixedRate.FindStringSubmatch(word); m == nil || !money.Known(strings.ToUpper(m[1])) {
			return fmt.Errorf("%q is no rate: expected a currency and what one unit of it is worth, such as USD=0.92", word)
		}
	}
	if len(words) == 0 {
		return errors.New("expected at least one rate, such as USD=0.92; leave the line out for none")
	}
	c.FixedRates = strings.Join(words, " ")
	return nil
}
