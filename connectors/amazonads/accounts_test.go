package amazonads

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	sim "fourfold/internal/sim/amazonads"
)

func TestProfilesAreListedAndAgenciesAreBarred(t *testing.T) {
	s := simulate(t, sim.Options{}, worldwide()...)
	s.SetFaults(sim.Faults{Kinds: map[string]string{"2501235": "agency", "2501236": "vendor"}})
	infos, err := accounts(t.Context(), s.Grant())
	if err != nil || len(infos) != 4 {
		t.Fatalf("%d profiles, %v", len(infos), err)
	}
	if want := (connectors.AccountInfo{ID: "2501234", Name: "Paris (DE)", Currency: "EUR", Zone: "Europe/Paris"}); infos[0] != want {
		t.Errorf("got %+v, want %+v", infos[0], want)
	}
	if !strings.Contains(infos[1].Barred, "agency") || infos[2].Barred != "" {
		t.Errorf("barred because %q and %q", infos[1].Barred, infos[2].Barred)
	}
	if i := (profile{CurrencyCode: "EUR", Timezone: "Atlantis/Deep"}).info(); !strings.Contains(i.Barred, "Atlantis") {
		t.Errorf("got %+v", i)
	}
}

func TestAnotherRegionHasNoneOfTheProfiles(t *testing.T) {
	s := simulate(t, sim.Options{Region: "na"}, worldwide()...)
	infos, err := accounts(t.Context(), s.Grant())
	if err != nil || len(infos) != 0 {
		t.Errorf("%d profiles, %v", len(infos), err)
	}
}

func TestRegions(t *testing.T) {
	for said, want := range map[string]string{"eu": "eu", " NA ": "na", "fe": "fe"} {
		if got, err := checkRegion(said); err != nil || got != want {
			t.Errorf("%q is %q, %v", said, got, err)
		}
	}
	for _, said := range []string{"", "us", "https://advertising-api.amazon.com"} {
		if _, err := checkRegion(said); err == nil || !strings.Contains(err.Error(), "na, eu or fe") {
			t.Errorf("%q gave %v", said, err)
		}
	}
}

func TestProbeSaysWhatIsMissing(t *testing.T) {
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc := s.Open(t, "2501234")
	for _, c := range []struct {
		name    string
		happens func()
		says    string
	}{
		{"all is well", func() {}, ""},
		{"an agency's", func() { s.SetFaults(sim.Faults{Kinds: map[string]string{"2501234": "agency"}}) }, "agency"},
		{"not to be seen", func() { s.SetFaults(sim.Faults{Withdrawn: map[string]bool{"2501234": true}}) }, "no longer shows profile 2501234"},
		{"not approved", func() { s.SetFaults(sim.Faults{Unapproved: true}) }, "Not authorized"},
	} {
		c.happens()
		caps, err := probe(t.Context(), acc)
		if err != nil || len(caps) != 1 || caps[0].Granted != (c.says == "") || !strings.Contains(caps[0].Detail, c.says) {
			t.Errorf("%s: %+v, %v", c.name, caps, err)
		}
		// Paris is two hours ahead in summer: the wall is a midnight there.
		if want := time.Date(2026, time.August, 13, 22, 0, 0, 0, time.UTC); c.says == "" && !caps[0].Since.Equal(want) {
			t.Errorf("%s: told since %s, want %s", c.name, caps[0].Since.UTC(), want)
		}
	}
}
