package snapchatads

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/daily"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/snapchatads"
)

var month = simStart.AddDate(0, -1, 0)

// Each fault has a message of its own that says what to do, and tells no secret, no address and nobody.
func TestFaultsSayWhatToDo(t *testing.T) {
	only := map[string]bool{mainAccount: true}
	for _, c := range []struct {
		name   string
		breaks func(w *world)
		fault  connectors.Fault
		says   []string
	}{
		{"the consent was taken back", func(w *world) { w.Desk().Revoke() }, connectors.Denied, []string{"link again"}},
		{"the account was withdrawn", func(w *world) { w.SetFaults(sim.Faults{Withdrawn: only}) }, connectors.Forbidden, []string{"E3003", "can not be found", "Business Manager"}},
		{"the account was suspended", func(w *world) { w.SetFaults(sim.Faults{Suspended: only}) }, connectors.Forbidden, []string{"E2001", "see that the ad account is active", "may read reports"}},
		{"the version has died", func(w *world) { w.SetFaults(sim.Faults{Dead: true}) }, connectors.Malformed, []string{"upgrade fourfold"}},
		{"too many requests", func(w *world) { w.SetFaults(sim.Faults{Limited: true}) }, connectors.Throttled, []string{"HTTP 429"}},
		{"an error in an answer", func(w *world) { w.SetFaults(sim.Faults{Undone: true}) }, connectors.Malformed, []string{"E1001", "Internal failure"}},
		{"a part of an answer fails", func(w *world) { w.SetFaults(sim.Faults{Partial: true}) }, connectors.Unavailable, []string{"upstream took too long"}},
		{"the breakdown is passed over", func(w *world) { w.SetFaults(sim.Faults{Flat: true}) }, connectors.Malformed, []string{"not broken down"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := simulate(t)
			acc := w.open(t, mainAccount)
			c.breaks(w)
			h := adstest.NewHeld()
			w.Refused(t, h.Once(t, spend.Stream(), acc, month), c.fault, c.says...)
			if len(h.Days) > 0 || len(h.Whole) > 0 {
				t.Errorf("%d days are held", len(h.Days))
			}
			if c.name == "the breakdown is passed over" { // which there is none of in totals
				return
			}
			w.Refused(t, h.Once(t, totals.Stream(), acc, month), c.fault)
		})
	}
}

func TestLimitsOfRequestsASecondAreWaitedForAMinute(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{Limited: true})
	if wait := connectors.RetryAfter(adstest.NewHeld().Once(t, spend.Stream(), acc, month)); wait != time.Minute {
		t.Errorf("wait %s", wait)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{Down: 1})
	if err := adstest.NewHeld().Once(t, spend.Stream(), acc, month); err != nil {
		t.Error(err)
	}
}

// Should Snapchat allow fewer days at once than it does, fewer are asked for.
func TestTooManyDaysAreHalved(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{Longest: 10})
	h := adstest.NewHeld()
	if err := h.Once(t, spend.Stream(), acc, month); err != nil {
		t.Fatal(err)
	}
	found := 0
	for k := range h.Days {
		if k.Name == w.accounts[0].Campaigns[0].ID {
			found++
		}
	}
	if found < 24 {
		t.Errorf("%d days of a month are held", found)
	}
}

// The midnight that is asked for has the offset of its own day, before and after the clocks change, and where they change at midnight.
func TestDaysBeginAtTheMidnightOfTheirZone(t *testing.T) {
	for zone, want := range map[string][]string{
		"America/Los_Angeles": {"2026-10-31T00:00:00.000-07:00", "2026-11-02T00:00:00.000-08:00"},
		"Asia/Kolkata":        {"2026-10-31T00:00:00.000+05:30", "2026-11-02T00:00:00.000+05:30"},
		"UTC":                 {"2026-10-31T00:00:00.000+00:00", "2026-11-02T00:00:00.000+00:00"},
		"America/Asuncion":    {"2026-10-31T00:00:00.000-03:00", "2026-11-02T00:00:00.000-03:00"},
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		q := during(daily.Ask{Days: days("2026-10-31", "2026-11-02"), Loc: loc}, "DAY", fields)
		if q.Get("start_time") != want[0] || q.Get("end_time") != want[1] {
			t.Errorf("%s: from %s to %s", zone, q.Get("start_time"), q.Get("end_time"))
		}
	}
	cairo, _ := time.LoadLocation("Africa/Cairo")
	if q := during(daily.Ask{Days: days("2026-04-24", "2026-04-25"), Loc: cairo}, "DAY", fields); q.Get("start_time") != "2026-04-24T01:00:00.000+03:00" {
		t.Errorf("the day without a midnight begins at %s", q.Get("start_time"))
	}
}

func TestTokens(t *testing.T) {
	w := simulate(t)
	w.Link(t)
	first := w.Tokens
	if d := first.AccessExpires.Sub(simStart); d != time.Hour || !first.RefreshExpires.IsZero() {
		t.Errorf("tokens until %s and %s", first.AccessExpires, first.RefreshExpires)
	}
	for i := range 3 { // the refresh token lasts
		w.Clock.Set(simStart.AddDate(i, 6, 0))
		w.Open(t, mainAccount)
	}
	if w.Renewed != 3 || w.Tokens.Refresh.Reveal() != first.Refresh.Reveal() {
		t.Errorf("renewed %d times", w.Renewed)
	}
	for _, old := range []connectors.Tokens{{Refresh: secret.New("refresh-another")}, {}} {
		w.Tokens = old
		w.Refused(t, w.Renew(t.Context()), connectors.Denied, "link again")
	}
}

func TestACodeIsGoodOnceAndForTheAppAlone(t *testing.T) {
	w := simulate(t)
	w.Link(t)
	for _, of := range []secret.Text{w.App.ClientSecret, secret.New("s3cret-of-another")} {
		w.App.ClientSecret = of
		w.Refused(t, w.Exchange(t.Context(), w.Consent(), "code-of-yesterday"), connectors.Denied, "link")
	}
}

func TestAccounts(t *testing.T) {
	w := paged(t, 2, account("1", "A", "USD", "America/Los_Angeles"), account("2", "B", "JPY", "Asia/Tokyo"), account("3", "C", "EUR", "Europe/Berlin"))
	w.Link(t)
	w.SetFaults(sim.Faults{Test: map[string]bool{w.accounts[1].ID: true}})
	infos, err := accounts(t.Context(), w.Login.Grant())
	if err != nil || len(infos) != 3 { // the agency names the last one again
		t.Fatalf("%v, %v", infos, err)
	}
	for i, info := range infos {
		a := w.accounts[i]
		if barred := i == 1; (info.Barred != "") != barred || info.ID != a.ID || info.Name != a.Name || info.Zone != a.Zone || info.Currency != a.Currency || info.Since.IsZero() {
			t.Errorf("%+v", info)
		}
	}
	for says, a := range map[string]adAccount{"test account": {Test: true}, "currency \"UNK\"": {Currency: "UNK", Zone: "UTC"}, "Moon/Tranquillity": {Currency: "EUR", Zone: "Moon/Tranquillity"}} {
		if info := a.info(); !strings.Contains(info.Barred, says) {
			t.Errorf("%+v: %q", a, info.Barred)
		}
	}
	w.SetFaults(sim.Faults{Partial: true})
	if _, err := accounts(t.Context(), w.Login.Grant()); err == nil {
		t.Error("a part of the list was taken for all of it")
	}
}

func TestProbe(t *testing.T) {
	only := map[string]bool{mainAccount: true}
	w := simulate(t)
	acc := w.open(t, mainAccount)
	moved := acc
	moved.Zone = "Europe/Berlin"
	for _, c := range []struct {
		acc     connectors.Account
		faults  sim.Faults
		granted bool
		detail  string
	}{
		{acc, sim.Faults{}, true, ""}, {acc, sim.Faults{Suspended: only}, false, "E2001"}, {acc, sim.Faults{Withdrawn: only}, false, "E3003"},
		{acc, sim.Faults{Test: only}, false, "test account"}, {moved, sim.Faults{}, false, "was linked in USD and Europe/Berlin"},
	} {
		w.SetFaults(c.faults)
		caps, err := probe(t.Context(), c.acc)
		if err != nil || len(caps) != 1 || caps[0].Granted != c.granted || !strings.Contains(caps[0].Detail, c.detail) {
			t.Errorf("%+v, %v", caps, err)
		}
	}
	for _, f := range []sim.Faults{{Dead: true}, {Partial: true}, {Undone: true}} {
		w.SetFaults(f)
		if _, err := probe(t.Context(), acc); err == nil {
			t.Errorf("%+v is no question of what is granted", f)
		}
	}
}

func TestFigures(t *testing.T) {
	for f, want := range map[json.Number]int64{"": 0, "41200000.0": 41_200_000, "2.6": 3} {
		if n, err := whole(f); n != want || err != nil {
			t.Errorf("%q is %d, %v", f, n, err)
		}
	}
	day := period.Date(2026, time.November, 2)
	a := daily.Ask{Days: period.Days{From: day, To: day + 1}, Loc: time.UTC, Final: func(d period.Day) period.Day { return d }}
	f := figure{Start: day.UTC(), End: (day + 1).UTC()}
	f.Stats.Purchases, f.Stats.Value = "1.5", "12000000"
	if d, err := f.adDay(a, "1"); err != nil || d.Conversions != 1_500_000 || d.Value != 12*money.Unit {
		t.Errorf("%+v, %v", d, err)
	}
	f.Stats.Purchases = "many"
	if d, err := f.adDay(a, "1"); err == nil {
		t.Errorf("many purchases are %d", d.Conversions)
	}
}

// What an answer may hold that it should not.
func TestAnswersThatAreNotAsAgreed(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	around := func(stat string) string {
		return `{"request_status":"SUCCESS","timeseries_stats":[{"sub_request_status":"SUCCESS","timeseries_stat":` + stat + `}]}`
	}
	row := func(id, start, end, spend string) string {
		return around(`{"id":"` + mainAccount + `","breakdown_stats":{"campaign":[{"id":"` + id + `","timeseries":[{"start_time":"` + start + `","end_time":"` + end +
			`","stats":{"spend":` + spend + `}}]}]}}`)
	}
	for _, c := range []struct{ body, says string }{
		{``, "not JSON"}, {`<html>`, "not JSON"}, {`{"request_status":"SUCCESS"}`, "0 accounts"}, {around(`{"id":"another"}`), "another account"},
		{row("c", "2026-01-01T00:00:00.000-08:00", "2026-01-02T00:00:00.000-08:00", "1"), "no day"},
		{row("c", "2026-10-01T00:00:00.000Z", "2026-10-02T00:00:00.000Z", "1"), "no day"},
		{row("c", "2026-10-01T00:00:00.000-07:00", "2026-10-03T00:00:00.000-07:00", "1"), "no day"},
		{row("", "2026-10-01T00:00:00.000-07:00", "2026-10-02T00:00:00.000-07:00", "1"), "no campaign"},
		{row("c", "2026-10-01T00:00:00.000-07:00", "2026-10-02T00:00:00.000-07:00", `"secret"`), "not as agreed"},
		{row("c", "2026-10-01T00:00:00.000-07:00", "2026-10-02T00:00:00.000-07:00", `1e999`), "does not fit"},
		{`{"request_status":"SUCCESS","paging":{"next_link":"https://elsewhere.example/"},"timeseries_stats":[{"sub_request_status":"SUCCESS","timeseries_stat":{"id":"` + mainAccount + `"}}]}`, "or elsewhere"},
	} {
		acc.Client = adstest.Says(http.StatusOK, c.body)
		w.Hush = append(w.Hush, "secret")
		w.Refused(t, adstest.NewHeld().Once(t, spend.Stream(), acc, month), connectors.Malformed, c.says)
	}
	for _, body := range []string{`{"request_status":"SUCCESS"}`, `{"request_status":"SUCCESS","total_stats":[{"sub_request_status":"SUCCESS","total_stat":{"id":"another"}}]}`} {
		acc.Client = adstest.Says(http.StatusOK, body)
		w.Refused(t, adstest.NewHeld().Once(t, totals.Stream(), acc, month), connectors.Malformed)
	}
}
