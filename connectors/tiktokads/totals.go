package tiktokads

import (
	"context"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
)

// totals are TikTok's own sums of an account by the month, without campaigns and days.
func totals() connectors.Stream {
	return stream(func(r *reader) daily.Report {
		return daily.Report{ID: "spend_totals", Title: "ad spend by months", Needs: []string{canSpend}, After: "spend", Version: version,
			Nightly: 35, Most: 31, Months: true, Read: r.total}
	})
}

func (r *reader) total(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	var out daily.Answer
	c := rest.New(a.Grant, a.Now, judge)
	own, err := r.own(ctx, c, a.ID)
	if err != nil {
		return out, err
	}
	asked := []question{ofAccount(a)}
	for _, s := range own {
		asked = append(asked, ofShop(a, s))
	}
	total := fact.AdTotal{Days: a.Days, Currency: a.Currency}
	for i, q := range asked {
		f, err := ask(ctx, c, q)
		if err != nil && i > 0 {
			err = ofGMVMax(err)
		}
		if err != nil {
			return out, err
		}
		if out.ReadAt.IsZero() {
			out.ReadAt = f.at
		}
		if f.cut {
			return out, f.incomplete(q.op)
		}
		for _, row := range f.rows {
			for _, figure := range []rest.Figure{row.Metrics.Spend, row.Metrics.Cost} {
				m, err := micros(figure)
				if err == nil {
					total.Spend, err = money.Add(total.Spend, m)
				}
				if err != nil {
					return out, connectors.Errorf(connectors.Malformed, q.op, "%w", err)
				}
			}
		}
		out.Read.Objects += int64(len(f.rows))
	}
	out.Records = []fact.Record{total}
	return out, nil
}

func ofAccount(a daily.Ask) question {
	return question{"read the account's total", pathReport, url.Values{
		"advertiser_id": {a.ID}, "service_type": {"AUCTION"}, "report_type": {"BASIC"}, "data_level": {"AUCTION_ADVERTISER"},
		"dimensions": {list("advertiser_id")}, "metrics": {list("spend")},
	}}.between(a.Days)
}

// ofShop asks for GMV Max of both kinds together, which TikTok tells by the account only.
func ofShop(a daily.Ask, s shop) question {
	return question{"read the total of GMV Max", pathGMVMax, url.Values{
		"advertiser_id": {a.ID}, "store_ids": {list(s.ID)}, "dimensions": {list("advertiser_id")}, "metrics": {list("cost")},
	}}.between(a.Days)
}
