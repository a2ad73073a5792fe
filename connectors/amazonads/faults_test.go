package amazonads

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	sim "fourfold/internal/sim/amazonads"
)

// pullOnce is one run of a stream, as far as it comes.
func (s *simulated) pullOnce(t *testing.T, acc connectors.Account, stream string, k *shelf) error {
	t.Helper()
	for _, st := range Connector().Streams {
		if st.ID != stream {
			continue
		}
		for p, err := range st.Pull(t.Context(), acc, connectors.Request{Cursor: k.cursors[stream], Since: begin.AddDate(0, 0, -20), Has: func(string) bool { return true }}) {
			if err != nil {
				return err
			}
			k.store(p)
			k.cursors[stream] = p.Next
		}
	}
	return nil
}

// Each fault has a message of its own that says what to do, and tells no secret.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(s *simulated)
		fault  connectors.Fault
		wait   time.Duration
		says   []string
	}{
		{"the user may no longer see the profile", func(s *simulated) { s.Deny("2501234", true) }, connectors.Forbidden, 0, []string{"2501234", "administrator"}},
		{"the app is not approved", func(s *simulated) { s.Set(sim.Faults{Unapproved: true}) }, connectors.Forbidden, 0, []string{"Not authorized to use"}},
		{"the consent was taken back", func(s *simulated) { s.Desk().Revoke() }, connectors.Denied, 0, []string{"invalid_grant", "link again"}},
		{"the version has died", func(s *simulated) { s.Set(sim.Faults{Dead: true}) }, connectors.Malformed, 0, []string{"newer release"}},
		{"too many requests", func(s *simulated) { s.Set(sim.Faults{RateLimited: 99}) }, connectors.Throttled, 90 * time.Second, []string{"429"}},
		{"files break off", func(s *simulated) { s.Set(sim.Faults{Cut: true}) }, connectors.Malformed, 0, []string{"2501234", "spCampaigns"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
			acc := s.account(t, "2501234")
			c.happen(s)
			err := s.pullOnce(t, acc, "spend", newShelf())
			if f, _ := connectors.FaultOf(err); f != c.fault {
				t.Fatalf("got %v, want %s", err, c.fault)
			}
			if w := connectors.RetryAfter(err); w < c.wait {
				t.Errorf("it is tried again after %s, want %s", w, c.wait)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			for _, hush := range []string{"https://", s.tokens.tokens.Access.Reveal(), sim.ClientSecret, "X-Amz"} {
				if strings.Contains(err.Error(), hush) {
					t.Errorf("%q tells a secret or an address", err)
				}
			}
		})
	}
}

func TestPassingTroubleIsGotOver(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.Set(sim.Faults{Unavailable: 1})
	s.Desk().Expire()
	if err := s.pullOnce(t, acc, "spend", k); err != nil {
		t.Fatal(err)
	}
	if s.tokens.renews != 1 || len(k.days) < 15 {
		t.Errorf("renewed %d times, held %d days", s.tokens.renews, len(k.days))
	}
}

// The answer to an order may be lost on the way. Amazon refuses the same order then, and names the report that it has.
func TestAReportThatIsUnderWayIsAdopted(t *testing.T) {
	s := simulate(t, sim.Options{Prepares: time.Hour}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.Set(sim.Faults{Lost: 1})
	if err := s.pull(t.Context(), acc, "spend", begin.AddDate(0, 0, -20), k); err != nil {
		t.Fatal(err)
	}
	if len(k.days) < 15 {
		t.Errorf("held %d days", len(k.days))
	}
	// One was taken and its answer lost, the next three orders are the same again and the other two products'.
	if n := s.Counts()["order"]; n != 4 {
		t.Errorf("ordered %d times, want 4", n)
	}

	// A cursor that was cleared orders all of it again, and adopts what is under way.
	s.clock.pass(24 * time.Hour)
	k = newShelf()
	if f, _ := connectors.FaultOf(s.pullOnce(t, acc, "spend", k)); f != connectors.Throttled {
		t.Fatalf("got %s", f)
	}
	again := newShelf()
	if err := s.pull(t.Context(), acc, "spend", begin.AddDate(0, 0, -20), again); err != nil {
		t.Fatal(err)
	}
	if n := s.Counts()["order"]; len(again.days) < 15 || n != 4+3+3 {
		t.Errorf("held %d days after %d orders in all, want 10", len(again.days), n)
	}
}

// Amazon takes a summed report for a daily one of the same days: it is not adopted, but waited for.
func TestAReportOfAnotherKindIsNotAdopted(t *testing.T) {
	s := simulate(t, sim.Options{Prepares: time.Hour}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.clock.set(time.Date(2026, time.October, 15, 9, 0, 0, 0, time.UTC))
	since := time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	run := func(stream string) error {
		for _, st := range Connector().Streams {
			if st.ID != stream {
				continue
			}
			for p, err := range st.Pull(t.Context(), acc, connectors.Request{Cursor: k.cursors[stream], Since: since, Has: func(string) bool { return true }}) {
				if err != nil {
					return err
				}
				k.store(p)
				k.cursors[stream] = p.Next
			}
		}
		return nil
	}
	if f, _ := connectors.FaultOf(run("spend")); f != connectors.Throttled {
		t.Fatalf("the days are %s", f)
	}
	err := run("spend_totals")
	if f, _ := connectors.FaultOf(err); f != connectors.Throttled || connectors.RetryAfter(err) < time.Minute || !strings.Contains(err.Error(), "duplicate") {
		t.Fatalf("the sums are %v", err)
	}
	s.clock.pass(2 * time.Hour)
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.pull(t.Context(), acc, stream, since, k); err != nil {
			t.Fatal(err)
		}
	}
	for _, total := range k.totals {
		if sum := k.spent(total.Days); sum != total.Spend || sum == 0 {
			t.Errorf("%s is %d, its days are %d", total.Days, total.Spend, sum)
		}
	}
}

func TestAReportThatFailsIsOrderedAnewAndThenCallsForAPerson(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.Set(sim.Faults{Failing: 1})
	err := s.pullOnce(t, acc, "spend", k)
	if f, _ := connectors.FaultOf(err); f != connectors.Unavailable || !strings.Contains(err.Error(), "INTERNAL_ERROR") {
		t.Fatalf("a failed report is %v", err)
	}
	if err := s.pull(t.Context(), acc, "spend", begin.AddDate(0, 0, -20), k); err != nil || len(k.days) < 15 {
		t.Fatalf("the second order gave %v and %d days", err, len(k.days))
	}

	k = newShelf()
	s.clock.pass(24 * time.Hour)
	s.Set(sim.Faults{Stuck: true})
	for range 60 {
		if err = s.pullOnce(t, acc, "spend", k); err == nil {
			t.Fatal("a report that is stuck was read")
		}
		if f, _ := connectors.FaultOf(err); f == connectors.Malformed {
			break
		}
		s.clock.pass(time.Hour)
	}
	if !strings.Contains(err.Error(), "not finished") || !strings.Contains(err.Error(), "3 times") {
		t.Errorf("got %v", err)
	}
}

func TestAProductThatTheAccountCannotHaveCostsNothing(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.Set(sim.Faults{Author: true})
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.pullOnce(t, acc, stream, k); err != nil {
			t.Fatal(err)
		}
	}
	for _, total := range k.totals {
		if sum := k.spent(total.Days); sum != total.Spend || sum == 0 {
			t.Errorf("%s is %d, its days are %d", total.Days, total.Spend, sum)
		}
	}
	for day, campaigns := range k.days {
		for _, d := range campaigns {
			if strings.HasPrefix(d.Name, "SPONSORED_BRANDS") {
				t.Errorf("%s holds %s", day, d.Name)
			}
		}
	}
}

func TestAnAddressThatHasEndedIsAskedForAgain(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, k := s.account(t, "2501234"), newShelf()
	s.Set(sim.Faults{Ended: 1})
	err := s.pullOnce(t, acc, "spend", k)
	if f, _ := connectors.FaultOf(err); f != connectors.Unavailable || strings.Contains(err.Error(), "X-Amz") {
		t.Fatalf("got %v", err)
	}
	if err := s.pullOnce(t, acc, "spend", k); err != nil || len(k.days) < 15 {
		t.Fatalf("got %v and %d days", err, len(k.days))
	}
	if n := s.Counts()["order"]; n != 3 {
		t.Errorf("ordered %d times, want once for each product", n)
	}
}
