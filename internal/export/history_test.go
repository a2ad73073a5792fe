package export

import (
	"math"
	"slices"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

func month(name string) period.Period {
	p, err := period.Parse(name, 0, calendar)
	if err != nil {
		panic(err)
	}
	return p
}

func counted(v float64) kpi.Value {
	return kpi.Value{Num: kpi.Number{Int: int64(v), Exact: true}, Den: 1, Coverage: 1, Has: true, V: v}
}

func snapshot(name string, revision int, v float64) kpi.Snapshot {
	p := month(name)
	return kpi.Snapshot{KPI: "orders", Definition: 1, Period: p, Revision: revision, Through: p.To, Value: counted(v)}
}

var orders = kpi.KPI{ID: "orders", Title: "Orders", Perspective: kpi.Financial, Unit: kpi.Count, Version: 1}

func cardOf(name string, through period.Day, v float64) Card {
	p := month(name)
	return Card{Scorecard: kpi.Scorecard{Period: p, Through: through, Running: through < p.To, Entries: []kpi.Entry{{KPI: orders, Value: counted(v)}}}}
}

// partOf is a card of a period that is over, but not for its KPI.
func partOf(name string, v float64) Card {
	c := cardOf(name, month(name).To, v)
	c.Scorecard.Entries[0].Running = true
	return c
}

func changeIn(t *testing.T, b Book) Cell {
	t.Helper()
	for row := range Lay(b)[0].Rows {
		if row.Level == KPIRow {
			return row.Cells[layScorecard(b, newHistory(b)).Column("change")]
		}
	}
	t.Fatal("no row")
	return nil
}

func TestChange(t *testing.T) {
	closed := month("2026-11").To
	running := snapshot("2026-10", 1, 40)
	running.Running, running.Through = true, running.Period.From+10
	tenDays := running.Period.Next(calendar).From + 10
	other := snapshot("2026-10", 9, 1)
	other.Definition = 2
	store := snapshot("2026-10", 9, 1)
	store.Scope = kpi.Scope{Connection: 1}
	immature := snapshot("2026-10", 3, 70)
	immature.Value.Gap = kpi.ImmatureCohort
	before := cardOf("2026-10", closed, 200).Scorecard
	part := cardOf("2026-10", running.Through, 40).Scorecard
	for _, c := range []struct {
		name    string
		history []kpi.Snapshot
		card    Card
		want    Cell
	}{
		{"the latest revision counts", []kpi.Snapshot{snapshot("2026-10", 2, 80), snapshot("2026-10", 1, 50)}, cardOf("2026-11", closed, 100), Change{0.25, Relative}},
		{"nothing before", nil, cardOf("2026-11", closed, 100), nil},
		{"zero before", []kpi.Snapshot{snapshot("2026-10", 1, 0)}, cardOf("2026-11", closed, 100), nil},
		{"a running period with the same part of another", []kpi.Snapshot{snapshot("2026-10", 2, 100)}, Card{cardOf("2026-11", tenDays, 50).Scorecard, &part}, Change{0.25, Relative}},
		{"a running period without one", []kpi.Snapshot{snapshot("2026-10", 2, 100)}, cardOf("2026-11", tenDays, 50), nil},
		{"a running revision of a closed period is none", []kpi.Snapshot{running}, cardOf("2026-11", closed, 50), nil},
		{"another definition", []kpi.Snapshot{other}, cardOf("2026-11", closed, 50), nil},
		{"another scope", []kpi.Snapshot{store}, cardOf("2026-11", closed, 50), nil},
		{"a value that is not scored", []kpi.Snapshot{immature}, cardOf("2026-11", closed, 50), nil},
		{"a part of a period that is over for others", []kpi.Snapshot{snapshot("2026-10", 1, 80)}, partOf("2026-11", 100), nil},
		{"the card before is asked first", []kpi.Snapshot{snapshot("2026-10", 1, 80)}, Card{cardOf("2026-11", closed, 100).Scorecard, &before}, Change{-0.5, Relative}},
	} {
		if got := changeIn(t, Book{Cards: []Card{c.card}, History: c.history, Calendar: calendar}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestChangeOf(t *testing.T) {
	now, before := kpi.Value{Has: true, V: 0.30}, kpi.Value{Has: true, V: 0.25}
	for unit, want := range map[kpi.Unit]Change{kpi.Money: {0.2, Relative}, kpi.Ratio: {0.05, Percentage}, kpi.Score: {0.05, Difference}, kpi.Days: {0.2, Relative}} {
		got, _ := changeOf(unit, now, before).(Change)
		if got.In != want.In || math.Abs(got.By-want.By) > 1e-12 {
			t.Errorf("%s: %v, want %v", unit, got, want)
		}
	}
}

func TestTrend(t *testing.T) {
	h := newHistory(Book{Calendar: calendar, History: []kpi.Snapshot{snapshot("2026-08", 1, 8), snapshot("2026-10", 1, 10), snapshot("2026-10", 2, 11)}})
	closed := h.trend(orders, cardOf("2026-11", month("2026-11").To, 12).Scorecard).(Trend)
	if n := len(closed); n != 13 || closed[n-1] != 12 || closed[n-2] != 11 || !math.IsNaN(closed[n-3]) || closed[n-4] != 8 {
		t.Errorf("closed: %v", closed)
	}
	running := h.trend(orders, cardOf("2026-11", month("2026-11").From+3, 2).Scorecard).(Trend)
	if n := len(running); n != 13 || running[n-1] != 11 {
		t.Errorf("a running period ends the line: %v", running)
	}
	if got := newHistory(Book{}).trend(orders, kpi.Scorecard{Period: month("2026-11"), Running: true}); got != nil {
		t.Errorf("a trend of nothing: %v", got)
	}
}

func TestPartsOf(t *testing.T) {
	aov := kpi.Value{Num: kpi.Number{Int: 300_000_000, Exact: true}, Den: 4, Has: true, V: 75}
	if n, d := partsOf(kpi.KPI{Unit: kpi.Money}, aov); n != Number(300) || d != Number(4) {
		t.Errorf("money over orders: %v ÷ %v", n, d)
	}
	margin, ok := kpi.Find(kpi.Catalogue(), "gross_margin_pct")
	if !ok {
		t.Fatal("no gross_margin_pct")
	}
	share := kpi.Value{Num: kpi.Number{Int: 40_500_000, Exact: true}, Den: 100_000_000, Has: true, V: 0.405}
	if n, d := partsOf(margin, share); n != Number(40.5) || d != Number(100) {
		t.Errorf("money over money: %v ÷ %v", n, d)
	}
	repeat, ok := kpi.Find(kpi.Catalogue(), "repeat_purchase_rate")
	if !ok {
		t.Fatal("no repeat_purchase_rate")
	}
	if n, d := partsOf(repeat, kpi.Value{Num: kpi.Number{Int: 3, Exact: true}, Den: 8}); n != Number(3) || d != Number(8) {
		t.Errorf("people over people: %v ÷ %v", n, d)
	}
}

func TestScopeTitle(t *testing.T) {
	b := Book{Scopes: map[kpi.Scope]string{{Connection: 1}: "Berlin"}}
	for scope, want := range map[kpi.Scope]string{{}: "All stores", {Connection: 1}: "Berlin", {Connection: 2, Channel: "pos"}: "channel:2/pos"} {
		if got := b.scope(scope); got != want {
			t.Errorf("%v: %q, want %q", scope, got, want)
		}
	}
	if got := sayPeriod(period.Of(period.Weekly, period.Date(2026, time.November, 18), calendar)); got != "week 47 of 2026" {
		t.Errorf("%q", got)
	}
}

// What a platform may still change says so until the day it no longer does; what has no value has nothing to change.
func TestProvisional(t *testing.T) {
	b := Book{TakenAt: time.Date(2026, time.November, 20, 23, 30, 0, 0, time.UTC), Zone: time.FixedZone("east", 3600)} // the 21st there
	final := period.Date(2026, time.November, 22)
	base := kpi.KPI{Role: kpi.Base}
	for _, c := range []struct {
		entry kpi.Entry
		want  string
	}{
		{kpi.Entry{KPI: base, Value: counted(3), Final: final}, "Provisional until 2026-11-22"},
		{kpi.Entry{KPI: orders, Value: counted(3), Final: final}, "No target. Provisional until 2026-11-22"},
		{kpi.Entry{KPI: base, Value: counted(3), Final: final - 1}, ""},
		{kpi.Entry{KPI: base, Value: kpi.Value{Gap: kpi.NotConnected, Lacks: "shipping cost"}, Final: final}, "Its source is not connected (shipping cost)"},
	} {
		if got := b.note(c.entry); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestEntryNote(t *testing.T) {
	value, target := counted(3), func(h kpi.How) *kpi.Target { return &kpi.Target{How: h} }
	for _, c := range []struct {
		entry kpi.Entry
		want  string
	}{
		{kpi.Entry{KPI: orders, Value: kpi.Value{Gap: kpi.NotEntered}, Target: target("")}, "Nobody has entered it"},
		{kpi.Entry{KPI: orders, Value: value}, "No target"},
		{kpi.Entry{KPI: kpi.KPI{Role: kpi.Base}, Value: value}, ""},
		{kpi.Entry{KPI: orders, Value: value, Target: target("")}, ""},
		{kpi.Entry{KPI: orders, Value: value, Target: target(kpi.Elapsed)}, "Target of the part that has passed"},
		{kpi.Entry{KPI: orders, Value: value, Target: target(kpi.Spread)}, "Target made of the months' targets"},
	} {
		if got := entryNote(c.entry); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// A change is more than noise where the value leaves the natural limits of the periods before it, or is the eighth in a row on one side of
// their mean; of too few periods, and of one that is not over, nothing is said.
func TestSignal(t *testing.T) {
	past := func(values ...float64) []kpi.Snapshot {
		all := make([]kpi.Snapshot, len(values))
		p := month("2026-11")
		for i := range slices.Backward(values) {
			p = p.Prev(calendar)
			all[i] = snapshot(p.Name, 1, values[i])
		}
		return all
	}
	wavy := past(100, 104, 98, 102, 99, 103, 97)
	unfit := slices.Clone(wavy)
	unfit[0].Value.Gap = kpi.BelowCoverage
	unfit[1].Value.Gap = kpi.BelowCoverage
	closed := month("2026-11").To
	for _, c := range []struct {
		name    string
		history []kpi.Snapshot
		card    Card
		want    string
	}{
		{"by its own ups and downs", wavy, cardOf("2026-11", closed, 108), NoSignal},
		{"above", wavy, cardOf("2026-11", closed, 120), "above the natural limits"},
		{"below", wavy, cardOf("2026-11", closed, 80), "below the natural limits"},
		{"the eighth in a row", past(100, 110, 90, 80, 100, 103, 103, 103, 103, 103, 103, 103), cardOf("2026-11", closed, 103), "eight or more in a row above the mean"},
		{"too few before", past(100, 104, 98, 102, 99), cardOf("2026-11", closed, 500), ""},
		{"too few that are fit", unfit, cardOf("2026-11", closed, 500), ""},
		{"not over", wavy, cardOf("2026-11", closed-1, 20), ""},
		{"over for others", wavy, partOf("2026-11", 20), ""},
	} {
		b := Book{Cards: []Card{c.card}, History: c.history, Calendar: calendar}
		for row := range Scorecard(b).Rows {
			if row.Level != KPIRow {
				continue
			}
			if got, _ := row.Cells[Scorecard(b).Column("signal")].(Text); string(got) != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
	}
}

// Snapshots of a KPI stand by the length of their periods and then in time, however many days a month or a quarter has.
func TestSnapshotsStandInTime(t *testing.T) {
	var all []kpi.Snapshot
	want := []string{"2026-01-31", "2026-W05", "2025-12", "2026-01", "2026-02", "2026-03", "2025-Q4", "2026-Q1", "2026-Q2", "2024", "2025"}
	for _, name := range []string{"2025", "2024", "2026-Q2", "2025-Q4", "2026-Q1", "2026-02", "2026-W05", "2026-03", "2026-01", "2026-01-31", "2025-12"} {
		all = append(all, snapshot(name, 1, 5))
	}
	b := Book{History: all, Calendar: calendar, KPIs: []kpi.KPI{orders}}
	sheet := laySnapshots(b, newHistory(b))
	var got []string
	for row := range sheet.Rows {
		name, _ := row.Cells[sheet.Column("period")].(Text)
		got = append(got, string(name))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
