package pinterestads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/pinterestads"
)

// After thirty nights each campaign's day is what it came to in the end, to the micro: campaigns that end, begin and vanish, days that become
// zero, and yen. Accounts east and west of UTC are told by days of UTC all the same.
func TestThirtyNights(t *testing.T) {
	w := simulate(t, prepares,
		account("549700001", "Berlin", "EUR", "x", "x", "x", "x"),
		account("549700002", "Tokyo", "JPY", "x", "x", "x", "x"),
		account("549700003", "Los Angeles", "USD", "x", "x", "x", "x", "x", "x"),
	)
	w.SetFaults(sim.Faults{Odd: true})
	w.Link(t)
	since := simStart.AddDate(0, -13, 0)
	read := map[string]time.Time{}
	held := adstest.Nights{Count: 30, Since: since,
		Before: func(night int) bool { w.SetFaults(sim.Faults{Odd: night%2 == 0}); return true },
		Open: func(t *testing.T, id string) connectors.Account {
			read[id] = w.Clock.Now()
			return w.Open(t, id)
		}}.Run(t, w.Login, adstest.IDs(w.accounts)...)
	if w.Renewed != 0 {
		t.Errorf("tokens of thirty days were renewed %d times", w.Renewed)
	}
	for _, a := range w.accounts {
		compare(t, a, held[a.ID], read[a.ID])
	}
}

// compare holds the days against what Pinterest said of them when they were read, and against the truth once they have settled, and its own sums by months
// against the days.
func compare(t *testing.T, a *ads.Account, h *adstest.Held, now time.Time) {
	t.Helper()
	days := period.Days{From: period.On(simStart.AddDate(0, -13, 0), time.UTC), To: period.On(now, time.UTC)}
	n := h.Compare(t, a, days, func(c ads.Campaign, day period.Day) (ads.Row, bool) {
		want, _ := a.Told(c, day, now)
		if days.To-day >= settles {
			want = a.Truth(c, day)
		}
		return want, true
	}, func(_ ads.Campaign, d fact.AdDay) bool {
		return d.Zone == "UTC" && d.Final == d.Day+weekly+7 && d.Action == "checkout" && d.Attribution == attribution && d.Channel == fact.AdSocial
	})
	if n.Held < 900 {
		t.Errorf("%s: %+v is too little", a.Name, n)
	}
	// What vanishes is found out long after its month was summed up for the last time.
	settled := h.Reconcile(t, a, func(m period.Days) bool { return m.To <= days.To-settles-35 })
	if len(h.Months) != 15 || settled < 12 {
		t.Errorf("%s: %d months, %d of them settled", a.Name, len(h.Months), settled)
	}
}

// The requests of the first pull of thirteen months and of a night; a report takes one to order, one to fetch, and as many looks as there are
// minutes to wait. The README tells them.
func TestRequests(t *testing.T) {
	w := simulate(t, 0)
	acc := w.open(t, mainAccount)
	h := adstest.NewHeld()
	count := func(what string, reports int, s connectors.Stream) {
		t.Helper()
		w.Forget()
		if err := h.Pull(t, w.Clock, s, acc, simStart.AddDate(0, 0, -395)); err != nil {
			t.Fatal(err)
		}
		got := w.Requests()
		for _, path := range []string{"POST /v5/ad_accounts/{id}/reports", "GET /v5/ad_accounts/{id}/reports", "download"} {
			if got[path] != reports {
				t.Errorf("%s: %d of %s, want %d", what, got[path], path, reports)
			}
		}
		if len(got) != 3 {
			t.Errorf("%s: asked %v", what, got)
		}
	}
	count("backfill", 3, spend.Stream())
	count("backfill of totals", 3, totals.Stream())
	for range 8 {
		w.Clock.Pass(24 * time.Hour)
		count("night", 1, spend.Stream())
		count("night of totals", 1, totals.Stream())
	}
}
