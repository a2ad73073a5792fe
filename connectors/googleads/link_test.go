package googleads

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/googleads"
)

func TestLinkRenewAndRevoke(t *testing.T) {
	r := rigged(t, sim.Options{Accounts: shops()})
	r.Desk().Redirects = []string{adstest.Redirect}
	c := r.Consent()
	code, other := r.Agree(t, c), c
	other.Verifier = strings.Repeat("another.", 8)
	r.Refused(t, r.Exchange(t.Context(), other, r.Agree(t, c)), connectors.Denied)
	if err := r.Exchange(t.Context(), c, code); err != nil {
		t.Fatal(err)
	}
	r.Refused(t, r.Exchange(t.Context(), c, code), connectors.Denied)
	first := r.Tokens
	if first.Refresh.Empty() || !first.AccessExpires.Equal(r.Clock.Now().Truncate(time.Second).Add(time.Hour)) || len(first.Scopes) != 1 || first.Scopes[0] != scope {
		t.Fatalf("until %s, scopes %v", first.AccessExpires, first.Scopes)
	}
	r.Clock.Pass(2 * time.Hour)
	r.Use(first.Access.Reveal())
	r.Refused(t, r.read(t, 0), connectors.Denied)
	r.Tokens = first
	err := r.Renew(t.Context())
	if err != nil || r.Tokens.Refresh.Reveal() != first.Refresh.Reveal() || r.Tokens.Access.Reveal() == first.Access.Reveal() {
		t.Fatalf("renewed: %v", err)
	}
	if err := r.read(t, 0); err != nil {
		t.Error(err)
	}
	r.App.ClientSecret = secret.New("wrong")
	if e := r.Refused(t, r.Renew(t.Context()), connectors.Denied); !strings.Contains(e.Hint, "client ID and secret") {
		t.Errorf("a wrong secret says %q", e)
	}
	r.App = app
	r.Desk().Revoke()
	if e := r.Refused(t, r.Renew(t.Context()), connectors.Denied); !strings.Contains(e.Hint, "link again") {
		t.Errorf("a revoked consent says %q", e)
	}
}

func TestAccountsOfALogin(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all[:2], Managers: []sim.Manager{
		{ID: "9990001111", Name: "Agency", Accounts: all[1:3], Managers: []sim.Manager{{ID: "9990002222", Name: "Region", Accounts: all[3:]}}},
		{ID: "9990003333", Name: "Old agency", Accounts: all[2:3]},
	}})
	r.SetFaults(sim.Faults{Accounts: map[string]string{"9990003333": "CUSTOMER_NOT_ENABLED"}, Status: map[string]string{all[3].ID: "SUSPENDED", all[4].ID: "CANCELED"}})
	got, err := accounts(t.Context(), r.Grant())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]connectors.AccountInfo{}
	for _, i := range got {
		byID[i.ID] = i
	}
	if len(got) != 8 || len(byID) != 8 || r.Requests()["listAccessibleCustomers"] != 1 || r.Requests()["customer_client"] != 4 {
		t.Errorf("%d accounts by %v", len(got), r.Requests())
	}
	for id, want := range map[string]struct{ manager, barred string }{
		all[0].ID: {}, all[1].ID: {}, all[2].ID: {manager: "9990001111"}, all[3].ID: {"9990001111", "suspended"}, all[4].ID: {"9990001111", "cancelled"},
		"9990001111": {"", "link the accounts below it"}, "9990002222": {"9990001111", "link the accounts below it"}, "9990003333": {"", "look at it in Google Ads"},
	} {
		i := byID[id]
		if i.Manager != want.manager || (i.Barred == "") != (want.barred == "") || !strings.Contains(i.Barred, want.barred) || i.Name == "" {
			t.Errorf("%s: %+v", id, i)
		}
	}
	if i := byID[all[1].ID]; i.Currency != "USD" || i.Zone != "America/Los_Angeles" || i.Name != "Los Angeles" {
		t.Errorf("%+v", i)
	}
	if _, err := r.spend(t, r.account(all[2], byID[all[2].ID].Manager), 3); err != nil {
		t.Errorf("through its manager: %v", err)
	}
	_, err = r.spend(t, r.account(all[2], ""), 3)
	e := r.Refused(t, err, connectors.Forbidden)
	if !strings.Contains(e.Hint, "have its owner give access") {
		t.Errorf("past its manager: %v", e)
	}
}

// An account that does not open by itself any more is reached through the manager that still does, whichever of the two is told first.
func TestTheWayThatIsOpenIsTaken(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all[:1], Managers: []sim.Manager{{ID: "9990001111", Name: "Agency", Accounts: all[:1]}}})
	for name, f := range map[string]sim.Faults{
		"by itself": {Accounts: map[string]string{"9990001111": "CUSTOMER_NOT_ENABLED"}}, "through its manager": {Alone: map[string]string{all[0].ID: "USER_PERMISSION_DENIED"}},
	} {
		r.SetFaults(f)
		infos, err := accounts(t.Context(), r.Grant())
		i := slices.IndexFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == all[0].ID })
		if err != nil || i < 0 || infos[i].Barred != "" || infos[i].Currency != "EUR" || (infos[i].Manager == "") != (name == "by itself") {
			t.Errorf("%s: %+v, %v", name, infos, err)
		}
	}
}

func TestTheProbeSaysWhatIsMissing(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all})
	for code, says := range map[string]string{"": "", "CUSTOMER_NOT_ENABLED": "look at it in Google Ads", "USER_PERMISSION_DENIED": "have its owner give access"} {
		r.SetFaults(sim.Faults{Accounts: map[string]string{all[0].ID: code}})
		caps, err := probe(t.Context(), r.account(all[0], ""))
		if err != nil || len(caps) != 1 || caps[0].ID != "spend" || caps[0].Granted != (code == "") || !strings.Contains(caps[0].Remedy, says) {
			t.Errorf("%q: %+v, %v", code, caps, err)
		}
	}
	r.SetFaults(sim.Faults{Quota: time.Hour})
	_, err := probe(t.Context(), r.account(all[0], ""))
	r.Refused(t, err, connectors.Throttled)
}
