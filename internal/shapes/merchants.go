package shapes

import (
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Merchant is one with what is set for it.
type Merchant struct {
	Name       string            `json:"name"`
	State      string            `json:"state" doc:"active or paused"`
	Currency   string            `json:"currency" doc:"of the scorecard, ISO 4217"`
	Zone       string            `json:"zone" doc:"days are cut by it; IANA"`
	Week       string            `json:"week_starts"`
	Fiscal     string            `json:"fiscal_year_starts"`
	Schedule   string            `json:"schedule" doc:"of its nights, five cron fields; the installation's where the merchant has none of its own"`
	Since      string            `json:"since,omitempty" doc:"how far back the first pull reaches; left out for all there is"`
	Costs      string            `json:"costs" doc:"what goods cost before their cost was first read: none or current"`
	Stores     []Store           `json:"stores,omitempty"`
	Configured map[string]string `json:"configured,omitempty" doc:"by setting: where the configuration says it"`
	Waiting    map[string]string `json:"waiting,omitempty" doc:"by setting: what it says there, until it is taken"`
}

// Store is a store or account that was linked.
type Store struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Connector string `json:"connector"`
	Address   string `json:"address"`
	Currency  string `json:"currency"`
	Zone      string `json:"zone"`
	State     string `json:"state" doc:"active or unlinked"`
	Webhooks  string `json:"webhooks,omitempty" doc:"where they come in"`
}

// MerchantOf is a merchant; schedule and since are the installation's.
func MerchantOf(m store.Merchant, schedule string, since period.Day) Merchant {
	if m.Schedule == "" {
		m.Schedule = schedule
	}
	if m.Since == 0 {
		m.Since = since
	}
	return Merchant{Name: m.Name, State: m.State, Currency: m.Currency, Zone: m.Zone, Week: WeekStarts(m.Calendar),
		Fiscal:   strings.ToLower(max(m.Calendar.FiscalStart, time.January).String()),
		Schedule: m.Schedule, Since: DayOrNone(m.Since), Costs: m.CostsHistory}
}

// WeekStarts is the day on which weeks begin.
func WeekStarts(c period.Calendar) string {
	first := time.Weekday((int(time.Monday) + c.WeekShift) % 7)
	return strings.ToLower(first.String())
}

// DayOrNone is empty where there is no day.
func DayOrNone(d period.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
