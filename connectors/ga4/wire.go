package ga4

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

const (
	dataBase  = "https://" + dataHost + "/" + version + "/"
	adminBase = "https://" + adminHost + "/" + version + "/"
)

type named struct {
	Name string `json:"name"`
}

type dateRange struct {
	Start string `json:"startDate"`
	End   string `json:"endDate"` // included
}

// question is the body of runReport. Its whole numbers are texts.
type question struct {
	Ranges     []dateRange `json:"dateRanges"`
	Dimensions []named     `json:"dimensions"`
	Metrics    []named     `json:"metrics"`
	Limit      string      `json:"limit"`
}

type value struct {
	Value string `json:"value"`
}

// report is the answer of runReport. Everything in a row is a text, in the order of the headers.
type report struct {
	Dimensions []named `json:"dimensionHeaders"`
	Metrics    []named `json:"metricHeaders"`
	Rows       []struct {
		Dimensions []value `json:"dimensionValues"`
		Metrics    []value `json:"metricValues"`
	} `json:"rows"`
	Count    int64 `json:"rowCount"` // of all there are, however many came
	Metadata *struct {
		Currency    string `json:"currencyCode"`
		Zone        string `json:"timeZone"`
		OtherRow    bool   `json:"dataLossFromOtherRow"`
		Thresholded bool   `json:"subjectToThresholding"`
		Samples     []struct {
			Read string `json:"samplesReadCount"`
		} `json:"samplingMetadatas"`
		Restrictions struct {
			Active []struct {
				Metric string `json:"metricName"`
			} `json:"activeMetricRestrictions"`
		} `json:"schemaRestrictionResponse"`
	} `json:"metadata"`
}

// run asks a property for a report, and says when it was answered.
func run(ctx context.Context, acc connectors.Account, op string, q question) (report, time.Time, error) {
	var r report
	call, err := rest.New(acc.Grant, acc.Now, judge).Do(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: dataBase + "properties/" + acc.ID + ":runReport", Body: q, Reads: true}, &r)
	if err == nil && r.Metadata == nil {
		err = connectors.Errorf(connectors.Malformed, op, "the answer is no report")
	}
	return r, call.At, err
}

// property is what holds figures; an account holds properties.
type property struct {
	Name     string    `json:"name"` // properties/123
	Title    string    `json:"displayName"`
	Currency string    `json:"currencyCode"`
	Zone     string    `json:"timeZone"`
	Created  time.Time `json:"createTime"`
}

type summaries struct {
	Accounts []struct {
		Account    string `json:"account"` // accounts/12
		Properties []struct {
			Property string `json:"property"`
			Title    string `json:"displayName"`
		} `json:"propertySummaries"`
	} `json:"accountSummaries"`
	Next string `json:"nextPageToken"`
}

type properties struct {
	Properties []property `json:"properties"`
	Next       string     `json:"nextPageToken"`
}

// most is how many accounts or properties a page may hold.
const most = "200"

// list reads all pages of one of the admin interface's lists.
func list[T any](ctx context.Context, g connectors.Grant, op, path string, query url.Values, page func(T) (next string)) error {
	query.Set("pageSize", most)
	for {
		var answer T
		if _, err := rest.New(g, nil, judge).Do(ctx, rest.Ask{Op: op, URL: adminBase + path, Query: query}, &answer); err != nil {
			return err
		}
		next := page(answer)
		if next == "" {
			return nil
		}
		if next == query.Get("pageToken") {
			return connectors.Errorf(connectors.Malformed, op, "the list does not end")
		}
		query.Set("pageToken", next)
	}
}
