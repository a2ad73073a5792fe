package tiktokads

import (
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/tiktokads"
)

// After thirty nights each campaign's day is what it came to in the end, to the micro: campaigns that end, begin and vanish, days that become
// zero, east and west of UTC, yen and dinars, and the days on which the clocks change.
func TestThirtyNights(t *testing.T) {
	kinds := []string{"x", "x", "x", "x", sim.Product, sim.Live, sim.Product, sim.Product}
	w := simulate(t,
		account("6900001", "Berlin", "EUR", "Europe/Berlin", kinds...),
		account("6900002", "Los Angeles", "USD", "America/Los_Angeles", kinds...),
		account("6900003", "Tokyo", "JPY", "Asia/Tokyo", kinds...),
		account("6900004", "Kuwait", "KWD", "Asia/Kuwait", kinds...),
		account("6900005", "Auckland", "NZD", "Pacific/Auckland", kinds[:4]...),
	)
	g := w.link(t)
	since := simStart.AddDate(0, -13, 0)
	days, months := map[string]*held{}, map[string]*held{}
	for _, a := range w.accounts {
		days[a.ID], months[a.ID] = newHeld(), newHeld()
	}
	for night := range 30 {
		for _, a := range w.accounts {
			acc := w.open(t, g, a.ID)
			has := can(t, acc)
			days[a.ID].pull(t, spend(), acc, has, since)
			months[a.ID].pull(t, totals(), acc, has, since)
			if whole := days[a.ID].proof.CompleteDay; whole != period.On(w.clock.now(), a.Location()) {
				t.Fatalf("night %d: %s is whole until %s", night, a.Name, whole)
			}
		}
		w.clock.advance(24 * time.Hour)
	}
	w.clock.advance(-24 * time.Hour)
	for _, a := range w.accounts {
		compare(t, w, a, days[a.ID], period.On(since, a.Location()))
		reconcile(t, a, days[a.ID], months[a.ID])
	}
}

func compare(t *testing.T, w *world, a *ads.Account, h *held, from period.Day) {
	t.Helper()
	now := w.clock.now()
	today := period.On(now, a.Location())
	nonzero, faults := 0, 0
	for _, c := range a.Campaigns {
		for day := max(from, c.From); day < today; day++ {
			want, _ := a.Told(c, day, now)
			if today-day >= settles {
				want = a.Truth(c, day)
			}
			got, found := h.days[key{day, c.ID}]
			delete(h.days, key{day, c.ID})
			if found {
				nonzero++
				if got.Currency != a.Currency || got.Zone != a.Zone || got.Name != c.Name || got.Final != day+weekly+1 || got.Action == "" {
					t.Errorf("%s %s: %+v", a.Name, day, got)
				}
			}
			shop := c.Kind == sim.Product || c.Kind == sim.Live
			if shop {
				want.Impressions, want.Clicks = 0, 0
			}
			if got.Spend != want.Spend || got.Value != want.Value || got.Conversions != want.Conversions*int64(money.Unit) ||
				got.Impressions != want.Impressions || got.Clicks != want.Clicks || found && (got.Channel == fact.AdMarketplace) != shop {
				if faults++; faults < 5 {
					t.Errorf("%s %s of %s: held %+v, want %+v", a.Name, day, c.Name, got, want)
				}
			}
		}
	}
	if nonzero < 1000 {
		t.Errorf("%s: only %d days were held", a.Name, nonzero)
	}
	for k := range h.days {
		t.Errorf("%s: %v is held, and there is no such day", a.Name, k)
	}
}

// reconcile holds TikTok's own sums by months against ours of the days; compare has taken the days out, so these are drawn anew.
func reconcile(t *testing.T, a *ads.Account, h, months *held) {
	t.Helper()
	if len(months.totals) != 15 {
		t.Errorf("%s: %d months", a.Name, len(months.totals))
	}
	for _, total := range months.totals {
		var want money.Micros
		for _, c := range a.Campaigns {
			for day := total.Days.From; day < total.Days.To; day++ {
				if total.Days.To <= h.proof.CompleteDay-settles {
					want += a.Truth(c, day).Spend
				}
			}
		}
		if total.Currency != a.Currency || total.Days.To <= h.proof.CompleteDay-settles && total.Spend != want {
			t.Errorf("%s %s: %d %s, want %d", a.Name, total.Days, total.Spend, total.Currency, want)
		}
	}
}

func TestAReportOfMoreThanAPage(t *testing.T) {
	a := account("6900009", "Many", "EUR", "Europe/Berlin")
	for i := range 45 {
		c := ads.Campaign{ID: "17800" + string(rune('a'+i/10)) + string(rune('0'+i%10)), Name: "C", Kind: "x", Daily: 10 * money.Unit,
			From: period.On(simStart, time.UTC) - 100, To: period.On(simStart, time.UTC) + 100}
		a.Campaigns = append(a.Campaigns, c)
	}
	w := simulate(t, a)
	acc := w.open(t, w.link(t), a.ID)
	h := newHeld()
	h.pull(t, spend(), acc, can(t, acc), simStart.AddDate(0, 0, -30))
	if n := w.Requests()[pathReport]; n != 1+2 { // the probe's, and two pages of one report
		t.Errorf("%d requests", n)
	}
	var got, want money.Micros
	for _, d := range h.days {
		got += d.Spend
	}
	today := period.On(simStart, a.Location())
	if want = a.Spend(period.Days{From: today - 30, To: today}, simStart); got != want || len(h.days) < 1100 {
		t.Errorf("%d days of %d, want %d", len(h.days), got, want)
	}
}

// The requests of the first pull of thirteen months and of a night, without and with a TikTok Shop. The README tells them.
func TestRequests(t *testing.T) {
	for _, c := range []struct {
		name                                   string
		kinds                                  []string
		backfill, backTotals, day, week, month int
	}{
		{"ordinary campaigns", []string{"x", "x"}, 14, 14, 1, 2, 2},
		{"and a shop", []string{"x", sim.Product}, 14*3 + 1, 14*2 + 1, 1*3 + 1, 2*3 + 1, 2*2 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := simulate(t, account("6900001", "Main", "EUR", "Europe/Berlin", c.kinds...))
			acc := w.open(t, w.link(t), "6900001")
			w.Requests()
			has := can(t, acc)
			if n := asked(w.Requests()); n != 2 {
				t.Errorf("the probe took %d requests", n)
			}
			days, months := newHeld(), newHeld()
			count := func(what string, want int, h *held, s string) {
				w.Requests()
				for _, stream := range Connector().Streams {
					if stream.ID == s {
						h.pull(t, stream, acc, has, simStart.AddDate(0, 0, -395))
					}
				}
				if n := asked(w.Requests()); n != want {
					t.Errorf("%s: %d requests, want %d", what, n, want)
				}
			}
			count("backfill", c.backfill, days, "spend")
			count("backfill of totals", c.backTotals, months, "spend_totals")
			for night := range 8 {
				w.clock.advance(24 * time.Hour)
				day := c.day
				if night == 6 { // the weekly reading is of 35 days, and so of two windows
					day = c.week
				}
				count("night", day, days, "spend")
				count("night of totals", c.month, months, "spend_totals")
			}
		})
	}
}
