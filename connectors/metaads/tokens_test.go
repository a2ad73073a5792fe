package metaads

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/metaads"
)

const back = adstest.Redirect

// consent walks through the login in place of a browser, up to the tokens.
func consent(t *testing.T, r *rig, fields map[string]string) (connectors.Tokens, error) {
	t.Helper()
	c := connectors.Consent{Fields: fields, Redirect: back, State: "state"}
	return Connector().Auth[0].Exchange(t.Context(), &http.Client{Transport: r.Transport()}, app, c, r.Agree(t, c))
}

func renewed(t *testing.T, r *rig, old connectors.Tokens) (connectors.Tokens, error) {
	t.Helper()
	return Connector().Auth[0].Renew(t.Context(), &http.Client{Transport: r.Transport()}, app, nil, old)
}

const day = 24 * time.Hour

func TestTheCodeGrantLastsSixtyDaysAndSaysSo(t *testing.T) {
	for name, fields := range map[string]map[string]string{"Facebook Login": {}, "for Business": {fieldLogin: "123456"}} {
		t.Run(name, func(t *testing.T) {
			r := simulate(t, nil)
			tokens, err := consent(t, r, fields)
			if err != nil {
				t.Fatal(err)
			}
			if ends := r.Clock.Now().Add(60 * day); !tokens.AccessExpires.Equal(ends) || !tokens.RefreshExpires.Equal(ends) || !slices.Contains(tokens.Scopes, canRead) || !tokens.Refresh.Empty() {
				t.Errorf("ends %s, %s, may %v", tokens.AccessExpires, tokens.RefreshExpires, tokens.Scopes)
			}
			// A code, an exchange for one that lasts, and when it ends.
			if got := r.Requests(); got["token"] != 2 || got["inspect"] != 1 {
				t.Errorf("asked for %v", got)
			}
			r.Tokens = tokens
			if infos, err := accounts(t.Context(), r.Grant()); err != nil || len(infos) != 5 {
				t.Errorf("%d accounts: %v", len(infos), err)
			}
		})
	}
}

func TestATokenIsLengthenedWhileItIsGood(t *testing.T) {
	r := simulate(t, nil)
	first, err := consent(t, r, map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	r.Clock.Pass(29 * day)
	second, err := renewed(t, r, first)
	// Sixty days more, and no longer than the consent to read data, which lasts ninety.
	if want := r.Clock.Now().Add(60 * day); err != nil || second.Access.Reveal() == first.Access.Reveal() || !second.AccessExpires.Equal(want) {
		t.Fatalf("it ends %s, want %s: %v", second.AccessExpires, want, err)
	}
	r.Clock.Pass(20 * day)
	third, err := renewed(t, r, second)
	if want := firstRun.Add(90 * day); err != nil || !third.AccessExpires.Equal(want) {
		t.Errorf("it ends %s, want %s, when the consent does: %v", third.AccessExpires, want, err)
	}
	// Where Meta does not want to, or where nothing is gained, the old one stays.
	r.SetFaults(sim.Faults{NoLonger: true})
	if same, err := renewed(t, r, second); err != nil || same.Access.Reveal() != second.Access.Reveal() {
		t.Errorf("the token that is not lengthened became another: %v", err)
	}
	r.SetFaults(sim.Faults{})
	r.Clock.Pass(5 * day)
	if same, err := renewed(t, r, third); err != nil || same.Access.Reveal() != third.Access.Reveal() {
		t.Errorf("a token that lasts no longer took the old one's place: %v", err)
	}
	// What has ended cannot be lengthened.
	r.Clock.Pass(60 * day)
	_, err = renewed(t, r, second)
	r.Refused(t, err, connectors.Denied, "link again")
}

func TestATokenThatWasTakenBackIsTheEndOfTheLink(t *testing.T) {
	r := simulate(t, nil)
	tokens, err := consent(t, r, map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	r.Revoke(458)
	_, err = renewed(t, r, tokens)
	r.Refused(t, err, connectors.Denied, "190/458", "link again")
	// What passes is not: the grant stays.
	r.SetFaults(sim.Faults{Down: 5})
	_, err = renewed(t, r, tokens)
	r.Refused(t, err, connectors.Unavailable)
	// A token that does not end is not asked about.
	r.Forget()
	never := connectors.Tokens{Access: secret.New(r.token)}
	if same, err := renewed(t, r, never); err != nil || same.Access.Reveal() != r.token || len(r.Requests()) != 0 {
		t.Errorf("a token without an end was asked about: %v, %v", r.Requests(), err)
	}
}

func TestACodeThatIsRefusedSaysWhatToLookAt(t *testing.T) {
	r := simulate(t, nil)
	a := Connector().Auth[0]
	c := connectors.Consent{Redirect: back, State: "state"}
	_, err := a.Exchange(t.Context(), &http.Client{Transport: r.Transport()}, app, c, "code-of-nobody")
	r.Refused(t, err, connectors.Denied, "100/36009", "begin the link again", "redirect address")
	other := connectors.App{ClientID: app.ClientID, ClientSecret: secret.New("another-secret")}
	_, err = a.Exchange(t.Context(), &http.Client{Transport: r.Transport()}, other, c, "code")
	r.Refused(t, err, connectors.Denied, "client secret", "app's ID and secret")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Exchange(gone, &http.Client{Transport: r.Transport()}, app, c, "code"); err != context.Canceled { //nolint:errorlint // the very error is promised
		t.Errorf("got %v", err)
	}
}

func TestALoginThatDoesNotAgreeToReadIsNamed(t *testing.T) {
	r := simulate(t, nil)
	r.SetFaults(sim.Faults{Declined: []string{canRead}})
	tokens, err := consent(t, r, map[string]string{})
	if err != nil || slices.Contains(tokens.Scopes, canRead) {
		t.Fatalf("may %v: %v", tokens.Scopes, err)
	}
	r.Tokens = tokens
	_, err = accounts(t.Context(), r.Grant())
	if e := r.Refused(t, err, connectors.Forbidden, "the login has ads_read"); e.Scope != canRead {
		t.Errorf("the scope is %q", e.Scope)
	}
}

func TestAnAppThatInsistsOnItsSecretSaysSo(t *testing.T) {
	r := simulate(t, nil)
	r.App = connectors.App{} // as with a pasted token, where no app is configured
	_, err := accounts(t.Context(), r.Grant())
	r.Refused(t, err, connectors.Denied, "ID and secret", "Require app secret")
}

func TestAPastedTokenSaysWhenItEnds(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.RequireProof = false })
	look := func(as connectors.App, token string) (connectors.Tokens, error) {
		return pasted.Inspect(t.Context(), &http.Client{Transport: r.Transport()}, as, nil, secret.New(token))
	}
	for _, as := range []connectors.App{{}, app} {
		got, err := look(as, r.token)
		if err != nil || !got.AccessExpires.IsZero() || got.Access.Reveal() != r.token || !slices.Equal(got.Scopes, []string{canRead}) {
			t.Errorf("a system user's token ends %s, may %v: %v", got.AccessExpires, got.Scopes, err)
		}
		sixty := r.SystemToken(60*day, canRead)
		if got, err := look(as, sixty); err != nil || !got.AccessExpires.Equal(r.Clock.Now().Add(60*day)) {
			t.Errorf("one of sixty days ends %s: %v", got.AccessExpires, err)
		}
		_, err = look(as, "EAABof-nobody")
		r.Refused(t, err, connectors.Denied, "generate a new token")
	}
	// Without the app's secret there is no proof, and it works all the same.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, graph+"/me/adaccounts", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := authorise(req, connectors.App{}, nil, secret.New(r.token)); err != nil || req.URL.RawQuery != "" {
		t.Errorf("authorised as %s, %v", req.URL.RawQuery, err)
	}
}
