package link_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

func TestTheCodeGrant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn)
		r.given["leave_out"] = "read_all_orders"
		g := r.code()
		stored := r.stored()
		if stored.ID != g.ID || stored.State != store.StateActive || stored.Auth != connectors.AuthCode || stored.Fields["shop"] != "tea.myshopify.com" {
			t.Errorf("stored as %+v", stored)
		}
		if !slices.Contains(stored.Scopes, "read_orders") || slices.Contains(stored.Scopes, "read_all_orders") {
			t.Errorf("granted %v", stored.Scopes)
		}
		if !slices.Contains(stored.Asked, "read_reports") || slices.Contains(stored.Asked, "read_all_orders") {
			t.Errorf("what was asked is kept as %v", stored.Asked)
		}
		if name := r.l.Name(stored); name != "shopify tea.myshopify.com" {
			t.Errorf("it is spoken of as %q", name)
		}
		if text := string(stored.Sealed); strings.Contains(text, "shpat") || strings.Contains(text, "client-secret") {
			t.Error("a secret stands readable in the database")
		}
		if err := r.ask(r.open(r.l, stored)); err != nil {
			t.Error(err)
		}
		if access, refresh, err := r.l.Expiry(stored); err != nil || !access.Equal(began.Add(time.Hour)) || !refresh.Equal(began.AddDate(0, 0, 90)) {
			t.Errorf("ends on %s and %s, %v", access, refresh, err)
		}
	})
}

// Every callback that is not the answer to what was begun is refused, and nothing is sent anywhere, nor stored.
func TestForgedCallbacks(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	// again signs the callback anew, as somebody with the client secret could.
	again := func(q url.Values) string {
		q.Set("hmac", sim.Sign(q, "client-secret"))
		return q.Encode()
	}
	for name, forge := range map[string]func(q url.Values) string{
		"state":            func(q url.Values) string { q.Set("state", strings.Repeat("A", 43)); return again(q) },
		"no state":         func(q url.Values) string { q.Del("state"); return again(q) },
		"empty state":      func(q url.Values) string { q.Set("state", ""); return again(q) },
		"hmac":             func(q url.Values) string { q.Set("hmac", strings.Repeat("0", 64)); return q.Encode() },
		"no hmac":          func(q url.Values) string { q.Del("hmac"); return q.Encode() },
		"another's secret": func(q url.Values) string { q.Set("hmac", sim.Sign(q, "another")); return q.Encode() },
		"code changed":     func(q url.Values) string { q.Set("code", "stolen"); return q.Encode() },
		"old timestamp": func(q url.Values) string {
			q.Set("timestamp", "1337178173")
			return again(q)
		},
		"another shop": func(q url.Values) string { q.Set("shop", "other.myshopify.com"); return again(q) },
		"a shop like ours": func(q url.Values) string {
			q.Set("shop", "tea.myshopify.com.evil.example")
			return again(q)
		},
		"duplicate state": func(q url.Values) string { return again(q) + "&state=" + q.Get("state") },
		"duplicate shop":  func(q url.Values) string { return "shop=evil.myshopify.com&" + again(q) },
		"unknown parameter": func(q url.Values) string {
			q.Set("extra", "1")
			return again(q)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := r.begin()
			genuine := r.agree(p)
			before := r.wire.count("")
			_, err := r.l.Complete(t.Context(), p, httptest.NewRequest(http.MethodGet, redirect+"?"+forge(genuine.URL.Query()), nil))
			if !errors.Is(err, link.ErrForged) {
				t.Fatalf("got %v", err)
			}
			if sent := r.wire.count("") - before; sent > 0 {
				t.Errorf("%d requests were sent", sent)
			}
			for _, told := range []string{"client-secret", genuine.URL.Query().Get("code"), genuine.URL.Query().Get("state"), genuine.URL.Query().Get("hmac")} {
				if strings.Contains(err.Error(), told) {
					t.Errorf("the refusal tells %q", err)
				}
			}
			// The forger has not spoilt it for the merchant.
			if _, err := r.l.Complete(t.Context(), p, genuine); err != nil {
				t.Errorf("the genuine callback after it: %v", err)
			}
		})
	}
	grants, err := r.l.Store.Grants(t.Context(), r.merchant)
	if err != nil || len(grants) != 1 {
		t.Errorf("%d grants after many links of one shop, %v", len(grants), err)
	}
}

func TestACallbackIsGoodOnceAndNotForLong(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	p := r.begin()
	callback := r.agree(p)
	if _, err := r.l.Complete(t.Context(), p, callback); err != nil {
		t.Fatal(err)
	}
	before := r.wire.count("")
	if _, err := r.l.Complete(t.Context(), p, callback); !errors.Is(err, link.ErrForged) {
		t.Errorf("the same callback again: %v", err)
	}
	p = r.begin()
	r.clock.Advance(9 * time.Minute)
	callback = r.agree(p) // of this moment
	r.clock.Advance(89 * time.Second)
	if _, err := r.l.Complete(t.Context(), p, callback); !errors.Is(err, link.ErrForged) {
		t.Errorf("after more than ten minutes: %v", err)
	}
	// The code of one login is no answer to the beginning of another.
	one, other := r.begin(), r.begin()
	if _, err := r.l.Complete(t.Context(), one, r.agree(other)); !errors.Is(err, link.ErrForged) {
		t.Errorf("a callback for another link: %v", err)
	}
	if sent := r.wire.count("") - before; sent > 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

func TestALinkNeedsItsFieldsAndItsApp(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	for _, shop := range []string{"", "tea.myshopify.com.evil.example", "tea.example.com", "../tea", "tea/admin"} {
		if _, err := r.l.Begin(r.merchant, r.c, app, map[string]string{"shop": shop}, redirect); err == nil || !strings.Contains(err.Error(), "Store") {
			t.Errorf("shop %q: %v", shop, err)
		}
	}
	if _, err := r.l.Begin(r.merchant, r.c, app, map[string]string{"shop": "tea", "leave_out": "read_orders"}, redirect); err == nil {
		t.Error("a required scope was left out")
	}
	if _, err := r.l.Begin(r.merchant, r.c, connectors.App{ClientID: "client-id"}, r.given, redirect); err == nil || !strings.Contains(err.Error(), "client secret") {
		t.Errorf("without a client secret: %v", err)
	}
	if n := r.wire.count(""); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
