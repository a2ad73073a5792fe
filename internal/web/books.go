package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// A whole book of a long history is a lot of memory and seconds of work: few are made at once, the others wait.
const (
	booksAtOnce = 2
	bookWithin  = time.Minute // the making, with the waiting
	bookSent    = 3 * time.Minute
)

// made makes a merchant's book as an export has it and writes a file of it, whole or not at all. It gives the answer time to be sent, and
// keeps nobody waiting for the one who reads it.
func (s *Site) made(w http.ResponseWriter, r *http.Request, m store.Merchant, req book.Request, write func(io.Writer, export.Book) error) (file *bytes.Buffer, taken time.Time, err error) {
	// The connection's own clock, which is no business of the site's.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(bookSent))
	ctx, cancel := context.WithTimeout(r.Context(), bookWithin)
	defer cancel()
	select {
	case s.making <- struct{}{}:
		defer func() { <-s.making }()
	case <-ctx.Done():
		if r.Context().Err() == nil {
			err = errBooks
		}
		return nil, taken, cmp.Or(err, ctx.Err())
	}
	req.All, req.History = true, true
	b, err := s.Books.Of(ctx, m, req)
	if err != nil {
		return nil, taken, err
	}
	file = &bytes.Buffer{}
	return file, b.TakenAt, write(file, b)
}

// errBooks is for who waited for others' books.
var errBooks error = refusal{http.StatusServiceUnavailable, "Many books are being made just now. Try again in a minute.", time.Minute}

// madeSheet makes one sheet as CSV, of one KPI alone where one is named, with as much of the history as it shows: the sheet of snapshots is the
// history, of the lengths that are wanted; every other one goes by periods as long as its own.
func (s *Site) madeSheet(w http.ResponseWriter, r *http.Request, m store.Merchant, req book.Request, name string, id kpi.ID, bom bool) (file *bytes.Buffer, taken time.Time, err error) {
	if name != "snapshots.csv" {
		p, err := s.Books.Period(m, req.Period)
		if err != nil {
			return nil, taken, err
		}
		req.Grain = p.Grain
	}
	return s.made(w, r, m, req, func(to io.Writer, b export.Book) error {
		sheet, err := sheetOf(b, name)
		if err != nil {
			return err
		}
		return export.CSV(to, only(sheet, id), bom)
	})
}

// sheet is one of a book, by the name of its file.
type sheet struct{ Key, Text string }

// sheets are those of a book, in words for who takes them along. A test holds the list to what export lays out.
var sheets = []sheet{
	{"scorecard", "The scorecard of the period, by perspective and objective"},
	{"scopes", "The same for each store and channel, where there are several"},
	{"kpis", "Every KPI of the period, one line each"},
	{"trends", "Values and scores of the last periods"},
	{"snapshots", "The whole history, one line a value: made for pivot tables"},
	{"targets", "Every version of every target"},
	{"definitions", "What each KPI means: formula, sources, what is counted"},
	{"completeness", "What was read and proven, and ours against the platforms' figures"},
}

// sheetsOf are those of a book of so many scopes: one has the whole only, and no sheet of scopes.
func sheetsOf(scopes []store.Scope) []sheet {
	return slices.DeleteFunc(slices.Clone(sheets), func(s sheet) bool { return s.Key == "scopes" && len(scopes) < 2 })
}

// kept lists the scopes that a book of a period tells of. Where there are none its error says why.
func (s *Site) kept(ctx context.Context, m store.Merchant, at period.Period) ([]store.Scope, error) {
	all, err := s.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Grain: at.Grain, Period: at.Name, Latest: true})
	if err != nil {
		return nil, err
	}
	scopes, err := s.Store.Scopes(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	scopes = slices.DeleteFunc(scopes, func(sc store.Scope) bool {
		return !slices.ContainsFunc(all, func(sn kpi.Snapshot) bool { return sn.Scope == sc.Scope })
	})
	if len(scopes) > 0 {
		return scopes, nil
	}
	_, _, err = s.Books.Scorecards(ctx, m, book.Request{Period: at.Name})
	return nil, err // nil if it was kept just now: the next look shows it
}

// has refuses a file that there is none of, without making it.
func (s *Site) has(ctx context.Context, m store.Merchant, asked, file string) error {
	at, err := s.Books.Period(m, asked)
	if err != nil {
		return err
	}
	scopes, err := s.kept(ctx, m, at)
	if err == nil && file == "scopes.csv" && len(scopes) < 2 {
		return errOneScope
	}
	return err
}

// sheetOf finds a sheet by the name of its file.
func sheetOf(b export.Book, file string) (export.Sheet, error) {
	key, _ := strings.CutSuffix(file, ".csv")
	all := export.Lay(b)
	if i := slices.IndexFunc(all, func(s export.Sheet) bool { return s.Key == key }); i >= 0 {
		return all[i], nil
	}
	return export.Sheet{}, errOneScope
}

// errOneScope is for the sheet of scopes where there are none.
var errOneScope = refusal{http.StatusNotFound, "With one store and one channel there is the whole only, which is in the sheet scorecard.", 0}

// isSheet says whether a book may have a file of that name.
func isSheet(file string) bool {
	key, csv := strings.CutSuffix(file, ".csv")
	for _, s := range sheets {
		if csv && s.Key == key {
			return true
		}
	}
	return false
}

// noBook is the page for a period of which there is nothing.
func (v *visit) noBook(err error) error {
	var none *book.NoneError
	var words refusal
	switch {
	case errors.As(err, &none), errors.Is(err, book.ErrAsked):
		return problem{http.StatusNotFound, "There is nothing of that period", sentence(err.Error()), v.at("take")}
	case errors.As(err, &words):
		title := "There is no such sheet"
		if words.status == http.StatusServiceUnavailable {
			title = "Just a moment"
		}
		return problem{words.status, title, words.text, v.at("take")}
	}
	return err
}
