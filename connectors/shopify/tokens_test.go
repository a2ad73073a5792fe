package shopify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

const pair = `{"access_token":"shpat_2","scope":"read_orders,write_products","expires_in":3600,"refresh_token":"shprt_2","refresh_token_expires_in":7776000}`

const deadRefresh = `{"error":"invalid_request","error_description":"This request requires an active refresh_token"}`

var eight = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func (f *fakeShop) form(t *testing.T, n int) url.Values {
	t.Helper()
	s := f.seen[n]
	if s.Method != http.MethodPost || s.Host != "some-shop.myshopify.com" || s.Path != "/admin/oauth/access_token" {
		t.Errorf("asked %s %s%s", s.Method, s.Host, s.Path)
	}
	q, err := url.ParseQuery(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestExchange(t *testing.T) {
	f := &fakeShop{steps: []step{says(200, pair)}}
	got, err := exchange(t.Context(), f.account().Client, testApp, consent(someShop), "c0de")
	if err != nil {
		t.Fatal(err)
	}
	if got.Access.Reveal() != "shpat_2" || got.Refresh.Reveal() != "shprt_2" || !slices.Equal(got.Scopes, []string{"read_orders", "write_products"}) {
		t.Errorf("got other tokens, with %v", got.Scopes)
	}
	if !got.AccessExpires.Equal(eight.Add(time.Hour)) || !got.RefreshExpires.Equal(eight.Add(90*24*time.Hour)) {
		t.Errorf("they expire %s and %s", got.AccessExpires, got.RefreshExpires)
	}
	q := f.form(t, 0)
	for name, want := range map[string]string{"client_id": "client-id", "client_secret": "hush", "code": "c0de", "expiring": "1"} {
		if q.Get(name) != want {
			t.Errorf("sent %s as %q", name, q.Get(name))
		}
	}
}

func TestExchangeForATokenThatDoesNotExpire(t *testing.T) {
	f := &fakeShop{steps: []step{says(200, `{"access_token":"shpat_1","scope":"read_orders"}`)}}
	got, err := exchange(t.Context(), f.account().Client, testApp, consent(someShop), "c0de")
	if err != nil || !got.AccessExpires.IsZero() || !got.Refresh.Empty() {
		t.Fatalf("got %v, %v", got, err)
	}
	f = &fakeShop{}
	again, err := refresh(t.Context(), f.account().Client, testApp, someShop, got)
	if err != nil || again.Access.Reveal() != "shpat_1" || len(f.seen) != 0 {
		t.Errorf("it was to stay as it is: %v", err)
	}
}

func TestExchangeIsSentOnce(t *testing.T) {
	for name, c := range map[string]struct {
		step  step
		fault connectors.Fault
	}{
		"a used code": {says(400, `{"error":"invalid_request","error_description":"The authorization code was not found or was already used"}`), connectors.Denied},
		"a 502":       {says(502, "<html>"), connectors.Unavailable},
		"a reset":     {loses(errReset), connectors.Unavailable},
		"too often":   {says(429, ""), connectors.Unavailable},
		"no token":    {says(200, `{"scope":"read_orders"}`), connectors.Unavailable},
		"a redirect":  {says(307, "", "Location", "https://evil.example/"), connectors.Unavailable},
	} {
		f := &fakeShop{steps: []step{c.step}}
		_, err := exchange(t.Context(), f.account().Client, testApp, consent(someShop), "c0de")
		if fault, _ := connectors.FaultOf(err); fault != c.fault || len(f.seen) != 1 {
			t.Errorf("%s: got %v after %d requests", name, err, len(f.seen))
		}
		tellsNothing(t, err)
	}
	f := &fakeShop{}
	if _, err := exchange(t.Context(), f.account().Client, testApp, consent(map[string]string{fieldShop: "a.myshopify.com.evil.example"}), "c0de"); err == nil || len(f.seen) > 0 {
		t.Errorf("the secret went to another host: %v", err)
	}
}

func tellsNothing(t *testing.T, err error) {
	t.Helper()
	for _, s := range []string{"hush", "c0de", "shpat_", "shprt_"} {
		if err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("the error tells %q: %v", s, err)
		}
	}
}

func TestRefresh(t *testing.T) {
	old := connectors.Tokens{Access: secret.New("shpat_1"), Refresh: secret.New("shprt_1"), AccessExpires: eight}
	cases := []struct {
		name  string
		steps []step
		sent  int
		fault connectors.Fault
	}{
		{"the next pair", []step{says(200, pair)}, 1, ""},
		{"a lost answer, asked for again with the same token", []step{loses(errReset), says(200, pair)}, 2, ""},
		{"a 500 with HTML, and again", []step{says(500, "<html>"), says(200, pair)}, 2, ""},
		{"an answer that is not one", []step{says(200, "<html>"), says(200, pair)}, 2, ""},
		{"the one final answer", []step{says(401, deadRefresh)}, 1, connectors.Denied},
		{"another 401", []step{says(401, `{"error":"invalid_client"}`)}, 1, connectors.Unavailable},
		{"a 400 with the same words", []step{says(400, deadRefresh)}, 1, connectors.Unavailable},
		{"a frozen shop", []step{says(402, ``)}, 1, connectors.Unavailable},
		{"a 403", []step{says(403, ``)}, 1, connectors.Unavailable},
		{"nothing but failures", []step{says(503, "")}, 3, connectors.Unavailable},
		{"a pair without a refresh token", []step{says(200, `{"access_token":"shpat_2","scope":"","expires_in":3600}`)}, 1, connectors.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeShop{steps: c.steps}
				got, err := refresh(t.Context(), f.account().Client, testApp, someShop, old)
				if fault, _ := connectors.FaultOf(err); fault != c.fault || len(f.seen) != c.sent {
					t.Fatalf("got %v after %d requests, want %q after %d", err, len(f.seen), c.fault, c.sent)
				}
				tellsNothing(t, err)
				for n := range f.seen {
					if q := f.form(t, n); q.Get("grant_type") != "refresh_token" || q.Get("refresh_token") != "shprt_1" || q.Get("client_secret") != "hush" {
						t.Errorf("request %d is not a refresh with the old token", n)
					}
				}
				if err == nil && (got.Access.Reveal() != "shpat_2" || got.Refresh.Reveal() != "shprt_2") {
					t.Error("the new pair is not the one that was sent")
				}
			})
		})
	}
}

func TestRefreshStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeShop{steps: []step{func(r *http.Request, _ []byte) (*http.Response, error) { cancel(); return nil, r.Context().Err() }}}
	_, err := refresh(ctx, f.account().Client, testApp, someShop, connectors.Tokens{Refresh: secret.New("shprt_1")})
	if !errors.Is(err, context.Canceled) || len(f.seen) != 1 {
		t.Errorf("got %v", err)
	}
}

func TestClientCredentials(t *testing.T) {
	cases := []struct {
		name  string
		step  step
		fault connectors.Fault
	}{
		{"a token for a day", says(200, `{"access_token":"shpat_2","scope":"read_orders","expires_in":86399}`), ""},
		{"an app without scopes", says(200, `{"access_token":"shpat_2","scope":"","expires_in":86399}`), connectors.Forbidden},
		{"a wrong secret", says(401, `{"error":"invalid_client"}`), connectors.Denied},
		{"another organization", says(400, `{"error":"shop_not_permitted","error_description":"Client credentials cannot be performed on this shop."}`), connectors.Denied},
		{"a 502", says(502, "<html>"), connectors.Unavailable},
		{"a 401 that says nothing", says(401, ""), connectors.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := &fakeShop{steps: []step{c.step}}
			got, err := askAgain(t.Context(), f.account().Client, testApp, someShop, connectors.Tokens{})
			if fault, _ := connectors.FaultOf(err); fault != c.fault {
				t.Fatalf("got %v, want %q", err, c.fault)
			}
			tellsNothing(t, err)
			if q := f.form(t, 0); q.Get("grant_type") != "client_credentials" || q.Get("client_secret") != "hush" {
				t.Error("that is no request for client credentials")
			}
			if err == nil && !got.AccessExpires.Equal(eight.Add(86399*time.Second)) {
				t.Errorf("it expires %s", got.AccessExpires)
			}
		})
	}
}
