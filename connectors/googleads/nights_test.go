package googleads

import (
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/googleads"
)

// Thirty nights over the days on which clocks change in Berlin and Los Angeles, after a first pull of thirteen months. What is held then is the truth, for
// every campaign-day that Google no longer changes; and what Google says at the last night, for those that it still does.
func TestAfterThirtyNightsWhatIsHeldIsTheTruth(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all, Batch: 500})
	since := time.Date(2025, time.October, 1, 12, 0, 0, 0, time.UTC)
	shelves := map[string]*shelf{}
	before := map[string]int{}
	r.now = time.Date(2026, time.October, 20, 4, 30, 0, 0, time.UTC)
	for night := range 30 {
		r.token = r.Token()
		for _, a := range all {
			if shelves[a.ID] == nil {
				shelves[a.ID] = &shelf{}
			}
			for _, stream := range Connector().Streams {
				if err := shelves[a.ID].pull(t, stream, r.account(a, ""), since); err != nil {
					t.Fatalf("night %d, %s, %s: %v", night, a.Name, stream.ID, err)
				}
			}
		}
		asked := r.Requests()
		spend, months := asked["campaign"]-before["campaign"], asked["customer"]-before["customer"]
		switch {
		case night == 0 && (spend != 4*len(all) || months != len(all)):
			t.Errorf("the first pull took %d and %d requests", spend, months)
		case night > 0 && (spend != len(all) || months != len(all)):
			t.Errorf("night %d took %d and %d requests", night, spend, months)
		}
		before = asked
		if night < 29 {
			r.now = r.now.AddDate(0, 0, 1)
		}
	}
	vanished, nothing := 0, 0
	for _, a := range all {
		s := shelves[a.ID]
		today := period.On(r.now, a.Location())
		old, held := 0, 0
		for day := period.On(since, a.Location()); day < today; day++ {
			for _, c := range a.Campaigns {
				want := a.Truth(c, day)
				if day >= today-97 {
					want, _ = a.Told(c, day, r.now)
					if day < today-31 {
						continue // it may have changed since the last weekly reading
					}
				} else {
					old++
				}
				got := s.days[day][c.ID]
				if got.Spend != want.Spend || got.Impressions != want.Impressions || got.Clicks != want.Clicks || got.Conversions != want.Conversions*1_000_000 || got.Value != want.Value {
					t.Fatalf("%s, %s, %s: held %+v, want %+v", a.Name, c.Name, day, got, want)
				}
				if want.Spend == 0 && day >= c.From && day < c.To {
					nothing++
				}
				if c.Vanishes != 0 && day >= c.Vanishes-7 && day < c.Vanishes {
					vanished++
				}
				if want.Spend != 0 {
					held++
				}
			}
		}
		if old < 4*250 || held < 500 || s.whole["spend"] != today || s.whole["spend_totals"] != today {
			t.Errorf("%s: %d old campaign-days, %d that cost something, whole up to %v", a.Name, old, held, s.whole)
		}
		if _, has := s.days[today]; has {
			t.Errorf("%s: %s is held, which is not over", a.Name, today)
		}
		checkMonths(t, r, a, s, today)
		checkRecords(t, a, s)
	}
	if vanished != 7*len(all) || nothing < 100 {
		t.Errorf("%d vanished and %d days of nothing were looked at", vanished, nothing)
	}
}

// checkMonths holds Google's own totals against the truth, and the sum of the days of late months against them.
func checkMonths(t *testing.T, r *rig, a *ads.Account, s *shelf, today period.Day) {
	t.Helper()
	months := 0
	for from, m := range s.months {
		months++
		if m.Currency != a.Currency || m.Days.From != from || m.Days.To > today {
			t.Errorf("%s: %+v", a.Name, m)
		}
		var sum money.Micros
		for d := m.Days.From; d < m.Days.To; d++ {
			for _, day := range s.days[d] {
				sum += day.Spend
			}
		}
		if m.Days.From >= today-31 && (m.Spend != a.Spend(m.Days, r.now) || m.Spend != sum) {
			t.Errorf("%s: %s: total %d, told %d, sum of days %d", a.Name, m.Days, m.Spend, a.Spend(m.Days, r.now), sum)
		}
	}
	if months != 14 {
		t.Errorf("%s: %d months", a.Name, months)
	}
}

func checkRecords(t *testing.T, a *ads.Account, s *shelf) {
	t.Helper()
	want := map[string]fact.AdChannel{"SEARCH": fact.AdSearch, "SHOPPING": fact.AdShopping, "PERFORMANCE_MAX": fact.AdOther, "VIDEO": fact.AdVideo}
	byID := map[string]ads.Campaign{}
	for _, c := range a.Campaigns {
		byID[c.ID] = c
	}
	for day, rows := range s.days {
		for id, d := range rows {
			c := byID[id]
			if d.Currency != a.Currency || d.Zone != a.Zone || d.Name != c.Name || d.Channel != want[c.Kind] || d.Action == "" || d.Attribution == "" || d.Final != day+91 {
				t.Fatalf("%s: %+v of %+v", a.Name, d, c)
			}
		}
	}
}

func TestDaysOfADSTChangeAreWhole(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all})
	a := all[1] // Los Angeles, whose 2026-11-01 has 25 hours
	for _, at := range []string{"2026-11-02T07:59:00Z", "2026-11-02T08:00:00Z"} {
		r.now, _ = time.Parse(time.RFC3339, at)
		r.token = r.Token()
		var s shelf
		if err := s.pull(t, Connector().Streams[0], r.account(a, ""), r.now.AddDate(0, 0, -3)); err != nil {
			t.Fatal(err)
		}
		want := period.Date(2026, time.November, 1)
		if at == "2026-11-02T08:00:00Z" {
			want++
		}
		if s.whole["spend"] != want || len(s.days[want]) != 0 || len(s.days[want-1]) == 0 {
			t.Errorf("at %s whole up to %s, want %s", at, s.whole["spend"], want)
		}
	}
}
