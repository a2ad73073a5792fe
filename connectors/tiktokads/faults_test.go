package tiktokads

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/tiktokads"
)

// Each fault has a message of its own that says what to do, and tells no secret and no address.
func TestFaultsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name   string
		breaks func(w *world)
		fault  connectors.Fault
		says   []string
	}{
		{"the consent was taken back", func(w *world) { w.Desk().Revoke() }, connectors.Denied, []string{"40105", "link again"}},
		{"the account was withdrawn", func(w *world) { w.SetFaults(sim.Faults{Withdrawn: map[string]bool{mainAccount: true}}) },
			connectors.Forbidden, []string{"No permission", "Business Center"}},
		{"the account was suspended", func(w *world) { w.SetFaults(sim.Faults{Suspended: map[string]bool{mainAccount: true}}) },
			connectors.Forbidden, []string{"see that the ad account is active"}},
		{"the day's requests are gone", func(w *world) { w.SetFaults(sim.Faults{QuotaGone: true}) },
			connectors.Throttled, []string{"used up", "midnight UTC"}},
		{"too many requests a minute", func(w *world) { w.SetFaults(sim.Faults{Busy: true}) }, connectors.Throttled, []string{"40100"}},
		{"the version has died", func(w *world) { w.SetFaults(sim.Faults{Dead: true}) }, connectors.Malformed, []string{"upgrade fourfold"}},
		{"the scope of GMV Max was taken back", func(w *world) { w.SetFaults(sim.Faults{ShopsOff: true}) },
			connectors.Forbidden, []string{"reauthorize", "TikTok Shop"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := simulate(t)
			acc := w.open(t, mainAccount)
			h := holding(t, acc)
			c.breaks(w)
			w.Refused(t, h.Once(t, spend(), acc, simStart.AddDate(0, -1, 0)), c.fault, c.says...)
			if len(h.Days) > 0 {
				t.Errorf("%d days are held", len(h.Days))
			}
		})
	}
}

func TestTheDaysQuotaComesBackAtMidnight(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	h := holding(t, acc)
	w.SetFaults(sim.Faults{QuotaGone: true})
	err := h.Once(t, spend(), acc, simStart.AddDate(0, -1, 0))
	if wait := connectors.RetryAfter(err); wait != 21*time.Hour+time.Minute { // it is three o'clock
		t.Errorf("wait %s", wait)
	}
}

// What passes is tried again where it happens, and nobody hears of it.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	h := holding(t, acc)
	w.SetFaults(sim.Faults{Hurried: 1, Down: 1})
	pull(t, h, spend(), acc, simStart.AddDate(0, -1, 0))
}

func TestMaintenanceIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // attempts are apart, which takes no time here
		acc := connectors.Account{AccountInfo: connectors.AccountInfo{ID: mainAccount, Currency: "EUR", Zone: "UTC"}, Now: time.Now}
		acc.Client = adstest.Says(http.StatusOK, `{"code":60001,"message":"The service is under maintenance.","data":{}}`)
		h := adstest.NewHeld()
		h.Has = func(string) bool { return false }
		adstest.Fault(t, h.Once(t, spend(), acc, time.Now().AddDate(0, -1, 0)), connectors.Unavailable)
	})
}

func TestWhatIsTooLargeIsHalved(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	h := holding(t, acc)
	w.SetFaults(sim.Faults{Most: 10})
	pull(t, h, spend(), acc, simStart.AddDate(0, 0, -60))
	compareAll(t, w.accounts[0], h, 60)
}

func compareAll(t *testing.T, a *ads.Account, h *adstest.Held, back period.Day) {
	t.Helper()
	today := period.On(simStart, a.Location())
	all := period.Days{From: today - 1000, To: today + 1000}
	if got, want := h.Spent(all), a.Spend(period.Days{From: today - back, To: today}, simStart); got != want {
		t.Errorf("held %d, want %d", got, want)
	}
}

// An account with more ads than a report covers is read as a whole, day by day: what it cost is right, though no campaign has a name.
func TestAnAccountOfTooManyAds(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	h := holding(t, acc)
	w.SetFaults(sim.Faults{Crowded: map[string]bool{mainAccount: true}})
	pull(t, h, spend(), acc, simStart.AddDate(0, 0, -60))
	compareAll(t, w.accounts[0], h, 60)
	nameless := 0
	for _, d := range h.Days {
		if d.Campaign == "" && d.Channel == fact.AdSocial {
			nameless++
		}
	}
	if nameless < 50 {
		t.Errorf("%d days without a campaign", nameless)
	}
}

// Once GMV Max can be read, what it cost before is read too.
func TestGMVMaxThatIsAllowedLater(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	w.SetFaults(sim.Faults{ShopsOff: true})
	since := simStart.AddDate(0, 0, -60)
	h := adstest.NewHeld()
	for _, allowed := range []bool{false, true, true} {
		w.SetFaults(sim.Faults{ShopsOff: !allowed})
		h.Has = can(t, acc)
		pull(t, h, spend(), acc, since)
		pull(t, h, totals(), acc, since)
		var all money.Micros
		for _, m := range h.Months {
			all += m.Spend
		}
		var sum, shop money.Micros
		for _, d := range h.Days {
			sum += d.Spend
			if d.Channel == fact.AdMarketplace {
				shop += d.Spend
			}
		}
		if all != sum || (shop > 0) != allowed {
			t.Errorf("allowed %t: %d by months, %d by days, of which %d by GMV Max", allowed, all, sum, shop)
		}
	}
	compareAll(t, w.accounts[0], h, 60)
}

// Where GMV Max can no longer be read, what it cost until then stays, and so do the months; new days hold the rest. Once it can be again, all is read anew.
func TestGMVMaxThatIsTakenBack(t *testing.T) {
	w := simulate(t)
	acc := w.open(t, mainAccount)
	a, since, h := w.accounts[0], simStart.AddDate(0, 0, -60), holding(t, acc)
	night := func(n int, off bool) {
		w.SetFaults(sim.Faults{ShopsOff: off})
		w.Clock.Set(simStart.AddDate(0, 0, n))
		h.Has = can(t, acc)
		pull(t, h, spend(), acc, since)
		pull(t, h, totals(), acc, since)
	}
	shop := func(days period.Days) (sum money.Micros) {
		for k, d := range h.Days {
			if days.Has(k.Day) && d.Channel == fact.AdMarketplace {
				sum += d.Spend
			}
		}
		return sum
	}
	night(0, false)
	lost := h.Whole["spend"]
	before, after := period.Days{From: lost - 60, To: lost}, period.Days{From: lost, To: lost + 9}
	was, all := shop(before), h.Spent(before)
	for n := 1; n <= 8; n++ { // a weekly reading among them
		night(n, true)
		if shop(before) != was || h.Spent(before) != all || shop(after) != 0 {
			t.Fatalf("night %d: GMV Max cost %d before, and %d since; it was %d", n, shop(before), shop(after), was)
		}
	}
	if h.Spent(after) == 0 {
		t.Error("nothing else is read any more")
	}
	h.Reconcile(t, a, func(period.Days) bool { return true })
	night(9, false)
	if shop(after) == 0 {
		t.Error("what GMV Max cost meanwhile is missing")
	}
	today := period.On(w.Clock.Now(), a.Location())
	if got, want := h.Spent(period.Days{From: lost - 60, To: today}), a.Spend(period.Days{From: lost - 60, To: today}, w.Clock.Now()); got != want {
		t.Errorf("held %d, want %d", got, want)
	}
}

func TestAccounts(t *testing.T) {
	w := simulate(t, account(mainAccount, "Main", "EUR", "Europe/Berlin", "x"), account("6900002", "Bad", "JPY", "Asia/Tokyo", "x"), account("6900003", "Gone", "USD", "America/Los_Angeles", "x"))
	w.Link(t)
	w.SetFaults(sim.Faults{Suspended: map[string]bool{"6900002": true}, Withdrawn: map[string]bool{"6900003": true}})
	infos, err := accounts(t.Context(), w.Login.Grant())
	if err != nil || len(infos) != 2 {
		t.Fatalf("%v, %v", infos, err)
	}
	if i := infos[0]; i.Barred != "" || i.Currency != "EUR" || i.Zone != "Europe/Berlin" || i.Since.IsZero() {
		t.Errorf("%+v", i)
	}
	if i := infos[1]; !strings.Contains(i.Barred, "suspended") {
		t.Errorf("%+v", i)
	}
	for what, i := range map[string]info{
		"agency":                {ID: "1", Role: "ROLE_AGENT"},
		"not approved":          {ID: "1", Status: "STATUS_CONFIRM_FAIL"},
		"closed":                {ID: "1", Status: "STATUS_DISABLE"},
		"currency is not told":  {ID: "1", Zone: "UTC"},
		"time zone is not told": {ID: "1", Currency: "EUR", Zone: "Nowhere"},
	} {
		if a := i.account(); !strings.Contains(a.Barred, what) || a.Name != "1" {
			t.Errorf("%s: %+v", what, a)
		}
	}
}

// The app's secret goes along where the accounts are listed, and TikTok repeats it.
func TestAListThatIsRefusedTellsNoSecret(t *testing.T) {
	w := simulate(t)
	w.Link(t)
	w.App.ClientSecret = secret.New("s3cret-of-another")
	_, err := accounts(t.Context(), w.Login.Grant())
	f, _ := connectors.FaultOf(err)
	w.Refused(t, err, f, "40002")
}

func TestAProbeOfAnAccountWithoutAShop(t *testing.T) {
	w := simulate(t, account(mainAccount, "Main", "EUR", "Europe/Berlin", "x"))
	acc := w.open(t, mainAccount)
	has := can(t, acc)
	if !has(canSpend) || has(canGMVMax) {
		t.Errorf("spend %t, GMV Max %t", has(canSpend), has(canGMVMax))
	}
	w.SetFaults(sim.Faults{Suspended: map[string]bool{mainAccount: true}})
	if has := can(t, acc); has(canSpend) {
		t.Error("a suspended account is said to tell what it cost")
	}
}

func TestACodeIsGoodOnceAndForTheAppAlone(t *testing.T) {
	w := simulate(t)
	w.Link(t)
	for _, of := range []secret.Text{w.App.ClientSecret, secret.New("s3cret-of-another")} {
		w.App.ClientSecret = of
		w.Refused(t, w.Exchange(t.Context(), connectors.Consent{}, "code-of-yesterday"), connectors.Denied, "begin the link again")
	}
}

func TestARefusalIsNoCallback(t *testing.T) {
	for _, q := range []string{"state=1", "auth_code=1", "auth_code=1&auth_code=2&state=1", "error=access_denied&state=1"} {
		if _, err := auth.Verify(connectors.App{}, httptest.NewRequest(http.MethodGet, "/callback?"+q, nil), simStart); err == nil {
			t.Errorf("%s was taken", q)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		text   rest.Figure
		micros money.Micros
		bad    bool
	}{
		{"75.20", 75_200_000, false}, {"", 0, false}, {"12.345678", 12_345_678, false}, {"1,5", 0, true}, {"0.1234567", 0, true},
	} {
		if m, err := micros(c.text); m != c.micros || (err != nil) != c.bad {
			t.Errorf("%s: %d, %v", c.text, m, err)
		}
	}
	if n, err := whole("1.5"); err == nil {
		t.Errorf("1.5 are %d", n)
	}
}
