package pinterestads

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/pinterestads"
)

var month = simStart.AddDate(0, -1, 0)

// Each fault has a message of its own that says what to do, and tells no secret and no address.
func TestFaultsSayWhatToDo(t *testing.T) {
	only := map[string]bool{mainAccount: true}
	for _, c := range []struct {
		name   string
		breaks func(w *world)
		fault  connectors.Fault
		says   []string
	}{
		{"the consent was taken back", func(w *world) { w.Desk().Revoke() }, connectors.Denied, []string{"link again"}},
		{"the account was withdrawn", func(w *world) { w.SetFaults(sim.Faults{Withdrawn: only}) }, connectors.Forbidden, []string{"not found", "Business Manager"}},
		{"the account was suspended", func(w *world) { w.SetFaults(sim.Faults{Suspended: only}) }, connectors.Forbidden, []string{"see that the ad account is active"}},
		{"a role that reads no reports", func(w *world) { w.SetFaults(sim.Faults{Billing: only}) }, connectors.Forbidden, []string{"role of analyst"}},
		{"the version has died", func(w *world) { w.SetFaults(sim.Faults{Dead: true}) }, connectors.Malformed, []string{"upgrade fourfold"}},
		{"the day's requests are gone", func(w *world) { w.SetFaults(sim.Faults{QuotaGone: true}) }, connectors.Throttled, []string{"trial access"}},
		{"a report fails", func(w *world) { w.SetFaults(sim.Faults{Failing: 1}) }, connectors.Unavailable, []string{"FAILED"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := simulate(t, 0)
			acc := w.open(t, mainAccount)
			c.breaks(w)
			h := adstest.NewHeld()
			w.Refused(t, h.Once(t, spend.Stream(), acc, month), c.fault, c.says...)
			if len(h.Days) > 0 {
				t.Errorf("%d days are held", len(h.Days))
			}
		})
	}
}

func TestTheDaysRequestsComeBackWhenPinterestSays(t *testing.T) {
	w := simulate(t, 0)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{QuotaGone: true})
	if wait := connectors.RetryAfter(adstest.NewHeld().Once(t, spend.Stream(), acc, month)); wait != 21*time.Hour {
		t.Errorf("wait %s", wait)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	w := simulate(t, 0)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{Down: 1})
	if err := adstest.NewHeld().Once(t, spend.Stream(), acc, month); err != nil {
		t.Error(err)
	}
}

// A report that never finishes is ordered anew, and after a few times a person is told; the next night it works again.
func TestAReportThatNeverFinishes(t *testing.T) {
	w := simulate(t, prepares)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{Stuck: true})
	h := adstest.NewHeld()
	h.CallsForAPerson(t, w.Clock, spend.Stream(), acc, month)
	if n := w.Requests()["POST /v5/ad_accounts/{id}/reports"]; n != 3 {
		t.Errorf("ordered %d times", n)
	}
	w.SetFaults(sim.Faults{})
	if err := w.until(t, h, acc); err != nil || h.Whole["spend"] == 0 {
		t.Error(err)
	}
}

// A report that nobody came for within its hour is ordered anew, and nobody is troubled.
func TestAReportThatWasForgotten(t *testing.T) {
	w := simulate(t, prepares)
	acc := w.open(t, mainAccount)
	h := adstest.NewHeld()
	if f, _ := connectors.FaultOf(h.Once(t, spend.Stream(), acc, month)); f != connectors.Throttled {
		t.Fatalf("got %s", f)
	}
	w.Clock.Pass(20 * time.Hour)
	w.Forget()
	if err := w.until(t, h, acc); err != nil {
		t.Fatal(err)
	}
	if n := w.Requests()["POST /v5/ad_accounts/{id}/reports"]; n != 1 {
		t.Errorf("ordered %d times", n)
	}
}

func TestTokensRenewEachOther(t *testing.T) {
	w := simulate(t, 0)
	w.Link(t)
	if d := w.Tokens.AccessExpires.Sub(simStart); d != 30*24*time.Hour || w.Tokens.RefreshExpires.Sub(simStart) != 60*24*time.Hour {
		t.Errorf("tokens until %s and %s", w.Tokens.AccessExpires, w.Tokens.RefreshExpires)
	}
	first := w.Tokens.Refresh
	for range 3 { // each renewal gives sixty days more
		w.Clock.Pass(40 * 24 * time.Hour)
		w.Open(t, mainAccount)
	}
	if w.Renewed != 3 || w.Tokens.Refresh.Reveal() == first.Reveal() {
		t.Errorf("renewed %d times", w.Renewed)
	}
	// One that was used is of no more use, and after sixty days none is.
	good := w.Tokens
	for _, old := range []connectors.Tokens{{Refresh: first}, {}} {
		w.Tokens = old
		w.Refused(t, w.Renew(t.Context()), connectors.Denied, "link again")
	}
	w.Tokens = good
	w.Clock.Pass(61 * 24 * time.Hour)
	_, err := accounts(t.Context(), w.Login.Grant())
	w.Refused(t, err, connectors.Denied)
}

func TestACodeIsGoodOnceAndForTheAppAlone(t *testing.T) {
	w := simulate(t, 0)
	w.Link(t)
	for _, of := range []secret.Text{w.App.ClientSecret, secret.New("s3cret-of-another")} {
		w.App.ClientSecret = of
		w.Refused(t, w.Exchange(t.Context(), w.Consent(), "code-of-yesterday"), connectors.Denied, "begin the link again")
	}
}

func TestAccounts(t *testing.T) {
	var some []*ads.Account
	for i := range 5 { // three pages
		some = append(some, account(mainAccount[:8]+string(rune('1'+i)), "A", "EUR", "x"))
	}
	w := simulate(t, 0, some...)
	w.Link(t)
	w.SetFaults(sim.Faults{Billing: map[string]bool{some[1].ID: true}})
	infos, err := accounts(t.Context(), w.Login.Grant())
	if err != nil || len(infos) != 5 {
		t.Fatalf("%v, %v", infos, err)
	}
	for i, info := range infos {
		if barred := i == 1; (info.Barred != "") != barred || info.Zone != "UTC" || info.Since.IsZero() || info.Currency != "EUR" {
			t.Errorf("%+v", info)
		}
	}
	if !strings.Contains(infos[1].Barred, "FINANCE_MANAGER") || !strings.Contains(infos[1].Barred, "analyst") {
		t.Errorf("%s", infos[1].Barred)
	}
	if a := (adAccount{ID: "1", Currency: "UNK"}).info(); !strings.Contains(a.Barred, `currency "UNK"`) || a.Name != "1" {
		t.Errorf("%+v", a)
	}
}

func TestProbe(t *testing.T) {
	only := map[string]bool{mainAccount: true}
	w := simulate(t, 0)
	acc := w.open(t, mainAccount)
	for _, c := range []struct {
		faults  sim.Faults
		granted bool
		detail  string
	}{{sim.Faults{}, true, ""}, {sim.Faults{Billing: only}, false, "FINANCE_MANAGER"}, {sim.Faults{Withdrawn: only}, false, "not found"}} {
		w.SetFaults(c.faults)
		caps, err := probe(t.Context(), acc)
		if err != nil || len(caps) != 1 || caps[0].Granted != c.granted || !strings.Contains(caps[0].Detail, c.detail) {
			t.Errorf("%+v, %v", caps, err)
		}
	}
	// An account that is older than what Pinterest keeps says from when on there is something to read.
	old := account("549700009", "Old", "EUR", "x")
	old.Campaigns[0].From -= 2000
	for _, a := range []*ads.Account{w.accounts[0], old} {
		w := simulate(t, 0, a)
		caps, err := probe(t.Context(), w.open(t, a.ID))
		if err != nil || caps[0].Since.IsZero() != (a != old) || a == old && caps[0].Since != time.Date(2024, time.April, 20, 0, 0, 0, 0, time.UTC) {
			t.Errorf("%s: %+v, %v", a.Name, caps, err)
		}
	}
	w.SetFaults(sim.Faults{Dead: true})
	if _, err := probe(t.Context(), acc); err == nil {
		t.Error("a version that has died is no question of what is granted")
	}
}

func TestFigures(t *testing.T) {
	for f, want := range map[rest.Figure]int64{"": 0, "41200000.0": 41_200_000, "2.6": 3} {
		n, err := whole(f)
		m, err2 := millionths(f)
		if n != want || err != nil || f == "2.6" && m != 2_600_000 || err2 != nil {
			t.Errorf("%q is %d, %d millionths: %v, %v", f, n, m, err, err2)
		}
	}
	for _, read := range []func(rest.Figure) (int64, error){whole, millionths} {
		if n, err := read("1/2 secret"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("it is %d: %v", n, err)
		}
	}
}

// What a report may hold that it should not.
func TestReportsThatAreNotAsAgreed(t *testing.T) {
	for _, c := range []struct{ body, says string }{
		{``, "no rows"}, {`<html>`, "no rows"}, {`"x"`, "no rows"}, {`[{"DATE":"2026-10-01"`, "no rows"}, {`{"1":[{"DATE":5}]}`, "DATE"},
		{`[{"DATE":"2026-01-01","CAMPAIGN_ID":"1"}]`, "not asked for"}, {`[{"DATE":"2026-10-01"}]`, "no campaign"},
		{`[{"DATE":"2026-10-01","CAMPAIGN_ID":"1","SPEND_IN_MICRO_DOLLAR":"secret"}]`, "no number"},
	} {
		w := simulate(t, 0)
		acc := w.open(t, mainAccount)
		acc.Bare = adstest.Says(http.StatusOK, c.body)
		w.Hush = append(w.Hush, "secret")
		w.Refused(t, adstest.NewHeld().Once(t, spend.Stream(), acc, month), connectors.Malformed, c.says)
	}
}

func TestMonthsThatWereNotAskedFor(t *testing.T) {
	day := period.Date(2026, time.October, 5)
	a := daily.Ask{Days: period.Days{From: day, To: day + 40}}
	out, err := months(a, []row{{Date: "2026-10-01", Spend: "5"}, {Date: "2026-11-01", Spend: "7"}})
	if err != nil || len(out.Records) != 2 {
		t.Fatalf("%v, %v", out.Records, err)
	}
	if _, err := months(a, []row{{Date: "2026-12-01", Spend: "5"}}); err == nil || !strings.Contains(err.Error(), "December 2026") {
		t.Errorf("got %v", err)
	}
	if _, err := months(a, []row{{Date: "2026-10-01", Spend: "9e18"}, {Date: "2026-10-01", Spend: "9e18"}}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("got %v", err)
	}
}
