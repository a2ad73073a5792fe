package snapchatads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/snapchatads"
)

// After thirty nights each campaign's day is what it came to in the end, to the micro: campaigns that end, begin and vanish, days that become
// zero, yen and dinars, zones east and west of UTC, one of half an hour, and days of 23 and 25 hours, one of which has no midnight.
func TestThirtyNights(t *testing.T) {
	w := paged(t, 2,
		account("1", "Los Angeles", "USD", "America/Los_Angeles"),
		account("2", "Berlin", "EUR", "Europe/Berlin"),
		account("3", "Tokyo", "JPY", "Asia/Tokyo"),
		account("4", "Kuwait", "KWD", "Asia/Kuwait"),
		account("5", "Kolkata", "INR", "Asia/Kolkata"),
		account("6", "Cairo", "EGP", "Africa/Cairo"),
		account("7", "Auckland", "NZD", "Pacific/Auckland"),
	)
	w.Link(t)
	since := simStart.AddDate(0, -13, 0)
	held := adstest.Nights{Count: 30, Since: since,
		Before: func(night int) bool { w.SetFaults(sim.Faults{Odd: night%2 == 0}); return true },
		Pulls: func(h *adstest.Held, s connectors.Stream, acc connectors.Account) error {
			return h.Once(t, s, acc, since)
		},
	}.Run(t, w.Login, adstest.IDs(w.accounts)...)
	if w.Renewed != 29 { // a token lasts an hour
		t.Errorf("renewed %d times in thirty nights", w.Renewed)
	}
	for _, a := range w.accounts {
		compare(t, a, held[a.ID], w.Clock.Now())
	}
}

// compare holds the days against what Snapchat says of them now, and against the truth once they have settled, and its own sums by months against the days.
func compare(t *testing.T, a *ads.Account, h *adstest.Held, now time.Time) {
	t.Helper()
	days := period.Days{From: period.On(simStart.AddDate(0, -13, 0), a.Location()), To: period.On(now, a.Location())}
	n := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) {
		want, _ := a.Told(c, day, now)
		if days.To-day >= settles {
			want = a.Truth(c, day)
		}
		return want, true
	}, func(_ ads.Campaign, d fact.AdDay) bool {
		return d.Final == d.Day+weekly+7 && d.Action == action && d.Attribution == attribution && d.Channel == fact.AdSocial
	})
	if n.Held < 900 || n.Vanished != 7 || n.Empty != 0 {
		t.Errorf("%s: %+v", a.Name, n)
	}
	settled := h.Reconcile(t, a, func(m period.Days) bool { return m.To <= days.To-settles }) // it may still change
	if len(h.Months) != 15 || settled < 13 {
		t.Errorf("%s: %d months, %d of them settled", a.Name, len(h.Months), settled)
	}
}

// The requests of the first pull of thirteen months and of a night. The README tells them.
func TestRequests(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	h := adstest.NewHeld()
	count := func(what string, s connectors.Stream, stats, names int) {
		t.Helper()
		w.Forget()
		if err := h.Once(t, s, acc, simStart.AddDate(0, 0, -395)); err != nil {
			t.Fatal(err)
		}
		got := w.Requests()
		if got["/v1/adaccounts/{id}/stats"] != stats || got["/v1/adaccounts/{id}/campaigns"] != names || len(got) > 2 {
			t.Errorf("%s: asked %v", what, got)
		}
	}
	renew := func() {
		t.Helper()
		if _, err := probe(t.Context(), acc); err != nil {
			t.Fatal(err)
		}
	}
	count("backfill", spend.Stream(), 13, 13)
	count("backfill of totals", totals.Stream(), 14, 0)
	for night := 1; night <= 8; night++ {
		w.Clock.Set(simStart.AddDate(0, 0, night))
		renew()
		if night == 7 {
			count("week", spend.Stream(), 2, 2)
		} else {
			count("night", spend.Stream(), 1, 1)
		}
		count("night of totals", totals.Stream(), 2, 0)
	}
}
