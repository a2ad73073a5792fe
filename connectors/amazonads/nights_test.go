package amazonads

import (
	"testing"
	"time"

	"fourfold/connectors"
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
	var accs []connectors.Account
	shelves := map[string]*shelf{}
	for _, a := range all {
		accs = append(accs, s.account(t, a.ID))
		shelves[a.ID] = newShelf()
	}
	for night := range 31 {
		s.clock.set(begin.AddDate(0, 0, night))
		for _, acc := range accs {
			for _, stream := range []string{"spend", "spend_totals"} {
				if err := s.pull(t.Context(), acc, stream, begin.AddDate(0, -13, 0), shelves[acc.ID]); err != nil {
					t.Fatalf("night %d, account %s, %s: %v", night, acc.ID, stream, err)
				}
			}
		}
	}
	if s.tokens.renews < 30 {
		t.Errorf("tokens were renewed %d times in thirty nights", s.tokens.renews)
	}
	for _, a := range all {
		holdToTruth(t, a, shelves[a.ID], s.clock.now())
		holdTotals(t, a, shelves[a.ID])
	}
}

// holdToTruth compares every campaign-day that has settled, and that was read since it did.
func holdToTruth(t *testing.T, a *ads.Account, k *shelf, now time.Time) {
	t.Helper()
	today := period.On(now, a.Location())
	if k.whole != today {
		t.Errorf("%s: whole up to %s, want %s", a.Name, k.whole, today)
	}
	read := a.Settles
	if read > nightly {
		read += 7 // the weekly reading is up to a week ago
	}
	compared, zeros, void := 0, 0, 0
	for day := period.On(begin, a.Location()) - keeps; day < today-period.Day(read); day++ {
		told := map[string]bool{}
		for _, c := range a.Campaigns {
			want := a.Truth(c, day)
			got, ok := k.days[day][c.ID]
			told[c.ID] = true
			if !ok && want.Spend == 0 && want.Impressions == 0 && want.Clicks == 0 && want.Conversions == 0 {
				zeros++
				if c.Vanishes != 0 && day >= c.Vanishes-7 && day < c.Vanishes {
					void++
				}
				continue
			}
			if got.Spend != want.Spend || got.Impressions != want.Impressions || got.Clicks != want.Clicks || got.Value != want.Value ||
				got.Conversions != want.Conversions*int64(money.Unit) {
				t.Fatalf("%s, %s of %s: held %+v, the truth is %+v", a.Name, day, c.Name, got, want)
			}
			if got.Currency != a.Currency || got.Zone != a.Zone || got.Name != c.Name || got.Attribution != products[c.Kind].attribution ||
				got.Action != products[c.Kind].purchases || got.Final != day+weekly+1 {
				t.Fatalf("%s, %s of %s: held %+v", a.Name, day, c.Name, got)
			}
			compared++
		}
		for id := range k.days[day] {
			if !told[id] {
				t.Fatalf("%s, %s: a campaign %s from nowhere", a.Name, day, id)
			}
		}
	}
	if compared < 150 || zeros < 20 || (void == 0 && a.Settles < 10) {
		t.Errorf("%s: %d campaign-days, %d without anything, %d of the campaign that vanished: too few to prove anything", a.Name, compared, zeros, void)
	}
}

// holdTotals compares Amazon's own months with the sum of the days held. Those of a profile that settles slowly are read again later than its days.
func holdTotals(t *testing.T, a *ads.Account, k *shelf) {
	t.Helper()
	months := 0
	for _, total := range k.totals {
		if total.Currency != a.Currency {
			t.Errorf("%s: the total of %s is in %s", a.Name, total.Days, total.Currency)
		}
		if a.Settles <= nightly {
			months++
			if sum := k.spent(total.Days); sum != total.Spend {
				t.Errorf("%s: %s of the whole account is %d, its days are %d", a.Name, total.Days, total.Spend, sum)
			}
		}
	}
	if months < 3 && a.Settles <= nightly {
		t.Errorf("%s: only %d months to compare", a.Name, months)
	}
}

func TestRequestsOfABackfillAndOfANight(t *testing.T) {
	s := simulate(t, sim.Options{}, worldwide()[0])
	acc, k := s.account(t, "2501234"), newShelf()
	before := 0
	count := func() (n int) {
		c := s.Counts()
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
		s.clock.set(begin.AddDate(0, 0, want.nights))
		for _, stream := range []string{"spend", "spend_totals"} {
			if err := s.pull(t.Context(), acc, stream, begin.AddDate(0, -13, 0), k); err != nil {
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
	acc, k := s.account(t, "2501234"), newShelf()
	if err := s.pullFor(t, acc, k, 2); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(5 * 24 * time.Hour)
	if err := s.pull(t.Context(), acc, "spend", begin.AddDate(0, -13, 0), k); err != nil {
		t.Fatal(err)
	}
	if today := period.On(s.clock.now(), worldwide()[0].Location()); k.whole != today || len(k.days) < 50 {
		t.Errorf("whole up to %s with %d days", k.whole, len(k.days))
	}
}

// pullFor stores so many pages of a first pull.
func (s *simulated) pullFor(t *testing.T, acc connectors.Account, k *shelf, pages int) error {
	t.Helper()
	for p, err := range Connector().Streams[0].Pull(t.Context(), acc, connectors.Request{Since: begin.AddDate(0, -13, 0), Has: func(string) bool { return true }}) {
		if err != nil {
			return err
		}
		k.store(p)
		k.cursors["spend"] = p.Next
		if pages--; pages == 0 {
			break
		}
	}
	return nil
}
