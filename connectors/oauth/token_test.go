package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// wire answers a token request and keeps it.
type wire struct {
	status int
	body   string
	err    error
	asked  []*http.Request
	forms  []url.Values
}

var provided = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	w.asked, w.forms = append(w.asked, r), append(w.forms, form)
	if w.err != nil {
		return nil, w.err
	}
	h := http.Header{"Content-Type": {"application/json"}, "Date": {provided.Format(http.TimeFormat)}, "Location": {"https://evil.example/"}}
	return &http.Response{StatusCode: w.status, Header: h, Body: io.NopCloser(strings.NewReader(w.body)), Request: r}, nil
}

func (w *wire) client() *http.Client { return &http.Client{Transport: w} }

func declared() Code { return Code{Token: "https://provider.example/token", PKCE: true} }

func fault(t *testing.T, err error, want connectors.Fault) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return e
}

const pair = `{"access_token":"acc","refresh_token":"ref","expires_in":3600,"refresh_token_expires_in":86400,"scope":"a,b","token_type":"bearer"}`

func TestTheAppNamesItselfInTheFormOrInTheHeader(t *testing.T) {
	for style, header := range map[oauth2.AuthStyle]bool{oauth2.AuthStyleAutoDetect: false, oauth2.AuthStyleInParams: false, oauth2.AuthStyleInHeader: true} {
		w := &wire{status: 200, body: pair}
		d := declared()
		d.Style, d.Form = style, map[string]string{"audience": "ads"}
		got, err := d.Auth().Exchange(t.Context(), w.client(), app, consent(), "c0de")
		if err != nil || len(w.asked) != 1 {
			t.Fatalf("%d requests: %v", len(w.asked), err)
		}
		form := w.forms[0]
		for name, want := range map[string]string{"grant_type": "authorization_code", "code": "c0de", "redirect_uri": consent().Redirect, "code_verifier": consent().Verifier, "audience": "ads"} {
			if form.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, form.Get(name), want)
			}
		}
		user, hush, basic := w.asked[0].BasicAuth()
		if hush, _ = url.QueryUnescape(hush); basic != header || form.Has("client_secret") == header || header && (user != "the-app" || hush != "hush&=+") || !header && form.Get("client_secret") != "hush&=+" {
			t.Errorf("style %v: header %v %q, form %v", style, basic, hush, form)
		}
		if got.Access.Reveal() != "acc" || got.Refresh.Reveal() != "ref" || strings.Join(got.Scopes, " ") != "a b" ||
			!got.AccessExpires.Equal(provided.Add(time.Hour)) || !got.RefreshExpires.Equal(provided.Add(24*time.Hour)) {
			t.Errorf("got until %s and %s, scopes %v", got.AccessExpires, got.RefreshExpires, got.Scopes)
		}
	}
}

func TestRenewalRotatesOrKeeps(t *testing.T) {
	old := connectors.Tokens{Access: secret.New("old"), Refresh: secret.New("first"), RefreshExpires: provided.Add(time.Minute), Scopes: []string{"a"}}
	for name, c := range map[string]struct {
		declared Code
		body     string
		refresh  string
		expires  time.Time
	}{
		"kept":                         {Code{}, `{"access_token":"acc","expires_in":3600}`, "first", old.RefreshExpires},
		"kept though they have an age": {Code{RefreshFor: time.Hour}, `{"access_token":"acc","expires_in":3600}`, "first", old.RefreshExpires},
		"kept, with its end said":      {Code{}, `{"access_token":"acc","expires_in":3600,"refresh_token_expires_in":120}`, "first", provided.Add(2 * time.Minute)},
		"rotated":                      {Code{}, `{"access_token":"acc","refresh_token":"second"}`, "second", time.Time{}},
		"rotated, of an age":           {Code{RefreshFor: time.Hour}, `{"access_token":"acc","refresh_token":"second"}`, "second", provided.Add(time.Hour)},
		"rotated, with its end said":   {Code{RefreshFor: time.Hour}, `{"access_token":"acc","refresh_token":"second","refresh_token_expires_in":60}`, "second", provided.Add(time.Minute)},
		"given again":                  {Code{RefreshFor: time.Hour}, `{"access_token":"acc","refresh_token":"first"}`, "first", provided.Add(time.Hour)},
	} {
		w := &wire{status: 200, body: c.body}
		c.declared.Token = "https://provider.example/token"
		got, err := c.declared.Auth().Renew(t.Context(), w.client(), app, nil, old)
		if err != nil {
			t.Fatal(err)
		}
		if w.forms[0].Get("refresh_token") != "first" || w.forms[0].Get("grant_type") != "refresh_token" {
			t.Errorf("%s: asked with %v", name, w.forms[0])
		}
		if got.Access.Reveal() != "acc" || got.Refresh.Reveal() != c.refresh || !got.RefreshExpires.Equal(c.expires) || len(got.Scopes) != 1 {
			t.Errorf("%s: refresh %q until %s, want %q until %s", name, got.Refresh.Reveal(), got.RefreshExpires, c.refresh, c.expires)
		}
	}
	_, err := declared().Auth().Renew(t.Context(), (&wire{}).client(), app, nil, connectors.Tokens{})
	fault(t, err, connectors.Denied)
	if (Code{Lasting: true}).Auth().Renew != nil {
		t.Error("lasting tokens are renewed")
	}
}

func TestRefusalsSayWhatToDoAndTellNoSecret(t *testing.T) {
	const code, refresh = "4/0c0de-of-the-merchant", "1//refresh-of-the-merchant"
	for name, c := range map[string]struct {
		wire wire
		want connectors.Fault
		hint string
	}{
		"consent taken back":  {wire{status: 400, body: `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`}, connectors.Denied, "link"},
		"repeats what it got": {wire{status: 400, body: `{"error":"invalid_grant","error_description":"bad ` + code + ` and ` + refresh + ` and hush&=+ ` + consent().Verifier + `"}`}, connectors.Denied, "link"},
		"names a person":      {wire{status: 400, body: `{"error":"invalid_grant","error_description":"AADSTS50020: User account 'jane.doe@mail.example' does not exist, see https://x.example"}`}, connectors.Denied, "link"},
		"wants a person":      {wire{status: 400, body: `{"error":"interaction_required","error_description":"AADSTS50076: you must use multi-factor authentication."}`}, connectors.Denied, "link"},
		"codes of its own":    {wire{status: 401, body: `{"code":283,"message":"The authorization grant is invalid"}`}, connectors.Denied, "link"},
		"wrong secret":        {wire{status: 401, body: `{"error":"invalid_client","error_description":"Unauthorized"}`}, connectors.Denied, "client ID and secret"},
		"wrong address":       {wire{status: 400, body: `{"error":"redirect_uri_mismatch","error_description":"Bad Request"}`}, connectors.Malformed, "address to return to"},
		"busy":                {wire{status: 429, body: `{"error":"rate_limited"}`}, connectors.Throttled, ""},
		"broken":              {wire{status: 503, body: `<html>1//refresh-of-the-merchant`}, connectors.Unavailable, ""},
		"broken, and says so": {wire{status: 500, body: `{"error":"invalid_grant"}`}, connectors.Unavailable, ""},
		"no token":            {wire{status: 200, body: `{"refresh_token":"` + refresh + `"}`}, connectors.Unavailable, ""},
		"no JSON":             {wire{status: 200, body: refresh}, connectors.Unavailable, ""},
		"sent elsewhere":      {wire{status: 302}, connectors.Unavailable, ""},
		"no connection":       {wire{err: errors.New("no route to host")}, connectors.Unavailable, ""},
	} {
		for _, way := range []string{"exchange", "renew"} {
			w := c.wire
			var err error
			if way == "exchange" {
				_, err = declared().Auth().Exchange(t.Context(), w.client(), app, consent(), code)
			} else {
				_, err = declared().Auth().Renew(t.Context(), w.client(), app, nil, connectors.Tokens{Refresh: secret.New(refresh)})
			}
			e := fault(t, err, c.want)
			if !strings.Contains(e.Hint, c.hint) || e.Op == "" {
				t.Errorf("%s, %s: says %q", name, way, e)
			}
			hidden := []string{"hush", base64.StdEncoding.EncodeToString([]byte("the-app")), "https://", "provider.example/token", "jane.doe"}
			if way == "exchange" {
				hidden = append(hidden, code, consent().Verifier)
			} else {
				hidden = append(hidden, refresh)
			}
			for _, s := range hidden {
				if strings.Contains(err.Error(), s) {
					t.Errorf("%s, %s: tells %q: %v", name, way, s, err)
				}
			}
			if len(w.asked) != 1 {
				t.Errorf("%s, %s: asked %d times", name, way, len(w.asked))
			}
		}
	}
}

func TestAStoppedExchangeIsNoFaultOfTheProvider(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &wire{err: context.Canceled}
	if _, err := declared().Auth().Exchange(ctx, w.client(), app, consent(), "c0de"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
