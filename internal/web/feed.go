package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// A feed is an address that serves the sheets of the book as CSV to a spreadsheet, which asks for it by itself and has no session. Whoever
// knows the address may read, and nothing else; so it is shown once, kept as a hash, and never logged.

// feedEvery and feedBurst are how often one feed is answered: 30 times a minute, and ten times at once, as a spreadsheet of several sheets
// asks when it is opened.
const (
	feedEvery = 2 * time.Second
	feedBurst = 10
)

// feedWords are what its address may say behind the question mark.
var feedWords = []string{"period", "grain", "kpi"}

func (s *Site) serveFeed(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "private, no-cache")
	if err := s.feed(w, r); err != nil {
		no := s.refusing(r, err)
		no.retry(h)
		h.Del("ETag")
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(no.status)
		_, _ = w.Write([]byte(no.text + "\n"))
	}
}

func (s *Site) feed(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := within(r.Context())
	defer cancel()
	who, err := s.opened(ctx, r.PathValue("token"), store.Feed)
	switch {
	case errors.Is(err, errNoTicket):
		return refusal{http.StatusNotFound, "There is no such feed. Copy its whole address, or make another feed under Take along.", 0}
	case errors.Is(err, errEnded):
		return refusal{http.StatusGone, "This feed was ended, or who made it has no part in the merchant any more. Make another under Take along.", 0}
	case err != nil:
		return err
	}
	if wait := s.feedPace.wait(who.ticket.Token, s.Now()); wait > 0 {
		return tooOften(wait)
	}
	if !isSheet(r.PathValue("sheet")) {
		return refusal{http.StatusNotFound, "There is no such sheet. There are: " + sheetFiles() + ".", 0}
	}
	at, g, id, err := s.feedAsked(who.merchant, r.URL.Query())
	if err != nil {
		return err
	}
	name := r.PathValue("sheet")
	if r.Method == http.MethodHead { // nothing is made for who reads nothing: its length and its tag are not known without
		if err := s.has(ctx, who.merchant, at, name); err != nil {
			return err
		}
		asSheet(w, name)
		return nil
	}
	file, taken, err := s.madeSheet(w, r, who.merchant, book.Request{Period: at, Grain: g}, name, id, false)
	if err != nil {
		return err
	}
	modified(w.Header(), taken)
	if unchanged(w, r, tagOf(file.Bytes())) {
		return nil
	}
	asSheet(w, name)
	w.Header().Set("Content-Length", strconv.Itoa(file.Len()))
	_, _ = file.WriteTo(w) // who asked may be gone
	return nil
}

// asSheet says of an answer that it is a sheet to be read where it stands.
func asSheet(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", kindCSV)
	w.Header().Set("Content-Disposition", `inline; filename="`+name+`"`)
}

// feedAsked reads which period, grain and KPI are wanted. A grain alone means the last period of that length, and its history only.
func (s *Site) feedAsked(m store.Merchant, q url.Values) (at string, g period.Grain, id kpi.ID, err error) {
	if err := onlyWords(q, feedWords); err != nil {
		return "", "", "", err
	}
	bad := func(text string) error { return refusal{http.StatusBadRequest, text, 0} }
	at, g, id = q.Get("period"), period.Grain(q.Get("grain")), kpi.ID(q.Get("kpi"))
	if g != "" && !slices.Contains(period.Grains, g) {
		return "", "", "", bad("grain is day, week, month, quarter or year.")
	}
	if _, ok := kpi.Find(kpi.Catalogue(), id); id != "" && !ok {
		return "", "", "", bad("kpi is no KPI's ID: the sheet kpis has them in its first column.")
	}
	switch {
	case g == "":
		return at, g, id, nil
	case at == "":
		return lastOf[g], g, id, nil
	}
	p, err := s.Books.Period(m, at)
	if err == nil && p.Grain != g {
		err = bad("period is a " + string(p.Grain) + ", and grain says " + string(g) + ": leave one of them out.")
	}
	return at, g, id, err
}

// lastOf is the word for the last period of a length that has passed.
var lastOf = map[period.Grain]string{period.Daily: "yesterday", period.Weekly: "last-week", period.Monthly: "last-month", period.Quarterly: "last-quarter", period.Yearly: "last-year"}

// onlyWords refuses a question with words that mean nothing: whoever mistypes one must not get something else than they asked for.
func onlyWords(q url.Values, known []string) error {
	for word, values := range q {
		switch {
		case !slices.Contains(known, word) && len(known) == 0:
			return refusal{http.StatusBadRequest, "This address takes no parameters.", 0}
		case !slices.Contains(known, word):
			return refusal{http.StatusBadRequest, "There is a parameter that is none. There are: " + strings.Join(known, ", ") + ".", 0}
		case len(values) > 1:
			return refusal{http.StatusBadRequest, "The parameter " + word + " is given twice.", 0}
		}
	}
	return nil
}

// only keeps the rows of one KPI, in a sheet whose rows are KPIs'.
func only(s export.Sheet, id kpi.ID) export.Sheet {
	column := s.Column("kpi")
	if id == "" || column < 0 {
		return s
	}
	rows := s.Rows
	s.Rows = func(yield func(export.Row) bool) {
		for row := range rows {
			if row.Cells[column] == export.Text(id) && !yield(row) {
				return
			}
		}
	}
	return s
}

func sheetFiles() string {
	var files []string
	for _, s := range sheets {
		files = append(files, s.Key+".csv")
	}
	return strings.Join(files, ", ")
}
