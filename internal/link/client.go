package link

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// margin is how long before its end an access token is renewed. A request in flight must not outlive its token.
const margin = 5 * time.Minute

// Grant opens a stored grant for a connector: its client authorises each request and renews tokens in time.
func (l *Linker) Grant(c connectors.Connector, g store.Grant) (connectors.Grant, error) {
	auth, err := authOf(c, g.Auth)
	if err != nil {
		return connectors.Grant{}, err
	}
	if g.State == "relink" {
		return connectors.Grant{}, &connectors.Error{Fault: connectors.Denied, Op: Name(g), Err: errors.New(g.Reason), Hint: "link it again: fourfold link " + c.ID}
	}
	app, tokens, err := l.open(g)
	if err != nil {
		return connectors.Grant{}, err
	}
	t := &authorised{linker: l, auth: auth, app: app, grant: g, tokens: tokens, title: c.Title}
	return connectors.Grant{
		Fields: g.Fields, Scopes: g.Scopes,
		Client: &http.Client{Transport: t, Timeout: 90 * time.Second, CheckRedirect: noRedirect},
		// A bulk result may take long to read: its limit is the context's, not the client's.
		Bare: &http.Client{Transport: l.Transport, CheckRedirect: noRedirect},
	}, nil
}

// authorised is the transport of one grant.
type authorised struct {
	linker *Linker
	auth   connectors.Auth
	app    connectors.App
	title  string

	mu     sync.Mutex
	grant  store.Grant
	tokens connectors.Tokens
}

// RoundTrip sends the request with the access token, renewed if it is about to end, or if the provider refuses it before its
// time. A request whose body cannot be read twice is not sent twice.
func (a *authorised) RoundTrip(r *http.Request) (*http.Response, error) {
	tokens, err := a.current(r.Context())
	if err != nil {
		return nil, err
	}
	resp, err := a.send(r, tokens)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || a.auth.Renew == nil || (r.Body != nil && r.GetBody == nil) {
		return resp, err
	}
	renewed, err := a.renew(r.Context(), tokens)
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	if renewed.Access.Reveal() == tokens.Access.Reveal() {
		return resp, nil
	}
	_ = resp.Body.Close()
	return a.send(r, renewed)
}

func (a *authorised) send(r *http.Request, t connectors.Tokens) (*http.Response, error) {
	out := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, fmt.Errorf("read the request again: %w", err)
		}
		out.Body = body
	}
	if err := a.auth.Authorise(out, a.grant.Fields, t.Access); err != nil {
		return nil, err
	}
	return a.linker.Transport.RoundTrip(out)
}

func (a *authorised) current(ctx context.Context) (connectors.Tokens, error) {
	a.mu.Lock()
	tokens := a.tokens
	a.mu.Unlock()
	if tokens.AccessExpires.IsZero() || a.linker.Now().Before(tokens.AccessExpires.Add(-margin)) {
		return tokens, nil
	}
	return a.renew(ctx, tokens)
}

// renew gets the tokens that follow old. One renewal runs at a time, over all processes; whoever waited finds the new tokens.
func (a *authorised) renew(ctx context.Context, old connectors.Tokens) (connectors.Tokens, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens.Access.Reveal() != old.Access.Reveal() {
		return a.tokens, nil
	}
	g, err := a.linker.Renew(ctx, a.auth, a.grant, old)
	if err != nil {
		return connectors.Tokens{}, err
	}
	_, tokens, err := a.linker.open(g)
	if err != nil {
		return connectors.Tokens{}, err
	}
	a.grant, a.tokens = g, tokens
	return tokens, nil
}

// Renew renews a grant's tokens if they are still old, and stores the new ones before it returns. On the provider's definitive
// refusal the grant is marked for relinking; on any other failure it stays as it was.
func (l *Linker) Renew(ctx context.Context, auth connectors.Auth, g store.Grant, old connectors.Tokens) (store.Grant, error) {
	var refused error
	g, err := l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(ctx context.Context, now store.Grant) (store.Grant, error) {
		app, tokens, err := l.open(now)
		if err != nil {
			return now, err
		}
		if tokens.Access.Reveal() != old.Access.Reveal() {
			return now, nil // somebody else has renewed it meanwhile
		}
		if auth.Renew == nil {
			return now, &connectors.Error{Fault: connectors.Denied, Op: Name(now), Hint: "link it again"}
		}
		next, err := auth.Renew(ctx, l.bare(), app, now.Fields, tokens)
		if f, ok := connectors.FaultOf(err); ok && f == connectors.Denied {
			refused = err
			now.State, now.Reason, now.UpdatedAt = "relink", err.Error(), l.Now()
			return now, nil
		}
		if err != nil {
			return now, err
		}
		if len(next.Scopes) > 0 {
			now.Scopes = next.Scopes
		}
		now.UpdatedAt = l.Now()
		return now, l.seal(&now, app, next)
	})
	if refused != nil {
		return g, refused
	}
	return g, err
}
