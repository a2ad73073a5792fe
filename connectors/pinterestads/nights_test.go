package pinterestads

import (
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
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
	w.Faults(func(f *sim.Faults) { f.Odd = true })
	l := w.link(t)
	since := simStart.AddDate(0, -13, 0)
	days, months := map[string]*held{}, map[string]*held{}
	for _, a := range w.accounts {
		days[a.ID], months[a.ID] = newHeld(), newHeld()
	}
	read := map[string]time.Time{}
	for night := range 30 {
		w.clock.set(simStart.AddDate(0, 0, night))
		w.Faults(func(f *sim.Faults) { f.Odd = night%2 == 0 })
		for _, a := range w.accounts {
			acc := w.open(t, l, a.ID)
			read[a.ID] = w.clock.now()
			if err := days[a.ID].until(t, w, spend.Stream(), acc, since); err != nil {
				t.Fatal(err)
			}
			if err := months[a.ID].until(t, w, totals.Stream(), acc, since); err != nil {
				t.Fatal(err)
			}
			if whole := days[a.ID].proof.CompleteDay; whole != period.On(w.clock.now(), time.UTC) {
				t.Fatalf("night %d: %s is whole until %s", night, a.Name, whole)
			}
		}
	}
	if l.renewed != 0 {
		t.Errorf("tokens of thirty days were renewed %d times", l.renewed)
	}
	for _, a := range w.accounts {
		compare(t, a, days[a.ID], period.On(since, time.UTC), read[a.ID])
		reconcile(t, a, months[a.ID], period.On(read[a.ID], time.UTC))
	}
}

func compare(t *testing.T, a *ads.Account, h *held, from period.Day, now time.Time) {
	t.Helper()
	today := period.On(now, time.UTC)
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
				if got.Currency != a.Currency || got.Zone != "UTC" || got.Name != c.Name || got.Final != day+weekly+1 || got.Action != "checkout" ||
					got.Attribution != attribution || got.Channel != fact.AdSocial {
					t.Errorf("%s %s: %+v", a.Name, day, got)
				}
			}
			if got.Spend != want.Spend || got.Value != want.Value || got.Conversions != want.Conversions*int64(money.Unit) ||
				got.Impressions != want.Impressions || got.Clicks != want.Clicks {
				if faults++; faults < 5 {
					t.Errorf("%s %s of %s: held %+v, want %+v", a.Name, day, c.Name, got, want)
				}
			}
		}
	}
	if nonzero < 900 {
		t.Errorf("%s: only %d days were held", a.Name, nonzero)
	}
	for k := range h.days {
		t.Errorf("%s: %v is held, and there is no such day", a.Name, k)
	}
}

// reconcile holds Pinterest's own sums by months against the truth of the days.
func reconcile(t *testing.T, a *ads.Account, h *held, today period.Day) {
	t.Helper()
	settled := 0
	for _, total := range h.totals {
		var want money.Micros
		for _, c := range a.Campaigns {
			for day := total.Days.From; day < total.Days.To; day++ {
				want += a.Truth(c, day).Spend
			}
		}
		if total.Currency != a.Currency {
			t.Errorf("%s %s: in %s", a.Name, total.Days, total.Currency)
		}
		// What vanishes is found out long after its month was summed up for the last time.
		if total.Days.To <= today-settles-35 {
			if settled++; total.Spend != want {
				t.Errorf("%s %s: %d, want %d", a.Name, total.Days, total.Spend, want)
			}
		}
	}
	if len(h.totals) != 15 || settled < 12 {
		t.Errorf("%s: %d months, %d of them settled", a.Name, len(h.totals), settled)
	}
}

// The requests of the first pull of thirteen months and of a night; a report takes one to order, one to fetch, and as many looks as there are
// minutes to wait. The README tells them.
func TestRequests(t *testing.T) {
	w := simulate(t, 0)
	acc := w.open(t, w.link(t), mainAccount)
	days, months := newHeld(), newHeld()
	count := func(what string, reports int, h *held, total bool) {
		t.Helper()
		w.Requests()
		s := spend.Stream()
		if total {
			s = totals.Stream()
		}
		if err := h.until(t, w, s, acc, simStart.AddDate(0, 0, -395)); err != nil {
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
	count("backfill", 3, days, false)
	count("backfill of totals", 3, months, true)
	for range 8 {
		w.clock.advance(24 * time.Hour)
		count("night", 1, days, false)
		count("night of totals", 1, months, true)
	}
}
