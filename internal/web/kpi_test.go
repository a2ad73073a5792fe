package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// Of a period without a value nothing is said by the natural limits of those before it.
func TestAMissingValueIsNotWithinLimits(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	for month := range 6 {
		s.take("month", period.Date(2026, time.Month(1+month), 1), 41_000, 1)
	}
	s.member("vera", s.m, "viewer")
	vera := s.as("vera")
	vera.get(s.at("2026-10/net_sales")).sees(t, http.StatusOK, "A signal:", "mean €41")
	if a := vera.get(s.at("2026-11/net_sales")).sees(t, http.StatusOK, "The first pull is under way", "mean €41"); strings.Contains(a.body, "No detectable change") {
		t.Error(a.text())
	}
	vera.get(s.at("2026-10/net_sales?scope=store:99")).sees(t, http.StatusNotFound, "There is no scope")
	vera.get(s.at("2026-10/net_sales?scope=planet")).sees(t, http.StatusNotFound, "is not a scope")
}

// Where nothing is kept of a period, the page of a KPI says why, as the scorecard of the period does.
func TestThePageOfAKPISaysWhyThereIsNothing(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	r.member("vera", m, store.Viewer)
	vera := r.as("vera")
	says := func(at, why string) {
		t.Helper()
		for _, page := range []string{at, at + "/net_sales"} {
			if a := vera.get(merchantAt(m.ID, page)).sees(t, http.StatusOK, why); strings.Contains(a.text(), "Nothing is kept") || strings.Contains(a.text(), "..") {
				t.Errorf("%s: %s", page, a.text())
			}
		}
	}
	says("2026-10", "Nothing is linked yet. Link your store, and Fourfold reads what there is.")
	conn := r.linkedStore(m, "1", "Tea shop", map[string]string{"shop": "tea.myshopify.com"})
	says("2026-10", "The first pull is under way, or has not begun.")
	r.sold(conn, time.Date(2026, 9, 22, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	says("2026-12", "2026-12 has not begun yet; the data reach to 2026-11-19.")
	says("2026-11-21", "2026-11-21: the data reach to 2026-11-19, the last day that is over and was pulled.")
	says("2026-08", "2026-08 is before the first day with data, 2026-09-22.")
	says("2026-10", "There are no snapshots of 2026-10 yet. It is worked out with the next pull.")
	vera.get(merchantAt(m.ID, "2026-12/net_sales")).sees(t, http.StatusOK, "The last month that is known")
}

// A value that is too early to be scored, or that another definition came to, is no signal and makes no limits.
func TestOnlyWhatIsFitIsJudgedByLimits(t *testing.T) {
	k, _ := kpi.Find(kpi.Catalogue(), "net_sales")
	v := &visit{site: &Site{Now: func() time.Time { return rigNow }}}
	view := kpiView{KPI: k, Period: period.Of(period.Monthly, period.Date(2026, 10, 1), period.Calendar{})}
	keep := func(month time.Month, value float64, gap kpi.Gap, definition int) {
		r := pastRow{Period: period.Of(period.Monthly, period.Date(2026, month, 1), period.Calendar{})}
		v.take(&r, k, kpi.Snapshot{KPI: k.ID, Definition: definition, Value: kpi.Value{Has: true, V: value, Gap: gap}, Currency: "EUR", Published: true})
		view.Rows = append([]pastRow{r}, view.Rows...)
		view.Now = &view.Rows[0]
	}
	keep(1, 900, "", k.Version-1)
	keep(2, 900, kpi.BelowCoverage, k.Version)
	for month := range time.Month(7) {
		keep(3+month, 100+float64(month%2), "", k.Version)
	}
	keep(10, 10, kpi.ImmatureCohort, k.Version)
	view.judge(period.Calendar{})
	if l := view.Chart.limits; l == nil || l.Mean > 101 || view.Judged || view.Signal != "" {
		t.Errorf("%+v %v %q", l, view.Judged, view.Signal)
	}
	view.Now.fit = true
	if view.judge(period.Calendar{}); view.Signal != "below the natural limits" {
		t.Errorf("%q", view.Signal)
	}
}

// The scorecard and the page of a KPI say the same of a change: whether it is more than noise, by the same periods.
func TestTheScorecardTellsSignalsFromNoise(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	for i, sales := range []float64{42_000, 43_000, 41_500, 43_500, 42_500, 44_500} {
		s.take("month", period.Date(2026, time.Month(1+i), 1), sales, 1)
	}
	for i := range 13 { // so long ago that the trend does not show them
		s.take("month", period.Date(2024, time.Month(6+i), 1), 900_000, 1)
	}
	s.member("vera", s.m, "viewer")
	vera := s.as("vera")
	const signal = "above the natural limits"
	if a := vera.get(s.at("2026-10")+"?all=1").sees(t, http.StatusOK, "Net sales"); strings.Contains(a.body, signal) || strings.Contains(a.body, "ups and downs") {
		t.Error("noise is told as a signal")
	}
	vera.get(s.at("2026-10/net_sales")).sees(t, http.StatusOK, "No detectable change", "by the 9 periods before")
	for i, sales := range []float64{44_400, 44_500, 44_600, 44_550, 44_450, 44_500, 44_400} {
		s.take("month", period.Date(2026, time.Month(3+i), 1), sales, 3)
	}
	s.take("month", period.Date(2026, 10, 1), 44_500, 2) // the eighth above the mean is as the seventh was
	if a := vera.get(s.at("2026-10") + "?all=1"); strings.Contains(a.body, "ups and downs") {
		t.Error("a change within the limits is told as a signal")
	}
	vera.get(s.at("2026-10/net_sales")).sees(t, http.StatusOK, "A signal:", "eight or more in a row above the mean")
	s.take("month", period.Date(2026, 10, 1), 60_000, 3)
	vera.get(s.at("2026-10")+"?all=1").sees(t, http.StatusOK, signal, "ups and downs")
	vera.get(s.at("2026-10/net_sales")).sees(t, http.StatusOK, "A signal:", signal)
	s.take("month", period.Date(2026, 9, 1), 70_000, 4) // it was above the limits already, and falls
	vera.get(s.at("2026-10/net_sales")).sees(t, http.StatusOK, "A signal:", signal)
	if a := vera.get(s.at("2026-10") + "?all=1"); strings.Contains(a.body, "ups and downs") {
		t.Error("a change back to the limits is told as one out of them")
	}
	if a := vera.get(s.at("2026-10") + "?all=1&against=year"); strings.Contains(a.body, signal) {
		t.Error("a change against last year is judged by the months between")
	}
}

// Where it is for want of costs that too little is known, the way to tell them is shown; and nothing of other wants.
func TestWayToTellCosts(t *testing.T) {
	v := &visit{site: &Site{}, merchant: store.Merchant{ID: 1}}
	for id, want := range map[kpi.ID]string{"gross_margin_pct": "/m/1/links/csv", "clv_historic": "/m/1/links/csv", "on_time_delivery_rate": ""} {
		k, ok := kpi.Find(kpi.Catalogue(), id)
		if _, at := v.mend(kpi.Entry{KPI: k, Value: kpi.Value{Gap: kpi.BelowCoverage}}); !ok || at != want {
			t.Errorf("%s: %q, want %q", id, at, want)
		}
	}
}

// What is provisional until a day is so by the merchant's calendar.
func TestProvisionalUntilTheMerchantsDay(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	k, _ := kpi.Find(kpi.Catalogue(), "net_sales")
	at := period.Of(period.Monthly, period.Date(2026, 5, 1), period.Calendar{})
	sn := kpi.Snapshot{KPI: k.ID, Definition: k.Version, Period: at, Revision: 1, TakenAt: s.clock(), CompleteTo: s.clock(), Through: at.To, Currency: "EUR", Status: kpi.Grey,
		Published: true, Final: period.Date(2026, 11, 23), Value: kpi.Value{Num: kpi.Number{Int: int64(money.Unit), Exact: true}, Den: 1, N: 1, Coverage: 1, Has: true, V: 1}}
	_, err := s.Store.SaveSnapshots(t.Context(), s.m.ID, []kpi.Snapshot{sn})
	s.must(err)
	s.member("vera", s.m, "viewer")
	vera := s.as("vera")
	vera.get(s.at("2026-05/net_sales")).sees(t, http.StatusOK, "provisional")
	s.pass(14*time.Hour + 30*time.Minute) // half past midnight in Berlin, half past eleven by UTC
	if a := vera.get(s.at("2026-05/net_sales")); strings.Contains(a.text(), "provisional") {
		t.Error("it is provisional still")
	}
}

func TestCapital(t *testing.T) {
	for text, want := range map[string]string{"": "", "one": "One", "über": "Über", "“x”": "“x”", "€5": "€5"} {
		if got := capital(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
