package snapchatads

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// A question may cover 32 times 24 hours, and a month with the clocks put back has an hour more than its days. Purchases are credited for 28
// days and what was delivered is final after two: what is read again each night fits one question, and a week's reading two.
const most, nightly, weekly = 31, 30, 55

// Purchases are credited to the day of the ad.
const (
	swipeWindow = "28_DAY"
	viewWindow  = "1_DAY"
	reportTime  = "impression"
	action      = "conversion_purchases"
	attribution = "28d_click,1d_view"
)

var spend = daily.Report{ID: "spend", Title: "ad spend", Needs: []string{canSpend}, Version: version,
	Nightly: nightly, Weekly: weekly, Most: most, Read: readSpend}

// totals are Snapchat's own sums of the account, asked for without its campaigns and days.
var totals = daily.Report{ID: "spend_totals", Title: "ad spend by months", Needs: []string{canSpend}, After: "spend", Version: version,
	Nightly: 35, Most: most, Months: true, Read: readTotals}

// series is the answer by days.
type series struct {
	page
	All []struct {
		item
		Of struct {
			page               // where measurement is seen to go on, though lists go on at their top
			ID        string   `json:"id"`
			Whole     []figure `json:"timeseries"` // where it is not broken down
			Breakdown struct {
				Campaigns []campaign `json:"campaign"`
			} `json:"breakdown_stats"`
		} `json:"timeseries_stat"`
	} `json:"timeseries_stats"`
}

func (s series) next() string {
	for _, one := range s.All {
		if next := one.Of.next(); next != "" {
			return next
		}
	}
	return s.page.next()
}

type campaign struct {
	ID   string   `json:"id"`
	Days []figure `json:"timeseries"`
}

// figure is what a time came to. Spend and Value are millionths of the account's currency.
type figure struct {
	Start time.Time `json:"start_time"`
	End   time.Time `json:"end_time"`
	Stats struct {
		Spend       json.Number `json:"spend"`
		Impressions json.Number `json:"impressions"`
		Swipes      json.Number `json:"swipes"`
		Purchases   json.Number `json:"conversion_purchases"`
		Value       json.Number `json:"conversion_purchases_value"`
	} `json:"stats"`
}

const fields = "spend,impressions,swipes,conversion_purchases,conversion_purchases_value"

// total is the answer by no days at all.
type total struct {
	All []struct {
		item
		Of struct {
			ID    string `json:"id"`
			Stats struct {
				Spend json.Number `json:"spend"`
			} `json:"stats"`
		} `json:"total_stat"`
	} `json:"total_stats"`
}

// campaigns is the list of them, which alone tells their names.
type campaigns struct {
	page
	All []struct {
		item
		Campaign struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"campaign"`
	} `json:"campaigns"`
}

func address(a daily.Ask, what string) string {
	return base + pathAccounts + url.PathEscape(a.ID) + what
}

// during asks for days from the first one's midnight in the account's zone to that after the last one.
func during(a daily.Ask, granularity, fields string) url.Values {
	return url.Values{"granularity": {granularity}, "fields": {fields},
		"start_time": {a.Days.From.Start(a.Loc).Format(moment)}, "end_time": {a.Days.To.Start(a.Loc).Format(moment)}}
}

func readSpend(ctx context.Context, a daily.Ask) (answer daily.Answer, _ error) {
	op := "read ad spend " + a.Days.String()
	q := during(a, "DAY", fields)
	q.Set("breakdown", "campaign")
	q.Set("swipe_up_attribution_window", swipeWindow)
	q.Set("view_attribution_window", viewWindow)
	q.Set("action_report_time", reportTime)
	c := rest.New(a.Grant, a.Now, judge)
	var days []fact.AdDay
	at, err := walk(ctx, c, op, address(a, "/stats"), q, func(out series) error {
		if len(out.All) != 1 {
			return connectors.Errorf(connectors.Malformed, op, "the answer is of %d accounts", len(out.All))
		}
		s := out.All[0]
		if err := s.refused(op); err != nil {
			return err
		}
		if s.Of.ID != a.ID || s.Of.Breakdown.Campaigns == nil && len(s.Of.Whole) > 0 {
			return connectors.Errorf(connectors.Malformed, op, "the answer is of another account, or not broken down by campaigns")
		}
		for _, c := range s.Of.Breakdown.Campaigns {
			for _, f := range c.Days {
				d, err := f.adDay(a, c.ID)
				if err != nil {
					return connectors.Errorf(connectors.Malformed, op, "%w", err)
				}
				answer.Read.Objects++
				if d.Spend != 0 || d.Value != 0 || d.Impressions != 0 || d.Clicks != 0 || d.Conversions != 0 {
					days = append(days, d)
				}
			}
		}
		return nil
	})
	if err != nil || len(days) == 0 {
		answer.ReadAt = at
		return answer, err
	}
	named, err := names(ctx, c, a)
	if err != nil {
		return answer, err
	}
	for _, d := range days {
		d.Name = named[d.Campaign]
		answer.Records = append(answer.Records, d)
	}
	answer.ReadAt = at
	return answer, nil
}

func (f figure) adDay(a daily.Ask, campaign string) (fact.AdDay, error) {
	day := period.On(f.Start, a.Loc)
	if campaign == "" || !a.Days.Has(day) || !f.Start.Equal(day.Start(a.Loc)) || !f.End.Equal((day + 1).Start(a.Loc)) {
		return fact.AdDay{}, fmt.Errorf("a row is of no campaign, or of no day of %s that was asked for", a.Zone)
	}
	d := fact.AdDay{Day: day, Zone: a.Zone, Campaign: campaign, Channel: fact.AdSocial, Currency: a.Currency, Action: action, Attribution: attribution,
		Final: a.Final(day)}
	for _, c := range []struct {
		from json.Number
		to   *int64
	}{
		{f.Stats.Spend, (*int64)(&d.Spend)}, {f.Stats.Value, (*int64)(&d.Value)}, {f.Stats.Impressions, &d.Impressions}, {f.Stats.Swipes, &d.Clicks},
	} {
		var err error
		if *c.to, err = whole(c.from); err != nil {
			return d, err
		}
	}
	if f.Stats.Purchases != "" {
		credited, err := money.Nearest(f.Stats.Purchases.String())
		if err != nil {
			return d, err
		}
		d.Conversions = int64(credited) // millionths of one, as amounts are of a unit
	}
	return d, nil
}

// whole is a figure to the nearest whole number. One that is missing is zero.
func whole(f json.Number) (int64, error) {
	if f == "" {
		return 0, nil
	}
	return money.NearestWhole(f.String())
}

// names of the account's campaigns by their ID. Those that were deleted have none.
func names(ctx context.Context, c *rest.Client, a daily.Ask) (map[string]string, error) {
	const op = "read the names of campaigns"
	all := map[string]string{}
	_, err := walk(ctx, c, op, address(a, "/campaigns"), url.Values{"limit": {"1000"}}, func(out campaigns) error {
		for _, one := range out.All {
			if err := one.refused(op); err != nil {
				return err
			}
			all[one.Campaign.ID] = one.Campaign.Name
		}
		return nil
	})
	return all, err
}

// readTotals reads a month, or as much of it as there is.
func readTotals(ctx context.Context, a daily.Ask) (answer daily.Answer, _ error) {
	op := "read ad spend by months " + a.Days.String()
	var out total
	call, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op, URL: address(a, "/stats"), Query: during(a, "TOTAL", "spend")}, &out)
	if err != nil {
		return answer, err
	}
	if len(out.All) != 1 {
		return answer, connectors.Errorf(connectors.Malformed, op, "the answer is of %d accounts", len(out.All))
	}
	one := out.All[0]
	if err := one.refused(op); err != nil {
		return answer, err
	}
	spent, err := whole(one.Of.Stats.Spend)
	if err != nil || one.Of.ID != a.ID {
		return answer, connectors.Errorf(connectors.Malformed, op, "the answer is of another account, or no amount")
	}
	answer.ReadAt, answer.Read.Objects = call.At, 1
	answer.Records = []fact.Record{fact.AdTotal{Days: a.Days, Currency: a.Currency, Spend: money.Micros(spent)}}
	return answer, nil
}
