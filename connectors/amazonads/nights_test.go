package amazonads

import (
	"testing"
	"time"

	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/amazonads"
)

// worldwide are profiles east and west of UTC, in currencies with two decimals and none, one of which settles slowly. Amazon has none in dinars.
func worldwide() []*ads.Account {
	from, to := period.Date(2026, time.June, 1), period.Date(2026, time.December, 20)
	var all []*ads.Account
	for _, a := range []ads.Account{
		{ID: "2501234", Name: "Paris", Currency: "EUR", Zone: "Europe/Paris", Settles: 10, Unit: money.Unit / 100},
		{ID: "2501235", Name: "Los Angeles", Currency: "USD", Zone: "America/Los_Angeles", Settles: 13, Unit: money.Unit / 100},
		{ID: "2501236", Name: "Tokyo", Currency: "JPY", Zone: "Asia/Tokyo", Settles: 3, Unit: money.Unit},
		{ID: "2501237", Name: "Sydney", Currency: "AUD", Zone: "Australia/Sydney", Settles: 35, Unit: money.Unit / 10_000},
	} {
		a.Seed = 11
		made := ads.Generate(a, kinds, from, to, 30*money.Unit)
		made.Campaigns = append(made.Campaigns, ads.Campaign{ID: a.ID + "99", Name: "Void, \"all\" of it", Kind: "SPONSORED_BRANDS", From: from, To: to,
			Daily: 9 * money.Unit, Vanishes: period.Date(2026, time.October, 30)})
		all = append(all, made)
	}
	return all
}

func TestThirtyNights(t *testing.T) {
	all := worldwide()
	s := simulate(t, sim.Options{Prepares: 20 * time.Minute}, all...)
	held := adstest.Nights{Count: 31, Since: begin.AddDate(0, -13, 0)}.Run(t, s.Login, adstest.IDs(all)...)
	if s.Renewed < 30 {
		t.Errorf("tokens were renewed %d times in thirty nights", s.Renewed)
	}
	for _, a := range all {
		holdToTruth(t, a, held[a.ID], period.On(s.Clock.Now(), a.Location()))
	}
}

// holdToTruth compares every campaign-day that has settled, and that was read since it did, and Amazon's own months with the sums of the days: those of a
// profile that settles slowly are read again later than its days.
func holdToTruth(t *testing.T, a *ads.Account, h *adstest.Held, today period.Day) {
	t.Helper()
	read := period.Day(a.Settles)
	if read > nightly {
		read += 7 // the weekly reading is up to a week ago
	}
	n := h.Compare(t, a, period.Days{From: period.On(begin, a.Location()) - keeps, To: today},
		func(c ads.Campaign, day period.Day) (ads.Row, bool) { return a.Truth(c, day), day < today-read },
		func(c ads.Campaign, d fact.AdDay) bool {
			return d.Attribution == products[c.Kind].attribution && d.Action == products[c.Kind].purchases && d.Final == d.Day+weekly+7
		})
	if n.Held < 150 || n.Nothing < 10 || n.Vanished == 0 && a.Settles < 10 {
		t.Errorf("%s: %+v is too few to prove anything", a.Name, n)
	}
	if months := h.Reconcile(t, a, func(period.Days) bool { return a.Settles <= nightly }); months < 3 && a.Settles <= nightly {
		t.Errorf("%s: only %d months to compare", a.Name, months)
	}
}

func TestRequestsOfABackfillAndOfANight(t *testing.T) {
	s := simulate(t, sim.Options{}, worldwide()[0])
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	before := 0
	count := func() (n int) {
		c := s.Requests()
		n = c["order"] + c["ask"] + c["file"]
		n, before = n-before, n
		return n
	}
	count()
	for _, want := range []struct {
		name   string
		nights int
		n      int
	}{{"first pull of all that Amazon keeps", 0, 45}, {"night in the first half of a month", 1, 27}, {"weekly night", 7, 36}, {"night in the second half", 8, 18}} {
		s.Clock.Set(begin.AddDate(0, 0, want.nights))
		for _, stream := range []string{"spend", "spend_totals"} {
			if err := s.pull(t, acc, stream, begin.AddDate(0, -13, 0), k); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(); n != want.n {
			t.Errorf("%s: %d requests, want %d", want.name, n, want.n)
		}
	}
}

// A first pull that was broken off is taken up days later, when Amazon no longer keeps what it began with.
func TestAFirstPullThatIsTakenUpLate(t *testing.T) {
	s := simulate(t, sim.Options{Polls: 1}, worldwide()[0])
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	if err := k.Some(t, s.Stream(t, "spend"), acc, begin.AddDate(0, -13, 0), 2); err != nil {
		t.Fatal(err)
	}
	s.Clock.Pass(5 * 24 * time.Hour)
	if err := s.pull(t, acc, "spend", begin.AddDate(0, -13, 0), k); err != nil {
		t.Fatal(err)
	}
	if today := period.On(s.Clock.Now(), worldwide()[0].Location()); k.Whole["spend"] != today || k.HeldDays() < 50 {
		t.Errorf("whole up to %v with %d days", k.Whole, k.HeldDays())
	}
}
