package metaads

import (
	"context"
	"errors"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/internal/fact"
	"fourfold/internal/money"
)

// totals is what the account cost by the month, as Meta adds it up: a second question that knows nothing of campaigns. A month is one row, so
// that more than a year is asked for at once.
var totals = daily.Report{
	ID: "spend_totals", Title: "ad spend by the month", Needs: []string{canSpend}, After: spend.ID, Version: apiVersion,
	Nightly: 35, Most: 430, Keeps: keeps, Months: true, Joined: true, Read: readTotals,
}

func readTotals(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	op := "read ad spend by the month " + a.Days.String()
	c := newClient(a.Grant, a.Now)
	q := url.Values{"fields": {"account_currency,date_start,date_stop,spend"}, "limit": {pageSize}, "level": {"account"}, "time_increment": {"monthly"}}
	within(q, a.Days)
	rows, at, err := all[row](ctx, c, op, "/act_"+a.ID+"/insights", q)
	if err != nil {
		return daily.Answer{}, err
	}
	answer := daily.Answer{ReadAt: at, Rest: c.usage.rest()}
	answer.Read.Objects = int64(len(rows))
	if answer.Records, err = byMonth(a, rows); err != nil {
		return answer, connectors.Errorf(connectors.Malformed, op, "%w", err)
	}
	return answer, nil
}

// byMonth is one record for each month asked for; one without a row cost nothing.
func byMonth(a daily.Ask, rows []row) (records []fact.Record, err error) {
	told := 0
	for _, month := range a.Months() {
		total := fact.AdTotal{Days: month, Currency: a.Currency}
		for _, r := range rows {
			days, err := r.days()
			if err != nil {
				return nil, err
			}
			if !month.Overlaps(days) {
				continue
			}
			if days.From < month.From || days.To > month.To {
				return nil, errors.New("a row is not of a month that was asked for")
			}
			_, spent, err := r.cost(a.Currency)
			if err == nil {
				total.Spend, err = money.Add(total.Spend, spent)
			}
			if err != nil {
				return nil, err
			}
			told++
		}
		records = append(records, total)
	}
	if told != len(rows) {
		return nil, errors.New("a row is of days that were not asked for")
	}
	return records, nil
}
