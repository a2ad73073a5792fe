package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// takeRoutes are the files that merchants take along.
var takeRoutes = []route{
	{"GET /m/{merchant}/take", viewing, showTake},
	{"GET /m/{merchant}/take/scorecard.xlsx", viewing, takeWorkbook},
	{"GET /m/{merchant}/take/{sheet}", viewing, takeSheet},
	{"GET /m/{merchant}/{period}/{kpi}/values.csv", viewing, takeValues},
}

type takePage struct {
	Asked  string // the period as it was typed
	Fault  string
	Period period.Period
	Quick  []quickPeriod
	Sheets []sheet
	None   string // why there is nothing to take
	Next   string // what to do about it, and where
	NextAt string
}

type quickPeriod struct {
	Word   string
	Period period.Period
}

func showTake(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	p := takePage{Asked: v.r.URL.Query().Get("period")}
	status := http.StatusOK
	var err error
	p.Period, err = v.site.Books.Period(v.merchant, p.Asked)
	if errors.Is(err, book.ErrAsked) {
		status, p.Fault = http.StatusUnprocessableEntity, sentence(err.Error())
		p.Period, err = v.site.Books.Period(v.merchant, "")
	}
	if err != nil {
		return err
	}
	for _, word := range []string{"last-week", "last-month", "last-quarter", "last-year", "this-month"} {
		at, err := v.site.Books.Period(v.merchant, word)
		if err != nil {
			return err
		}
		p.Quick = append(p.Quick, quickPeriod{word, at})
	}
	if err := v.offer(ctx, &p); err != nil {
		return err
	}
	return v.render(status, "take", page{Title: "Take along", Tab: "take"}, p)
}

// offer notes which files there are of the period, and where there are none, why: a page offers nothing that is not there.
func (v *visit) offer(ctx context.Context, p *takePage) error {
	scopes, err := v.site.kept(ctx, v.merchant, p.Period)
	if none := (*book.NoneError)(nil); errors.As(err, &none) {
		p.None, p.Next, p.NextAt = v.lacking(none)
		if p.NextAt == v.at("") { // the same of another period is here
			p.NextAt = v.at("take")
		}
		if p.Asked == "" && p.NextAt == v.at("take") {
			p.Next = ""
		}
		return nil
	}
	p.Sheets = sheetsOf(scopes)
	return err
}

const (
	kindCSV  = "text/csv; charset=utf-8"
	kindXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// takeWorkbook sends the workbook of a period, whole or not at all. It keeps its name, by which the merchant's own formulas find it.
func takeWorkbook(v *visit) error {
	if v.r.Method == http.MethodHead {
		return v.head("scorecard.xlsx", kindXLSX)
	}
	file, _, err := v.site.made(v.w, v.r, v.merchant, book.Request{Period: v.r.URL.Query().Get("period")}, export.XLSX)
	if err != nil {
		return v.noBook(err)
	}
	return v.send(file, kindXLSX, "scorecard.xlsx")
}

// takeSheet sends one sheet of a period as CSV; with ?bom=1 for an Excel that takes UTF-8 for Latin-1.
func takeSheet(v *visit) error {
	name, q := v.r.PathValue("sheet"), v.r.URL.Query()
	if !isSheet(name) {
		return errNoPage
	}
	if v.r.Method == http.MethodHead {
		return v.head(name, kindCSV)
	}
	file, _, err := v.site.madeSheet(v.w, v.r, v.merchant, book.Request{Period: q.Get("period")}, name, "", q.Get("bom") == "1")
	if err != nil {
		return v.noBook(err)
	}
	return v.send(file, kindCSV, name)
}

// takeValues sends one KPI's history over periods as long as the one of the address.
func takeValues(v *visit) error {
	k, ok := kpi.Find(kpi.Catalogue(), kpi.ID(v.r.PathValue("kpi")))
	if !ok {
		return errNoPage
	}
	at, err := v.site.Books.Period(v.merchant, v.r.PathValue("period"))
	if err != nil {
		return err
	}
	scope, err := kpi.ParseScope(v.r.URL.Query().Get("scope"))
	if err != nil {
		return errNoPage
	}
	ctx, cancel := within(v.r.Context())
	defer cancel()
	b, err := v.site.Books.Values(ctx, v.merchant, k.ID, scope, at.Grain)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := export.CSV(&file, export.Values(b), v.r.URL.Query().Get("bom") == "1"); err != nil {
		return err
	}
	return v.send(&file, kindCSV, string(k.ID)+"-"+string(at.Grain)+".csv")
}

// head says of a file what is known without making it, to who asks for no more.
func (v *visit) head(name, kind string) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	if err := v.site.has(ctx, v.merchant, v.r.URL.Query().Get("period"), name); err != nil {
		return v.noBook(err)
	}
	v.keepAs(kind, name)
	return nil
}

// send sends a file to be kept. What is in it belongs to the merchant: no cache keeps it.
func (v *visit) send(file *bytes.Buffer, kind, name string) error {
	v.keepAs(kind, name)
	v.w.Header().Set("Content-Length", strconv.Itoa(file.Len()))
	_, _ = io.Copy(v.w, file) // the visitor may be gone
	return nil
}

// keepAs says of an answer that it is a file to be kept.
func (v *visit) keepAs(kind, name string) {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// modified is Last-Modified of a book: when the latest of its figures was taken.
func modified(h http.Header, t time.Time) {
	if !t.IsZero() {
		h.Set("Last-Modified", t.UTC().Format(http.TimeFormat))
	}
}
