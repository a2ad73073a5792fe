package amazonads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
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
	ID: "spend", Title: "spend by campaign and day", Needs: []string{capabilitySpend}, Version: apiVersion,
	Nightly: nightly, Weekly: weekly, Most: most, Keeps: keeps,
	Job: &daily.Job{Parts: parts, Submit: days.submit, Poll: poll, Fetch: campaignDays, AtOnce: 2},
}

// totals are summaries of months. Amazon has no report of a whole account: campaigns come as one row each, and are added up here.
var totals = daily.Report{
	ID: "spend_totals", Title: "spend of the whole profile", Needs: []string{capabilitySpend}, After: "spend", Version: apiVersion,
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

// submit orders a report, or adopts one that is the same and under way: an order whose answer was lost, or that was made before a restart.
func (k kind) submit(ctx context.Context, a daily.Ask) (string, error) {
	o := k.order(a)
	var out report
	// It may be sent again, since Amazon tells what it has got already.
	call, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op(a, "order"), Method: http.MethodPost, URL: host(a.Grant) + pathReports, Body: o, Reads: true,
		Header: header(a)}, &out)
	if call.Status == http.StatusBadRequest && noProduct.Match(call.Body) {
		return idNone, nil
	}
	if call.Status != statusTooEarly {
		return out.ReportID, err
	}
	id := reportID.FindString(string(call.Body))
	if id == "" {
		return "", err
	}
	there, lookErr := look(ctx, a, id)
	if lookErr != nil {
		return "", lookErr
	}
	// Amazon takes daily and summed reports of the same days for each other.
	if !there.is(o) {
		return "", err
	}
	return id, nil
}

// reportID is what Amazon's refusal of a duplicate ends with.
var reportID = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// is says whether a report holds what an order asks for.
func (r report) is(o order) bool {
	c, want := r.Configuration, o.Configuration
	slices.Sort(c.Columns)
	want.Columns = slices.Sorted(slices.Values(want.Columns))
	return r.StartDate == o.StartDate && r.EndDate == o.EndDate && c.ReportTypeID == want.ReportTypeID && c.TimeUnit == want.TimeUnit &&
		slices.Equal(c.Columns, want.Columns) && slices.Equal(c.GroupBy, want.GroupBy)
}

// idNone stands for the report of a product that the account cannot have.
const idNone = "none"

// poll asks how far a report is.
func poll(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	if id == idNone {
		return daily.Ready{Done: true}, nil
	}
	r, err := look(ctx, a, id)
	if errors.Is(err, errLost) {
		return daily.Ready{Failed: errLost.Error()}, nil
	}
	if err != nil {
		return daily.Ready{}, err
	}
	switch r.Status {
	case "PENDING", "PROCESSING":
		return daily.Ready{}, nil
	case "COMPLETED":
		return daily.Ready{Done: true, At: r.URL}, nil
	case "FAILED":
		return daily.Ready{Failed: "FAILED " + rest.Clean(r.FailureReason)}, nil
	default:
		return daily.Ready{}, connectors.Errorf(connectors.Malformed, op(a, "ask for"), "the report is in a state %q that is not known", rest.Clean(r.Status))
	}
}

// errLost is the cause where Amazon no longer keeps a report.
var errLost = errors.New("the report is no longer kept")

func look(ctx context.Context, a daily.Ask, id string) (r report, err error) {
	call, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op(a, "ask for"), URL: host(a.Grant) + pathReports + "/" + url.PathEscape(id),
		Header: header(a)}, &r)
	if call.Status == http.StatusNotFound {
		return r, errLost
	}
	return r, err
}

// header names the profile and the version, which Amazon wants of questions too, and leaves it the type of its answer.
func header(a daily.Ask) map[string]string {
	return map[string]string{headerProfile: a.ID, "Content-Type": typeReport, "Accept": "*/*"}
}

func op(a daily.Ask, what string) string {
	return what + " the report " + products[a.Part].report + " " + a.Days.String() + " of profile " + a.ID
}

// campaignDays reads the report of a product's campaigns.
func campaignDays(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	p := products[a.Part]
	err = read(ctx, a, ready.At, func(r row) error {
		f := figures{}
		d := fact.AdDay{Zone: a.Zone, Campaign: r.CampaignID.String(), Name: r.CampaignName, Channel: p.channel, Currency: r.Currency,
			Day: f.day(r.Date, a.Days), Spend: f.money("cost", r.Cost), Impressions: f.count("impressions", r.Impressions), Clicks: f.count("clicks", r.Clicks),
			Action: p.purchases, Attribution: p.attribution}
		if a.Part == "SPONSORED_PRODUCTS" {
			d.Conversions, d.Value = int64(f.money("purchases14d", r.Purchases14d)), f.money("sales14d", r.Sales14d)
		} else {
			d.Conversions, d.Value = int64(f.money("purchases", r.Purchases)), f.money("sales", r.Sales)
		}
		if d.Currency == "" {
			d.Currency = a.Currency
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
		total.Spend += f.money("cost", r.Cost)
		return f.err
	})
	answer.Records = append(answer.Records, total)
	answer.Read.Objects = 1
	return answer, err
}
