package shopify

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func opened(query string) *http.Request {
	return httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8378/shopify?"+query, nil)
}

func TestInstall(t *testing.T) {
	now := time.Unix(1337178173, 0)
	params := func(more ...string) map[string]string {
		p := map[string]string{"shop": "some-shop.myshopify.com", "timestamp": "1337178173", "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w"}
		for i := 0; i+1 < len(more); i += 2 {
			if p[more[i]] = more[i+1]; more[i+1] == "" {
				delete(p, more[i])
			}
		}
		return p
	}
	for _, good := range []map[string]string{params(), params("host", ""), params("embedded", "1", "locale", "de-DE", "session", "0f3a", "id_token", "eyJ.eyJ.x_-"), params("shop", "Some-Shop.myshopify.com")} {
		fields, err := install(testApp, opened(sign("hush", good)), now)
		if err != nil || len(fields) != 1 || fields[fieldShop] != "some-shop.myshopify.com" {
			t.Errorf("%v: %v, %v", good, fields, err)
		}
	}
	for what, query := range map[string]string{
		"another secret":      sign("other", params()),
		"no secret":           sign("", params()),
		"no signature":        strings.Split(sign("hush", params()), "hmac=")[0],
		"another shop":        strings.Replace(sign("hush", params()), "some-shop", "evil-shop", 1),
		"another host":        sign("hush", params("shop", "some-shop.myshopify.com.evil.example")),
		"no shop":             sign("hush", params("shop", "")),
		"no time":             sign("hush", params("timestamp", "")),
		"old":                 sign("hush", params("timestamp", "1337178082")),
		"of the future":       sign("hush", params("timestamp", "1337178264")),
		"a shop twice":        sign("hush", params()) + "&shop=evil-shop.myshopify.com",
		"something unsigned":  sign("hush", params()) + "&embedded=1",
		"an odd name":         sign("hush", params("a.b", "1")),
		"ambiguous":           sign("hush", params("host", "x%26shop=evil-shop.myshopify.com")),
		"a consent's answer":  vector,
		"cannot be read":      "%zz",
		"too long":            sign("hush", params("host", strings.Repeat("x", 5000))),
		"nothing":             "",
		"a signature in caps": strings.ToUpper(sign("hush", params())),
	} {
		if fields, err := install(testApp, opened(query), now); err == nil {
			t.Errorf("%s is taken: %v", what, fields)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v tells the secret", what, err)
		}
	}
	post := opened(sign("hush", params()))
	post.Method = http.MethodPost
	if _, err := install(testApp, post, now); err == nil {
		t.Error("a form is taken")
	}
	// What opens the app answers no consent.
	if _, err := verify(testApp, callback(sign("hush", params())), now); err == nil {
		t.Error("it is taken for the answer to a consent")
	}
}
