package tiktokads

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// answer is the envelope of everything TikTok says.
type answer[T any] struct {
	Code    *int64 `json:"code"`
	Message string `json:"message"`
	Data    *T     `json:"data"`
}

type table struct {
	List []row    `json:"list"` // left out where there is none
	Page pageInfo `json:"page_info"`
}

type pageInfo struct {
	TotalNumber *int64 `json:"total_number"`
}

type row struct {
	Dimensions dimensions `json:"dimensions"`
	Metrics    metrics    `json:"metrics"`
}

type dimensions struct {
	Campaign string `json:"campaign_id"`
	Day      string `json:"stat_time_day"` // 2026-11-19 00:00:00: a day of the account, not an instant
}

// metrics of both reports; each tells its own.
type metrics struct {
	Name string `json:"campaign_name"`

	Spend       rest.Figure `json:"spend"`
	Impressions rest.Figure `json:"impressions"`
	Clicks      rest.Figure `json:"clicks"`
	Purchases   rest.Figure `json:"complete_payment"`
	// Value is the worth of the purchases, whatever its name says; total_purchase_value is that of purchases in apps.
	Value rest.Figure `json:"total_complete_payment_rate"`

	Cost    rest.Figure `json:"cost"`
	Orders  rest.Figure `json:"orders"`
	Revenue rest.Figure `json:"gross_revenue"`
}

// micros is a figure in millionths; none is zero.
func micros(f rest.Figure) (money.Micros, error) {
	if f == "" {
		return 0, nil
	}
	return money.Parse(string(f))
}

func whole(f rest.Figure) (int64, error) {
	m, err := micros(f)
	if err == nil && m%money.Unit != 0 {
		err = fmt.Errorf("%q is no whole number", f)
	}
	return int64(m / money.Unit), err
}

func (d dimensions) day() (period.Day, error) {
	text, _, _ := strings.Cut(d.Day, " ")
	return period.ParseDay(text)
}

// list writes values as TikTok wants several of them in a query: as a JSON array.
func list(values ...string) string {
	b, _ := json.Marshal(values) // strings can be written
	return string(b)
}

// question is one report.
type question struct {
	op, path string
	query    url.Values
}

func (q question) between(days period.Days) question {
	q.query.Set("start_date", days.From.String())
	q.query.Set("end_date", (days.To - 1).String())
	return q
}

// found is a report's rows.
type found struct {
	rows []row
	at   time.Time // when TikTok began to answer
	// cut says that TikTok left rows out because the account has more ads than a report covers.
	cut bool
}

const pageSize = 1000

// ask reads all pages of a report.
func ask(ctx context.Context, c *rest.Client, q question) (found, error) {
	var f found
	q.query.Set("page_size", strconv.Itoa(pageSize))
	total := int64(-1)
	for page, pages := int64(1), int64(1); page <= pages; page++ {
		q.query.Set("page", strconv.FormatInt(page, 10))
		var out answer[table]
		call, err := c.Do(ctx, rest.Ask{Op: q.op, URL: base + q.path, Query: q.query}, &out)
		if err != nil {
			return f, err
		}
		if out.Data == nil || out.Data.Page.TotalNumber == nil {
			return f, connectors.Errorf(connectors.Malformed, q.op, "the answer does not say how many rows there are")
		}
		if f.at.IsZero() {
			f.at = call.At
		}
		f.cut = f.cut || call.Header.Get(headerCut) != ""
		f.rows = append(f.rows, out.Data.List...)
		if now := *out.Data.Page.TotalNumber; total < 0 {
			total, pages = now, (now+pageSize-1)/pageSize
		} else if now != total {
			return f, connectors.Errorf(connectors.Unavailable, q.op, "the report changed while its pages were read")
		}
	}
	if int64(len(f.rows)) != total {
		return f, connectors.Errorf(connectors.Unavailable, q.op, "%d of %d rows came", len(f.rows), total)
	}
	return f, nil
}

// headerCut warns that a report is not whole.
const headerCut = "X-Tt-Ads-Throttle"

func (found) incomplete(op string) error {
	return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: errors.New("the account has more ads than TikTok's report covers, which left some out"),
		Hint: "delete ads that ran long ago, or move some campaigns to another ad account"}
}
