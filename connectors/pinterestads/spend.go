package pinterestads

import (
	"errors"
	"fmt"

	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// nightly is how long costs are corrected and purchases credited: Pinterest's windows of 30 days. As one report covers more, the weekly reading
// looks back further than should be needed.
const nightly, weekly = 30, 90

var spend = daily.Report{ID: "spend", Title: "ad spend", Needs: []string{canSpend}, Version: version, Zone: zone,
	Nightly: nightly, Weekly: weekly, Most: mostDays, Keeps: keeps, Job: job("CAMPAIGN", "DAY", columns, campaignDays)}

// totals are Pinterest's own sums of the account by months.
var totals = daily.Report{ID: "spend_totals", Title: "ad spend by months", Needs: []string{canSpend}, After: "spend", Version: version, Zone: zone,
	Nightly: 35, Most: mostDays, Keeps: keeps, Months: true, Joined: true, Job: job("ADVERTISER", "MONTH", []string{"SPEND_IN_MICRO_DOLLAR"}, months)}

// columns: what was paid for only, without what people passed on to each other afterwards.
var columns = []string{"CAMPAIGN_ID", "CAMPAIGN_NAME", "SPEND_IN_MICRO_DOLLAR", "PAID_IMPRESSION", "CLICKTHROUGH_1", "TOTAL_CHECKOUT",
	"TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR"}

// row is a line of a report. Columns without a value are left out. Micro dollars are millionths of the account's own currency.
type row struct {
	Date        string      `json:"DATE"`
	Campaign    rest.Figure `json:"CAMPAIGN_ID"`
	Name        string      `json:"CAMPAIGN_NAME"`
	Spend       rest.Figure `json:"SPEND_IN_MICRO_DOLLAR"`
	Impressions rest.Figure `json:"PAID_IMPRESSION"`
	Clicks      rest.Figure `json:"CLICKTHROUGH_1"`
	Checkouts   rest.Figure `json:"TOTAL_CHECKOUT"`
	Value       rest.Figure `json:"TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR"`
}

// errNumber keeps the report's own words out of errors.
var errNumber = errors.New("a figure is no number")

// whole is a figure to the nearest whole number: Pinterest writes them with a point now and then. None is zero.
func whole(f rest.Figure) (int64, error) {
	if f == "" {
		return 0, nil
	}
	n, err := money.NearestWhole(string(f))
	if err != nil {
		return 0, errNumber
	}
	return n, nil
}

// millionths is a figure in millionths of one.
func millionths(f rest.Figure) (int64, error) {
	if f == "" {
		return 0, nil
	}
	n, err := money.Nearest(string(f))
	if err != nil {
		return 0, errNumber
	}
	return int64(n), nil
}

// campaignDays makes facts of a report by campaigns and days.
func campaignDays(a daily.Ask, rows []row) (out daily.Answer, _ error) {
	for _, r := range rows {
		day, err := period.ParseDay(r.Date)
		if err != nil || !a.Days.Has(day) || r.Campaign == "" {
			return out, errors.New("there is a row of no campaign, or of a day that was not asked for")
		}
		d := fact.AdDay{Day: day, Zone: zone, Campaign: string(r.Campaign), Name: r.Name, Channel: fact.AdSocial, Currency: a.Currency,
			Action: "checkout", Attribution: attribution, Final: a.Final(day)}
		for _, c := range []struct {
			from rest.Figure
			to   *int64
			read func(rest.Figure) (int64, error)
		}{
			{r.Spend, (*int64)(&d.Spend), whole}, {r.Value, (*int64)(&d.Value), whole}, {r.Impressions, &d.Impressions, whole}, {r.Clicks, &d.Clicks, whole},
			{r.Checkouts, &d.Conversions, millionths},
		} {
			if *c.to, err = c.read(c.from); err != nil {
				return out, err
			}
		}
		if d.Spend != 0 || d.Value != 0 || d.Impressions != 0 || d.Clicks != 0 || d.Conversions != 0 {
			out.Records = append(out.Records, d)
		}
	}
	return out, nil
}

// months makes facts of a report by months: one for each that was asked for, whose first and last may be cut off.
func months(a daily.Ask, rows []row) (out daily.Answer, _ error) {
	sums := map[period.Day]money.Micros{}
	for _, r := range rows {
		day, err := period.ParseDay(r.Date)
		if err != nil {
			return out, errors.New("there is a row without a month")
		}
		spent, err := whole(r.Spend)
		if err != nil {
			return out, err
		}
		m := first(day)
		if sums[m], err = money.Add(sums[m], money.Micros(spent)); err != nil {
			return out, err
		}
	}
	for _, month := range a.Months() {
		m := first(month.From)
		out.Records = append(out.Records, fact.AdTotal{Days: month, Currency: a.Currency, Spend: sums[m]})
		delete(sums, m)
	}
	for m := range sums {
		return out, fmt.Errorf("there is a row of %s, which was not asked for", m.UTC().Format("January 2006"))
	}
	return out, nil
}

func first(day period.Day) period.Day {
	y, m, _ := day.UTC().Date()
	return period.Date(y, m, 1)
}
