package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
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
	if g.State == store.StateRelink {
		return connectors.Grant{}, l.relink(g)
	}
	app, tokens, err := l.open(g)
	if err != nil {
		return connectors.Grant{}, err
	}
	return l.client(auth, app, g, tokens), nil
}

// relink is the fault of a grant that the provider has refused for good.
func (l *Linker) relink(g store.Grant) error {
	return &connectors.Error{Fault: connectors.Denied, Op: l.Name(g), Err: errors.New(g.Reason), Hint: relinkHint(g.Connector)}
}

func (l *Linker) client(auth connectors.Auth, app connectors.App, g store.Grant, tokens connectors.Tokens) connectors.Grant {
	t := &authorised{linker: l, auth: auth, app: app, fields: g.Fields, grant: g, tokens: tokens}
	return connectors.Grant{
		Fields: g.Fields, Scopes: g.Scopes,
		Client: &http.Client{Transport: t, Timeout: 90 * time.Second, CheckRedirect: noRedirect},
		// A bulk result may take long to read: its limit is the context's, not the client's.
		Bare: &http.Client{Transport: l.Transport, CheckRedirect: noRedirect},
	}
}

// authorised is the transport of one grant.
type authorised struct {
	linker *Linker
	auth   connectors.Auth
	app    connectors.App
	fields map[string]string

	mu     sync.Mutex
	grant  store.Grant
	tokens connectors.Tokens
}

// RoundTrip sends the request with the access token, renewed if it is about to end, or if the provider refuses it before its
// time. A request whose body cannot be read twice is not sent twice.
func (a *authorised) RoundTrip(r *http.Request) (*http.Response, error) {
	tokens, err := a.current(r.Context())
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	resp, err := a.send(r, r.Body, tokens.Access)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || a.auth.Renew == nil || (r.Body != nil && r.GetBody == nil) {
		return resp, err
	}
	renewed, err := a.renew(r.Context(), tokens)
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	if same(renewed, tokens) {
		return resp, nil
	}
	_ = resp.Body.Close()
	body := r.Body
	if r.GetBody != nil {
		if body, err = r.GetBody(); err != nil {
			return nil, fmt.Errorf("read the request again: %w", err)
		}
	}
	return a.send(r, body, renewed.Access)
}

func (a *authorised) send(r *http.Request, body io.ReadCloser, access secret.Text) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.Body = body
	if err := a.auth.Authorise(out, a.app, a.fields, access); err != nil {
		if body != nil {
			_ = body.Close()
		}
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
	if !same(a.tokens, old) {
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

// same says whether two sets of tokens are of one renewal.
func same(a, b connectors.Tokens) bool { return a.Access.Reveal() == b.Access.Reveal() }
