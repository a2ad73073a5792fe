package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"fourfold/internal/shapes"
	sim "fourfold/internal/sim/shopify"
)

// twoShops is a network with two stores in it: requests go by their host, and downloads, whose host is one for all, to whoever has them.
type twoShops struct{ first, second *sim.Server }

func (n twoShops) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Host, "second.") {
		return n.second.Transport().RoundTrip(r)
	}
	resp, err := n.first.Transport().RoundTrip(r)
	if err == nil && !strings.HasPrefix(r.URL.Host, "corner.") && resp.StatusCode >= 400 {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return n.second.Transport().RoundTrip(r)
	}
	return resp, err
}

// newMall is a person with two merchants, each with a store and an app of its own.
func newMall(t *testing.T) *shell {
	t.Helper()
	sh := newShell(t)
	shop, err := sim.Generate(sim.Config{Seed: 6, Orders: 120, Since: shellAt.AddDate(0, 0, -60), Until: shellAt, Products: 5,
		Domain: "second.myshopify.com", Zone: "America/New_York", Currency: "USD", Presentments: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	second := sim.New(shop, sim.Options{Now: sh.clock.Now, ClientID: "second-app", ClientSecret: "second-secret", RestoreRate: 20_000, Protected: 2})
	if err := second.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Close)
	sh.network = twoShops{sh.srv, second}
	return sh
}

const secondInTheFile = `
merchants:
  Second & Co:
    week_starts: sunday
    schedule: "0 2 * * *"
    shopify:
      client_id: second-app
      client_secret: second-secret
    targets:
      - kpi: aov
        green: 77
`

// Two merchants with stores, apps, calendars and targets of their own live in one installation, and neither meets the other.
func TestTwoMerchants(t *testing.T) {
	t.Parallel()
	sh := newMall(t)
	sh.linkAndPull()
	sh.must("targets", "set", "aov", "--green", "50")
	sh.write("fourfold.yml", sh.read("fourfold.yml")+secondInTheFile)
	sh.must("pull", "--quiet") // whoever is in the file already does not keep others waiting
	before := sh.must("show", "2026-05")
	if out := sh.must("doctor"); !strings.Contains(strings.Join(strings.Fields(out), " "), "is about a merchant that does not exist: fourfold merchant add 'Second & Co'") {
		t.Errorf("doctor says nothing of it:\n%s", out)
	}
	sh.refused(exitUsage, []string{`"Nobody"`, "'Sample Store'"}, "show", "--merchant", "Nobody")
	out := sh.must("merchant", "add", "Second & Co", "--since", "2026-05-01")
	if !strings.Contains(out, "fourfold link shopify --shop NAME --merchant 'Second & Co'") {
		t.Errorf("add says %q", out)
	}
	sh.refused(exitUsage, []string{"another merchant has that name"}, "merchant", "add", "SECOND & CO")

	// Without a name every command asks for it.
	for _, args := range [][]string{{"show"}, {"pull"}, {"export"}, {"targets"}, {"targets", "set", "aov", "--green", "1"}, {"proofs"}, {"rebuild"},
		{"unlink", "1"}, {"forget", "1"}, {"link", "shopify", "--shop", "second"}} {
		sh.refused(exitUsage, []string{"--merchant NAME", "'Sample Store'", "'Second & Co'"}, args...)
	}
	sh.refused(exitFailed, []string{"no store of Second & Co is linked"}, "pull", "--merchant", "Second & Co")

	sh.must("link", "shopify", "--merchant", "second & co", "--shop", "second") // with its own app: the other store's would be refused
	sh.must("pull", "--merchant", "Second & Co", "--quiet")
	var m shapes.Merchant
	sh.json(&m, "merchant", "show", "Second & Co")
	if m.Currency != "USD" || m.Zone != "America/New_York" || m.Week != "sunday" || m.Schedule != "0 2 * * *" || m.Since != "2026-05-01" || m.Costs != "none" ||
		len(m.Stores) != 1 || m.Stores[0].Address != "second.myshopify.com" || !strings.Contains(m.Configured["week-starts"], "fourfold.yml:") {
		t.Errorf("shown as %+v", m)
	}
	db := sh.open()
	early, late := "SELECT count(*) FROM orders WHERE day < '2026-05-01' AND merchant_id = ", "SELECT count(*) FROM orders WHERE day >= '2026-05-01' AND merchant_id = "
	if sh.count(db, early+"2") != 0 || sh.count(db, late+"2") == 0 || sh.count(db, early+"1") == 0 {
		t.Errorf("reading since 1 May it has %d orders from before and %d since; the other %d from before", sh.count(db, early+"2"), sh.count(db, late+"2"), sh.count(db, early+"1"))
	}
	var card, targets = shapes.Scorecard{}, []shapes.Target{}
	sh.json(&card, "show", "2026-05", "--merchant", "Second & Co")
	if card.Merchant != "Second & Co" || card.Currency != "USD" {
		t.Errorf("its scorecard is %s's in %s", card.Merchant, card.Currency)
	}
	for merchant, green := range map[string]float64{"Second & Co": 77, "Sample Store": 50} {
		sh.json(&targets, "targets", "--merchant", merchant)
		if len(targets) != 1 || *targets[0].Green != green {
			t.Errorf("targets of %s: %+v", merchant, targets)
		}
	}
	if after := sh.must("show", "2026-05", "--merchant", "sample store"); after != before {
		t.Errorf("the other's scorecard changed from\n%s\nto\n%s", before, after)
	}
	sh.refused(exitUsage, []string{`there is no store or account "1"`}, "forget", "1", "--merchant", "Second & Co", "--yes")
	if out := sh.must("doctor"); strings.Count(out, "answers") != 2 {
		t.Errorf("doctor does not look at both:\n%s", out)
	}
	if out := sh.must("doctor", "--merchant", "Second & Co"); strings.Contains(out, "corner") || !strings.Contains(out, "second.myshopify.com") {
		t.Errorf("doctor for one:\n%s", out)
	}
	for _, merchant := range []string{"Sample Store", "Second & Co"} {
		sh.must("export", "--merchant", merchant, "--format", "xlsx", "--period", "2026-05")
		if _, err := os.Stat(sh.path("out/" + merchant + "/scorecard.xlsx")); err != nil {
			t.Error(err)
		}
	}
	sh.pauseAndRemove()
}

// pauseAndRemove goes on with one of two merchants until there is nothing left of it.
func (sh *shell) pauseAndRemove() {
	t := sh.t
	sh.must("merchant", "pause", "second & co")
	sh.refused(exitFailed, []string{"Second & Co is paused", "fourfold merchant resume 'Second & Co'"}, "pull", "--merchant", "Second & Co")
	sh.must("pull", "--quiet", "--merchant", "Sample Store")
	if out := sh.must("merchant", "list"); !strings.Contains(out, "paused") || !strings.Contains(out, "active") {
		t.Errorf("the list does not tell:\n%s", out)
	}
	sh.must("merchant", "resume", "Second & Co")
	sh.must("pull", "--quiet", "--merchant", "Second & Co")

	may := sh.must("show", "2026-05", "--merchant", "Sample Store")
	sh.stdin = "second & co\n"
	sh.refused(exitUsage, []string{"nothing was erased"}, "merchant", "remove", "Second & Co")
	sh.stdin = "Second & Co\n"
	if out := sh.must("merchant", "remove", "Second & Co"); !strings.Contains(out, "is still about it: take it out") {
		t.Errorf("remove says %q", out)
	}
	db := sh.open()
	for _, table := range sh.tables(db, "merchant_id") {
		if table == "audit" {
			if n := sh.count(db, "SELECT count(*) FROM audit WHERE merchant_id <> 1 AND action = 'merchant removed' AND detail = 'Second & Co'"); n != 1 {
				t.Errorf("%d audit entries of the removal", n)
			}
			continue
		}
		if n := sh.count(db, "SELECT count(*) FROM "+table+" WHERE merchant_id <> 1"); n != 0 {
			t.Errorf("%d rows left in %s", n, table)
		}
	}
	if sh.must("show", "2026-05") != may { // and nobody asks for a name any more
		t.Error("the other's scorecard changed")
	}
}

// Where there are several merchants, each command is about all of them, about none, or about the one that --merchant names.
func TestWhomACommandIsAbout(t *testing.T) {
	t.Parallel()
	aboutAll := []string{"alerts test", "backup", "demo", "doctor", "exit-codes", "health", "init", "kpis", "migrate", "rekey", "run", "work"}
	for path, cmd := range commands() {
		named := cmd.Flags().Lookup("merchant") != nil || cmd.InheritedFlags().Lookup("merchant") != nil || cmd.PersistentFlags().Lookup("merchant") != nil
		first, _, _ := strings.Cut(path, " ")
		all := slices.Contains(aboutAll, path) || slices.Contains([]string{"merchant", "people", "completion", "help"}, first)
		if !named && !all {
			t.Errorf("%s neither takes --merchant nor is about all merchants", path)
		}
	}
}

// What the file says of a merchant wins; what it does not say stays as it was set.
func TestWhatIsSetForAMerchant(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("merchant", "add", "Tea", "--currency", "GBP", "--zone", "Europe/London", "--costs", "current", "--schedule", "0 4 * * *", "--fiscal-year-starts", "april")
	shown := func(name string) (m shapes.Merchant) {
		sh.json(&m, "merchant", "show", name)
		return m
	}
	tea := shown("tea")
	if tea.Currency != "GBP" || tea.Zone != "Europe/London" || tea.Fiscal != "april" || tea.Week != "monday" || tea.Schedule != "0 4 * * *" || tea.State != "active" {
		t.Errorf("added as %+v", tea)
	}
	sh.must("merchant", "add", "Coffee")
	if coffee := shown("coffee"); coffee.Schedule != "30 3 * * *" || coffee.Costs != "none" {
		t.Errorf("added as %+v", coffee)
	}
	for flag, text := range map[string]string{"--currency": "QUID", "--zone": "Mars/Olympus", "--week-starts": "friday", "--schedule": "0 0 31 2 *", "--since": "ever",
		"--costs": "often", "--name": " ", "--fiscal-year-starts": ""} {
		sh.refused(exitUsage, []string{text}, "merchant", "set", "Tea", flag, text)
		if flag != "--name" {
			sh.refused(exitUsage, []string{text}, "merchant", "add", "Milk", flag, text)
		}
	}
	sh.refused(exitUsage, []string{"TZ", "merchant.zone"}, "merchant", "set", "Tea", "--schedule", "TZ=UTC 0 4 * * *")
	sh.refused(exitUsage, []string{"nothing would change"}, "merchant", "set", "Tea")
	if shown("tea").Schedule != "0 4 * * *" || strings.Contains(sh.must("merchant", "list"), "Milk") {
		t.Error("what was refused was done")
	}
	sh.must("merchant", "set", "Tea", "--schedule", "", "--week-starts", "sunday")
	if tea = shown("tea"); tea.Schedule != "30 3 * * *" || tea.Week != "sunday" || tea.Zone != "Europe/London" || tea.Costs != "current" {
		t.Errorf("set to %+v", tea)
	}

	head := sh.read("fourfold.yml")
	sh.write("fourfold.yml", head+"\nmerchants:\n  Tea:\n    zone: Europe/Dublin\n    since: 2025-01-01\n")
	sh.takeAll()
	if tea = shown("tea"); tea.Zone != "Europe/Dublin" || tea.Since != "2025-01-01" || tea.Week != "sunday" || tea.Costs != "current" {
		t.Errorf("with the file it is %+v", tea)
	}
	if coffee := shown("coffee"); coffee.Zone != "" || coffee.Since != "" {
		t.Errorf("what is said of one merchant is set for another: %+v", coffee)
	}
	sh.refused(exitUsage, []string{"fourfold.yml:", "merchants.Tea.zone"}, "merchant", "set", "Tea", "--zone", "Europe/London")
	sh.refused(exitUsage, []string{"fourfold.yml:", "rename it there first"}, "merchant", "set", "Tea", "--name", "Earl Grey")
	sh.must("merchant", "set", "Tea", "--currency", "EUR")
	sh.write("fourfold.yml", head)
	sh.takeAll()
	if tea = shown("tea"); tea.Zone != "Europe/Dublin" || tea.Currency != "EUR" {
		t.Errorf("without the file it is %+v", tea)
	}
	sh.must("merchant", "remove", "Coffee", "--yes")
	sh.refused(exitUsage, []string{"fourfold.yml:", "costs.history"}, "merchant", "set", "Tea", "--costs", "none") // the top level is about the only one
	sh.must("merchant", "set", "Tea", "--name", "Earl Grey")
	if out := sh.must("merchant", "list"); !strings.Contains(out, "Earl Grey") || strings.Contains(out, "Tea") {
		t.Errorf("renamed:\n%s", out)
	}
}

// takeAll is what `fourfold run` does first.
func (sh *shell) takeAll() {
	sh.t.Helper()
	var out, errs bytes.Buffer
	a := sh.app(&out, &errs)
	defer a.close()
	if err := a.takeConfig(sh.t.Context()); err != nil {
		sh.t.Fatal(err)
	}
}

// A first link that nobody agreed to leaves a merchant without a name; one that is added takes its place.
func TestAnUnfinishedFirstLinkIsNoMerchant(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.env["FOURFOLD_SHOPIFY_CLIENT_SECRET"] = "wrong"
	if code, _, _ := sh.say("link", "shopify", "--shop", "corner", "--mode", "client"); code == exitOK {
		t.Fatal("linked with a wrong secret")
	}
	sh.env["FOURFOLD_SHOPIFY_CLIENT_SECRET"] = "corner-secret"
	sh.must("merchant", "add", "Corner")
	sh.linkAndPull()
	if out := sh.must("merchant", "list"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "Corner") {
		t.Errorf("the list:\n%s", out)
	}
}

// What the file says of a merchant and what holds are two things until it was taken.
func TestWhatWasNotTakenYet(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("merchant", "add", "Tea", "--currency", "GBP", "--zone", "Europe/London")
	sh.write("fourfold.yml", sh.read("fourfold.yml")+"\nmerchants:\n  Tea:\n    zone: Europe/Dublin\n    currency: GBP\n")
	shown := func() (m shapes.Merchant) {
		sh.json(&m, "merchant", "show", "tea")
		return m
	}
	if tea := shown(); tea.Zone != "Europe/London" || tea.Waiting["zone"] != "Europe/Dublin" || len(tea.Waiting) != 1 || !strings.Contains(tea.Configured["zone"], "fourfold.yml:") {
		t.Errorf("before it was taken: %+v", tea)
	}
	if out := sh.must("merchant", "show", "tea"); !strings.Contains(out, "says Europe/Dublin, from the next pull on") {
		t.Errorf("before it was taken:\n%s", out)
	}
	sh.takeAll()
	if tea := shown(); tea.Zone != "Europe/Dublin" || len(tea.Waiting) != 0 || !strings.Contains(tea.Configured["zone"], "fourfold.yml:") {
		t.Errorf("taken: %+v", tea)
	}
}

// What to do next is said of the merchant whom it is about, where there are several.
func TestWhatToDoNextIsSaidOfTheMerchant(t *testing.T) {
	t.Parallel()
	sh := newMall(t)
	if out := sh.must("link", "shopify", "--shop", "corner"); !strings.Contains(out, "Next: fourfold pull\n") {
		t.Errorf("with one merchant: %s", out)
	}
	sh.must("merchant", "add", "Tea & Co")
	for _, x := range []struct {
		args  []string
		words string
	}{
		{[]string{"status", "--merchant", "Sample Store"}, "Nothing was pulled yet: fourfold pull --merchant 'Sample Store'"},
		{[]string{"status", "--merchant", "Tea & Co"}, "no store of Tea & Co is linked: fourfold link shopify --shop NAME --merchant 'Tea & Co'"},
		{[]string{"status"}, "no store"},
		{[]string{"proofs", "--merchant", "sample store"}, "fourfold pull --merchant 'Sample Store'"},
		{[]string{"doctor"}, "nothing was pulled yet: fourfold pull --merchant 'Sample Store'"},
		{[]string{"doctor"}, "fourfold link shopify --shop NAME --merchant 'Tea & Co'"},
		{[]string{"link", "shopify", "--shop", "corner", "--merchant", "Sample Store"}, "Next: fourfold pull --merchant 'Sample Store'"},
	} {
		if out := strings.Join(strings.Fields(sh.must(x.args...)), " "); !strings.Contains(out, x.words) {
			t.Errorf("fourfold %s does not say %q: %s", strings.Join(x.args, " "), x.words, out)
		}
	}
	sh.refused(exitFailed, []string{"fourfold pull --merchant 'Sample Store'"}, "show", "--merchant", "Sample Store")
}

// Where the requests of the law come in stands where a person looks who has to put it into an app's configuration.
func TestWhereWebhooksComeIn(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("link", "shopify", "--shop", "corner")
	if out := sh.must("doctor") + sh.must("merchant", "show", "Sample Store"); strings.Contains(out, "/hooks/") {
		t.Errorf("without a public address:\n%s", out)
	}
	sh.env["FOURFOLD_PUBLIC_URL"] = "https://fourfold.example.com"
	const address = "https://fourfold.example.com/hooks/shopify/1/1"
	if out := strings.Join(strings.Fields(sh.must("doctor")), " "); !strings.Contains(out, "its webhooks come in at "+address) || !strings.Contains(out, "listen is off") {
		t.Errorf("doctor:\n%s", out)
	}
	if out := sh.must("merchant", "show", "Sample Store"); !strings.Contains(out, address) {
		t.Errorf("merchant show:\n%s", out)
	}
	var m shapes.Merchant
	sh.json(&m, "merchant", "show", "Sample Store")
	if len(m.Stores) != 1 || m.Stores[0].Webhooks != address {
		t.Errorf("merchant show --json: %+v", m)
	}
	sh.must("forget", "1", "--yes")
	sh.must("link", "shopify", "--shop", "corner")
	if out := sh.must("merchant", "show", "Sample Store"); !strings.Contains(out, "/hooks/shopify/1/2") {
		t.Errorf("after it was forgotten and linked again:\n%s", out)
	}
	sh.env["FOURFOLD_PUBLIC_URL"] = "https://10.0.0.7"
	if out := sh.must("doctor"); !strings.Contains(out, "private network") {
		t.Errorf("doctor:\n%s", out)
	}
}
