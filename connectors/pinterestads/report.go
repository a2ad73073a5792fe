package pinterestads

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
)

// order is a report to prepare.
type order struct {
	From        string   `json:"start_date"`
	To          string   `json:"end_date"` // the last day
	Granularity string   `json:"granularity"`
	Level       string   `json:"level"`
	Columns     []string `json:"columns"`
	Format      string   `json:"report_format"`
	Click       int      `json:"click_window_days"`
	Engagement  int      `json:"engagement_window_days"`
	View        int      `json:"view_window_days"`
	Time        string   `json:"conversion_report_time"`
}

// The windows that purchases are credited over, and the day that they are credited to: that of the ad.
const (
	clickDays, engagementDays, viewDays = 30, 30, 1

	attribution = "30d_click,30d_engagement,1d_view"
	byAdAction  = "TIME_OF_AD_ACTION"
)

type ordered struct {
	Token string `json:"token"`
}

type status struct {
	Status string `json:"report_status"`
	URL    string `json:"url"`
}

// What Pinterest says of a report.
const (
	running  = "IN_PROGRESS"
	finished = "FINISHED"
)

const (
	zone = "UTC" // of all days

	// mostDays is one less than the days that may lie between the first and the last; keeps is short of the 914 by the hours that a report waits.
	mostDays, keeps = 186, 913

	// Pinterest keeps a report for an hour. One that is not done well before that is ordered anew.
	lasts, patience = time.Hour, 40 * time.Minute

	maxReport = 256 << 20
)

// job is the report of that level and granularity. Its rows go to read.
func job(level, granularity string, columns []string, read func(a daily.Ask, rows []row) (daily.Answer, error)) *daily.Job {
	return &daily.Job{AtOnce: 3, Lasts: lasts, Patience: patience, Poll: poll,
		Submit: func(ctx context.Context, a daily.Ask) (string, error) {
			const op = "order a report"
			var out ordered
			_, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: reports(a), Reads: true, Body: order{
				From: a.Days.From.String(), To: (a.Days.To - 1).String(), Granularity: granularity, Level: level, Columns: columns, Format: "JSON",
				Click: clickDays, Engagement: engagementDays, View: viewDays, Time: byAdAction}}, &out)
			return out.Token, err
		},
		Fetch: func(ctx context.Context, a daily.Ask, ready daily.Ready) (daily.Answer, error) {
			const op = "read the report"
			var rows []row
			err := rest.Download(ctx, a.Grant, op, ready.At, maxReport, func(r io.Reader) (err error) {
				rows, err = decode(r)
				return err
			})
			var fault *connectors.Error
			switch {
			case ctx.Err() != nil:
				return daily.Answer{}, ctx.Err()
			case errors.As(err, &fault):
				return daily.Answer{}, fault
			case err != nil:
				return daily.Answer{}, connectors.Errorf(connectors.Malformed, op, "it is not as agreed: %w", err)
			}
			answer, err := read(a, rows)
			if err != nil {
				return answer, connectors.Errorf(connectors.Malformed, op, "%w", err)
			}
			answer.Read.Objects = int64(len(rows))
			return answer, nil
		},
	}
}

func reports(a daily.Ask) string {
	return base + pathAccounts + "/" + url.PathEscape(a.ID) + "/reports"
}

func poll(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	const op = "ask for the report"
	var out status
	if _, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op, URL: reports(a), Query: url.Values{"token": {id}}}, &out); err != nil {
		return daily.Ready{}, err
	}
	switch out.Status {
	case running:
		return daily.Ready{}, nil
	case finished:
		if out.URL == "" {
			return daily.Ready{Failed: "it is finished, and nowhere to be had"}, nil
		}
		return daily.Ready{Done: true, At: out.URL}, nil
	case "":
		return daily.Ready{}, connectors.Errorf(connectors.Malformed, op, "the answer does not say how far it is")
	}
	return daily.Ready{Failed: connectors.Clean(out.Status)}, nil // failed, cancelled, expired, or never heard of
}

// decode reads rows: in a list, or in lists by the campaign's ID.
func decode(r io.Reader) (rows []row, err error) {
	d := json.NewDecoder(r)
	open, err := d.Token()
	if err != nil {
		return nil, shapeless(err)
	}
	switch open {
	case json.Delim('['):
		for d.More() {
			var one row
			if err := d.Decode(&one); err != nil {
				return nil, shapeless(err)
			}
			rows = append(rows, one)
		}
	case json.Delim('{'):
		for d.More() {
			var some []row
			if _, err := d.Token(); err != nil {
				return nil, shapeless(err)
			}
			if err := d.Decode(&some); err != nil {
				return nil, shapeless(err)
			}
			rows = append(rows, some...)
		}
	default:
		return nil, errShape
	}
	if _, err := d.Token(); err != nil {
		return nil, shapeless(err)
	}
	return rows, nil
}

var errShape = errors.New("there are no rows in it")

// shapeless keeps the report's own words out of errors.
func shapeless(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return errors.New("a " + kind.Field + " of it is a " + kind.Value)
	}
	return errShape
}
