package microsoftads

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

const (
	// Microsoft credits conversions for up to 90 days after a click, most of them within 30.
	nightly, weekly = 30, 90
	// keeps is a little less than the 36 months that Microsoft keeps days for.
	keeps = 1080
	// lasts is a little less than the day for which a report can be asked for by its ID.
	lasts = 23 * time.Hour
	// attribution says that each conversion goal has windows of its own.
	attribution = "windows set on each goal"
)

var spend = daily.Report{
	ID: "spend", Title: "spend by campaign and day", Needs: []string{canSpend}, Version: apiVersion, Zone: dayZone,
	Nightly: nightly, Weekly: weekly, Most: 200, Keeps: keeps,
	Job: &daily.Job{Submit: campaigns.submit, Poll: poll, Fetch: campaignDays, AtOnce: 3, Lasts: lasts},
}

// totals are of the account by itself. They come by the day, and are added up to months here: one report holds any number of months, while
// Microsoft's own months cannot be cut off at yesterday.
var totals = daily.Report{
	ID: "spend_totals", Title: "spend of the whole account", Needs: []string{canSpend}, After: "spend", Version: apiVersion, Zone: dayZone,
	Nightly: 35, Most: 800, Keeps: keeps, Months: true, Joined: true,
	Job: &daily.Job{Submit: whole.submit, Poll: pollTotals, Fetch: months, Lasts: lasts},
}

// kind is one of Microsoft's reports with the columns that are read of it.
type kind struct {
	request string
	name    string
	columns []string
}

const (
	colDay         = "TimePeriod"
	colCampaign    = "CampaignId"
	colName        = "CampaignName"
	colType        = "CampaignType"
	colCurrency    = "CurrencyCode"
	colImpressions = "Impressions"
	colClicks      = "Clicks"
	colSpend       = "Spend"
	colConversions = "ConversionsQualified" // Conversions leaves out parts of one, and is deprecated
	colRevenue     = "Revenue"
)

var (
	campaigns = kind{"CampaignPerformanceReportRequest", "Fourfold campaigns",
		[]string{colDay, colCampaign, colName, colType, colCurrency, colImpressions, colClicks, colSpend, colConversions, colRevenue}}
	whole = kind{"AccountPerformanceReportRequest", "Fourfold account", []string{colDay, colCurrency, colSpend}}
)

// submit orders a report of whole days. Microsoft does not look for one that is the same: each order is prepared. Its zone is left out, since it
// only says what today is, and yesterday in any zone is over or running in the Pacific one, which is then taken.
func (k kind) submit(ctx context.Context, a daily.Ask) (string, error) {
	op := "order the report " + a.Days.String() + " of account " + a.ID
	if a.Manager == "" {
		return "", connectors.Errorf(connectors.Malformed, op, "the customer that the account belongs to is not known: link the account again")
	}
	var out submitted
	err := ask(ctx, a, op, pathSubmit, submission{reportRequest{
		Type: k.request, ReportName: k.name, Format: "Csv", FormatVersion: "2.0",
		ExcludeReportHeader: true, ExcludeReportFooter: true,
		Aggregation: "Daily", Columns: k.columns,
		Scope: reportScope{AccountIDs: []string{a.ID}},
		Time:  reportTime{CustomDateRangeStart: dateOf(a.Days.From), CustomDateRangeEnd: dateOf(a.Days.To - 1)},
	}}, &out)
	return out.ReportRequestID, err
}

func ask(ctx context.Context, a daily.Ask, op, path string, body, out any) error {
	// An order that may have been taken is made again: the first is then never asked for, which costs Microsoft a file.
	_, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: "https://" + hostReports + path, Body: body, Reads: true,
		Header: map[string]string{"CustomerId": a.Manager, "CustomerAccountId": a.ID}}, out)
	return err
}

// poll asks how far a report is. One without an address holds nothing.
func poll(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	op := "ask for the report " + a.Days.String() + " of account " + a.ID
	var out pollAnswer
	err := ask(ctx, a, op, pathPoll, submitted{id}, &out)
	if errors.Is(err, errLost) {
		return daily.Ready{Failed: errLost.Error()}, nil
	}
	if err != nil {
		return daily.Ready{}, err
	}
	switch s := out.ReportRequestStatus; s.Status {
	case "Pending":
		return daily.Ready{}, nil
	case "Success":
		return daily.Ready{Done: true, Empty: s.ReportDownloadURL == "", At: s.ReportDownloadURL}, nil
	case "Error":
		return daily.Ready{Failed: s.Status}, nil
	default:
		return daily.Ready{}, connectors.Errorf(connectors.Malformed, op, "the report is in a state %q that is not known", connectors.Clean(s.Status))
	}
}

// pollTotals reads a report that holds nothing too: nothing was spent then, which is a total.
func pollTotals(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	ready, err := poll(ctx, a, id)
	ready.Empty = false
	return ready, err
}

// campaignDays reads the report of campaigns.
func campaignDays(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	err = campaigns.read(ctx, a, ready.At, func(r row) error {
		d := fact.AdDay{Zone: cmp.Or(dayZone, a.Zone), Action: colConversions, Attribution: attribution}
		d.Day = r.day(colDay)
		d.Campaign, d.Name, d.Channel = r.campaign(), r.text(colName), channelOf(r.text(colType))
		d.Currency = r.currency(a.Currency)
		d.Spend, d.Impressions, d.Clicks = r.money(colSpend), r.count(colImpressions), r.count(colClicks)
		d.Conversions, d.Value = int64(r.nearest(colConversions)), r.nearest(colRevenue)
		d.Final = a.Final(d.Day)
		answer.Records = append(answer.Records, d)
		return r.err()
	})
	answer.Read.Objects = int64(len(answer.Records))
	return answer, err
}

// months reads the report of the account, and adds its days up.
func months(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	of := map[period.Day]int{} // the total of a day
	for i, month := range a.Months() {
		answer.Records = append(answer.Records, fact.AdTotal{Days: month, Currency: a.Currency})
		for day := month.From; day < month.To; day++ {
			of[day] = i
		}
	}
	answer.Read.Objects = int64(len(answer.Records))
	if ready.At == "" {
		return answer, nil
	}
	return answer, whole.read(ctx, a, ready.At, func(r row) error {
		day, spent := r.day(colDay), r.money(colSpend)
		if r.currency(a.Currency); r.err() != nil {
			return r.err()
		}
		t := answer.Records[of[day]].(fact.AdTotal)
		t.Spend, err = money.Add(t.Spend, spent)
		answer.Records[of[day]] = t
		return err
	})
}
