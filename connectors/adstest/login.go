package adstest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// Redirect is where the merchant comes back to after agreeing.
const Redirect = "https://fourfold.example/callback"

// Login is one merchant's login at a simulated provider, and the house's way to use it: it puts the token on requests and renews it when it has ended, or is
// refused.
type Login struct {
	Connector connectors.Connector
	App       connectors.App
	Fields    map[string]string
	Clock     *Clock
	Net       http.RoundTripper // the way to the provider; a test may put another in its place
	Tokens    connectors.Tokens
	Renewed   int      // how often
	Hush      []string // what no error may tell, beside secrets and addresses
}

func (l *Login) auth() connectors.Auth { return l.Connector.Auth[0] }

// Bare is a client over the way to the provider, without a token.
func (l *Login) Bare() *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return l.Net.RoundTrip(r) })}
}

// Grant is what the house hands to a connector.
func (l *Login) Grant() connectors.Grant {
	return connectors.Grant{Fields: l.Fields, Scopes: l.Tokens.Scopes, Client: &http.Client{Transport: l}, Bare: l.Bare()}
}

// Consent is what the merchant is asked for.
func (l *Login) Consent() connectors.Consent {
	return connectors.Consent{Fields: l.Fields, Redirect: Redirect, State: "n0nce", Verifier: strings.Repeat("verifier", 8)}
}

// Agree goes through the merchant's browser: the page, the merchant's yes, the callback. It returns the code.
func (l *Login) Agree(t *testing.T, c connectors.Consent) string {
	t.Helper()
	page, err := l.auth().Begin(l.App, c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := l.Net.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Fatalf("the page to agree on answers HTTP %d: %v", resp.StatusCode, err)
	}
	back.Fragment = "" // which browsers keep to themselves
	callback, err := l.auth().Verify(l.App, httptest.NewRequestWithContext(t.Context(), http.MethodGet, back.String(), nil), l.Clock.Now())
	if err != nil || callback.State != c.State {
		t.Fatalf("the callback proves the state %q: %v", callback.State, err)
	}
	return callback.Code
}

// Exchange turns a code into tokens, and uses them from then on.
func (l *Login) Exchange(ctx context.Context, c connectors.Consent, code string) error {
	tokens, err := l.auth().Exchange(ctx, l.Bare(), l.App, c, code)
	if err == nil {
		l.Tokens = tokens
	}
	return err
}

// Link goes the merchant's way from the page to the tokens.
func (l *Login) Link(t *testing.T) {
	t.Helper()
	c := l.Consent()
	if err := l.Exchange(t.Context(), c, l.Agree(t, c)); err != nil {
		t.Fatal(err)
	}
}

// Use takes an access token that was got otherwise, and has no successor.
func (l *Login) Use(access string) { l.Tokens = connectors.Tokens{Access: secret.New(access)} }

// Renew gets the next tokens.
func (l *Login) Renew(ctx context.Context) error {
	next, err := l.auth().Renew(ctx, l.Bare(), l.App, l.Fields, l.Tokens)
	if err == nil {
		l.Tokens = next
		l.Renewed++
	}
	return err
}

// RoundTrip sends a request with the token, and again with the next one where it is refused.
func (l *Login) RoundTrip(r *http.Request) (*http.Response, error) {
	renews := !l.Tokens.Refresh.Empty()
	if renews && !l.Tokens.AccessExpires.IsZero() && l.Clock.Now().After(l.Tokens.AccessExpires.Add(-5*time.Minute)) {
		if err := l.Renew(r.Context()); err != nil {
			return nil, err
		}
	}
	resp, err := l.send(r)
	if err != nil || !renews || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	_ = resp.Body.Close()
	if err := l.Renew(r.Context()); err != nil {
		return nil, err
	}
	return l.send(r)
}

func (l *Login) send(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	if err := l.auth().Authorise(out, l.App, l.Fields, l.Tokens.Access); err != nil {
		return nil, err
	}
	return l.Net.RoundTrip(out)
}

// Account is an account to pull from, as described.
func (l *Login) Account(i connectors.AccountInfo) connectors.Account {
	return connectors.Account{Grant: l.Grant(), AccountInfo: i, Now: l.Clock.Now}
}

// Open is an account as the house opens it after linking: the connector's own list describes it.
func (l *Login) Open(t *testing.T, id string) connectors.Account {
	t.Helper()
	infos, err := l.Connector.Accounts(t.Context(), l.Grant())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("account %s is not among %v", id, infos)
	}
	return l.Account(infos[i])
}

// Stream is one of the connector's.
func (l *Login) Stream(t *testing.T, id string) connectors.Stream {
	t.Helper()
	i := slices.IndexFunc(l.Connector.Streams, func(s connectors.Stream) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("there is no stream %s", id)
	}
	return l.Connector.Streams[i]
}
