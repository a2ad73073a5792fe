package letter

import (
	"strings"
	"testing"
	"time"

	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// week is a book of a week with one KPI of each status, and all others without a value.
func week(t *testing.T) export.Book {
	t.Helper()
	p := period.Of(period.Weekly, period.Date(2026, time.November, 18), period.Calendar{})
	of := func(id kpi.ID, v int64, status kpi.Status, score float64) kpi.Snapshot {
		return kpi.Snapshot{KPI: id, Definition: 1, Period: p, Revision: 1, Through: p.To, Currency: "EUR", Status: status, Score: &score, TargetID: 1,
			Anchors: kpi.Anchors{Green: 1000, Red: 500}, Value: kpi.Value{Has: true, V: float64(v), Num: kpi.Number{Exact: true, Int: v * 1_000_000}, Den: 1, N: 50, Coverage: 1}}
	}
	kept := map[kpi.ID]kpi.Snapshot{"net_sales": of("net_sales", 1234, kpi.Green, 100), "gross_profit": of("gross_profit", 700, kpi.Amber, 60), "aov": of("aov", 20, kpi.Red, 0)}
	defs := kpi.Catalogue()
	card := kpi.Recall(defs, kpi.At{Period: p, Through: p.To}, kept, kpi.Plan{})
	return export.Book{Merchant: `Tea & <b>Co</b> "=1+1"`, Currency: "EUR", Zone: time.UTC, KPIs: defs, Cards: []export.Card{{Scorecard: card}}, Scopes: map[kpi.Scope]string{},
		TakenAt: time.Date(2026, time.November, 23, 3, 0, 0, 0, time.UTC), CompleteTo: time.Date(2026, time.November, 23, 2, 0, 0, 0, time.UTC), Notes: []string{"Amounts in other currencies are converted."}}
}

func TestWeekly(t *testing.T) {
	l, err := Weekly(week(t), locale.Of("en"), Links{Page: "https://ff.example/m/3/2026-W47", Stop: "https://ff.example/weekly/s.abc"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != `Week 47, 2026: 1 red, 1 amber, 1 green (Tea & <b>Co</b> "=1+1")` {
		t.Errorf("the subject is %q", l.Subject)
	}
	for _, want := range []string{"Tea &amp; &lt;b&gt;Co&lt;/b&gt;", "● green", "▲ amber", "◆ red", "○ not scored", "€1,234.00", "≥\u00a0€1,000.00", `href="https://ff.example/weekly/s.abc"`, "16 Nov 2026 – 22 Nov 2026"} {
		if !strings.Contains(l.HTML, want) {
			t.Errorf("the HTML lacks %q", want)
		}
	}
	for _, want := range []string{`Tea & <b>Co</b>`, "● green  Net sales: €1,234.00, target ≥\u00a0€1,000.00", "https://ff.example/weekly/s.abc", "Amounts in other currencies"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	// Whatever is missing has its reason below or beside it.
	lines := strings.Split(l.Text, "\n")
	missing := 0
	for i, line := range lines {
		if strings.Contains(line, "not scored") && strings.HasPrefix(line, "  ") && strings.Contains(line, ": –") {
			missing++
			if i+1 >= len(lines) || strings.TrimSpace(lines[i+1]) == "" || !strings.HasPrefix(lines[i+1], "      ") {
				t.Errorf("nobody says why there is no value: %q", line)
			}
		}
	}
	if missing == 0 {
		t.Errorf("nothing is missing in\n%s", l.Text)
	}
	if strings.Contains(l.HTML, "<b>Co") || strings.Contains(l.HTML, "style") || strings.Contains(l.Text, "\n\n\n\n") || strings.Contains(l.Text, "– of 100") {
		t.Errorf("it looks like this:\n%s\n%s", l.HTML, l.Text)
	}
	german, err := Weekly(week(t), locale.Of("de"), Links{Stop: "https://ff.example/weekly/s.abc"})
	if err != nil || !strings.Contains(german.HTML, "1.234,00\u00a0€") || strings.Contains(german.HTML, "Open the scorecard") {
		t.Errorf("in German, without a page: %v\n%s", err, german.HTML)
	}
	if _, err := Weekly(export.Book{}, locale.Of("en"), Links{}); err == nil {
		t.Error("a letter of nothing")
	}
}
