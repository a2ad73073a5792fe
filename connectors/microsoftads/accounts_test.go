package microsoftads

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/microsoftads"
)

func TestAccountsAreListedOverPagesAndBarredOnesSayWhy(t *testing.T) {
	var many []*ads.Account
	for i := range 1003 {
		many = append(many, &ads.Account{ID: fmt.Sprint(2_000_000 + i), Name: fmt.Sprint("Account ", i), Currency: "USD", Zone: "America/New_York"})
	}
	s := simulate(t, sim.Options{}, many...)
	s.SetFaults(sim.Faults{Status: map[string]string{"2000001": "Suspended", "2000002": "Inactive", "2000003": "Draft", "2000004": "Pause"}})
	infos, err := accounts(t.Context(), s.Grant())
	if err != nil {
		t.Fatal(err)
	}
	if len(infos) != 1003 || s.Requests()[pathAccounts] != 2 {
		t.Fatalf("%d accounts in %d requests", len(infos), s.Requests()[pathAccounts])
	}
	want := connectors.AccountInfo{ID: "2000000", Name: "Account 0", Currency: "USD", Zone: "America/New_York", Manager: "777000"}
	if infos[0] != want {
		t.Errorf("got %+v, want %+v", infos[0], want)
	}
	for i, says := range map[int]string{1: "suspended", 2: "nothing ran", 3: "draft", 4: ""} {
		if says == "" && infos[i].Barred != "" || !strings.Contains(infos[i].Barred, says) {
			t.Errorf("account %d is barred because %q, want %q", i, infos[i].Barred, says)
		}
	}
}

func TestAnAccountInAZoneThatIsNotKnownIsBarred(t *testing.T) {
	if i := (account{ID: "1", CurrencyCode: "EUR", TimeZone: "Atlantis"}).info(); !strings.Contains(i.Barred, "Atlantis") {
		t.Errorf("got %+v", i)
	}
}

func TestEveryZoneIsOneThatThereIs(t *testing.T) {
	for name, zone := range zones {
		if _, err := time.LoadLocation(zone); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProbeSaysWhatIsMissing(t *testing.T) {
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc := s.Open(t, "1501234")
	look := func() connectors.Capability {
		t.Helper()
		caps, err := probe(t.Context(), acc)
		if err != nil {
			t.Fatal(err)
		}
		return caps[slices.IndexFunc(caps, func(c connectors.Capability) bool { return c.ID == "spend" })]
	}
	if c := look(); !c.Granted || c.Since.After(begin.AddDate(0, -35, 0)) || c.Since.Before(begin.AddDate(0, -36, 0)) {
		t.Errorf("got %+v", c)
	}
	s.SetFaults(sim.Faults{Status: map[string]string{"1501234": "Suspended"}})
	if c := look(); c.Granted || !strings.Contains(c.Detail, "suspended") {
		t.Errorf("got %+v", c)
	}
	s.SetFaults(sim.Faults{Withdrawn: map[string]bool{"1501234": true}})
	if c := look(); c.Granted || !strings.Contains(c.Detail, "not authorized") {
		t.Errorf("got %+v", c)
	}
}
