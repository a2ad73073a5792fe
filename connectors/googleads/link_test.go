package googleads

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/googleads"
)

// linked goes through the merchant's browser: the page, the merchant's yes, the callback, the code.
func linked(t *testing.T, r *rig) connectors.Tokens {
	t.Helper()
	c := connectors.Consent{Redirect: "https://fourfold.example/callback", State: "n0nce", Verifier: strings.Repeat("verifier", 8)}
	at, err := auth.Begin(app, c)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Transport: r.net, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(at)
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Fatalf("the page answers %v, %v", resp, err)
	}
	_ = resp.Body.Close()
	cb, err := auth.Verify(app, httptest.NewRequest(http.MethodGet, resp.Header.Get("Location"), nil), r.now)
	if err != nil || cb.State != c.State {
		t.Fatal(cb.State, err)
	}
	plain := &http.Client{Transport: r.net}
	other := c
	other.Verifier = strings.Repeat("another.", 8)
	if resp, err = browser.Get(at); err == nil {
		_ = resp.Body.Close()
		stolen, _ := auth.Verify(app, httptest.NewRequest(http.MethodGet, resp.Header.Get("Location"), nil), r.now)
		_, err = auth.Exchange(t.Context(), plain, app, other, stolen.Code)
		faultOf(t, err, connectors.Denied)
	}
	tokens, err := auth.Exchange(t.Context(), plain, app, c, cb.Code)
	if err != nil {
		t.Fatal(err)
	}
	_, err = auth.Exchange(t.Context(), plain, app, c, cb.Code)
	faultOf(t, err, connectors.Denied)
	return tokens
}

func TestLinkRenewAndRevoke(t *testing.T) {
	r := rigged(t, sim.Options{Accounts: shops(), Redirects: []string{"https://fourfold.example/callback"}})
	first := linked(t, r)
	if first.Refresh.Empty() || !first.AccessExpires.Equal(r.now.Truncate(time.Second).Add(time.Hour)) || len(first.Scopes) != 1 || first.Scopes[0] != scope {
		t.Fatalf("until %s, scopes %v", first.AccessExpires, first.Scopes)
	}
	plain := &http.Client{Transport: r.net}
	r.now = r.now.Add(2 * time.Hour)
	r.token = first.Access.Reveal()
	faultOf(t, r.read(0), connectors.Denied)
	second, err := auth.Renew(t.Context(), plain, app, nil, first)
	if err != nil || second.Refresh.Reveal() != first.Refresh.Reveal() || second.Access.Reveal() == first.Access.Reveal() {
		t.Fatalf("renewed: %v", err)
	}
	r.token = second.Access.Reveal()
	if err := r.read(0); err != nil {
		t.Error(err)
	}
	_, err = auth.Renew(t.Context(), plain, connectors.App{ClientID: "client-id", ClientSecret: secret.New("wrong")}, nil, second)
	if e := faultOf(t, err, connectors.Denied); !strings.Contains(e.Hint, "client ID and secret") {
		t.Errorf("a wrong secret says %q", e)
	}
	r.Desk().Revoke()
	_, err = auth.Renew(t.Context(), plain, app, nil, second)
	if e := faultOf(t, err, connectors.Denied); !strings.Contains(e.Hint, "link again") || strings.Contains(e.Error(), second.Refresh.Reveal()) {
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
	got, err := accounts(t.Context(), r.grant())
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
	var s shelf
	if err := s.pull(t, Connector().Streams[0], r.account(all[2], byID[all[2].ID].Manager), r.now.AddDate(0, 0, -3)); err != nil {
		t.Errorf("through its manager: %v", err)
	}
	e := faultOf(t, s.pull(t, Connector().Streams[0], r.account(all[2], ""), r.now.AddDate(0, 0, -3)), connectors.Forbidden)
	if !strings.Contains(e.Hint, "have its owner give access") {
		t.Errorf("past its manager: %v", e)
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
	faultOf(t, err, connectors.Throttled)
}
