package shopify

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// tokens posts to the token endpoint as a form.
func (s *stage) tokens(form url.Values) (int, tokenReply, tokenRefusal) {
	s.t.Helper()
	for k, v := range map[string]string{"client_id": "client-id", "client_secret": "client-secret"} {
		if !form.Has(k) {
			form.Set(k, v)
		}
	}
	resp, err := s.client.PostForm("https://tea.myshopify.com/admin/oauth/access_token", form)
	if err != nil {
		return 0, tokenReply{}, tokenRefusal{}
	}
	defer resp.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil {
		s.t.Fatal(err)
	}
	var ok tokenReply
	var no tokenRefusal
	_ = json.Unmarshal(raw, &ok)
	_ = json.Unmarshal(raw, &no)
	return resp.StatusCode, ok, no
}

func (s *stage) works(token string) bool {
	s.token = token
	return s.ask(`{ shop { name } }`, nil).status == http.StatusOK
}

func (s *stage) granted(scopes string) url.Values {
	return url.Values{"code": {s.srv.auth.code(scopes)}}
}

func TestRotation(t *testing.T) {
	clock := NewClock(on(11, 21).Time())
	s := raise(t, rich(t, 0), Options{Now: clock.Now})
	form := s.granted("read_orders")
	form.Set("expiring", "1")
	status, first, _ := s.tokens(form)
	if status != http.StatusOK || !strings.HasPrefix(first.AccessToken, "shpat_") || !strings.HasPrefix(first.RefreshToken, "shprt_") {
		t.Fatalf("%d %+v", status, first)
	}
	refresh := func(r string) (int, tokenReply, tokenRefusal) {
		return s.tokens(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r}})
	}
	clock.Advance(30 * time.Minute)
	_, second, _ := refresh(first.RefreshToken)
	if second.AccessToken == first.AccessToken || second.RefreshToken == first.RefreshToken {
		t.Fatal("nothing was rotated")
	}
	if !s.works(first.AccessToken) {
		t.Error("the old access token died before its hour")
	}
	// The grace: until the new pair is used, the old refresh token gives it again.
	clock.Advance(20 * time.Minute)
	if _, again, _ := refresh(first.RefreshToken); again.AccessToken != second.AccessToken || again.RefreshToken != second.RefreshToken {
		t.Error("the retried refresh gave another pair")
	}
	if !s.works(second.AccessToken) {
		t.Fatal("the new token does not work")
	}
	if status, _, no := refresh(first.RefreshToken); status != http.StatusUnauthorized || no.Code != "invalid_request" || no.Description != "This request requires an active refresh_token" {
		t.Errorf("a retired refresh token: %d %+v", status, no)
	}
	clock.Advance(11 * time.Minute)
	if s.works(first.AccessToken) {
		t.Error("the first access token outlived its hour")
	}
	clock.Advance(89 * 24 * time.Hour)
	if s.works(second.AccessToken) {
		t.Error("the second access token outlived its hour")
	}
	_, third, _ := refresh(second.RefreshToken)
	clock.Advance(91 * 24 * time.Hour)
	if status, _, _ := refresh(third.RefreshToken); status != http.StatusUnauthorized {
		t.Errorf("a refresh token of 91 days: %d", status)
	}
}

// The pair is rotated and the reply is lost: the same refresh token asked again gives the pair.
func TestLostRefresh(t *testing.T) {
	s := raise(t, rich(t, 0), Options{})
	form := s.granted("read_orders")
	form.Set("expiring", "1")
	_, first, _ := s.tokens(form)
	s.srv.SetFaults(Faults{LostRefresh: Chance{Count: 1}})
	ask := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	if status, _, _ := s.tokens(ask); status != 0 {
		t.Fatalf("the reply came: %d", status)
	}
	status, second, _ := s.tokens(ask)
	if status != http.StatusOK || !s.works(second.AccessToken) {
		t.Errorf("after a lost reply: %d", status)
	}
}

func TestGrants(t *testing.T) {
	s := raise(t, rich(t, 0), Options{Scopes: []string{"read_orders", "read_products"}})
	code := s.granted("read_orders,read_customers")
	status, plain, _ := s.tokens(code)
	if status != http.StatusOK || plain.Scope != "read_orders" || plain.ExpiresIn != 0 || plain.RefreshToken != "" || !s.works(plain.AccessToken) {
		t.Errorf("a token that does not expire: %d %+v", status, plain)
	}
	if status, _, no := s.tokens(code); status != http.StatusBadRequest || no.Code != "invalid_request" {
		t.Errorf("a code used twice: %d %+v", status, no)
	}
	if status, _, no := s.tokens(url.Values{"grant_type": {"client_credentials"}, "client_secret": {"wrong"}}); status != http.StatusBadRequest || no.Code != "invalid_client" {
		t.Errorf("a wrong secret: %d %+v", status, no)
	}
	if status, _, no := s.tokens(url.Values{"grant_type": {"password"}}); status != http.StatusBadRequest || no.Code != "unsupported_grant_type" {
		t.Errorf("an unknown grant: %d %+v", status, no)
	}
	status, cc, _ := s.tokens(url.Values{"grant_type": {"client_credentials"}})
	if status != http.StatusOK || cc.ExpiresIn != 86399 || cc.RefreshToken != "" || cc.Scope != "read_orders,read_products" {
		t.Errorf("client credentials: %d %+v", status, cc)
	}
	status, pair, _ := s.tokens(url.Values{"grant_type": {grantExchange}, "subject_token": {plain.AccessToken}, "subject_token_type": {offlineToken},
		"requested_token_type": {offlineToken}, "expiring": {"1"}})
	if status != http.StatusOK || pair.RefreshToken == "" || s.works(plain.AccessToken) || !s.works(pair.AccessToken) {
		t.Errorf("upgrade of an old token: %d", status)
	}
	var d struct {
		CurrentAppInstallation struct{ AccessScopes []struct{ Handle string } }
	}
	if s.must(`{ currentAppInstallation { accessScopes { handle } } }`, nil, &d); len(d.CurrentAppInstallation.AccessScopes) != 1 {
		t.Errorf("scopes of the installation: %+v", d)
	}
	s.srv.Uninstall()
	if s.works(pair.AccessToken) || s.works(cc.AccessToken) {
		t.Error("a token lives after the app was uninstalled")
	}
	if status, _, no := s.tokens(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {pair.RefreshToken}}); status != http.StatusUnauthorized {
		t.Errorf("refresh after the app was uninstalled: %d %+v", status, no)
	}
	if status, _, no := s.tokens(url.Values{"grant_type": {"client_credentials"}}); status != http.StatusBadRequest || no.Code != "shop_not_permitted" {
		t.Errorf("client credentials after the app was uninstalled: %d %+v", status, no)
	}
	if status, again, _ := s.tokens(s.granted("read_orders")); status != http.StatusOK || !s.works(again.AccessToken) {
		t.Errorf("installed again: %d", status)
	}
}

func TestAuthorize(t *testing.T) {
	s := raise(t, rich(t, 0), Options{Redirects: []string{"https://app.example/back?x=1"}})
	ask := func(id, back string) *http.Response {
		resp, err := s.client.Get("https://tea.myshopify.com/admin/oauth/authorize?" + url.Values{"client_id": {id}, "scope": {"read_orders"}, "redirect_uri": {back}, "state": {"s&t"}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	for _, c := range [][2]string{{"other", "https://app.example/back?x=1"}, {"client-id", "https://app.example/back"}, {"client-id", "https://evil.example/back?x=1"}} {
		if resp := ask(c[0], c[1]); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%v answers %d", c, resp.StatusCode)
		}
	}
	back, err := ask("client-id", "https://app.example/back?x=1").Location()
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	keys := []string{}
	for k := range q {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	if !slices.Equal(keys, []string{"code", "hmac", "host", "shop", "state", "timestamp", "x"}) || q.Get("state") != "s&t" || q.Get("hmac") != Sign(q, "client-secret") {
		t.Errorf("callback %s", back)
	}
}

func TestSignVector(t *testing.T) {
	v, err := url.ParseQuery("code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173&hmac=zz")
	if err != nil {
		t.Fatal(err)
	}
	if got := Sign(v, "hush"); got != "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf" {
		t.Errorf("signed %s", got)
	}
}
