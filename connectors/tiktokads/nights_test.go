package tiktokads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
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
	w.Link(t)
	since := simStart.AddDate(0, -13, 0)
	held := adstest.Nights{Count: 30, Since: since, Pulls: func(h *adstest.Held, s connectors.Stream, acc connectors.Account) error {
		h.Has = can(t, acc)
		return h.Once(t, s, acc, since)
	}}.Run(t, w.Login, adstest.IDs(w.accounts)...)
	for _, a := range w.accounts {
		compare(t, a, held[a.ID], w.Clock.Now())
	}
}

// compare holds the days against what TikTok says of them now, and against the truth once they have settled, and its own sums by months against the days.
func compare(t *testing.T, a *ads.Account, h *adstest.Held, now time.Time) {
	t.Helper()
	shop := func(c ads.Campaign) bool { return c.Kind == sim.Product || c.Kind == sim.Live }
	days := period.Days{From: period.On(simStart.AddDate(0, -13, 0), a.Location()), To: period.On(now, a.Location())}
	n := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) {
		want, _ := a.Told(c, day, now)
		if days.To-day >= settles {
			want = a.Truth(c, day)
		}
		if shop(c) {
			want.Impressions, want.Clicks = 0, 0
		}
		return want, true
	}, func(c ads.Campaign, d fact.AdDay) bool {
		return d.Final == d.Day+weekly+7 && d.Action != "" && (d.Channel == fact.AdMarketplace) == shop(c)
	})
	if n.Held < 1000 {
		t.Errorf("%s: %+v is too little", a.Name, n)
	}
	if months := h.Reconcile(t, a, func(m period.Days) bool { return m.To <= days.To-settles }); len(h.Months) != 15 || months < 12 {
		t.Errorf("%s: %d months, %d of them settled", a.Name, len(h.Months), months)
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
	acc := w.open(t, a.ID)
	h := holding(t, acc)
	pull(t, h, spend(), acc, simStart.AddDate(0, 0, -30))
	if n := w.Requests()[pathReport]; n != 1+2 { // the probe's, and two pages of one report
		t.Errorf("%d requests", n)
	}
	compareAll(t, a, h, 30)
	if len(h.Days) < 1100 {
		t.Errorf("%d campaign-days", len(h.Days))
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
			acc := w.open(t, "6900001")
			w.Forget()
			h := holding(t, acc)
			if n := asked(w.Requests()); n != 2 {
				t.Errorf("the probe took %d requests", n)
			}
			count := func(what string, want int, stream string) {
				w.Forget()
				pull(t, h, w.Stream(t, stream), acc, simStart.AddDate(0, 0, -395))
				if n := asked(w.Requests()); n != want {
					t.Errorf("%s: %d requests, want %d", what, n, want)
				}
			}
			count("backfill", c.backfill, "spend")
			count("backfill of totals", c.backTotals, "spend_totals")
			for night := range 8 {
				w.Clock.Pass(24 * time.Hour)
				day := c.day
				if night == 6 { // the weekly reading is of 35 days, and so of two windows
					day = c.week
				}
				count("night", day, "spend")
				count("night of totals", c.month, "spend_totals")
			}
		})
	}
}
