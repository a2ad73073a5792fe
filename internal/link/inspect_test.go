package link_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/store/storetest"
)

// A login that is not lengthened is not asked about again at once: that it was looked at counts.
func TestARenewalThatChangesNothingIsNoted(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	g := r.code()
	asked := 0
	c := r.c
	c.Auth = slices.Clone(r.c.Auth)
	c.Auth[0].Renew = func(_ context.Context, _ *http.Client, _ connectors.App, _ map[string]string, old connectors.Tokens) (connectors.Tokens, error) {
		asked++
		return old, nil
	}
	r.clock.Advance(31 * 24 * time.Hour)
	if err := r.l.RenewNow(t.Context(), c, g); err != nil || asked != 1 || !r.stored().UpdatedAt.Equal(r.clock.Now()) {
		t.Errorf("asked %d times, noted at %s: %v", asked, r.stored().UpdatedAt, err)
	}
}

// A provider that tells when a pasted token ends is asked for it, so that the end can be watched.
func TestAPastedTokenIsAskedWhenItEnds(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	ends := began.Add(60 * 24 * time.Hour)
	var refusal error
	c := r.c
	c.Auth = slices.Clone(r.c.Auth)
	for i := range c.Auth {
		if c.Auth[i].Kind == connectors.AuthToken {
			c.Auth[i].Inspect = func(_ context.Context, _ *http.Client, _ connectors.App, _ map[string]string, access secret.Text) (connectors.Tokens, error) {
				return connectors.Tokens{Access: access, AccessExpires: ends, Scopes: []string{"read_orders"}}, refusal
			}
		}
	}
	g, err := r.l.LinkToken(t.Context(), r.merchant, c, connectors.App{}, secret.New(r.srv.IssueToken()), r.given)
	if err != nil {
		t.Fatal(err)
	}
	access, _, err := r.l.Expiry(g)
	if err != nil || !access.Equal(ends) || !slices.Equal(g.Scopes, []string{"read_orders"}) {
		t.Errorf("it ends %s and may %v: %v", access, g.Scopes, err)
	}
	refusal = errors.New("not valid")
	if _, err := r.l.LinkToken(t.Context(), r.merchant, c, connectors.App{}, secret.New(r.srv.IssueToken()), r.given); !errors.Is(err, refusal) {
		t.Errorf("a token that is not valid was kept: %v", err)
	}
}
