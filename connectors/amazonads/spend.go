package amazonads

import (
	"context"
	"errors"

	"fourfold/connectors/daily"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

const (
	// Amazon takes void clicks off for three days, and credits purchases for the fourteen days of its window and restates them 28 days later.
	nightly, weekly = 14, 42
	// most is how many days a report may cover.
	most = 31
	// keeps is a day less than Amazon keeps brands for: products are kept for 95 days and displays for 65, but a day of which one of them is
	// no longer told is not known.
	keeps = 59
)

var spend = daily.Report{
	ID: "spend", Title: "spend by campaign and day", Needs: []string{canSpend}, Version: apiVersion,
	Nightly: nightly, Weekly: weekly, Most: most, Keeps: keeps,
	Job: &daily.Job{Parts: parts, Submit: days.submit, Poll: poll, Fetch: campaignDays, AtOnce: 2},
}

// totals are summaries of months. Amazon has no report of a whole account: campaigns come as one row each, and are added up here.
var totals = daily.Report{
	ID: "spend_totals", Title: "spend of the whole profile", Needs: []string{canSpend}, After: "spend", Version: apiVersion,
	Nightly: nightly, Most: most, Keeps: keeps, Months: true,
	Job: &daily.Job{Parts: parts, Submit: sums.submit, Poll: poll, Fetch: months, AtOnce: 2},
}

// kind is how a report is cut.
type kind struct {
	unit    string
	columns func(product) []string
}

var (
	days = kind{"DAILY", func(p product) []string {
		return []string{"date", "campaignId", "campaignName", "campaignBudgetCurrencyCode", "impressions", "clicks", "cost", p.purchases, p.sales}
	}}
	sums = kind{"SUMMARY", func(product) []string { return []string{"campaignId", "campaignBudgetCurrencyCode", "cost"} }}
)

func (k kind) order(a daily.Ask) order {
	p := products[a.Part]
	return order{Name: "Fourfold " + p.report + " " + k.unit, StartDate: a.Days.From.String(), EndDate: (a.Days.To - 1).String(),
		Configuration: configuration{AdProduct: a.Part, GroupBy: []string{"campaign"}, Columns: k.columns(p), ReportTypeID: p.report, TimeUnit: k.unit, Format: "GZIP_JSON"}}
}

// campaignDays reads the report of a product's campaigns.
func campaignDays(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	p := products[a.Part]
	err = read(ctx, a, ready.At, func(r row) error {
		f := figures{}
		d := fact.AdDay{Zone: a.Zone, Campaign: f.campaign(r.CampaignID), Name: r.CampaignName, Channel: p.channel, Currency: f.currency(r.Currency, a.Currency),
			Day: f.day(r.Date, a.Days), Spend: f.money("cost", r.Cost), Impressions: f.count("impressions", r.Impressions), Clicks: f.count("clicks", r.Clicks),
			Action: p.purchases, Attribution: p.attribution}
		if a.Part == "SPONSORED_PRODUCTS" {
			d.Conversions, d.Value = int64(f.money("purchases14d", r.Purchases14d)), f.money("sales14d", r.Sales14d)
		} else {
			d.Conversions, d.Value = int64(f.money("purchases", r.Purchases)), f.money("sales", r.Sales)
		}
		d.Final = a.Final(d.Day)
		answer.Records = append(answer.Records, d)
		return f.err
	})
	answer.Read.Objects = int64(len(answer.Records))
	return answer, err
}

// months reads the sum of a product's campaigns over a run of days within a month.
func months(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	total := fact.AdTotal{Days: period.Days{From: a.Days.From, To: a.Days.To}, Currency: a.Currency}
	err = read(ctx, a, ready.At, func(r row) error {
		f := figures{}
		f.currency(r.Currency, a.Currency)
		sum, err := money.Add(total.Spend, f.money("cost", r.Cost))
		total.Spend = sum
		return errors.Join(f.err, err)
	})
	answer.Records = append(answer.Records, total)
	answer.Read.Objects = 1
	return answer, err
}
