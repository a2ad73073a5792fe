package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func formFor(method string) url.Values {
	if method == http.MethodGet {
		return nil
	}
	return url.Values{}
}

// A form on another site, sent with the visitor's own cookie, changes nothing at any address.
func TestCrossSiteRequests(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.as(ada)
	elsewhere := []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}},
		{"Origin": {"https://evil.example"}},
		{"Origin": {"null"}},
		{"Origin": {w.Base + ".evil.example"}},
		{"Origin": {strings.Replace(w.Base, "http:", "https:", 1) + "1"}},
	}
	tried := 0
	for _, rt := range routes {
		method, address := w.address(rt)
		if method == http.MethodGet {
			continue
		}
		tried++
		for _, b.header = range elsewhere {
			w.keeps(rt.pattern, func() {
				a := b.do(method, address, url.Values{})
				if a.status != http.StatusForbidden || !strings.Contains(a.body, "came from another site") {
					t.Errorf("%s with %v: status %d: %s", rt.pattern, b.header, a.status, a.text())
				}
			})
		}
	}
	if tried < 5 {
		t.Errorf("only %d routes change anything", tried)
	}
	for _, b.header = range []http.Header{{"Sec-Fetch-Site": {"same-origin"}, "Origin": {w.Base}}, {"Origin": {w.Base}}, {}} {
		b.post("/me/language", "language", "de").leads(t, "/me")
	}
}

// Behind a proxy that changes the host, the site's own forms are its own.
func TestProxyThatChangesTheHost(t *testing.T) {
	w := newWorld(newRig(t, func(s *Site) { s.Base = "https://fourfold.example" }), plain)
	for origin, want := range map[string]int{"https://fourfold.example": http.StatusUnauthorized, "https://evil.example": http.StatusForbidden} {
		req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8378/sign-in", strings.NewReader("name=x&password=y"))
		req.Header.Set("Origin", origin)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("from %s: status %d, expected %d", origin, rec.Code, want)
		}
	}
}

// What only reads changes nothing, whoever made the visitor's browser ask for it.
func TestReadingChangesNothing(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.as(ada)
	for _, rt := range routes {
		if method, address := w.address(rt); method == http.MethodGet {
			w.keeps(rt.pattern, func() { b.get(address) })
		}
	}
}

// harden is what every answer has.
func harden(t *testing.T, what string, h http.Header) {
	t.Helper()
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the policy lacks %s: %q", what, part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || strings.Contains(csp, "http:") {
		t.Errorf("%s: the policy is open: %q", what, csp)
	}
	for name, value := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if h.Get(name) != value {
			t.Errorf("%s: %s is %q, expected %q", what, name, h.Get(name), value)
		}
	}
	if told := h.Get("Referrer-Policy"); told != "same-origin" && told != "no-referrer" {
		t.Errorf("%s: other sites are told where a visitor comes from: %q", what, told)
	}
	for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin"} {
		if h.Get(name) != "" {
			t.Errorf("%s: it says %s: %s", what, name, h.Get(name))
		}
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	nobody, somebody := w.browser(), w.as(ada)
	for _, rt := range routes {
		method, address := w.address(rt)
		for _, b := range []*browser{nobody, somebody} {
			a := b.do(method, address, formFor(method))
			harden(t, rt.pattern, a.header)
			if cache := a.header.Get("Cache-Control"); !strings.Contains(cache, "no-store") && !strings.Contains(cache, "private") && !strings.Contains(cache, "no-cache") {
				t.Errorf("%s: others may keep it: %q", rt.pattern, cache)
			}
		}
	}
	for _, address := range []string{"/nowhere/at/all", "/m/1/../..", "/assets/0000000000000000/style.css", "/assets/x/../../etc/passwd", "/feed/1.x/kpis.csv", "/api/v1/kpis", "/api/nowhere"} {
		harden(t, address, nobody.get(address).header)
	}
	for name := range w.assets.files {
		a := nobody.get(w.assets.address(name)).sees(t, 200)
		harden(t, name, a.header)
	}
	somebody.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
	harden(t, "a refusal", somebody.post("/sign-out").header)
}

// Over HTTPS browsers are told to come by nothing else, and over HTTP, as on one machine, they are not.
func TestCookies(t *testing.T) {
	for base, want := range map[string]http.Cookie{
		"http://127.0.0.1:8378":    {Name: "fourfold"},
		"https://fourfold.example": {Name: "__Host-fourfold", Secure: true},
	} {
		w := newWorld(newRig(t, func(s *Site) { s.Base = base }), plain)
		rec := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"name": {vera}, "password": {thePassword}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w.Handler().ServeHTTP(rec, req)
		cookies := rec.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: %d cookies", base, len(cookies))
		}
		c := cookies[0]
		if c.Name != want.Name || c.Secure != want.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 43 {
			t.Errorf("%s: the cookie is %s", base, c)
		}
		if strings.Contains(w.dump(), c.Value) {
			t.Errorf("%s: the session's token is stored as it is", base)
		}
		if got := rec.Header().Get("Strict-Transport-Security") != ""; got != want.Secure {
			t.Errorf("%s: strict transport: %v", base, got)
		}
	}
}

// An address of this site leads to no other.
func TestOpenRedirect(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	for _, next := range []string{
		"https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
		"http:evil.example", "javascript:xss()", "data:text/html,x", "evil.example", " //evil.example", "//evil.example@", "/%5cevil.example\\",
		"https:/evil.example", "?next=//evil.example", "", "//", "http://[::1", "/\x00/evil.example", "/..//evil.example", "/.//evil.example", "/me/..//evil.example",
	} {
		b := w.browser()
		b.get("/sign-in?next="+url.QueryEscape(next)).sees(t, 200)
		at := b.post("/sign-in", "name", vera, "password", thePassword, "next", next).header.Get("Location")
		if u, err := url.Parse(at); err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") || strings.ContainsAny(at, "\\\t\n") {
			t.Errorf("next=%q leads to %q", next, at)
		}
	}
	for _, next := range []string{"/me", "/m/1/2026-10?compare=year", "/invited/1.x"} {
		w.browser().post("/sign-in", "name", vera, "password", thePassword, "next", next).leads(t, next)
	}
	b := w.as(vera)
	for _, path := range []string{"//evil.example", "//evil.example/..", "/%2f/evil.example", "/.//evil.example/", "/m//evil.example", "/%5cevil.example", "//evil.example/me/.."} {
		at := b.do(http.MethodGet, w.server.URL+path, nil).header.Get("Location")
		if u, err := url.Parse(at); err != nil || u.Host != "" || strings.HasPrefix(at, "//") {
			t.Errorf("%s leads to %q", path, at)
		}
	}
}

// A form that never ends is not read to its end.
func TestLargeForms(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.browser()
	if a := b.post("/sign-in", "name", vera, "password", strings.Repeat("x", 2*maxForm)); a.status < 400 || a.status >= 500 {
		t.Errorf("status %d", a.status)
	}
	b.post("/sign-in", "name", vera, "password", strings.Repeat("x", longest+1)).sees(t, 401)
}
