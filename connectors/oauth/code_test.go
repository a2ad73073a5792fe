package oauth

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

var app = connectors.App{ClientID: "the-app", ClientSecret: secret.New("hush&=+"), DeveloperToken: secret.New("developer")}

func consent() connectors.Consent {
	return connectors.Consent{Redirect: "https://fourfold.example/callback", State: "n0nce", Verifier: "a-verifier-of-forty-three-letters-or-more-00"}
}

func began(t *testing.T, d Code) url.Values {
	t.Helper()
	at, err := d.Auth().Begin(app, consent())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil || u.Host != "provider.example" || strings.Contains(at, "hush") || strings.Contains(at, "a-verifier") {
		t.Fatalf("the merchant is sent to %s: %v", at, err)
	}
	return u.Query()
}

func TestBeginSendsTheMerchantWithWhatTheProviderWants(t *testing.T) {
	d := Code{Authorize: "https://provider.example/agree?kept=1", Scopes: connectors.Scopes{Required: []string{"a", "b"}, Optional: []string{"c"}},
		Extra: map[string]string{"access_type": "offline"}, PKCE: true}
	q := began(t, d)
	for name, want := range map[string]string{
		"kept": "1", "response_type": "code", "client_id": "the-app", "redirect_uri": "https://fourfold.example/callback", "state": "n0nce", "scope": "a b c",
		"access_type": "offline", "code_challenge_method": "S256", "code_challenge": oauth2.S256ChallengeFromVerifier(consent().Verifier),
	} {
		if got := q.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}

	d = Code{Place: func(map[string]string) (string, string) { return "https://provider.example/eu", "" }, Scopes: connectors.Scopes{Required: []string{"a", "b"}}, Separator: ",",
		Params: map[string]string{"client_id": "app_id", "response_type": "-"}}
	q = began(t, d)
	if q.Get("app_id") != "the-app" || q.Get("scope") != "a,b" || q.Has("response_type") || q.Has("client_id") || q.Has("code_challenge") {
		t.Errorf("renamed: %v", q)
	}
}

func TestBeginRefusesWhatCannotComeBack(t *testing.T) {
	for name, change := range map[string]func(a *connectors.App, c *connectors.Consent){
		"no app":      func(a *connectors.App, _ *connectors.Consent) { a.ClientID = "" },
		"no state":    func(_ *connectors.App, c *connectors.Consent) { c.State = "" },
		"no address":  func(_ *connectors.App, c *connectors.Consent) { c.Redirect = "" },
		"no verifier": func(_ *connectors.App, c *connectors.Consent) { c.Verifier = "" },
	} {
		a, c := app, consent()
		change(&a, &c)
		if at, err := (Code{Authorize: "https://provider.example/", PKCE: true}).Auth().Begin(a, c); err == nil {
			t.Errorf("%s: the merchant is sent to %s", name, at)
		}
	}
}

func TestVerifyReadsACallback(t *testing.T) {
	d := Code{Params: map[string]string{"code": "auth_code"}}
	for query, want := range map[string]string{
		"auth_code=c0de&state=n0nce&scope=a&authuser=0": "",
		"auth_code=c0de":                                      "no state",
		"code=c0de&state=n0nce":                               "no auth_code",
		"auth_code=1&auth_code=2&state=n0nce":                 "auth_code twice",
		"auth_code=1&state=a&state=b":                         "state twice",
		"error=access_denied&state=n0nce":                     "the provider says access_denied",
		"error=%1b%5bevil%0a" + strings.Repeat("x", 500):      "the provider says [evil xxx",
		"auth_code=%zz":                                       "cannot be read",
		"auth_code=" + strings.Repeat("x", 9000) + "&state=n": "too long",
	} {
		cb, err := d.Auth().Verify(app, httptest.NewRequest(http.MethodGet, "/callback?"+query, nil), time.Time{})
		switch {
		case want == "" && (err != nil || cb.Code != "c0de" || cb.State != "n0nce"):
			t.Errorf("%s: %+v, %v", query, cb, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 350):
			t.Errorf("%.40s: got %v, want %q", query, err, want)
		}
	}
	if _, err := d.Auth().Verify(app, httptest.NewRequest(http.MethodPost, "/callback?auth_code=c0de&state=n0nce", nil), time.Time{}); err == nil {
		t.Error("a POST is taken for a callback")
	}
}

func TestBearerKeepsTheTokenFromOtherHosts(t *testing.T) {
	put := Bearer(func(r *http.Request, a connectors.App) { r.Header.Set("developer-token", a.DeveloperToken.Reveal()) }, "api.provider.example")
	for at, good := range map[string]bool{
		"https://api.provider.example/x": true, "https://API.provider.example/x": true,
		"http://api.provider.example/x": false, "https://evil.example/x": false, "https://api.provider.example.evil.example/": false, "https://api.provider.example:8443/": false,
	} {
		r := httptest.NewRequest(http.MethodGet, at, nil)
		err := put(r, app, nil, secret.New("t0ken"))
		if (err == nil) != good || r.Header.Get("Authorization") != map[bool]string{true: "Bearer t0ken"}[good] || (r.Header.Get("developer-token") != "") != good {
			t.Errorf("%s: %v with %v", at, err, r.Header)
		}
		if err != nil && strings.Contains(err.Error(), "t0ken") {
			t.Errorf("the error tells the token: %v", err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "https://api.provider.example/", nil)
	r.Host = "evil.example"
	if put(r, app, nil, secret.New("t0ken")) == nil {
		t.Error("the token is sent under another Host header")
	}
	r.Host = ""
	if f, _ := connectors.FaultOf(put(r, app, nil, secret.Text{})); f != connectors.Denied {
		t.Error("a missing token is not Denied")
	}
}
