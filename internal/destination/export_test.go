package destination

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/sim/gsheets"
)

// Three nights go by. The merchant has a tab with formulas over our names, has moved tabs, and has a column beside ours: all that stays,
// and the formulas reckon with what is new.
func TestThreeNights(t *testing.T) {
	r := newRig(t, gsheets.Options{})
	s := october()
	s.history = 60
	r.must(r.export(s.book(t)))
	id := r.d.Place
	if r.srv.Title(id) != "Tea & Co: scorecard" || len(r.srv.Files()) != 1 {
		t.Fatalf("the files are %q, the title %q", r.srv.Files(), r.srv.Title(id))
	}
	r.must(
		r.srv.AddTab(id, "Mine", 0),
		r.srv.Type(id, "Mine", "A1", "=ff_net_sales_value/ff_new_customers_value"),
		r.srv.Type(id, "Mine", "A2", `=IF(ISNUMBER(ff_conversion_rate_value),ff_conversion_rate_value,"not known")`),
		r.srv.Type(id, "Mine", "A3", "=ROWS(ff_snapshots)-1"),
		r.srv.Type(id, "Mine", "A4", "=ff_period"),
		r.srv.MoveTab(id, "Targets", 1),
		r.srv.RenameTab(id, "Definitions", "Dictionary"),
		r.srv.Type(id, "KPIs", "T12", "my own note"),
		r.srv.Type(id, "KPIs", "T14", "=H14*2"),
	)
	tabs, names, formulas := r.srv.Tabs(id), r.srv.Names(id), r.srv.Formulas(id)
	want := func(night string, cells ...string) {
		t.Helper()
		for i, cell := range cells {
			if got := r.see("Mine", []string{"A1", "A2", "A3", "A4"}[i]); got != cell {
				t.Errorf("%s: A%d is %s, want %s", night, i+1, got, cell)
			}
		}
	}
	want("the first night", "22.0357142857143", "not known", "60", "2026-10")

	s.sales, s.orders, s.history = 3_000, 40, 100 // rows grow
	r.must(r.export(s.book(t)))
	want("the second", "75", "not known", "100", "2026-10")

	s.month, s.history = monthOf(2026, time.November), 10 // and shrink
	r.must(r.export(s.book(t)))
	want("the third", "75", "not known", "10", "2026-11")
	if left := r.see("Snapshots", "A20"); left != "<nil>" {
		t.Errorf("a row of the night before stands below: %s", left)
	}

	if now := r.srv.Tabs(id); !slices.EqualFunc(now, tabs, func(a, b gsheets.Tab) bool { return a.ID == b.ID && a.Title == b.Title && !a.Hidden }) {
		t.Errorf("the tabs were\n%v and are\n%v", tabs, now)
	}
	for name, at := range r.srv.Names(id) {
		if names[name][0] != at[0] {
			t.Errorf("%s is another name now: %s, before %s", name, at, names[name])
		}
	}
	if now := r.srv.Formulas(id); !slices.Equal(now, formulas) {
		t.Errorf("formulas stand in %q, and stood in %q", now, formulas)
	}
	if r.see("KPIs", "T12") != "my own note" || len(r.srv.Files()) != 1 {
		t.Errorf("beside ours stands %q; there are %d files", r.see("KPIs", "T12"), len(r.srv.Files()))
	}
}

// The names are those of the workbook, and point to its cells.
func TestNamesAreThoseOfTheWorkbook(t *testing.T) {
	r := newRig(t, gsheets.Options{})
	b := october().book(t)
	r.must(r.export(b))
	names := r.srv.Names(r.d.Place)
	for _, n := range export.Names(b.KPIs) {
		if !strings.HasPrefix(names[n.Name][1], "'"+n.Sheet+"'!") {
			t.Errorf("%s points to %q", n.Name, names[n.Name])
		}
		delete(names, n.Name)
	}
	left := slices.Sorted(maps.Keys(names))
	if want := []string{"ff_completeness_sheet", "ff_definitions", "ff_definitions_sheet", "ff_kpis", "ff_kpis_sheet", "ff_scorecard_sheet", "ff_snapshots", "ff_snapshots_sheet",
		"ff_targets", "ff_targets_sheet", "ff_trends_sheet"}; !slices.Equal(left, want) {
		t.Errorf("beside those there are %q", left)
	}
}

// history is more than goes into one request.
const history = 2_000

// An export of much is cut off at each of its requests: what is seen then is the export before, or the new one whole. Done
// again it comes right, and leaves nothing behind.
func TestCutOffAtEveryRequest(t *testing.T) {
	s := october()
	s.history, s.scopes = history, true
	before := s.book(t)
	s.sales, s.orders, s.history = 9_876, 432, history+50
	after := s.book(t)

	r := newRig(t, gsheets.Options{})
	r.must(r.export(before), r.srv.AddTab(r.d.Place, "Mine", 3), r.srv.Type(r.d.Place, "Mine", "B2", "=ff_net_sales_value*2"))
	old, asked, restore := r.srv.Seen(r.d.Place), len(r.srv.Came()), r.srv.Keep()
	r.must(r.export(after))
	fresh := r.srv.Seen(r.d.Place)
	n := len(r.srv.Came()) - asked
	if n < 5 || old == fresh {
		t.Fatalf("an export of much takes %d requests", n)
	}
	for _, came := range r.srv.Came() {
		if came.Bytes > 2_000_000 {
			t.Errorf("a request has %d bytes", came.Bytes)
		}
	}
	was, became := map[bool]int{}, 0
	for cut := 1; cut <= n; cut++ {
		for _, late := range []bool{false, true} {
			restore()
			ctx, kill := context.WithCancel(t.Context())
			w := r.way()
			w.cut, w.after, w.killed = cut, late, kill
			d, err := Export(ctx, grantOf(w), r.d, after)
			if err == nil || d.Place != r.d.Place {
				t.Fatalf("cut off at request %d: %v", cut, err)
			}
			switch r.srv.Seen(r.d.Place) {
			case old:
				was[late]++
			case fresh:
				became++
			default:
				t.Errorf("cut off at request %d of %d (after it took effect: %t), it is neither the old one nor the new", cut, n, late)
			}
			if cell := r.see("Mine", "B2"); cell != "2468" && cell != "19752" {
				t.Errorf("cut off at request %d, the merchant's formula gives %s", cut, cell)
			}
			r.must(r.export(after))
			if r.srv.Seen(r.d.Place) != fresh {
				t.Errorf("after a cut at request %d the next export is another than the first", cut)
			}
			if slices.ContainsFunc(r.srv.Tabs(r.d.Place), func(t gsheets.Tab) bool { return t.Hidden }) {
				t.Errorf("after a cut at request %d hidden tabs are left: %v", cut, r.srv.Tabs(r.d.Place))
			}
		}
	}
	if was[false] != n || was[true] != n-1 || became != 1 {
		t.Errorf("of %d requests cut off before they took effect %d left the old one; after it %d, and %d the new one", n, was[false], was[true], became)
	}
}

// The first export may be cut off, too: there is nothing then, or an empty spreadsheet that says what it is, and the next fills it.
func TestTheFirstIsCutOff(t *testing.T) {
	s := october()
	b := s.book(t)
	for cut := 1; cut <= 3; cut++ {
		for _, late := range []bool{false, true} {
			r := newRig(t, gsheets.Options{})
			ctx, kill := context.WithCancel(t.Context())
			w := r.way()
			w.cut, w.after, w.killed = cut, late, kill
			d, err := Export(ctx, grantOf(w), r.d, b)
			if err == nil {
				t.Fatalf("an export cut off at request %d went well", cut)
			}
			if d.Place != "" && !(cut == 3 && late) && (r.srv.Title(d.Place) != writing || strings.Contains(r.srv.Seen(d.Place), "ff_")) {
				t.Errorf("cut off at request %d it is called %q", cut, r.srv.Title(d.Place))
			}
			r.d = d
			r.must(r.export(b))
			if r.see("KPIs", "A3") != "Period" || r.srv.Title(r.d.Place) != r.d.Title || len(r.srv.Tabs(r.d.Place)) != 7 {
				t.Errorf("cut off at request %d, the next gives %v", cut, r.srv.Tabs(r.d.Place))
			}
		}
	}
}

// An answer that is lost is no cut: the export plans anew from what it finds, and comes to its end.
func TestLostAnswers(t *testing.T) {
	s := october()
	s.history = history
	for cut := 2; cut <= 6; cut++ {
		for _, late := range []bool{false, true} {
			r := newRig(t, gsheets.Options{})
			r.srv.Fail(gsheets.Faults{Cut: cut, After: late})
			r.must(r.export(s.book(t)))
			if r.see("Snapshots", "A2001") == "<nil>" || r.see("Snapshots", "A2002") != "<nil>" || len(r.srv.Tabs(r.d.Place)) != 7 {
				t.Errorf("answer %d was lost: %v", cut, r.srv.Tabs(r.d.Place))
			}
		}
	}
}

// What merchants and providers call things is text, whatever it begins with; figures are numbers, days are numbers with a format.
func TestHostileTextIsNoFormula(t *testing.T) {
	r := newRig(t, gsheets.Options{})
	s := october()
	s.name, s.scopes, s.history = `=HYPERLINK("http://evil.example","click")`, true, history
	b := s.book(t)
	for i, text := range []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "'=1", "\r\n=1", `=IMPORTXML("http://evil.example","//a")`} {
		b.Notes = append(b.Notes, text)
		b.Checks = append(b.Checks, export.Check{Store: text, Title: text, Range: "2026-10", Theirs: export.Count(i), Ours: export.Count(i), Cause: text})
		b.History[i].Cause = text
	}
	r.must(r.export(b))
	if f := r.srv.Formulas(r.d.Place); len(f) > 0 {
		t.Errorf("formulas stand in %q", f)
	}
	for _, came := range r.srv.Came() {
		if strings.Contains(came.Body, "formulaValue") {
			t.Error("a formula was sent")
		}
	}
	if r.see("Scorecard", "A1") != s.name {
		t.Errorf("the merchant's name became %q", r.see("Scorecard", "A1"))
	}
	seen := r.srv.Seen(r.d.Place)
	for _, text := range []string{"string =1+1", "string @SUM(A1)", "string =cmd|' /C calc'!A0", `float64 46296 {"type":"DATE","pattern":"yyyy-mm-dd"}`,
		`float64 1234 {"type":"NUMBER","pattern":"#,##0.00"}`} {
		if !strings.Contains(seen, text) {
			t.Errorf("there is no cell with %s", text)
		}
	}
}

// Columns that the book has more of do not write over what the merchant has beside them, and what the merchant inserts moves ours.
func TestColumnsMakeRoom(t *testing.T) {
	r := newRig(t, gsheets.Options{})
	s := october()
	s.month = period.Of(period.Quarterly, period.Date(2026, time.October, 1), period.Calendar{}) // its trends have fewer columns
	r.must(r.export(s.book(t)))
	id := r.d.Place
	width := strings.Split(r.srv.Names(id)["ff_trends_sheet"][1], ":")[1]
	beside := string(width[0]+1) + "5"
	r.must(
		r.srv.Type(id, "Trends", beside, "mine"), r.srv.Type(id, "KPIs", "T20", "mine too"),
		r.srv.AddTab(id, "Mine", 0), r.srv.Type(id, "Mine", "A1", "=ff_net_sales_value"),
		r.srv.Insert(id, "KPIs", "COLUMNS", 0), r.srv.Type(id, "KPIs", "A20", "before"), r.srv.Insert(id, "KPIs", "ROWS", 0),
	)
	s.month, s.sales = october().month, 777
	r.must(r.export(s.book(t)))
	wider := strings.Split(r.srv.Names(id)["ff_trends_sheet"][1], ":")[1]
	if wider[0] <= width[0] {
		t.Fatalf("the trends went to %s, and go to %s", width, wider)
	}
	if got := r.see("Trends", string(wider[0]+1)+"5"); got != "mine" {
		t.Errorf("beside the trends stands %s", got)
	}
	if r.see("KPIs", "U21") != "mine too" || r.see("KPIs", "A21") != "before" || r.see("KPIs", "B4") != "Period" || r.see("Mine", "A1") != "777" {
		t.Errorf("inserted columns and rows: %s %s %s %s", r.see("KPIs", "U21"), r.see("KPIs", "A21"), r.see("KPIs", "B4"), r.see("Mine", "A1"))
	}
}

// A tab of ours that was deleted comes back; one that the merchant calls the same stays theirs. A sheet that the book has no more says so.
func TestTabsComeAndGo(t *testing.T) {
	r := newRig(t, gsheets.Options{})
	s := october()
	s.scopes = true
	r.must(r.export(s.book(t)))
	id := r.d.Place
	r.must(r.srv.DeleteTab(id, "Trends"), r.srv.AddTab(id, "Trends", 0), r.srv.Type(id, "Trends", "A1", "mine"))
	s.scopes = false
	r.must(r.export(s.book(t)))
	var titles []string
	for _, tab := range r.srv.Tabs(id) {
		titles = append(titles, tab.Title)
	}
	if r.see("Trends", "A1") != "mine" || r.see("Trends (Fourfold)", "A1") != "Trends" {
		t.Errorf("the tabs are %q", titles)
	}
	if !strings.Contains(r.see("Scopes", "A1"), "nothing to show") || r.see("Scopes", "A6") != "<nil>" {
		t.Errorf("the tab of the scopes holds %s and %s", r.see("Scopes", "A1"), r.see("Scopes", "A6"))
	}
	again := r.srv.Seen(id)
	r.must(r.export(s.book(t)))
	if r.srv.Seen(id) != again {
		t.Error("the same book a second time gives another spreadsheet")
	}
}

func TestRefusals(t *testing.T) {
	s := october()
	for name, x := range map[string]struct {
		spoil func(r *rig)
		fault connectors.Fault
		says  string
		gone  bool
	}{
		"in the bin":       {func(r *rig) { r.srv.Bin(r.d.Place, true) }, connectors.Forbidden, "take it out of the bin", true},
		"another's":        {func(r *rig) { r.srv.Estrange(r.d.Place) }, connectors.Forbidden, "or have a new one made", true},
		"consent revoked":  {func(r *rig) { r.srv.Desk().Revoke() }, connectors.Denied, "link again", false},
		"API switched off": {func(r *rig) { r.srv.Fail(gsheets.Faults{Disabled: true}) }, connectors.Forbidden, "switch the API on", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, gsheets.Options{})
			r.must(r.export(s.book(t)))
			w := r.way()
			x.spoil(r)
			d, err := Export(t.Context(), grantOf(w), r.d, s.book(t))
			if f, _ := connectors.FaultOf(err); f != x.fault || !strings.Contains(err.Error(), x.says) || errors.Is(err, ErrGone) != x.gone {
				t.Errorf("it says %v", err)
			}
			if d.Place != r.d.Place || strings.Contains(err.Error(), "://") {
				t.Errorf("the place is %q, the error %v", d.Place, err)
			}
		})
	}
	t.Run("no room", func(t *testing.T) {
		r := newRig(t, gsheets.Options{MaxCells: 5_000})
		err := r.export(s.book(t))
		if f, _ := connectors.FaultOf(err); f != connectors.Forbidden || !strings.Contains(err.Error(), "delete tabs of your own") {
			t.Errorf("it says %v", err)
		}
	})
	t.Run("slowed down", func(t *testing.T) {
		r := newRig(t, gsheets.Options{})
		r.srv.Fail(gsheets.Faults{Throttle: 2})
		r.must(r.export(s.book(t)))
	})
}
