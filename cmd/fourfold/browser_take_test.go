package main

import (
	"bytes"
	"encoding/csv"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/export"
)

// takesAlong downloads the workbook and holds its cells against the page; and makes a feed, which a spreadsheet that is not signed in reads.
func takesAlong(x *tab) (feed string) {
	x.t.Helper()
	x.opens("/m/1/2026-05")
	page := x.figures()
	if len(page) < 5 {
		x.t.Errorf("the scorecard shows %d figures only", len(page))
	}
	x.goes("Take along")
	x.hand.write(x, "Period", "2026-05")
	x.goes("Choose")
	name, file := x.takes("scorecard.xlsx of May 2026")
	if !strings.HasSuffix(name, ".xlsx") {
		x.t.Errorf("the workbook comes as %s", name)
	}
	cells := workbook(x.t, file)
	for title, shown := range page {
		cell, ok := cells[title]
		if !ok {
			x.t.Errorf("%s is %s on the page, and not in the workbook", title, shown)
		} else if !saysTheSame(x.t, shown, cell) {
			x.t.Errorf("%s is %s on the page, and %v in the workbook", title, shown, cell)
		}
	}
	x.goes("Live feeds")
	x.hand.write(x, "What the new feed is for", "Monday meeting")
	x.goes("Make a feed")
	x.read(&feed, `document.querySelector("input[aria-label='Address of scorecard for Excel']").value`)
	var formula string
	x.read(&formula, `document.querySelector("input[aria-label='Formula of scorecard for Google Sheets']").value`)
	if !strings.HasPrefix(formula, `=IMPORTDATA("`) || !strings.Contains(formula, "/feed/") {
		x.t.Errorf("for Google Sheets it says %s", formula)
	}
	feed, _, _ = strings.Cut(feed, "?")
	feed += "?period=2026-05"
	fed := fedCells(x.t, feed)
	for title := range page {
		if math.Abs(fed[title]-cells[title]) > 1e-9*math.Abs(cells[title]) {
			x.t.Errorf("%s is %v in the feed, and %v in the workbook", title, fed[title], cells[title])
		}
	}
	x.page("a feed's address")
	x.goes("I have copied it")
	x.sees("Monday meeting")
	return feed
}

// workbook is the values of a workbook's scorecard, by the KPI's title.
func workbook(t testing.TB, file []byte) map[string]float64 {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(export.ScorecardSheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return valuesOf(t, rows, "Objective and KPI", "Value")
}

// fedCells is the same of a feed, read by somebody who is not signed in.
func fedCells(t testing.TB, address string) map[string]float64 {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the feed answers %s", resp.Status)
	}
	r := csv.NewReader(resp.Body)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return valuesOf(t, rows, "title", "value")
}

// valuesOf are the numbers of a column by the words of another, below the row that names both.
func valuesOf(t testing.TB, rows [][]string, title, value string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	from, titles, values := -1, 0, 0
	for i, row := range rows {
		if titles, values = slices.Index(row, title), slices.Index(row, value); titles >= 0 && values >= 0 {
			from = i
			break
		}
	}
	if from < 0 {
		t.Fatalf("no row names the columns %s and %s", title, value)
	}
	for _, row := range rows[from+1:] {
		if len(row) <= max(titles, values) {
			continue
		}
		if n, err := strconv.ParseFloat(row[values], 64); err == nil {
			all[strings.TrimSpace(row[titles])] = n
		}
	}
	return all
}

// saysTheSame holds a number as it is shown, such as €86,611 or −1.2%, against what it is: to half of the last place.
func saysTheSame(t testing.TB, shown string, is float64) bool {
	t.Helper()
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r == '.':
			return r
		case r == '−':
			return '-'
		}
		return -1
	}, shown)
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		t.Errorf("%q is shown where a number is wanted", shown)
		return false
	}
	last := 1.0
	if _, after, ok := strings.Cut(digits, "."); ok {
		last = math.Pow10(-len(after))
	}
	if strings.Contains(shown, "%") {
		n, last = n/100, last/100
	}
	return math.Abs(n-is) <= last/2*1.000001
}
