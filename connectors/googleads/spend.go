package googleads

import (
	"context"
	"fmt"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

const canSpend = "spend"

// Google books a conversion on the day of its click, up to 90 days later, and credits invalid clicks back. It keeps single days for 37 months, at the
// fewest days that these can have.
const (
	nightly = 30
	weekly  = 90
	keeps   = 1120
)

// What is counted, in Google's words: the conversion actions that the account calls primary, each over the windows and by the model set for it.
const (
	action      = "primary_conversions"
	attribution = "set_by_conversion_action"
)

// A request costs one operation however many rows it brings, so that only the size of an answer limits its days.
var spend = daily.Report{ID: "spend", Title: "ad spend", Needs: []string{canSpend}, Version: version,
	Nightly: nightly, Weekly: weekly, Most: 100, Keeps: keeps, Read: readSpend}

var totals = daily.Report{ID: "spend_totals", Title: "ad spend by months", Needs: []string{canSpend}, After: "spend", Version: version,
	Nightly: 35, Months: true, Joined: true, Most: 400, Keeps: keeps, Read: readTotals}

// during is a run of days as a query says it, the last one included.
func during(days period.Days) string {
	return fmt.Sprintf("segments.date BETWEEN '%s' AND '%s'", days.From, days.To-1)
}

func spent(days period.Days) string {
	return "SELECT customer.id, customer.currency_code, customer.time_zone, campaign.id, campaign.name, campaign.advertising_channel_type, segments.date, " +
		"metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.conversions, metrics.conversions_value FROM campaign WHERE " + during(days)
}

func totalled(days period.Days) string {
	return "SELECT customer.id, customer.currency_code, customer.time_zone, segments.month, metrics.cost_micros FROM customer WHERE " + during(days)
}

func readSpend(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	op := "read ad spend " + a.Days.String()
	rows, at, err := search(ctx, a.Grant, a.Now, op, a.ID, a.Manager, spent(a.Days))
	if err != nil {
		return daily.Answer{}, err
	}
	answer := daily.Answer{ReadAt: at, Records: make([]fact.Record, 0, len(rows))}
	for _, r := range rows {
		d, err := r.adDay(a)
		if err != nil {
			return daily.Answer{}, connectors.Errorf(connectors.Malformed, op, "%w", err)
		}
		answer.Records = append(answer.Records, d)
	}
	answer.Read.Objects = int64(len(rows))
	return answer, nil
}

func (r row) adDay(a daily.Ask) (d fact.AdDay, err error) {
	if err := r.of(a); err != nil {
		return d, err
	}
	day, err := period.ParseDay(r.Segments.Date)
	if err != nil || !a.Days.Has(day) || r.Campaign.ID == "" {
		return d, fmt.Errorf("a row is of no campaign, or of %q, which was not asked for", r.Segments.Date)
	}
	d = fact.AdDay{Day: day, Zone: r.Customer.Zone, Campaign: r.Campaign.ID, Name: r.Campaign.Name, Channel: channelOf(r.Campaign.Channel),
		Currency: r.Customer.Currency, Spend: money.Micros(r.Metrics.Cost), Impressions: int64(r.Metrics.Impressions), Clicks: int64(r.Metrics.Clicks),
		Action: action, Attribution: attribution, Final: a.Final(day)}
	credited, err := millionths(r.Metrics.Conversions)
	if err != nil {
		return d, fmt.Errorf("conversions: %w", err)
	}
	d.Conversions = int64(credited)
	if d.Value, err = millionths(r.Metrics.Value); err != nil {
		return d, fmt.Errorf("conversions_value: %w", err)
	}
	return d, nil
}

// of holds a row to be the account's as it was linked: Google says that neither its zone nor its currency ever changes.
func (r row) of(a daily.Ask) error {
	if r.Customer.ID != a.ID || r.Customer.Currency != a.Currency || r.Customer.Zone != a.Zone {
		return fmt.Errorf("a row is of account %s in %s and %s, and %s in %s and %s was linked",
			shown(r.Customer.ID), r.Customer.Currency, r.Customer.Zone, shown(a.ID), a.Currency, a.Zone)
	}
	return nil
}

func readTotals(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	op := "read ad spend by months " + a.Days.String()
	rows, at, err := search(ctx, a.Grant, a.Now, op, a.ID, a.Manager, totalled(a.Days))
	if err != nil {
		return daily.Answer{}, err
	}
	sums := map[period.Day]money.Micros{}
	for _, r := range rows {
		month, err := period.ParseDay(r.Segments.Month)
		if err == nil {
			err = r.of(a)
		}
		if err != nil {
			return daily.Answer{}, connectors.Errorf(connectors.Malformed, op, "%w", err)
		}
		sums[month] = money.Micros(r.Metrics.Cost)
	}
	answer := daily.Answer{ReadAt: at}
	// A month without a row cost nothing.
	for _, month := range a.Months() {
		y, m, _ := month.From.UTC().Date()
		answer.Records = append(answer.Records, fact.AdTotal{Days: month, Currency: a.Currency, Spend: sums[period.Date(y, m, 1)]})
	}
	answer.Read.Objects = int64(len(rows))
	return answer, nil
}

// channelOf sorts campaigns. What Google spreads over several kinds of places by itself, such as Performance Max, is other.
func channelOf(kind string) fact.AdChannel {
	switch kind {
	case "SEARCH":
		return fact.AdSearch
	case "SHOPPING":
		return fact.AdShopping
	case "VIDEO":
		return fact.AdVideo
	case "DISPLAY":
		return fact.AdDisplay
	}
	return fact.AdOther
}
