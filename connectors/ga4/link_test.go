package ga4

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	sim "fourfold/internal/sim/ga4"
	adsim "fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
)

// One Google login serves Google Ads and Google Analytics: the desk of the one hands out tokens for the other, as far as the scope goes.
func TestLinkBesideGoogleAds(t *testing.T) {
	now := time.Date(2026, time.November, 14, 4, 30, 0, 0, time.UTC)
	ads := adsim.New(adsim.Options{Now: func() time.Time { return now }})
	if err := ads.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ads.Close)
	r := rigged(t, sim.Options{Desk: ads.Desk()})
	r.Net = host.Together(http.DefaultTransport, ads.Host, r.Host)

	r.Link(t)
	first := r.Tokens
	if len(first.Scopes) != 1 || first.Scopes[0] != scope {
		t.Fatalf("scopes %v", first.Scopes)
	}
	if _, err := r.read(t, 0, 5); err != nil {
		t.Error(err)
	}
	r.Desk().Expire()
	r.Use(first.Access.Reveal())
	_, err := r.read(t, 0, 5)
	r.Refused(t, err, connectors.Denied)
	r.Tokens = first
	if err := r.Renew(t.Context()); err != nil || r.Tokens.Refresh.Reveal() != first.Refresh.Reveal() {
		t.Fatalf("renewed: %v", err)
	}
	if _, err := r.read(t, 0, 5); err != nil {
		t.Error(err)
	}
}

func TestPropertiesOfALogin(t *testing.T) {
	all := sites()
	var many []*sim.Property
	for i := range 7 {
		p := *all[1]
		p.ID, p.Name = fmt.Sprint("70", i), ""
		many = append(many, &p)
	}
	r := rigged(t, sim.Options{Page: 3, Accounts: []*sim.Account{
		{ID: "12", Name: "Shops", Properties: all}, {ID: "13", Name: "Empty"}, {ID: "14", Name: "Closed", Properties: []*sim.Property{{ID: "900", Name: "Secret"}}}, {ID: "15", Name: "Many", Properties: many},
	}})
	r.SetFaults(sim.Faults{NoAccess: map[string]bool{"14": true, "333": true}, Gone: map[string]bool{"444": true}})
	got, err := accounts(t.Context(), r.Grant())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]connectors.AccountInfo{}
	for _, i := range got {
		byID[i.ID] = i
	}
	// Two pages of accounts, one of properties each but for the last, which has three.
	if asked := r.Requests(); len(got) != 3+1+7 || len(byID) != len(got) || asked["accountSummaries"] != 2 || asked["properties"] != 1+1+3 {
		t.Errorf("%d properties by %v", len(got), asked)
	}
	if i := byID["222"]; i.Name != "Los Angeles" || i.Currency != "USD" || i.Zone != "America/Los_Angeles" || !i.Since.Equal(all[1].Created) || i.Barred != "" {
		t.Errorf("%+v", i)
	}
	if i := byID["900"]; i.Name != "Secret" || !strings.Contains(i.Barred, "a Viewer of the property") {
		t.Errorf("%+v", i)
	}
	if i := byID["703"]; i.Name != "Property 703" {
		t.Errorf("%+v", i)
	}
	r.Desk().Revoke()
	_, err = accounts(t.Context(), r.Grant())
	r.Refused(t, err, connectors.Denied)
}

func TestTheProbeSaysWhatIsMissing(t *testing.T) {
	id := map[string]bool{"111": true}
	for name, c := range map[string]struct {
		faults          sim.Faults
		visits, revenue bool
		says            string
	}{
		"all":        {sim.Faults{}, true, true, ""},
		"no access":  {sim.Faults{NoAccess: id}, false, false, "a Viewer of the property"},
		"deleted":    {sim.Faults{Gone: id}, false, false, "pick another"},
		"no revenue": {sim.Faults{NoRevenue: true}, true, false, ""},
	} {
		r := rigged(t, sim.Options{})
		r.SetFaults(c.faults)
		caps, err := probe(t.Context(), r.account(sites()[0]))
		if err != nil || len(caps) != 2 || caps[0].ID != "visits" || caps[0].Granted != c.visits || caps[1].Granted != c.revenue || !strings.Contains(caps[0].Remedy, c.says) {
			t.Errorf("%s: %+v, %v", name, caps, err)
		}
	}
	r := rigged(t, sim.Options{})
	r.SetFaults(sim.Faults{Quota: "tokens per hour"})
	_, err := probe(t.Context(), r.account(sites()[0]))
	r.Refused(t, err, connectors.Throttled)
}
