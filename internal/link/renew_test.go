package link_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

const tokenPath = "access_token"

// Many requests of two processes find the token at its end: it is renewed once, and the new pair is stored before it is used.
func TestOneRenewalForAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn)
		g := r.code()
		before := r.wire.count(tokenPath)
		r.wire.seen = func(out *http.Request) {
			if token := out.Header.Get("X-Shopify-Access-Token"); token != "" {
				if _, kept, err := tokenOf(r, r.stored()); err != nil || kept != token {
					t.Errorf("a token was used that is not the stored one, %v", err)
				}
			}
		}
		r.clock.Advance(56 * time.Minute)
		var all sync.WaitGroup
		for _, l := range []*link.Linker{r.l, r.linker(dsn)} {
			opened := r.open(l, g)
			for range 6 {
				all.Go(func() {
					if err := r.ask(opened); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		if n := r.wire.count(tokenPath) - before; n != 1 {
			t.Errorf("the token was renewed %d times", n)
		}
	})
}

// tokenOf opens a stored grant as a linker of the same key does, and tells its access token by what it puts on a request.
func tokenOf(r *rig, g store.Grant) (store.Grant, string, error) {
	ring, err := vault.Parse(r.key)
	if err != nil {
		return g, "", err
	}
	var token string
	catch := roundTrip(func(out *http.Request) (*http.Response, error) {
		token = out.Header.Get("X-Shopify-Access-Token")
		return nil, errors.New("caught")
	})
	l := &link.Linker{Store: r.l.Store, Vault: ring, Connectors: r.l.Connectors, Transport: catch, Now: func() time.Time { return time.Time{} }}
	opened, err := l.Grant(r.c, g)
	if err != nil {
		return g, "", err
	}
	_, _ = opened.Client.Get("https://tea.myshopify.com/admin/api/2026-10/graphql.json")
	return g, token, nil
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestALostRefreshReply(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	opened := r.open(r.l, r.code())
	r.clock.Advance(2 * time.Hour)
	r.srv.SetFaults(sim.Faults{LostRefresh: sim.Chance{Count: 2}})
	if err := r.ask(opened); err != nil {
		t.Errorf("two lost replies: %v", err)
	}
	r.clock.Advance(2 * time.Hour)
	// All attempts lost: nothing is given up, and the pair that is kept still renews.
	r.srv.SetFaults(sim.Faults{LostRefresh: sim.Chance{Count: 3}})
	if err := r.send(opened); err == nil || isDenied(err) {
		t.Errorf("three lost replies: %v", err)
	}
	if g := r.stored(); g.State != store.StateActive {
		t.Errorf("the grant is %s: %s", g.State, g.Reason)
	}
	if err := r.ask(r.open(r.l, r.stored())); err != nil {
		t.Errorf("the next run: %v", err)
	}
}

// Only the provider's definitive answer ends a grant.
func TestRelinkOnTheDefinitiveAnswerOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn)
		opened := r.open(r.l, r.code())
		other := r.open(r.linker(dsn), r.stored())
		r.clock.Advance(2 * time.Hour)
		for status, body := range map[int]string{
			http.StatusServiceUnavailable: "<html>down</html>",
			http.StatusTooManyRequests:    `{"error":"rate"}`,
			http.StatusBadRequest:         `{"error":"invalid_request","error_description":"odd"}`,
			http.StatusUnauthorized:       "<html>a proxy wants a password</html>",
			http.StatusOK:                 `{"access_token":""}`,
		} {
			r.wire.fake = func(out *http.Request) *http.Response {
				if !strings.Contains(out.URL.Path, tokenPath) {
					return nil
				}
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
			}
			if err := r.send(opened); err == nil || isDenied(err) {
				t.Errorf("HTTP %d: %v", status, err)
			}
			if g := r.stored(); g.State != store.StateActive {
				t.Fatalf("after HTTP %d the grant is %s", status, g.State)
			}
		}
		r.wire.fake = nil
		r.srv.Uninstall()
		if err := r.ask(opened); !isDenied(err) {
			t.Errorf("an uninstalled app: %v", err)
		}
		g := r.stored()
		if g.State != store.StateRelink || g.Reason == "" || strings.Contains(g.Reason, "shprt") {
			t.Errorf("the grant is %s: %q", g.State, g.Reason)
		}
		// Nobody asks with it any more.
		before := r.wire.count("")
		if _, err := r.l.Grant(r.c, g); !isDenied(err) || !strings.Contains(err.Error(), "fourfold link shopify") {
			t.Errorf("a dead grant opens: %v", err)
		}
		if err := r.ask(other); !isDenied(err) {
			t.Errorf("another process: %v", err)
		}
		if n := r.wire.count("") - before; n > 0 {
			t.Errorf("%d requests were sent", n)
		}
		// Linked again, it is the same grant, alive.
		if again := r.code(); again.ID != g.ID || again.State != store.StateActive || again.Reason != "" {
			t.Errorf("linked again as %+v", again)
		}
		if err := r.ask(r.open(r.l, r.stored())); err != nil {
			t.Error(err)
		}
	})
}

// A token refused before its time is renewed once, and the request sent again.
func TestAnAccessTokenThatDiedEarly(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	opened := r.open(r.l, r.code())
	refuse := 1
	r.wire.fake = func(out *http.Request) *http.Response {
		if out.Header.Get("X-Shopify-Access-Token") == "" || refuse == 0 {
			return nil
		}
		refuse--
		return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
	}
	before := r.wire.count(tokenPath)
	if err := r.ask(opened); err != nil {
		t.Error(err)
	}
	if n := r.wire.count(tokenPath) - before; n != 1 {
		t.Errorf("renewed %d times", n)
	}
}

func TestClientCredentialsAreAskedForAgainWithinADay(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	g, err := r.l.LinkClient(t.Context(), r.merchant, r.c, app, r.given)
	if err != nil {
		t.Fatal(err)
	}
	opened := r.open(r.l, g)
	before := r.wire.count(tokenPath)
	step := func(d time.Duration, want int) {
		t.Helper()
		r.clock.Advance(d)
		if err := r.ask(opened); err != nil {
			t.Error(err)
		}
		if n := r.wire.count(tokenPath) - before; n != want {
			t.Errorf("after another %s: renewed %d times, want %d", d, n, want)
		}
	}
	step(23*time.Hour, 0)
	step(56*time.Minute, 1)
	step(23*time.Hour, 1)
	step(30*time.Hour, 2)
	wrong := connectors.App{ClientID: "client-id", ClientSecret: secret.New("wrong")}
	if _, err := r.l.LinkClient(t.Context(), r.merchant, r.c, wrong, r.given); !isDenied(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong client secret: %v", err)
	}
	if err := r.ask(r.open(r.l, r.stored())); err != nil {
		t.Errorf("the link that was there before: %v", err)
	}
}

func TestAPastedToken(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	g := r.code()
	// A slip of the hand does not take the place of the link that works.
	for _, slip := range []string{"", "shpat_0123", "two words", "shpat_\u00e9"} {
		if _, err := r.l.LinkToken(t.Context(), r.merchant, r.c, connectors.App{}, secret.New(slip), r.given); err == nil || slip != "" && strings.Contains(err.Error(), slip) {
			t.Errorf("%q: %v", slip, err)
		}
	}
	if err := r.ask(r.open(r.l, r.stored())); err != nil {
		t.Fatal(err)
	}
	token := r.srv.IssueToken()
	again, err := r.l.LinkToken(t.Context(), r.merchant, r.c, connectors.App{}, secret.New(token), r.given)
	if err != nil || again.ID != g.ID || again.Auth != connectors.AuthToken {
		t.Fatalf("linked as %+v, %v", again, err)
	}
	opened := r.open(r.l, again)
	r.clock.Advance(400 * 24 * time.Hour)
	if err := r.ask(opened); err != nil {
		t.Errorf("a year later: %v", err)
	}
	// There is nothing to renew: a 401 is the end of it.
	r.srv.Uninstall()
	before := r.wire.count(tokenPath)
	refused := r.ask(opened)
	if !isDenied(refused) || r.wire.count(tokenPath) > before {
		t.Errorf("a dead token: %v", refused)
	}
	// It is marked, but not where a person has linked again meanwhile.
	fresh, err := r.l.LinkToken(t.Context(), r.merchant, r.c, connectors.App{}, secret.New(r.srv.IssueToken()), r.given)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.l.Refused(t.Context(), opened, refused); err != nil || r.stored().State != store.StateActive {
		t.Errorf("the new link is %s, %v", r.stored().State, err)
	}
	if err := r.l.Refused(t.Context(), r.open(r.l, fresh), refused); err != nil || r.stored().State != store.StateRelink {
		t.Errorf("the refused link is %s, %v", r.stored().State, err)
	}
}

// A redirect is an answer like any other: no token and no code follows it.
func TestTokensFollowNoRedirect(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	p := r.begin()
	callback := r.agree(p)
	away := func(out *http.Request) *http.Response {
		if out.URL.Host != "tea.myshopify.com" {
			t.Errorf("something was sent to %s", out.URL.Host)
		}
		return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://evil.example/"}}, Body: http.NoBody}
	}
	opened := r.open(r.l, r.code())
	r.wire.fake = away
	if err := r.send(opened); err == nil {
		t.Error("a redirect was taken for an answer")
	}
	if _, err := r.l.Complete(t.Context(), p, callback); err == nil {
		t.Error("a redirect was taken for a token")
	}
	r.clock.Advance(2 * time.Hour)
	if err := r.send(opened); err == nil || isDenied(err) {
		t.Errorf("a redirect of the renewal: %v", err)
	}
	r.wire.fake = nil
	if err := r.send(opened); err != nil {
		t.Fatal(err)
	}
	before := r.wire.count("")
	for _, address := range []string{"https://evil.example/", "http://tea.myshopify.com/", "https://tea.myshopify.com.evil.example/"} {
		if resp, err := opened.Client.Get(address); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was asked with a token", address)
		}
	}
	if n := r.wire.count("") - before; n > 0 {
		t.Errorf("%d requests were sent elsewhere", n)
	}
}

func TestAnotherKey(t *testing.T) {
	dsn := storetest.SQLite(t)
	r := newRig(t, dsn)
	g := r.code()
	r.key = vault.NewKey()
	stranger := r.linker(dsn)
	if _, err := stranger.Grant(r.c, g); !errors.Is(err, vault.ErrKey) || isDenied(err) {
		t.Errorf("got %v", err)
	}
	if r.stored().State != store.StateActive {
		t.Error("a wrong key file has killed the grant")
	}
	// A grant's tokens open for no other merchant and no other shop.
	moved := g
	moved.MerchantID++
	if _, err := r.l.Grant(r.c, moved); err == nil {
		t.Error("another merchant opened it")
	}
	moved = g
	moved.Fields = map[string]string{"shop": "other.myshopify.com"}
	if _, err := r.l.Grant(r.c, moved); err == nil {
		t.Error("another shop opened it")
	}
}

func TestResealing(t *testing.T) {
	dsn := storetest.SQLite(t)
	r := newRig(t, dsn)
	g := r.code()
	old := r.key
	r.key = secret.New(vault.NewKey().Reveal() + "\n" + old.Reveal())
	both := r.linker(dsn)
	for _, want := range []bool{true, false} {
		if changed, err := both.ResealStored(t.Context(), g); err != nil || changed != want {
			t.Errorf("sealed anew: %t, %v; want %t", changed, err, want)
		}
	}
	if err := r.ask(r.open(both, r.stored())); err != nil {
		t.Error(err)
	}
	if _, err := r.l.Grant(r.c, r.stored()); !errors.Is(err, vault.ErrKey) {
		t.Errorf("the old key alone opens it: %v", err)
	}
}
