package worker

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

func day(month time.Month, d int) period.Day { return period.Date(2026, month, d) }

// defs are KPIs of one window each, and one that is made of others.
func plannedKPIs() []kpi.KPI {
	of := func(id string, w kpi.Window, grains ...period.Grain) kpi.KPI {
		return kpi.KPI{ID: kpi.ID(id), Version: 1, Formula: kpi.Term{Measure: kpi.NetSales, Window: w}, Grains: grains, Channels: true}
	}
	return []kpi.KPI{
		of("whole", kpi.InPeriod, period.Grains...),
		of("growth", kpi.Previous, period.Weekly, period.Monthly),
		of("year_on_year", kpi.LastYear, period.Daily, period.Monthly),
		of("trailing", kpi.Trailing(30), period.Weekly),
		of("prior", kpi.Prior(30), period.Weekly),
		of("cohort", kpi.Cohort(90), period.Monthly),
		of("at_end", kpi.AtEnd, period.Daily, period.Monthly),
		{ID: "orders", Version: 1, Formula: kpi.Term{Measure: kpi.Orders, Window: kpi.InPeriod}, Grains: period.Grains},
		{ID: "customers", Version: 1, Formula: kpi.Term{Measure: kpi.Customers, Window: kpi.InPeriod}, Grains: []period.Grain{period.Monthly}},
	}
}

func plan(p *planner) map[string][]string {
	wanted := map[string][]string{}
	for _, j := range p.jobs() {
		for id := range j.kpis {
			wanted[string(id)] = append(wanted[string(id)], j.period.Name)
		}
	}
	return wanted
}

// A refund on one day touches exactly the periods one of whose windows holds the day.
func TestWhatAMarkTouches(t *testing.T) {
	p := &planner{defs: plannedKPIs(), first: period.Date(2024, 1, 1), through: day(11, 21)}
	p.marked(slices.Values([]store.Mark{{Connection: 3, Channel: "web", Measure: kpi.NetSales, Day: day(9, 15), Cause: kpi.CauseRefund}}))
	want := map[string][]string{
		"whole":        {"2026", "2026-Q3", "2026-09", "2026-W38", "2026-09-15"},
		"growth":       {"2026-W39", "2026-10"},
		"year_on_year": nil, // their year later has not come
		"trailing":     {"2026-W38", "2026-W39", "2026-W40", "2026-W41"},
		"prior":        {"2026-W42", "2026-W43", "2026-W44", "2026-W45"},
		"cohort":       {"2026-09"},
		"at_end":       {"2026-09-15"},
	}
	got := plan(p)
	for id := range got {
		slices.Sort(got[id])
		slices.Sort(want[id])
		if !slices.Equal(got[id], want[id]) {
			t.Errorf("%s: %v, want %v", id, got[id], want[id])
		}
	}
	for id, periods := range want {
		if len(periods) > 0 && len(got[id]) == 0 {
			t.Errorf("%s: nothing, want %v", id, periods)
		}
	}
	for _, j := range p.jobs() {
		for id, cause := range j.kpis {
			if cause != "late refund: net sales of 2026-09-15" {
				t.Errorf("%s of %s: the cause is %q", id, j.period, cause)
			}
		}
	}
	// A year later: days are compared with the same weekday, 364 days on, months with the month.
	p = &planner{defs: plannedKPIs(), first: period.Date(2024, 1, 1), through: day(11, 21)}
	p.marked(slices.Values([]store.Mark{{Measure: kpi.NetSales, Day: period.Date(2025, 9, 15)}}))
	if got := plan(p)["year_on_year"]; !slices.Equal(got, []string{"2026-09-14", "2026-09"}) { // what ended first comes first
		t.Errorf("a year later: %v", got)
	}
}

// The last day of a month belongs to the window at its end, others do not; of a running month it is the last day that has passed.
func TestAMarkOnTheLastDay(t *testing.T) {
	for d, want := range map[period.Day][]string{day(9, 30): {"2026-09", "2026-09-30"}, day(11, 20): {"2026-11", "2026-11-20"}, day(11, 19): {"2026-11-19"}} {
		p := &planner{defs: plannedKPIs(), first: period.Date(2024, 1, 1), through: day(11, 21)}
		p.marked(slices.Values([]store.Mark{{Measure: kpi.NetSales, Day: d}}))
		got := plan(p)["at_end"]
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("a mark on %s: %v, want %v", d, got, want)
		}
	}
}

func TestWhomAMarkConcerns(t *testing.T) {
	store3, web := kpi.Scope{Connection: 3}, kpi.Scope{Connection: 3, Channel: "web"}
	for _, c := range []struct {
		scope kpi.Scope
		mark  store.Mark
		want  bool
	}{
		{kpi.Whole, store.Mark{Connection: 3, Channel: "web"}, true},
		{kpi.Whole, store.Mark{Connection: 4, Channel: "*"}, true},
		{store3, store.Mark{Connection: 3, Channel: "pos"}, true},
		{store3, store.Mark{Connection: 4, Channel: "pos"}, false},
		{web, store.Mark{Connection: 3, Channel: "web"}, true},
		{web, store.Mark{Connection: 3, Channel: "pos"}, false},
		{web, store.Mark{Connection: 3}, false},
		{web, store.Mark{Connection: 4, Channel: "web"}, false},
	} {
		c.mark.Measure, c.mark.Day = kpi.NetSales, day(9, 15)
		p := &planner{defs: plannedKPIs(), scope: c.scope, first: day(1, 1), through: day(11, 21)}
		p.marked(slices.Values([]store.Mark{c.mark}))
		if got := len(p.work) > 0; got != c.want {
			t.Errorf("scope %q, mark of %d/%s: %t", c.scope, c.mark.Connection, c.mark.Channel, got)
		}
	}
}

// A KPI that is made of others is judged again where one of them is.
func TestPartsTakeTheWholeWithThem(t *testing.T) {
	defs := kpi.Catalogue()
	index, ok := kpi.Find(defs, "product_quality_index")
	if !ok || len(index.Parts()) == 0 {
		t.Fatal("the catalogue has no KPI made of others")
	}
	part, ok := kpi.Find(defs, index.Parts()[0])
	if !ok {
		t.Fatalf("%s is not in the catalogue", index.Parts()[0])
	}
	p := &planner{defs: defs, first: day(1, 1), through: day(11, 21)}
	p.marked(slices.Values([]store.Mark{{Measure: part.Terms()[0].Measure, Day: day(3, 3), Cause: kpi.CauseDeletion}}))
	march := period.Of(period.Monthly, day(3, 3), period.Calendar{})
	const why = "deletion: "
	if j := p.work[march]; j == nil || !strings.HasPrefix(j.kpis[part.ID], why) || !strings.HasPrefix(j.kpis[index.ID], why) {
		t.Errorf("judged in March: %+v", j)
	}
}

// What has not passed by the day, and nothing that has.
func TestSince(t *testing.T) {
	p := &planner{defs: plannedKPIs()[:1], first: day(1, 1), through: day(11, 21)}
	p.since(day(11, 20), "")
	got := plan(p)["whole"]
	slices.Sort(got)
	if want := []string{"2026", "2026-11", "2026-11-20", "2026-Q4", "2026-W47"}; !slices.Equal(got, want) {
		t.Errorf("since the last night: %v, want %v", got, want)
	}
	p = &planner{defs: plannedKPIs()[:1], first: day(1, 1), through: day(11, 21)}
	if p.since(day(11, 21), ""); len(p.jobs()) > 0 {
		t.Errorf("twice in a day: %v", plan(p))
	}
	p.listed([]store.OpenSnapshot{{KPI: "whole", Grain: period.Monthly, From: day(11, 1)}, {KPI: "orders", Grain: period.Monthly, From: day(11, 1)},
		{KPI: "long_gone", Grain: period.Monthly, From: day(11, 1)}}, func(k kpi.KPI) bool { return k.ID == "whole" })
	if got := plan(p); len(got) != 1 || !slices.Equal(got["whole"], []string{"2026-11"}) {
		t.Errorf("what is listed as open: %v", got)
	}
}

// What ended by the day up to which a KPI is published is not judged again; what was running then is.
func TestWhatIsOpen(t *testing.T) {
	p := &planner{defs: plannedKPIs(), first: day(11, 10), through: day(11, 21)}
	was := readBasis("EUR 0 0 2026-11-10 orders:1+@2026-11-19 whole:1+")
	p.open(was, func(k kpi.KPI) bool { return k.ID == "orders" })
	got := plan(p)
	slices.Sort(got["orders"])
	if want := []string{"2026", "2026-11", "2026-11-19", "2026-11-20", "2026-Q4", "2026-W47"}; len(got) != 1 || !slices.Equal(got["orders"], want) {
		t.Errorf("what is open: %v, want %v", got, want)
	}
	p = &planner{defs: plannedKPIs(), first: day(11, 10), through: day(11, 21)}
	p.open(was, func(k kpi.KPI) bool { return k.ID == "customers" })
	if got := plan(p); len(got) != 1 || !slices.Equal(got["customers"], []string{"2026-11"}) {
		t.Errorf("of a KPI that was never published, all is open: %v", got)
	}
}

func TestWhatAChangedBasisTouches(t *testing.T) {
	read := func(text string) basis {
		b := readBasis(text)
		if text != "" && b.String() != text {
			t.Fatalf("%q reads as %q", text, b)
		}
		return b
	}
	const was = "EUR 0 0 2026-11-01 growth:1+t@2026-11-17 orders:1 whole:1+"
	for now, want := range map[string]string{
		"EUR 0 0 2026-11-01 growth:1+t@2026-11-18 orders:1 whole:1+": "",
		"EUR 0 0 2026-11-01 growth:1+t orders:1 whole:1+":            "",
		"EUR 0 0 2026-11-01 growth:1 orders:1 whole:1":               "", // lost: nothing of the past is touched
		"EUR 0 0 2026-11-01 growth:1+t orders:1+ whole:1+":           "orders backfill: its source is complete for the first time",
		"EUR 0 0 2026-11-01 growth:1+t orders:1 whole:1+t":           "whole first target",
		"EUR 0 0 2026-11-01 growth:1+t orders:1 whole:2+":            "whole definition change",
		"EUR 0 0 2026-11-01 growth:1+t orders:1 trailing:1+ whole:1": "trailing ",
		"USD 0 0 2026-11-01 growth:1+t orders:1 whole:1+":            "all currency change: from EUR to USD",
		"EUR 6 0 2026-11-01 growth:1+t orders:1 whole:1+":            "all calendar change",
		"EUR 0 0 2026-10-01 growth:1+t orders:1 whole:1+":            "all backfill: the first day is 2026-10-01",
	} {
		p := &planner{defs: plannedKPIs(), first: day(11, 1), through: day(11, 21)}
		is := read(now)
		for _, k := range p.defs { // the catalogue of today is that of the text
			if _, ok := is.kpis[k.ID]; !ok {
				p.defs = slices.DeleteFunc(slices.Clone(p.defs), func(d kpi.KPI) bool { return d.ID == k.ID })
			}
		}
		p.changed(read(was), is)
		got := ""
		if jobs := p.jobs(); len(jobs) > 0 {
			why := jobs[0].kpis[slices.Collect(maps.Keys(jobs[0].kpis))[0]]
			got = "all " + why
			if all := plan(p); len(all) == 1 {
				for id, periods := range all {
					got = id + " " + why
					if days := slices.DeleteFunc(periods, func(n string) bool { return len(n) != len("2026-11-21") }); slices.Contains([]string{"orders", "whole"}, id) && len(days) != 20 {
						t.Errorf("%s: %d days of %s", now, len(days), id)
					}
				}
			}
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", now, got, want)
		}
	}
}

// What moved a figure is told by cause, what is told first at first; days that are news and restate nothing are told by nobody.
func TestCausesThatMeet(t *testing.T) {
	p := &planner{defs: plannedKPIs(), first: day(1, 1), through: day(11, 21)}
	var marks []store.Mark
	for d, c := range map[int]kpi.Cause{3: kpi.CauseRefund, 4: kpi.CauseRefund, 5: kpi.CauseRefund, 7: kpi.CauseDeletion, 8: kpi.CauseEdit, 9: kpi.CauseEdit, 10: ""} {
		for _, channel := range []string{"pos", "web"} {
			marks = append(marks, store.Mark{Channel: channel, Measure: kpi.NetSales, Day: day(9, d), Cause: c})
		}
	}
	p.marked(slices.Values(marks))
	month := period.Of(period.Monthly, day(9, 1), period.Calendar{})
	const want = "deletion: net sales of 2026-09-07; order edit: net sales of 2026-09-08 and another day; late refund: net sales of 2026-09-03 and 2 more days"
	if got := p.work[month].kpis["whole"]; got != want {
		t.Errorf("told as\n%s, want\n%s", got, want)
	}
	plain := period.Of(period.Daily, day(9, 10), period.Calendar{})
	if got := p.work[plain].kpis["whole"]; got != "net sales of 2026-09-10" {
		t.Errorf("without a cause: %q", got)
	}
}
