package pinterestads

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"fourfold/connectors/daily"
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
	Date        string `json:"DATE"`
	Campaign    figure `json:"CAMPAIGN_ID"`
	Name        string `json:"CAMPAIGN_NAME"`
	Spend       figure `json:"SPEND_IN_MICRO_DOLLAR"`
	Impressions figure `json:"PAID_IMPRESSION"`
	Clicks      figure `json:"CLICKTHROUGH_1"`
	Checkouts   figure `json:"TOTAL_CHECKOUT"`
	Value       figure `json:"TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR"`
}

// figure is a number, or an ID, as it is written: in quotes or without.
type figure string

// UnmarshalJSON keeps the text.
func (f *figure) UnmarshalJSON(b []byte) error {
	text := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	if text == "null" {
		text = ""
	}
	*f = figure(text)
	return nil
}

// times is the figure multiplied, to the nearest whole number. Pinterest writes whole numbers with a point now and then.
func (f figure) times(n int64) (int64, error) {
	if f == "" {
		return 0, nil
	}
	if _, exponent, _ := strings.Cut(strings.ToLower(string(f)), "e"); len(f) > 40 || len(exponent) > 3 || !json.Valid([]byte(f)) {
		return 0, errNumber
	}
	r, ok := new(big.Rat).SetString(string(f))
	if !ok {
		return 0, errNumber
	}
	r.Mul(r, new(big.Rat).SetInt64(n))
	twice := new(big.Int).Mul(r.Num(), big.NewInt(2))
	twice.Add(twice, r.Denom()) // rounds a half up
	whole := new(big.Int).Div(twice, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	if !whole.IsInt64() {
		return 0, money.ErrOverflow
	}
	return whole.Int64(), nil
}

var errNumber = errors.New("a figure is no number")

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
			from  figure
			to    *int64
			times int64
		}{
			{r.Spend, (*int64)(&d.Spend), 1}, {r.Value, (*int64)(&d.Value), 1}, {r.Impressions, &d.Impressions, 1}, {r.Clicks, &d.Clicks, 1},
			{r.Checkouts, &d.Conversions, int64(money.Unit)},
		} {
			if *c.to, err = c.from.times(c.times); err != nil {
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
		spent, err := r.Spend.times(1)
		if err != nil {
			return out, err
		}
		m := first(day)
		if sums[m], err = money.Add(sums[m], money.Micros(spent)); err != nil {
			return out, err
		}
	}
	for from := a.Days.From; from < a.Days.To; {
		m := first(from)
		to := min(first(m+31), a.Days.To)
		out.Records = append(out.Records, fact.AdTotal{Days: period.Days{From: from, To: to}, Currency: a.Currency, Spend: sums[m]})
		delete(sums, m)
		from = to
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
