package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// report declares a stream of daily figures that Shopify works out itself, asked for in its report language. Days come whole and
// replace what was stored of them, since Shopify restates them.
type report struct {
	id, title string
	// query asks for the days from first to last, both included, and for at most reportRows rows.
	query func(first, last period.Day) string
	// plain is asked instead where Shopify does not understand query: not every shop's reports know bots from people.
	plain func(first, last period.Day) string
	row   func(cells map[string]string, currency string) (fact.Record, error)
	merge func(rows []fact.Record) []fact.Record // optional: makes one of rows that we do not tell apart
	// begins is the first day that Shopify has figures of; chunk is how many days are asked for at once.
	begins period.Day
	chunk  int
}

const (
	// reportRows is the most rows that are asked for: as many as this means that some are missing.
	reportRows = 10_000
	// Days that are read again: each night, and once a week, because late events change them.
	nightlyDays, weeklyDays = 3, 35
)

// reportPlace is a report's cursor.
type reportPlace struct {
	// Whole is the first day not yet known to be whole; zero before the first pull was through.
	Whole period.Day `json:"whole,omitempty"`
	// Deep is the day of the latest weekly re-read.
	Deep period.Day `json:"deep,omitempty"`
	// Next and End are the days that are being read: from Next up to, but without, End. From is where that began.
	From  period.Day `json:"from,omitempty"`
	Next  period.Day `json:"next,omitempty"`
	End   period.Day `json:"end,omitempty"`
	Chunk int        `json:"chunk,omitempty"`
	// Plain says that Shopify did not understand the better query.
	Plain bool `json:"plain,omitempty"`
}

func (r *report) stream(known *prices) connectors.Stream {
	s := connectors.Stream{ID: r.id, Title: r.title, Needs: []string{canReports}, Reaches: true}
	s.Pull = func(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
		return r.pull(ctx, acc, req, known)
	}
	return s
}

func (r *report) pull(ctx context.Context, acc connectors.Account, req connectors.Request, known *prices) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		if err := r.run(ctx, acc, req, known, yield); err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, err)
		}
	}
}

func (r *report) run(ctx context.Context, acc connectors.Account, req connectors.Request, known *prices, yield func(connectors.Page, error) bool) error {
	var at reportPlace
	if err := req.Cursor.Decode(&at); err != nil {
		return err
	}
	c, err := newClient(acc, known)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(acc.Zone)
	if err != nil {
		return connectors.Errorf(connectors.Malformed, "read the shop's time zone", "%w", err)
	}
	if at.End == 0 {
		r.plan(&at, period.On(c.now(), zone), acc.Since, req.Since, zone)
	}
	q := &asker{c: c, has: func(string) bool { return true }}
	backfill := at.Whole == 0
	for at.Next < at.End {
		days := period.Days{From: at.Next, To: min(at.Next+period.Day(at.Chunk), at.End)}
		records, err := r.read(ctx, q, &at, days, acc.Currency)
		if isTooLarge(err) && days.Len() > 1 {
			at.Chunk = days.Len() / 2
			continue
		}
		if err != nil {
			return err
		}
		at.Next = days.To
		p := connectors.Page{Records: records, ReadAt: q.last.At.UTC(), Replaces: &days, Backfill: backfill,
			Note: connectors.Progress{Text: r.title + " " + days.String(), Done: int64(at.Next - at.From), Total: int64(at.End - at.From)}}
		if at.Next >= at.End {
			p.Proof = r.proof(&at, q, zone)
			at.Whole, at.From, at.Next, at.End = at.End, 0, 0, 0
		}
		if p.Next, err = connectors.Encode(at); err != nil {
			return err
		}
		if !yield(p, nil) {
			return errStopped
		}
		if at.End == 0 {
			return nil
		}
		// Reports have a budget of their own, in windows of a minute.
		if left := q.last.Report; left.Requested > 0 && left.Available < left.Requested {
			return &connectors.Error{Fault: connectors.Throttled, Op: "read " + r.title, RetryAfter: left.wait(q.last.At), Err: errReportBudget}
		}
	}
	return nil
}

var errReportBudget = errors.New("the budget for reports is spent")

// plan which days to read: all there are at first, and the last few afterwards. The day that is not over is left out.
func (r *report) plan(at *reportPlace, today period.Day, opened, since time.Time, zone *time.Location) {
	at.End, at.Chunk = today, r.chunk
	switch {
	case at.Whole == 0:
		at.Next, at.Deep = r.begins, today
		for _, t := range []time.Time{opened, since} {
			if !t.IsZero() {
				at.Next = max(at.Next, period.On(t, zone))
			}
		}
	case today-at.Deep >= 7:
		at.Next, at.Deep = at.Whole-weeklyDays, today
	default:
		at.Next = at.Whole - nightlyDays
	}
	at.From = at.Next
}

func (r *report) proof(at *reportPlace, q *asker, zone *time.Location) *connectors.Proof {
	from, to := at.From.Start(zone), at.End.Start(zone)
	return &connectors.Proof{Slice: period.Days{From: at.From, To: at.End}.String(), From: from, To: to, Started: q.last.At.UTC(),
		Method: "pages", Version: q.last.Version, CompleteTo: to}
}

type reportReply struct {
	Report *struct {
		Table *struct {
			Columns []struct {
				Name string `json:"name"`
			} `json:"columns"`
			Rows []json.RawMessage `json:"rows"`
		} `json:"tableData"`
		ParseErrors []string `json:"parseErrors"`
	} `json:"shopifyqlQuery"`
}

func askReport(ctx context.Context, q *asker, text string) (out reportReply, err error) {
	err = q.ask(ctx, "shopifyql", map[string]any{"q": text}, &out)
	return out, err
}

// read asks for days. A report fails in three ways: by an error, by parseErrors, and by having no table.
func (r *report) read(ctx context.Context, q *asker, at *reportPlace, days period.Days, currency string) ([]fact.Record, error) {
	op := "read " + r.title
	query := r.query
	if at.Plain && r.plain != nil {
		query = r.plain
	}
	out, err := askReport(ctx, q, query(days.From, days.To-1))
	if err == nil && r.plain != nil && !at.Plain && out.Report != nil && len(out.Report.ParseErrors) > 0 {
		at.Plain = true
		out, err = askReport(ctx, q, r.plain(days.From, days.To-1))
	}
	if err != nil {
		return nil, err
	}
	switch {
	case out.Report == nil:
		return nil, connectors.Errorf(connectors.Malformed, op, "the answer has no report")
	case len(out.Report.ParseErrors) > 0:
		return nil, connectors.Errorf(connectors.Malformed, op, "Shopify did not understand the report: %s", clean(out.Report.ParseErrors[0]))
	case out.Report.Table == nil:
		return nil, connectors.Errorf(connectors.Malformed, op, "the report has no table")
	case len(out.Report.Table.Rows) >= reportRows:
		return nil, connectors.Errorf(connectors.TooLarge, op, "a report of %d rows is cut off", len(out.Report.Table.Rows))
	}
	names := make([]string, len(out.Report.Table.Columns))
	for i, c := range out.Report.Table.Columns {
		names[i] = c.Name
	}
	var records []fact.Record
	for i, raw := range out.Report.Table.Rows {
		cells, err := cellsOf(raw, names)
		if err != nil {
			return nil, connectors.Errorf(connectors.Malformed, op, "row %d: %w", i+1, err)
		}
		rec, err := r.row(cells, currency)
		if err != nil {
			return nil, connectors.Errorf(connectors.Malformed, op, "row %d: %w", i+1, err)
		}
		records = append(records, rec)
	}
	if r.merge != nil {
		records = r.merge(records)
	}
	return records, nil
}

// cellsOf reads a row: an object by column name, or an array in the columns' order. Shopify's own documents show both.
func cellsOf(raw json.RawMessage, names []string) (map[string]string, error) {
	cells := map[string]string{}
	put := func(name string, v json.RawMessage) error {
		if string(v) == "null" {
			return nil
		}
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			var n json.Number
			if err := json.Unmarshal(v, &n); err != nil {
				return fmt.Errorf("column %s is neither text nor a number", clean(name))
			}
			s = n.String()
		}
		cells[name] = s
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		var row []json.RawMessage
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, err
		}
		if len(row) != len(names) {
			return nil, fmt.Errorf("%d cells for %d columns", len(row), len(names))
		}
		for i, v := range row {
			if err := put(names[i], v); err != nil {
				return nil, err
			}
		}
		return cells, nil
	}
	var row map[string]json.RawMessage
	if err := json.Unmarshal(raw, &row); err != nil {
		return nil, err
	}
	for name, v := range row {
		if err := put(name, v); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// dayCell reads the day of a row, which may come with a time.
func dayCell(cells map[string]string) (period.Day, error) {
	s := cells["day"]
	if len(s) > 10 {
		s = s[:10]
	}
	return period.ParseDay(s)
}
