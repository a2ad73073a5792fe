package microsoftads

import (
	"testing"
	"time"

	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/microsoftads"
)

// worldwide are accounts east and west of UTC, in currencies with two, no and three decimals, one of which settles slowly.
func worldwide() []*ads.Account {
	from, to := period.Date(2025, time.August, 1), period.Date(2026, time.December, 20)
	var all []*ads.Account
	for _, a := range []ads.Account{
		{ID: "1501234", Name: "Berlin", Currency: "EUR", Zone: "Europe/Berlin", Settles: 20, Unit: money.Unit / 100},
		{ID: "1501235", Name: "Los Angeles", Currency: "USD", Zone: "America/Los_Angeles", Settles: 28, Unit: money.Unit / 100},
		{ID: "1501236", Name: "Tokyo", Currency: "JPY", Zone: "Asia/Tokyo", Settles: 14, Unit: money.Unit},
		{ID: "1501237", Name: "Riyadh", Currency: "KWD", Zone: "Asia/Riyadh", Settles: 75, Unit: money.Unit / 1000},
		{ID: "1501238", Name: "Auckland", Currency: "NZD", Zone: "Pacific/Auckland", Settles: 3, Unit: money.Unit / 10_000},
	} {
		a.Seed = 11
		made := ads.Generate(a, kinds, from, to, 30*money.Unit)
		made.Campaigns = append(made.Campaigns, ads.Campaign{ID: a.ID + "99", Name: "Void, \"all\" of it", Kind: "Search & content", From: from, To: to,
			Daily: 9 * money.Unit, Vanishes: period.Date(2026, time.October, 30)})
		all = append(all, made)
	}
	return all
}

func TestThirtyNights(t *testing.T) {
	all := worldwide()
	s := simulate(t, sim.Options{Prepares: 3 * time.Minute, AtOnce: 4}, all...)
	held := adstest.Nights{Count: 31, Since: begin.AddDate(0, -13, 0)}.Run(t, s.Login, adstest.IDs(all)...)
	if s.Renewed < 30 {
		t.Errorf("tokens were renewed %d times in thirty nights", s.Renewed)
	}
	for _, a := range all {
		holdToTruth(t, a, held[a.ID], period.On(s.Clock.Now(), a.Location()))
	}
}

// holdToTruth compares every campaign-day that has settled, and that was read since it did, and Microsoft's own months with the sums of the days: both were
// read in one night.
func holdToTruth(t *testing.T, a *ads.Account, h *adstest.Held, today period.Day) {
	t.Helper()
	read := period.Day(a.Settles)
	if read > nightly {
		read += 7 // the weekly reading is up to a week ago
	}
	n := h.Compare(t, a, period.Days{From: period.On(begin.AddDate(0, -13, 0), a.Location()), To: today},
		func(c ads.Campaign, day period.Day) (ads.Row, bool) { return a.Truth(c, day), day < today-read },
		func(_ ads.Campaign, d fact.AdDay) bool {
			return d.Attribution != "" && d.Action != "" && d.Final == d.Day+weekly+7
		})
	if n.Held < 800 || n.Nothing < 50 || n.Vanished == 0 && a.Settles < 30 {
		t.Errorf("%s: %+v is too few to prove anything", a.Name, n)
	}
	months := h.Reconcile(t, a, func(days period.Days) bool {
		return days.To <= today-period.Day(a.Settles)-weekly || a.Settles <= nightly
	})
	if months < 5 {
		t.Errorf("%s: only %d months to compare", a.Name, months)
	}
}

func TestRequestsOfABackfillAndOfANight(t *testing.T) {
	s := simulate(t, sim.Options{}, worldwide()[0])
	acc, k := s.Open(t, "1501234"), adstest.NewHeld()
	before := 0
	count := func() (n int) {
		for path, c := range s.Requests() {
			if path == "/report" || path == pathSubmit || path == pathPoll {
				n += c
			}
		}
		n, before = n-before, n
		return n
	}
	for i, want := range []struct {
		name string
		n    int
	}{{"backfill of 13 months", 9}, {"night", 6}, {"night", 6}} {
		s.Clock.Set(begin.AddDate(0, 0, i))
		for _, stream := range []string{"spend", "spend_totals"} {
			if err := s.pull(t, acc, stream, begin.AddDate(0, -13, 0), k); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(); n != want.n {
			t.Errorf("%s: %d requests, want %d", want.name, n, want.n)
		}
	}
	if _, ok := k.Months[period.Date(2026, time.February, 1)]; !ok || len(k.Months) < 13 {
		t.Errorf("held %d totals", len(k.Months))
	}
}
