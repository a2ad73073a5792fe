package export

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/period"
	"fourfold/kpi"
)

func xlsx(t *testing.T, b Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := XLSX(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t *testing.T, b Book) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(xlsx(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestXLSXSame writes one book thirty times. With $FOURFOLD_SAMPLE it leaves it there, to be looked at.
func TestXLSXSame(t *testing.T) {
	book := sample(t)
	first := xlsx(t, book)
	if path := os.Getenv("FOURFOLD_SAMPLE"); path != "" {
		if err := os.WriteFile(path, first, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range 29 {
		if !bytes.Equal(xlsx(t, sample(t)), first) {
			t.Fatal("two exports of one book differ")
		}
	}
	book.TakenAt = book.TakenAt.Add(time.Minute)
	if bytes.Equal(xlsx(t, book), first) {
		t.Error("another snapshot gives the same file")
	}
}

func TestXLSXContainer(t *testing.T) {
	body := xlsx(t, sample(t))
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s", z.File[0].Name)
	}
	charts, sparklines := 0, false
	for _, f := range z.File {
		if !f.Modified.Equal(zipDate) {
			t.Errorf("%s is dated %s", f.Name, f.Modified)
		}
		if strings.HasPrefix(f.Name, "xl/charts/chart") {
			charts++
		}
		if f.Name == "xl/worksheets/sheet1.xml" {
			sparklines = strings.Contains(part0(t, f), "x14:sparkline ") || strings.Contains(part0(t, f), "<x14:sparkline>")
		}
		if strings.HasPrefix(f.Name, "xl/worksheets/sheet") && strings.Contains(part0(t, f), "<f>") {
			t.Errorf("%s holds a formula", f.Name)
		}
		if strings.Contains(part0(t, f), "dataBar") {
			t.Errorf("%s holds data bars, which crash LibreOffice 7", f.Name)
		}
	}
	if charts != len(kpi.Perspectives) {
		t.Errorf("%d charts, want one a perspective", charts)
	}
	if !sparklines {
		t.Error("no sparklines on the scorecard")
	}
}

func part0(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// at reads the cell that a name points to: as it is stored and as it is shown.
func at(t *testing.T, f *excelize.File, name string) (raw, shown string) {
	t.Helper()
	for _, n := range f.GetDefinedName() {
		if n.Name != name {
			continue
		}
		sheet, cell, _ := strings.Cut(strings.ReplaceAll(n.RefersTo, "$", ""), "!")
		sheet = strings.Trim(sheet, "'")
		raw, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		shown, err := f.GetCellValue(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		return raw, shown
	}
	t.Fatalf("the workbook has no name %s", name)
	return "", ""
}

func TestXLSXNames(t *testing.T) {
	book := sample(t)
	f := open(t, book)
	for _, c := range []struct{ name, raw, shown string }{
		{"ff_period", "2026-10", "2026-10"},
		{"ff_to", "46326", "2026-10-31"},
		{"ff_running", "no", "no"},
		{"ff_currency", "EUR", "EUR"},
		{"ff_net_sales_value", "92015.71", "92,015.71"},
		{"ff_net_sales_status", "green", "● green"},
		{"ff_cac_blended_value", "–", "–"},
		{"ff_cac_blended_score", "–", "–"},
		{"ff_net_sales_by_order_date_target", "–", "–"},
		{"ff_financial_perspective_status", "amber", "▲ amber"},
	} {
		if raw, shown := at(t, f, c.name); raw != c.raw || shown != c.shown {
			t.Errorf("%s is %q, shown as %q; want %q, %q", c.name, raw, shown, c.raw, c.shown)
		}
	}
	seen := map[string]bool{}
	for _, n := range Names(book.KPIs) {
		at(t, f, n.Name)
		if key := strings.ToLower(n.Name); seen[key] {
			t.Errorf("two cells are named %s", n.Name)
		} else {
			seen[key] = true
		}
	}
}

// TestXLSXNamesStay takes the names over to a book that shows other KPIs of another period: what they mean stays.
func TestXLSXNamesStay(t *testing.T) {
	book := sample(t)
	book.All = true
	book.Cards = book.Cards[:1]
	book.KPIs = append([]kpi.KPI{{ID: "newcomer", Title: "Newcomer", Perspective: kpi.Financial, Unit: kpi.Count}}, book.KPIs...)
	f := open(t, book)
	if raw, _ := at(t, f, "ff_net_sales_value"); raw != "92015.71" {
		t.Errorf("ff_net_sales_value is %s after the catalogue grew", raw)
	}
	if raw, _ := at(t, f, "ff_newcomer_value"); raw != "–" {
		t.Errorf("a KPI without an entry is %q", raw)
	}
}

func TestXLSXTyped(t *testing.T) {
	book := sample(t)
	f := open(t, book)
	rows, err := f.GetRows(SnapshotsSheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(book.History) {
		t.Fatalf("%d rows for %d snapshots", len(rows), len(book.History))
	}
	column := map[string]int{}
	for i, title := range rows[0] {
		column[title] = i
	}
	found := false
	for i, row := range rows[1:] {
		if row[column["KPI"]] != "net_sales" || row[column["Period"]] != "2026-08" || row[column["Revision"]] != "2" {
			continue
		}
		found = true
		if got := row[column["Restated by"]]; got != "-189.9" {
			t.Errorf("restated by %s", got)
		}
		if got := row[column["Cause"]]; got != "refund of order placed 2026-08-29" {
			t.Errorf("cause %q", got)
		}
		for title, want := range map[string]excelize.CellType{"Value": excelize.CellTypeUnset, "First day": excelize.CellTypeUnset, "KPI": excelize.CellTypeInlineString} {
			got, err := f.GetCellType(SnapshotsSheet, ref(column[title]+1, i+2))
			if err != nil {
				t.Fatal(err)
			}
			if got != want && !(want == excelize.CellTypeUnset && got == excelize.CellTypeNumber) {
				t.Errorf("%s has type %d, want %d", title, got, want)
			}
		}
	}
	if !found {
		t.Error("the restated snapshot is not in the sheet")
	}
	tables, err := f.GetTables(SnapshotsSheet)
	if err != nil || len(tables) != 1 || tables[0].Name != "ff_snapshots" {
		t.Errorf("tables %v, %v", tables, err)
	}
}

// TestXLSXText gives every free text a formula's face: no cell becomes one.
func TestXLSXText(t *testing.T) {
	const evil = `=HYPERLINK("https://evil.example","open")`
	book := sample(t)
	book.Merchant = evil
	book.Notes = []string{"+1", "-1", "@x", "\t=1", "\r=1"}
	book.Targets[0].Reason = evil
	book.History[0].Cause = evil
	book.Scopes[kpi.Whole] = evil
	book.Checks[0].Title = evil
	book.Cards[0].Scorecard.Entries[3].KPI.Title = evil
	f := open(t, book)
	hits := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, v := range row {
				if v == evil {
					hits++
				}
				if formula, err := f.GetCellFormula(sheet, ref(c+1, r+1)); err != nil || formula != "" {
					t.Errorf("%s!%s is a formula: %s %v", sheet, ref(c+1, r+1), formula, err)
				}
			}
		}
	}
	if hits < 5 {
		t.Errorf("the text was found %d times: it must be kept as it is", hits)
	}
}

func TestXLSXCurrencies(t *testing.T) {
	for currency, want := range map[string]string{"JPY": "92,016", "KWD": "92,015.711", "EUR": "92,015.71"} {
		book := sample(t)
		book.Currency = currency
		if _, shown := at(t, open(t, book), "ff_net_sales_value"); shown != want && !(currency == "KWD" && strings.HasPrefix(shown, "92,015.7") && len(shown) == len(want)) {
			t.Errorf("%s: %s, want %s", currency, shown, want)
		}
	}
}

// TestXLSXRoom exports amounts that would not fit the usual columns.
func TestXLSXRoom(t *testing.T) {
	book := sample(t)
	for i := range book.Cards[0].Scorecard.Entries {
		if e := &book.Cards[0].Scorecard.Entries[i]; e.KPI.ID == "net_sales" {
			e.Value.Num.Int = -8_765_432_109_876_540_000
		}
	}
	f := open(t, book)
	if _, shown := at(t, f, "ff_net_sales_value"); shown != "-8,765,432,109,876.54" {
		t.Errorf("shown as %s", shown)
	}
	for sheet, column := range map[string]string{ScorecardSheet: "B", KPISheet: "G", TrendsSheet: "P"} {
		if w, err := f.GetColWidth(sheet, column); err != nil || w < 22 {
			t.Errorf("%s: column %s is %f wide: it would show ###, %v", sheet, column, w, err)
		}
	}
}

// TestXLSXFirstDay exports a book of a store linked an hour ago: nothing is complete and nothing is scored.
func TestXLSXFirstDay(t *testing.T) {
	p := period.Of(period.Monthly, period.Date(2026, time.November, 1), calendar)
	defs := kpi.Catalogue()
	card := kpi.Build(defs, kpi.At{Period: p, Through: p.From}, kpi.Measures{}, nil, kpi.Plan{})
	book := Book{Merchant: "New", Currency: "EUR", KPIs: defs, Cards: []Card{{Scorecard: card}}}
	f := open(t, book)
	if raw, _ := at(t, f, "ff_net_sales_value"); raw != "–" {
		t.Errorf("a value nobody knows is %q", raw)
	}
	for _, name := range []string{"ff_complete_to", "ff_taken_at", "ff_financial_perspective_score"} {
		if raw, _ := at(t, f, name); raw != "–" {
			t.Errorf("%s, which nobody knows, is %q", name, raw)
		}
	}
	if XLSX(&bytes.Buffer{}, Book{}) == nil {
		t.Error("a book without a scorecard was written")
	}
}

func TestSerial(t *testing.T) {
	if got := serial(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)); math.Abs(got-46347.5) > 1e-9 {
		t.Errorf("serial %f", got)
	}
}
