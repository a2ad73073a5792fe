package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// slips is a story of a merchant who makes mistakes and has bad luck with Google Ads.
type slips struct {
	*adStory
	google *googleads.Server
}

func newSlips(t *testing.T) *slips {
	t.Helper()
	s := &slips{}
	p := platforms[0]
	p.host = func(now func() time.Time, a []*ads.Account) *host.Host {
		s.google = googleads.New(googleads.Options{Now: now, Accounts: a[:1], Managers: []googleads.Manager{{ID: "9990001111", Name: "Agency", Accounts: a[1:]}}})
		return s.google.Host
	}
	s.adStory = newAdStory(t, storetest.SQLite(t), p)
	return s
}

// told is what a command says and how it exits.
func (s *slips) told(args ...string) (text string, code int) {
	s.t.Helper()
	var out bytes.Buffer
	s.app.stdout, s.app.stderr, s.app.only = &out, &out, ""
	root := rootCommand(s.app)
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(s.t.Context())
	var silent silentError
	if err != nil && !errors.As(err, &silent) {
		out.WriteString(err.Error())
	}
	if err != nil {
		code = exitCode(err)
	}
	return strings.Join(strings.Fields(out.String()), " "), code
}

// says holds a command to its exit code and to words that it says.
func (s *slips) says(code int, words []string, args ...string) {
	s.t.Helper()
	text, got := s.told(args...)
	if got != code {
		s.t.Errorf("%v exits with %d, want %d: %s", args, got, code, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("%v does not say %q: %s", args, w, text)
		}
	}
}

// TestLinksThatCannotBe holds slips of the hand in linking to a message that says what to do, before anybody agrees to anything.
func TestLinksThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newSlips(t)
	for _, c := range []struct {
		says []string
		args []string
	}{
		{[]string{"--set kind=…", "--set file=…"}, []string{"csv"}},
		{[]string{"--shop is not for CSV files"}, []string{"csv", "--shop", "x"}},
		{[]string{`--mode is "code": ECB reference rates is linked by open`}, []string{"ecb", "--mode", "code"}},
		{[]string{`--mode is "open": Google Ads is linked by code`}, []string{"google-ads", "--mode", "open"}},
		{[]string{"expected FIELD=VALUE with one of: login"}, []string{"google-ads", "--set", "name=x"}},
	} {
		s.says(exitUsage, c.says, append([]string{"link"}, c.args...)...)
	}
	// As Google writes account numbers on its pages, and twice is once.
	s.says(exitOK, []string{"Linked USD (5550001111"}, "link", "google-ads", "--accounts", "555-000-1111, 5550001111")
	s.says(exitUsage, []string{`opens no account "77"`, "The login is kept; pick with: fourfold accounts take"}, "link", "google-ads", "--accounts", "77")
	s.says(exitUsage, []string{"only manages other accounts"}, "accounts", "take", "999-000-1111")
	s.says(exitOK, []string{"Left JPY"}, "accounts", "leave", "555-000-2222")
	s.says(exitOK, []string{"Linked JPY"}, "accounts", "take", "555-000-2222")
	s.says(exitOK, []string{"Linked Fixed rates"}, "link", "fixed-rates", "--set", "rates=ARS=0.001")
	s.says(exitUsage, []string{`"EUR" may be`, "ECB rates to EUR) or", "Fixed rates to EUR): say which by its number"}, "forget", "EUR", "--yes")
}

// TestAFirstLinkThatIsNoStore holds that only a store gives the scorecard its name, currency and zone: neither an ad account nor a file of spend does.
func TestAFirstLinkThatIsNoStore(t *testing.T) {
	t.Parallel()
	s := &slips{adStory: &adStory{week: newWeek(t, storetest.SQLite(t), "2026-10-02 03:30")}}
	file := filepath.Join(t.TempDir(), "spend.csv")
	s.must(os.WriteFile(file, []byte("date,campaign,spend\n2026-09-05,Flyers,100\n"), 0o600))
	const no = "link the store first, or set merchant.name"
	s.says(exitUsage, []string{no}, "link", "google-ads")
	s.says(exitFailed, []string{no}, "link", "csv", "--set", "kind=spend", "--set", "currency=USD", "--set", "file="+file)
	s.says(exitFailed, []string{"no store is linked"}, "channels")
	s.link()
	s.must(s.command("link", "csv", "--set", "kind=spend", "--set", "file="+file))
	if m := s.merchant(); m.Name != "Week" || m.Currency != "EUR" || m.Zone != "Europe/Berlin" {
		t.Errorf("the merchant is %+v", m)
	}
}

// TestAccountsThatFailSaySo suspends an account, takes another away and switches the version off: each is told with what to do, wherever one looks.
func TestAccountsThatFailSaySo(t *testing.T) {
	t.Parallel()
	s := newSlips(t)
	s.rig.night(s.began)
	s.clock.set(s.began.AddDate(0, 0, 1))
	s.google.SetFaults(googleads.Faults{Accounts: map[string]string{"5550001111": "USER_PERMISSION_DENIED"}, Status: map[string]string{"5550002222": "SUSPENDED"}})
	text, code := s.told("pull", "--quiet")
	if code != exitPerson || strings.Count(text, "the Google login may not see the account") != 1 || !strings.Contains(text, "ad spend of USD: spend may not be read") {
		t.Errorf("the night exits with %d and says: %s", code, text)
	}
	s.says(exitPerson, []string{"USD does not let us read spend", "The Google login may not see the account: have its owner give access"}, "status")
	if text, _ := s.told("status"); strings.Contains(text, "times in a row") {
		t.Errorf("the status says the same of the night: %s", text)
	}
	s.says(exitOK, []string{"linked, but Google has suspended it"}, "accounts")
	s.google.SetFaults(googleads.Faults{Ended: true})
	s.clock.set(s.began.AddDate(0, 0, 2))
	s.says(exitFailed, []string{"upgrade fourfold"}, "pull", "--quiet")
	s.says(exitPerson, []string{"of JPY cannot be read", "USD does not let us read spend", "upgrade fourfold"}, "status")
	s.says(exitFailed, []string{"upgrade fourfold", "ECB rates to EUR"}, "accounts")
	s.says(exitOK, []string{"Its source is not connected (ad spend: USD may not be read"}, "show", "2026-10", "--all")
	var opened []openedAccount
	var out bytes.Buffer
	s.app.stdout = &out
	_ = s.command("accounts", "--json")
	s.must(json.Unmarshal(out.Bytes(), &opened))
	if i := slices.IndexFunc(opened, func(o openedAccount) bool { return o.State == accountUnknown }); i < 0 || !strings.Contains(opened[i].Why, "upgrade fourfold") {
		t.Errorf("accounts are %+v", opened)
	}
}

// TestWhatTheFileSaysOfAccountsAndRates sets targets of one ad account and exchange rates in the configuration.
func TestWhatTheFileSaysOfAccountsAndRates(t *testing.T) {
	t.Parallel()
	s := newSlips(t)
	conns, err := s.app.db.Connections(t.Context(), s.merchant().ID)
	s.must(err)
	at := conns[slices.IndexFunc(conns, func(c store.Connection) bool { return c.AccountID == "5550001111" })].ID
	scope := kpi.Scope{Connection: at, Account: true}
	target := func(scope kpi.Scope) kpi.Target {
		return kpi.Target{KPI: "roas_platform", Scope: scope, Grain: "month", Anchors: kpi.Anchors{Green: 4, Red: 2}}
	}
	s.app.cfg.Targets = []kpi.Target{target(scope), target(kpi.Scope{Connection: 99, Account: true})}
	s.app.cfg.FixedRates = "USD=0.5 JPY=0.01"
	s.must(s.command("unlink", "ECB rates to EUR"))
	s.must(s.command("pull", "--quiet"))
	s.must(s.command("pull", "--quiet")) // once more changes nothing
	s.says(exitOK, []string{"roas_platform month", scope.String()}, "targets")
	s.says(exitUsage, []string{"below rates.fixed"}, "link", "fixed-rates", "--set", "rates=USD=1")
	conns, err = s.app.db.Connections(t.Context(), s.merchant().ID)
	s.must(err)
	fixed := slices.DeleteFunc(conns, func(c store.Connection) bool { return c.Connector != fixedRates })
	if len(fixed) != 1 || fixed[0].State != store.StateActive {
		t.Errorf("fixed rates are linked as %+v", fixed)
	}
	s.says(exitOK, []string{"Week: USD", "Ad spend", "Platform-reported ROAS", "is provisional until 20"}, "show", "2026-09", "--scope", scope.String())
	if got := s.figure(s.counter(""), kpi.AdSpend, "2026-09"); got.Gap != "" || got.Int == 0 {
		t.Errorf("September cost %d (%s)", got.Int, got.Gap)
	}
}
