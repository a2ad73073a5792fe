package googleads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/googleads"
)

// Thirty nights over the days on which clocks change in Berlin and Los Angeles, after a first pull of thirteen months. What is held then is the truth, for
// every campaign-day that Google no longer changes; and what Google said when it was last asked, for those that it still does.
func TestAfterThirtyNightsWhatIsHeldIsTheTruth(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all, Batch: 500})
	r.Clock.Set(time.Date(2026, time.October, 20, 4, 30, 0, 0, time.UTC))
	before := map[string]int{}
	byID := map[string]*ads.Account{}
	for _, a := range all {
		byID[a.ID] = a
	}
	since := time.Date(2025, time.October, 1, 12, 0, 0, 0, time.UTC)
	held := adstest.Nights{Count: 30, Since: since,
		Open:   func(_ *testing.T, id string) connectors.Account { return r.account(byID[id], "") },
		Before: func(int) bool { r.Use(r.Token()); return true },
		After: func(night int) {
			asked := r.Requests()
			spend, months := asked["campaign"]-before["campaign"], asked["customer"]-before["customer"]
			if want := map[bool]int{true: 4 * len(all), false: len(all)}[night == 0]; spend != want || months != len(all) {
				t.Errorf("night %d took %d and %d requests", night, spend, months)
			}
			before = asked
		}}.Run(t, r.Login, adstest.IDs(all)...)
	channels := map[string]fact.AdChannel{"SEARCH": fact.AdSearch, "SHOPPING": fact.AdShopping, "PERFORMANCE_MAX": fact.AdOther, "VIDEO": fact.AdVideo}
	for _, a := range all {
		h, now := held[a.ID], r.Clock.Now()
		days := period.Days{From: period.On(since, a.Location()), To: period.On(now, a.Location())}
		described := func(c ads.Campaign, d fact.AdDay) bool {
			return d.Channel == channels[c.Kind] && d.Action != "" && d.Attribution != "" && d.Final == d.Day+97
		}
		old := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) { return a.Truth(c, day), day < days.To-97 }, described)
		late := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) {
			told, _ := a.Told(c, day, now)
			return told, day >= days.To-31
		}, described)
		// Those between were last read in the weekly reading, which was the night before.
		weekly := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) {
			told, _ := a.Told(c, day, now.AddDate(0, 0, -1))
			return told, day >= days.To-97 && day < days.To-31
		}, described)
		if weekly.Held < 100 {
			t.Errorf("%s: %+v between", a.Name, weekly)
		}
		if old.Held+old.Nothing < 4*250 || old.Held+late.Held < 500 || late.Vanished != 7 || old.Nothing+late.Nothing < 20 || h.Whole["spend"] != days.To || h.Whole["spend_totals"] != days.To {
			t.Errorf("%s: %+v long ago, %+v lately, whole up to %v", a.Name, old, late, h.Whole)
		}
		// Google's own totals are what it told, and the sums of the days of late months.
		recent := func(m period.Days) bool { return m.From >= days.To-31 }
		if n := h.Reconcile(t, a, recent); n == 0 || len(h.Months) != 14 {
			t.Errorf("%s: %d months, %d of them late", a.Name, len(h.Months), n)
		}
		for _, m := range h.Months {
			if told := a.Spend(m.Days, now); recent(m.Days) && m.Spend != told {
				t.Errorf("%s: %s: total %d, told %d", a.Name, m.Days, m.Spend, told)
			}
		}
	}
}

func TestDaysOfADSTChangeAreWhole(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all})
	a := all[1] // Los Angeles, whose 2026-11-01 has 25 hours
	for _, at := range []string{"2026-11-02T07:59:00Z", "2026-11-02T08:00:00Z"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		r.Clock.Set(now)
		r.Use(r.Token())
		h, err := r.spend(t, r.account(a, ""), 3)
		if err != nil {
			t.Fatal(err)
		}
		want := period.Date(2026, time.November, 1)
		if at == "2026-11-02T08:00:00Z" {
			want++
		}
		if h.Whole["spend"] != want || h.Spent(period.Days{From: want, To: want + 1}) != 0 || h.Spent(period.Days{From: want - 1, To: want}) == 0 {
			t.Errorf("at %s whole up to %s, want %s", at, h.Whole["spend"], want)
		}
	}
}

// Whatever the day is, the first that is asked for is not older than 37 months.
func TestNoDayIsAskedForThatGoogleNoLongerKeeps(t *testing.T) {
	for today := period.Date(2026, time.January, 1); today < period.Date(2034, time.January, 1); today++ {
		y, m, d := today.UTC().Date()
		if wall := period.Date(y, m-37, d); today-keeps < wall {
			t.Fatalf("on %s days from %s on are asked for, and those from %s on are kept", today, today-keeps, wall)
		}
	}
}
