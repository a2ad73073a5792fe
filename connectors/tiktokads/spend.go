package tiktokads

import (
	"context"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

const (
	pathReport = "/report/integrated/get/"
	pathGMVMax = "/gmv_max/report/get/"

	// nightly is how long TikTok corrects what ads cost; once a week the longest attribution is read again, 28 days after a click.
	nightly, weekly, mostDays = 14, 28, 30

	actionPurchase = "complete_payment"
	actionOrder    = "gmv_max_order" // paid and organic orders of the shop while the campaign ran
)

func spend() connectors.Stream {
	return stream(func(r *reader) daily.Report {
		return daily.Report{ID: "spend", Title: "ad spend", Needs: []string{canSpend}, Version: version,
			Nightly: nightly, Weekly: weekly, Most: mostDays, Read: r.spend}
	})
}

func (r *reader) spend(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	c := rest.New(a.Grant, a.Now, judge)
	d := days{ask: a, seen: map[key]bool{}}
	f, err := ask(ctx, c, byCampaign(a))
	if err != nil {
		return d.Answer, err
	}
	d.ReadAt = f.at
	if f.cut {
		// The account has more ads than a report covers. Its own sum by the day is still whole, though no campaign has a name.
		if f, err = ask(ctx, c, byAccount(a)); err != nil {
			return d.Answer, err
		}
	}
	if err := d.add(f, purchases); err != nil {
		return d.Answer, err
	}
	own, err := r.own(ctx, c, a.ID)
	if err != nil {
		return d.Answer, err
	}
	for _, s := range own {
		for _, kind := range []string{"PRODUCT", "LIVE"} {
			f, err := ask(ctx, c, byShop(a, s, kind))
			if err != nil {
				return d.Answer, ofGMVMax(err)
			}
			if err := d.add(f, orders); err != nil {
				return d.Answer, err
			}
		}
	}
	return d.Answer, nil
}

// byCampaign asks for ordinary campaigns, deleted ones too: what they cost stays.
func byCampaign(a daily.Ask) question {
	return question{"read what campaigns cost", pathReport, url.Values{
		"advertiser_id": {a.ID}, "service_type": {"AUCTION"}, "report_type": {"BASIC"}, "data_level": {"AUCTION_CAMPAIGN"},
		"dimensions": {list("campaign_id", "stat_time_day")},
		"metrics":    {list("campaign_name", "spend", "impressions", "clicks", "complete_payment", "total_complete_payment_rate")},
		"filtering":  {`[{"field_name":"campaign_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}]`},
	}}.between(a.Days)
}

func byAccount(a daily.Ask) question {
	return question{"read what the account's ads cost", pathReport, url.Values{
		"advertiser_id": {a.ID}, "service_type": {"AUCTION"}, "report_type": {"BASIC"}, "data_level": {"AUCTION_ADVERTISER"},
		"dimensions": {list("advertiser_id", "stat_time_day")},
		"metrics":    {list("spend", "impressions", "clicks", "complete_payment", "total_complete_payment_rate")},
	}}.between(a.Days)
}

// byShop asks for GMV Max campaigns of one shop and kind, in whatever state; TikTok takes no more shops or kinds. It tells neither impressions nor
// clicks of them.
func byShop(a daily.Ask, s shop, kind string) question {
	return question{"read what GMV Max campaigns cost", pathGMVMax, url.Values{
		"advertiser_id": {a.ID}, "store_ids": {list(s.ID)}, "dimensions": {list("campaign_id", "stat_time_day")},
		"metrics":   {list("campaign_name", "cost", "orders", "gross_revenue")},
		"filtering": {`{"gmv_max_promotion_types":["` + kind + `"],"campaign_statuses":["STATUS_DELIVERY_OK","STATUS_DISABLE","STATUS_DELETE","STATUS_NOT_DELIVERY"]}`},
	}}.between(a.Days)
}

// days are put together of several reports.
type days struct {
	daily.Answer
	ask  daily.Ask
	seen map[key]bool
}

type key struct {
	day      period.Day
	campaign string
}

// add takes a report's rows in. A campaign that an earlier report told of is not counted twice.
func (d *days) add(f found, read func(metrics) (fact.AdDay, error)) error {
	const op = "read the report"
	if f.cut {
		return f.incomplete(op)
	}
	here := map[key]bool{}
	for _, r := range f.rows {
		day, err := r.Dimensions.day()
		if err != nil || !d.ask.Days.Has(day) {
			return connectors.Errorf(connectors.Malformed, op, "there is a row of a day that was not asked for")
		}
		k := key{day, r.Dimensions.Campaign}
		if here[k] {
			return connectors.Errorf(connectors.Unavailable, op, "the report changed while its pages were read")
		}
		here[k] = true
		if d.seen[k] {
			continue
		}
		a, err := read(r.Metrics)
		if err != nil {
			return connectors.Errorf(connectors.Malformed, op, "%w", err)
		}
		if a.Spend == 0 && a.Impressions == 0 && a.Clicks == 0 && a.Conversions == 0 && a.Value == 0 {
			continue // as good as no row: TikTok tells some of them and leaves others out
		}
		a.Day, a.Zone, a.Campaign, a.Name, a.Currency, a.Final = day, d.ask.Zone, k.campaign, r.Metrics.Name, d.ask.Currency, d.ask.Final(day)
		d.Records = append(d.Records, a)
	}
	for k := range here {
		d.seen[k] = true
	}
	d.Read.Objects += int64(len(f.rows))
	return nil
}
