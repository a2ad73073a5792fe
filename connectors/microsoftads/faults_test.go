package microsoftads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/microsoftads"
)

// Each fault has a message of its own that says what to do, and tells no secret.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(s *simulated)
		fault  connectors.Fault
		wait   time.Duration
		says   []string
	}{
		{"the role in the account is gone", func(s *simulated) { s.SetFaults(sim.Faults{Withdrawn: map[string]bool{"1501234": true}}) }, connectors.Forbidden, 0, []string{"1501234", "2003", "administrator"}},
		{"the consent was taken back", func(s *simulated) { s.Desk().Revoke() }, connectors.Denied, 0, []string{"invalid_grant", "link again"}},
		{"the consent has ended", func(s *simulated) { s.Clock.Pass(91 * 24 * time.Hour) }, connectors.Denied, 0, []string{"link again"}},
		{"the developer token is wrong", func(s *simulated) { s.App.DeveloperToken = s.App.ClientSecret }, connectors.Forbidden, 0, []string{"105", "developer token"}},
		{"the version has died", func(s *simulated) { s.SetFaults(sim.Faults{Dead: true}) }, connectors.Malformed, 0, []string{"v13", "upgrade fourfold"}},
		{"too many reports are under way", func(s *simulated) { s.SetFaults(sim.Faults{FullHouse: true}) }, connectors.Throttled, time.Minute, []string{"207", "concurrent"}},
		{"too many requests in a minute", func(s *simulated) { s.SetFaults(sim.Faults{RateLimited: 99}) }, connectors.Throttled, time.Minute, []string{"117"}},
		{"a report lacks a column", func(s *simulated) { s.SetFaults(sim.Faults{Reshaped: true}) }, connectors.Malformed, 0, []string{"lacks the column Spend"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
			acc := s.Open(t, "1501234")
			c.happen(s)
			e := s.Refused(t, s.once(t, acc, "spend", adstest.NewHeld()), c.fault, c.says...)
			if e.RetryAfter < c.wait {
				t.Errorf("it is tried again after %s, want %s", e.RetryAfter, c.wait)
			}
		})
	}
}

func TestWithoutADeveloperTokenNothingIsSent(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	s.App.DeveloperToken = connectors.App{}.DeveloperToken
	_, err := accounts(t.Context(), s.Grant())
	s.Refused(t, err, connectors.Forbidden, "configuration")
	if n := s.Requests()[pathUser]; n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestPassingTroubleIsGotOver(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc, k := s.Open(t, "1501234"), adstest.NewHeld()
	s.SetFaults(sim.Faults{Down: 1})
	s.Desk().Expire()
	if err := s.once(t, acc, "spend", k); err != nil {
		t.Fatal(err)
	}
	if s.Renewed != 1 || k.HeldDays() < 30 {
		t.Errorf("renewed %d times, held %d days", s.Renewed, k.HeldDays())
	}
}

// Microsoft takes one report at a time here: the first slice is read before the second is taken.
func TestAFullHouseIsWaitedOut(t *testing.T) {
	s := simulate(t, sim.Options{AtOnce: 1, Prepares: 10 * time.Minute}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc, k := s.Open(t, "1501234"), adstest.NewHeld()
	if err := s.pull(t, acc, "spend", begin.AddDate(0, -13, 0), k); err != nil {
		t.Fatal(err)
	}
	c := s.Requests()
	if k.HeldDays() < 380 || c["/report"] != 2 || c[pathSubmit] < 3 {
		t.Errorf("held %d days after %v", k.HeldDays(), c)
	}
}

func TestAReportThatFailsIsOrderedAnew(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc := s.Open(t, "1501234")
	s.SetFaults(sim.Faults{Failing: 1})
	adstest.NewHeld().Anew(t, s.Stream(t, "spend"), acc, since, "the provider says of the report: Error")
}

func TestAReportThatIsNeverDoneCallsForAPerson(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc := s.Open(t, "1501234")
	s.SetFaults(sim.Faults{Stuck: true})
	adstest.NewHeld().CallsForAPerson(t, s.Clock, s.Stream(t, "spend"), acc, since)
}

// A night that was broken off is taken up by the next: what is no longer kept is ordered anew.
func TestAReportThatIsNoLongerKeptIsOrderedAnew(t *testing.T) {
	s := simulate(t, sim.Options{Polls: 2}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc, k := s.Open(t, "1501234"), adstest.NewHeld()
	if f, _ := connectors.FaultOf(s.once(t, acc, "spend", k)); f != connectors.Throttled {
		t.Fatalf("got %s", f)
	}
	s.Clock.Pass(26 * time.Hour)
	if err := s.pull(t, acc, "spend", since, k); err != nil {
		t.Fatal(err)
	}
	// The one that was lost, the same again, and the day that was over meanwhile.
	if n := s.Requests()[pathSubmit]; n != 3 {
		t.Errorf("ordered %d times, want 3", n)
	}
}

// Microsoft has no file where nothing was spent, and gives no address: these days and months are zero, and whole.
func TestAReportOfNothingHasNoAddress(t *testing.T) {
	a := account1("EUR", "Europe/Berlin", money.Unit/100)
	for i := range a.Campaigns {
		a.Campaigns[i].To = a.Campaigns[i].From
	}
	s := simulate(t, sim.Options{}, a)
	acc, k := s.Open(t, "1501234"), adstest.NewHeld()
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.once(t, acc, stream, k); err != nil || k.Whole[stream] != period.On(begin, a.Location()) {
			t.Errorf("%s is whole up to %s: %v", stream, k.Whole[stream], err)
		}
	}
	if k.HeldDays() != 0 || len(k.Months) != 3 || s.Requests()["/report"] != 0 {
		t.Errorf("held %d days and %v of %d files", k.HeldDays(), k.Months, s.Requests()["/report"])
	}
	for _, m := range k.Months {
		if m.Spend != 0 || m.Currency != "EUR" {
			t.Errorf("%+v", m)
		}
	}
}

func TestAnAddressThatHasEndedIsAskedForAgain(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc := s.Open(t, "1501234")
	s.SetFaults(sim.Faults{Ended: 1})
	adstest.NewHeld().Anew(t, s.Stream(t, "spend"), acc, since, "the result answers HTTP 403")
	if n := s.Requests()[pathSubmit]; n != 1 {
		t.Errorf("ordered %d times, want once", n)
	}
}
