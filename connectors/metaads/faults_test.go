package metaads

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/metaads"
)

// pullErr is how the first pull of an account's spend ends.
func pullErr(t *testing.T, r *rig) error {
	t.Helper()
	return once(t, adstest.NewHeld(), r.account(r.opts.Accounts[0]), Connector().Streams[0], period.On(firstRun, time.UTC)-20)
}

func TestEachFaultSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(r *rig)
		fault connectors.Fault
		says  []string
	}{
		"an account that was taken away": {func(r *rig) { r.SetFaults(sim.Faults{Foreign: map[string]bool{"7001": true}}) },
			connectors.Forbidden, []string{"100/33", "Business settings", "ads_read"}},
		"an account that was suspended": {func(r *rig) { r.SetFaults(sim.Faults{Suspended: map[string]int{"7001": 3}}) },
			connectors.Forbidden, []string{"account is active"}},
		"a password that was changed": {func(r *rig) { r.Revoke(460) }, connectors.Denied, []string{"password was changed", "link again"}},
		"an app that was removed":     {func(r *rig) { r.Revoke(458) }, connectors.Denied, []string{"app was removed", "link again"}},
		"a token that has expired":    {func(r *rig) { r.Revoke(463) }, connectors.Denied, []string{"has expired", "link again"}},
		"a version that has died": {func(r *rig) { r.SetFaults(sim.Faults{Dead: true}) },
			connectors.Malformed, []string{apiVersion, "upgrade fourfold"}},
		"a version that another answers for": {func(r *rig) { r.SetFaults(sim.Faults{AnsweredBy: "v27.0"}) },
			connectors.Malformed, []string{"v27.0 answered for v26.0", "upgrade fourfold"}},
		"an allowance that is gone": {func(r *rig) { r.SetFaults(sim.Faults{Spent: true, Regain: 42}) },
			connectors.Throttled, []string{"goes on by itself in 42m"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulate(t, nil)
			c.set(r)
			e := r.Refused(t, pullErr(t, r), c.fault, c.says...)
			t.Log(e)
			if name == "an allowance that is gone" && e.RetryAfter != 42*time.Minute {
				t.Errorf("it waits %s, and Meta says 42 minutes", e.RetryAfter)
			}
		})
	}
}

func TestAReportThatNeverFinishesIsGivenUp(t *testing.T) {
	r := simulate(t, nil)
	r.SetFaults(sim.Faults{MostCells: 100, Stuck: true})
	b, acc, since := adstest.NewHeld(), r.account(r.opts.Accounts[1]), period.On(firstRun, time.UTC)-9
	b.CallsForAPerson(t, r.Clock, Connector().Streams[0], acc, since.Start(r.opts.Accounts[1].Location()))
	// And when Meta has come to, it is read.
	r.SetFaults(sim.Faults{MostCells: 100})
	r.through(t, b, acc, Connector().Streams[0], since)
	if len(b.Days) == 0 {
		t.Error("nothing was read")
	}
}

func TestReportsThatFailAreOrderedByHalves(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.Prepares = time.Minute })
	r.SetFaults(sim.Faults{MostCells: 100, Failing: 1, Skipped: 1, NotReady: 1})
	b := adstest.NewHeld()
	since := period.On(firstRun, time.UTC) - 13
	r.through(t, b, r.account(r.opts.Accounts[0]), Connector().Streams[0], since)
	compareTold(t, b, r.opts.Accounts[0], since, r.Clock.Now())
	// Six days of thirteen fail, so that three are ordered at a time; one of these is passed over and ordered anew.
	if got := r.Requests(); got["report"] < 5 || got["order"] < 6 {
		t.Errorf("asked for %v", got)
	}
}

// What Meta says of the allowance is obeyed before it refuses.
func TestUsageIsObeyed(t *testing.T) {
	r := simulate(t, nil)
	since := period.On(firstRun, time.UTC) - 200
	pull := func(b *adstest.Held) error {
		return once(t, b, r.account(r.opts.Accounts[0]), Connector().Streams[0], since)
	}
	for _, c := range []struct {
		usage    float64
		regain   int
		rest     time.Duration
		requests int
	}{{74, 0, 0, 3}, {85, 0, 66 * time.Second, 1}, {96, 0, 5 * time.Minute, 1}, {96, 30, 30 * time.Minute, 1}} {
		r.Forget()
		r.SetFaults(sim.Faults{Usage: c.usage, Regain: c.regain})
		b := adstest.NewHeld()
		err := pull(b)
		if got := r.Requests()["insights"]; got != c.requests || connectors.RetryAfter(err) != c.rest {
			t.Errorf("at %.0f per cent: %d requests, then a rest of %s, want %d and %s: %v", c.usage, got, connectors.RetryAfter(err), c.requests, c.rest, err)
		}
		if c.rest > 0 {
			r.Refused(t, err, connectors.Throttled)
			if len(b.Days) == 0 {
				t.Error("what was answered is not kept")
			}
		}
	}
}

// A report is not asked about while the allowance is gone.
func TestAReportIsLeftAloneWithoutAllowance(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.Prepares = time.Hour })
	r.SetFaults(sim.Faults{MostCells: 100, Usage: 96, Regain: 25})
	err := pullErr(t, r)
	if r.Refused(t, err, connectors.Throttled); connectors.RetryAfter(err) != 25*time.Minute {
		t.Errorf("it is left alone for %s: %v", connectors.RetryAfter(err), err)
	}
}

func TestAccountsThatAreOfNoUseSayWhy(t *testing.T) {
	r := simulate(t, nil)
	r.SetFaults(sim.Faults{Suspended: map[string]int{"7001": 3, "7005": 99}, Closed: map[string]bool{"7002": true}, Foreign: map[string]bool{"7004": true}})
	infos, err := accounts(t.Context(), r.Grant())
	if err != nil || len(infos) != 4 {
		t.Fatalf("%d accounts: %v", len(infos), err)
	}
	for i, want := range []string{"suspended it (a payment is in doubt): ask for a review", "it was closed", "", "Meta does not say why"} {
		if infos[i].Barred != want && (want == "" || !strings.Contains(infos[i].Barred, want)) {
			t.Errorf("%s: %q, want %q", infos[i].ID, infos[i].Barred, want)
		}
	}
	if got := infos[2]; got.Zone != "Asia/Tokyo" || got.Currency != "JPY" || got.Name != "Ads 7003" || !got.Since.Equal(firstDay.Start(r.opts.Accounts[2].Location())) {
		t.Errorf("described as %+v", got)
	}
	caps, err := probe(t.Context(), r.account(r.opts.Accounts[0]))
	if err != nil || caps[0].Granted || !strings.Contains(caps[0].Detail+caps[0].Remedy, "ask for a review") {
		t.Errorf("the probe says %+v, %v", caps, err)
	}
	caps, err = probe(t.Context(), r.account(r.opts.Accounts[3]))
	if err != nil || caps[0].Granted || !strings.Contains(caps[0].Detail, "100/33") {
		t.Errorf("the probe says %+v, %v", caps, err)
	}
	r.SetFaults(sim.Faults{Foreign: map[string]bool{"7001": true, "7002": true, "7003": true, "7004": true, "7005": true}})
	_, err = accounts(t.Context(), r.Grant())
	r.Refused(t, err, connectors.Forbidden, "no ad account", "Business settings")
}

func TestManyAccountsComeInPages(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.MostRows = 2 })
	r.SetFaults(sim.Faults{EmptyPages: true})
	infos, err := accounts(t.Context(), r.Grant())
	if err != nil || len(infos) != 5 || r.Requests()["accounts"] != 5 {
		t.Errorf("%d accounts in %d pages: %v", len(infos), r.Requests()["accounts"], err)
	}
}

func TestWhatMetaEchoesIsNotTold(t *testing.T) {
	e := graphError{Code: 190, Message: "Malformed access token EAABabcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH see https://developers.facebook.com/docs"}
	if got := e.said().Error(); strings.Contains(got, "EAAB") || strings.Contains(got, "https") || !strings.Contains(got, "Malformed access token") {
		t.Errorf("told as %q", got)
	}
}
