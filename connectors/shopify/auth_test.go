package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

var testApp = connectors.App{ClientID: "client-id", ClientSecret: secret.New("hush")}

var someShop = map[string]string{fieldShop: "some-shop.myshopify.com"}

// consent is an asking about a shop.
func consent(fields map[string]string) connectors.Consent {
	return connectors.Consent{Fields: fields, Redirect: "http://127.0.0.1:8711/callback", State: "n0nce"}
}

func TestBegin(t *testing.T) {
	at, err := begin(testApp, consent(map[string]string{fieldShop: "some-shop.myshopify.com", fieldLeaveOut: "read_all_orders"}))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "https" || u.Host != "some-shop.myshopify.com" || u.Path != "/admin/oauth/authorize" {
		t.Errorf("the page is %s", at)
	}
	if q.Get("client_id") != "client-id" || q.Get("redirect_uri") != "http://127.0.0.1:8711/callback" || q.Get("state") != "n0nce" {
		t.Errorf("it asks %v", q)
	}
	if q.Has("grant_options[]") {
		t.Error("it asks for a token that ends with the merchant's session")
	}
	asks := strings.Split(q.Get("scope"), ",")
	if !holds(asks, scopeOrders) || !holds(asks, scopeReports) || holds(asks, scopeAllOrders) {
		t.Errorf("it asks for %v", asks)
	}
	if strings.Contains(at, "hush") {
		t.Error("it tells the secret")
	}
	if _, err := begin(testApp, consent(map[string]string{fieldShop: "a.myshopify.com.evil.example"})); err == nil {
		t.Error("a merchant would be sent to another host")
	}
	if _, err := begin(connectors.App{}, consent(someShop)); err == nil {
		t.Error("there is no app")
	}
}

func TestLeaveOut(t *testing.T) {
	if got, err := checkLeaveOut(" read_reports, read_all_orders read_reports"); err != nil || got != "read_all_orders,read_reports" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := checkLeaveOut(""); err != nil || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, v := range []string{"read_orders", "read_all_order", "write_orders"} {
		if _, err := checkLeaveOut(v); err == nil {
			t.Errorf("%q can be left out", v)
		}
	}
}

func TestWriteImpliesRead(t *testing.T) {
	granted := []string{"write_orders", "read_products"}
	for scope, want := range map[string]bool{scopeOrders: true, scopeProducts: true, scopeCustomers: false, scopeAllOrders: false} {
		if holds(granted, scope) != want {
			t.Errorf("%s: got %v", scope, !want)
		}
	}
}

func callback(query string) *http.Request {
	return httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8711/callback?"+query, nil)
}

// sign makes the query that Shopify would send: parameters sorted, joined and signed.
func sign(key string, params map[string]string) string {
	names := make([]string, 0, len(params))
	for n := range params {
		names = append(names, n)
	}
	sort.Strings(names)
	var message []string
	q := url.Values{}
	for _, n := range names {
		message = append(message, n+"="+params[n])
		q.Set(n, params[n])
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(strings.Join(message, "&")))
	q.Set("hmac", hex.EncodeToString(mac.Sum(nil)))
	return q.Encode()
}

// The vector that Shopify publishes.
const vector = "code=0907a61c0c8d55e99db179b68161bc00&hmac=700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf" +
	"&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173"

var vectorTime = time.Unix(1337178173, 0)

func TestVerify(t *testing.T) {
	cb, err := verify(testApp, callback(vector), vectorTime)
	if err != nil {
		t.Fatal(err)
	}
	if cb.Code != "0907a61c0c8d55e99db179b68161bc00" || cb.State != "0.6784241404160823" || cb.Fields[fieldShop] != "some-shop.myshopify.com" {
		t.Errorf("got %+v", cb)
	}
	withHost := sign("hush", map[string]string{"code": "c0de", "shop": "Some-Shop.myshopify.com", "state": "n-_0", "timestamp": "1337178173",
		"host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w"})
	if cb, err = verify(testApp, callback(withHost), vectorTime); err != nil || cb.Fields[fieldShop] != "some-shop.myshopify.com" {
		t.Errorf("got %+v, %v", cb, err)
	}
	for _, d := range []time.Duration{-90 * time.Second, 90 * time.Second} {
		if _, err := verify(testApp, callback(vector), vectorTime.Add(d)); err != nil {
			t.Errorf("%s off: %v", d, err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	good := map[string]string{"code": "c0de", "shop": "some-shop.myshopify.com", "state": "nonce", "timestamp": "1337178173"}
	with := func(name, value string) string {
		p := map[string]string{}
		for n, v := range good {
			p[n] = v
		}
		if p[name] = value; value == "" {
			delete(p, name)
		}
		return sign("hush", p)
	}
	if _, err := verify(testApp, callback(sign("hush", good)), vectorTime); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	long := strings.Repeat("a", 5000)
	for name, query := range map[string]string{
		"another secret":                        sign("guess", good),
		"an empty secret":                       sign("", good),
		"a changed code":                        strings.Replace(vector, "0907", "0908", 1),
		"a changed shop":                        strings.Replace(vector, "some-shop", "other-shop", 1),
		"no signature":                          strings.Replace(vector, "hmac=", "hmacs=", 1),
		"an empty signature":                    "code=c0de&hmac=&shop=some-shop.myshopify.com&state=nonce&timestamp=1337178173",
		"a signature with more behind it":       strings.Replace(vector, "fc4bf", "fc4bfzz", 1),
		"a signature in capitals":               strings.Replace(vector, "700e2dad", "700E2DAD", 1),
		"a shop with more behind it":            with("shop", "some-shop.myshopify.com.evil.example"),
		"a shop with a path":                    with("shop", "evil.example/some-shop.myshopify.com"),
		"a shop with a line end":                with("shop", "some-shop.myshopify.com\n"),
		"a shop that is a bare name":            with("shop", "some-shop"),
		"no code":                               with("code", ""),
		"no state":                              with("state", ""),
		"no timestamp":                          with("timestamp", ""),
		"no shop":                               with("shop", ""),
		"a parameter Shopify does not send":     with("redirect", "x"),
		"a list":                                with("ids[]", "1"),
		"an ampersand in a value":               with("state", "1&timestamp=1337178173"),
		"a percent sign in a value":             with("state", "1%26"),
		"a timestamp that is no number":         with("timestamp", "1337178173.5"),
		"a negative timestamp":                  with("timestamp", "-1337178173"),
		"the same code twice":                   vector + "&code=0907a61c0c8d55e99db179b68161bc00",
		"another shop besides":                  vector + "&shop=other-shop.myshopify.com",
		"another signature besides":             vector + "&hmac=00",
		"a parameter hidden behind a semicolon": vector + ";shop=other-shop.myshopify.com",
		"a broken escape":                       vector + "%zz",
		"too much":                              with("code", long),
	} {
		cb, err := verify(testApp, callback(query), vectorTime)
		if err == nil {
			t.Errorf("%s was accepted: %+v", name, cb)
			continue
		}
		if cb.Code != "" || cb.Fields != nil {
			t.Errorf("%s: something was given out with the refusal", name)
		}
		for _, leak := range []string{"hush", "c0de", "0907a61c", "700e2dad"} {
			if strings.Contains(err.Error(), leak) {
				t.Errorf("%s: the error tells %q: %v", name, leak, err)
			}
		}
	}
	for _, d := range []time.Duration{-91 * time.Second, 91 * time.Second, 24 * time.Hour} {
		if _, err := verify(testApp, callback(vector), vectorTime.Add(d)); err == nil {
			t.Errorf("accepted %s off", d)
		}
	}
	if _, err := verify(connectors.App{ClientID: "client-id"}, callback(sign("", good)), vectorTime); err == nil {
		t.Error("without a secret, anybody can sign")
	}
	r := callback(vector)
	r.Method = http.MethodPost
	if _, err := verify(testApp, r, vectorTime); err == nil {
		t.Error("a POST was accepted")
	}
}

func TestAuthoriseSendsTheTokenToTheShopAlone(t *testing.T) {
	token := secret.New("shpat_s3cret")
	r := httptest.NewRequest(http.MethodPost, "https://some-shop.myshopify.com/admin/api/2026-10/graphql.json", nil)
	if err := authorise(r, connectors.App{}, someShop, token); err != nil || r.Header.Get(tokenHeader) != "shpat_s3cret" {
		t.Fatalf("%v", err)
	}
	for _, at := range []string{
		"https://other-shop.myshopify.com/", "http://some-shop.myshopify.com/", "https://some-shop.myshopify.com.evil.example/",
		"https://storage.googleapis.com/bulk", "https://some-shop.myshopify.com:444/", "https://admin.shopify.com/",
	} {
		r := httptest.NewRequest(http.MethodGet, at, nil)
		err := authorise(r, connectors.App{}, someShop, token)
		if err == nil || r.Header.Get(tokenHeader) != "" {
			t.Errorf("the token went to %s", at)
		} else if strings.Contains(fmt.Sprint(err), "s3cret") {
			t.Errorf("the error tells the token: %v", err)
		}
	}
	r = httptest.NewRequest(http.MethodGet, "https://some-shop.myshopify.com/", nil)
	r.Host = "evil.example"
	if err := authorise(r, connectors.App{}, someShop, token); err == nil {
		t.Error("the token went to a host in disguise")
	}
	r = httptest.NewRequest(http.MethodGet, "https://some-shop.myshopify.com/", nil)
	if err := authorise(r, connectors.App{}, someShop, secret.Text{}); err == nil {
		t.Error("went without a token")
	}
}
