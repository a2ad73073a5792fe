package snapchatads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/snapchatads"
)

// After thirty nights each campaign's day is what it came to in the end, to the micro: campaigns that end, begin and vanish, days that become
// zero, yen and dinars, zones east and west of UTC, one of half an hour, and days of 23 and 25 hours, one of which has no midnight.
func TestThirtyNights(t *testing.T) {
	w := paged(t,
		account("1", "Los Angeles", "USD", "America/Los_Angeles"),
		account("2", "Berlin", "EUR", "Europe/Berlin"),
		account("3", "Tokyo", "JPY", "Asia/Tokyo"),
		account("4", "Kuwait", "KWD", "Asia/Kuwait"),
		account("5", "Kolkata", "INR", "Asia/Kolkata"),
		account("6", "Cairo", "EGP", "Africa/Cairo"),
		account("7", "Auckland", "NZD", "Pacific/Auckland"),
	)
	l := w.link(t)
	since := simStart.AddDate(0, -13, 0)
	days, months := map[string]*held{}, map[string]*held{}
	for _, a := range w.accounts {
		days[a.ID], months[a.ID] = newHeld(), newHeld()
	}
	for night := range 30 {
		w.clock.set(simStart.AddDate(0, 0, night))
		w.Faults(func(f *sim.Faults) { f.Odd = night%2 == 0 })
		for _, a := range w.accounts {
			acc := w.open(t, l, a.ID)
			for h, stream := range map[*held]connectors.Stream{days[a.ID]: spend.Stream(), months[a.ID]: totals.Stream()} {
				if err := h.pull(t, stream, acc, since); err != nil {
					t.Fatalf("night %d, %s: %v", night, a.Name, err)
				}
				if whole := h.proof.CompleteDay; whole != period.On(w.clock.now(), a.Location()) {
					t.Fatalf("night %d: %s is whole until %s", night, a.Name, whole)
				}
			}
		}
	}
	if l.renewed != 29 { // a token lasts an hour
		t.Errorf("renewed %d times in thirty nights", l.renewed)
	}
	for _, a := range w.accounts {
		compare(t, a, days[a.ID], period.On(since, a.Location()), w.clock.now())
		reconcile(t, a, months[a.ID], period.On(w.clock.now(), a.Location()))
	}
}

func compare(t *testing.T, a *ads.Account, h *held, from period.Day, now time.Time) {
	t.Helper()
	today := period.On(now, a.Location())
	found, vanished, faults := 0, 0, 0
	for _, c := range a.Campaigns {
		for day := max(from, c.From); day < today; day++ {
			want, _ := a.Told(c, day, now)
			if today-day >= settles {
				want = a.Truth(c, day)
			}
			got, ok := h.days[key{day, c.ID}]
			delete(h.days, key{day, c.ID})
			if ok {
				found++
				if got.Currency != a.Currency || got.Zone != a.Zone || got.Name != c.Name || got.Final != day+weekly+1 || got.Action != action ||
					got.Attribution != attribution || got.Channel != fact.AdSocial {
					t.Errorf("%s %s: %+v", a.Name, day, got)
				}
			} else if c.Vanishes != 0 && day >= c.Vanishes-7 && day < c.Vanishes {
				vanished++
			}
			if got.Spend != want.Spend || got.Value != want.Value || got.Conversions != want.Conversions*int64(money.Unit) ||
				got.Impressions != want.Impressions || got.Clicks != want.Clicks {
				if faults++; faults < 5 {
					t.Errorf("%s %s of %s: held %+v, want %+v", a.Name, day, c.Name, got, want)
				}
			}
		}
	}
	if found < 900 || vanished != 7 {
		t.Errorf("%s: %d days were held, and %d vanished", a.Name, found, vanished)
	}
	for k := range h.days {
		t.Errorf("%s: %v is held, and there is no such day", a.Name, k)
	}
}

// reconcile holds Snapchat's own sums by months against the truth of the days.
func reconcile(t *testing.T, a *ads.Account, h *held, today period.Day) {
	t.Helper()
	settled := 0
	for _, total := range h.totals {
		if total.Currency != a.Currency {
			t.Errorf("%s %s: in %s", a.Name, total.Days, total.Currency)
		}
		if total.Days.To > today-settles { // it may still change
			continue
		}
		var want money.Micros
		for _, c := range a.Campaigns {
			for day := total.Days.From; day < total.Days.To; day++ {
				want += a.Truth(c, day).Spend
			}
		}
		if settled++; total.Spend != want {
			t.Errorf("%s %s: %d, want %d", a.Name, total.Days, total.Spend, want)
		}
	}
	if len(h.totals) != 15 || settled < 13 {
		t.Errorf("%s: %d months, %d of them settled", a.Name, len(h.totals), settled)
	}
}

// The requests of the first pull of thirteen months and of a night. The README tells them.
func TestRequests(t *testing.T) {
	w := simulate(t)
	l := w.link(t)
	acc := w.open(t, l, mainAccount)
	days, months := newHeld(), newHeld()
	count := func(what string, s connectors.Stream, h *held, stats, names int) {
		t.Helper()
		w.Requests()
		if err := h.pull(t, s, acc, simStart.AddDate(0, 0, -395)); err != nil {
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
	count("backfill", spend.Stream(), days, 13, 13)
	count("backfill of totals", totals.Stream(), months, 14, 0)
	for night := 1; night <= 8; night++ {
		w.clock.set(simStart.AddDate(0, 0, night))
		renew()
		if night == 7 {
			count("week", spend.Stream(), days, 2, 2)
		} else {
			count("night", spend.Stream(), days, 1, 1)
		}
		count("night of totals", totals.Stream(), months, 2, 0)
	}
}
