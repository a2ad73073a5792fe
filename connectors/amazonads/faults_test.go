package amazonads

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	sim "fourfold/internal/sim/amazonads"
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
		{"the user may no longer see the profile", func(s *simulated) { s.SetFaults(sim.Faults{Withdrawn: map[string]bool{"2501234": true}}) }, connectors.Forbidden, 0, []string{"2501234", "administrator"}},
		{"the app is not approved", func(s *simulated) { s.SetFaults(sim.Faults{Unapproved: true}) }, connectors.Forbidden, 0, []string{"Not authorized to use"}},
		{"the consent was taken back", func(s *simulated) { s.Desk().Revoke() }, connectors.Denied, 0, []string{"invalid_grant", "link again"}},
		{"the version has died", func(s *simulated) { s.SetFaults(sim.Faults{Dead: true}) }, connectors.Malformed, 0, []string{"upgrade fourfold"}},
		{"too many requests", func(s *simulated) { s.SetFaults(sim.Faults{RateLimited: 99}) }, connectors.Throttled, 90 * time.Second, []string{"429"}},
		{"files break off", func(s *simulated) { s.SetFaults(sim.Faults{Cut: true}) }, connectors.Malformed, 0, []string{"2501234", "spCampaigns"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
			acc := s.Open(t, "2501234")
			c.happen(s)
			e := s.Refused(t, s.once(t, acc, "spend", adstest.NewHeld()), c.fault, c.says...)
			if e.RetryAfter < c.wait {
				t.Errorf("it is tried again after %s, want %s", e.RetryAfter, c.wait)
			}
		})
	}
}

func TestPassingTroubleIsGotOver(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	s.SetFaults(sim.Faults{Down: 1})
	s.Desk().Expire()
	if err := s.once(t, acc, "spend", k); err != nil {
		t.Fatal(err)
	}
	if s.Renewed != 1 || k.HeldDays() < 15 {
		t.Errorf("renewed %d times, held %d days", s.Renewed, k.HeldDays())
	}
}

// The answer to an order may be lost on the way. Amazon refuses the same order then, and names the report that it has.
func TestAReportThatIsUnderWayIsAdopted(t *testing.T) {
	s := simulate(t, sim.Options{Prepares: time.Hour}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	s.SetFaults(sim.Faults{Lost: 1})
	if err := s.pull(t, acc, "spend", since, k); err != nil {
		t.Fatal(err)
	}
	if k.HeldDays() < 15 {
		t.Errorf("held %d days", k.HeldDays())
	}
	// One was taken and its answer lost, the next three orders are the same again and the other two products'.
	if n := s.Requests()["order"]; n != 4 {
		t.Errorf("ordered %d times, want 4", n)
	}

	// A cursor that was cleared orders all of it again, and adopts what is under way.
	s.Clock.Pass(24 * time.Hour)
	k = adstest.NewHeld()
	if f, _ := connectors.FaultOf(s.once(t, acc, "spend", k)); f != connectors.Throttled {
		t.Fatalf("got %s", f)
	}
	again := adstest.NewHeld()
	if err := s.pull(t, acc, "spend", since, again); err != nil {
		t.Fatal(err)
	}
	if n := s.Requests()["order"]; again.HeldDays() < 15 || n != 4+3+3 {
		t.Errorf("held %d days after %d orders in all, want 10", again.HeldDays(), n)
	}
}

// Amazon takes a summed report for a daily one of the same days: it is not adopted, but waited for.
func TestAReportOfAnotherKindIsNotAdopted(t *testing.T) {
	s := simulate(t, sim.Options{Prepares: time.Hour}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	s.Clock.Set(time.Date(2026, time.October, 15, 9, 0, 0, 0, time.UTC))
	since := time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	run := func(stream string) error { return k.Once(t, s.Stream(t, stream), acc, since) }
	if f, _ := connectors.FaultOf(run("spend")); f != connectors.Throttled {
		t.Fatalf("the days are %s", f)
	}
	err := run("spend_totals")
	if f, _ := connectors.FaultOf(err); f != connectors.Throttled || connectors.RetryAfter(err) < time.Minute || !strings.Contains(err.Error(), "duplicate") {
		t.Fatalf("the sums are %v", err)
	}
	s.Clock.Pass(2 * time.Hour)
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.pull(t, acc, stream, since, k); err != nil {
			t.Fatal(err)
		}
	}
	for _, total := range k.Months {
		if sum := k.Spent(total.Days); sum != total.Spend || sum == 0 {
			t.Errorf("%s is %d, its days are %d", total.Days, total.Spend, sum)
		}
	}
}

func TestAReportThatFailsIsOrderedAnew(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc := s.Open(t, "2501234")
	s.SetFaults(sim.Faults{Failing: 1})
	adstest.NewHeld().Anew(t, s.Stream(t, "spend"), acc, since, "INTERNAL_ERROR")
}

func TestAReportThatIsNeverDoneCallsForAPerson(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc := s.Open(t, "2501234")
	s.SetFaults(sim.Faults{Stuck: true})
	adstest.NewHeld().CallsForAPerson(t, s.Clock, s.Stream(t, "spend"), acc, since)
}

func TestAProductThatTheAccountCannotHaveCostsNothing(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.Open(t, "2501234"), adstest.NewHeld()
	s.SetFaults(sim.Faults{Author: true})
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.once(t, acc, stream, k); err != nil {
			t.Fatal(err)
		}
	}
	for _, total := range k.Months {
		if sum := k.Spent(total.Days); sum != total.Spend || sum == 0 {
			t.Errorf("%s is %d, its days are %d", total.Days, total.Spend, sum)
		}
	}
	for key, d := range k.Days {
		if strings.HasPrefix(d.Name, "SPONSORED_BRANDS") {
			t.Errorf("%s holds %s", key.Day, d.Name)
		}
	}
}

func TestAnAddressThatHasEndedIsAskedForAgain(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc := s.Open(t, "2501234")
	s.SetFaults(sim.Faults{Ended: 1})
	adstest.NewHeld().Anew(t, s.Stream(t, "spend"), acc, since, "the result answers HTTP 403")
	if n := s.Requests()["order"]; n != 3 {
		t.Errorf("ordered %d times, want once for each product", n)
	}
}
