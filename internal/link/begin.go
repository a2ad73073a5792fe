package link

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/store"
)

// patience is how long a merchant may take in the browser.
const patience = 10 * time.Minute

// Pending is a code grant that has begun: the merchant is at the provider.
type Pending struct {
	URL string // where the merchant's browser is sent

	merchantID int64
	connector  connectors.Connector
	auth       connectors.Auth
	app        connectors.App
	fields     map[string]string
	redirect   string
	state      string
	began      time.Time
}

// Check returns the connector's fields in canonical form, or an error that names the field.
func Check(c connectors.Connector, given map[string]string) (map[string]string, error) {
	fields := make(map[string]string, len(c.Fields))
	var faults []error
	for _, f := range c.Fields {
		value, err := f.Check(given[f.ID])
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Title, err))
			continue
		}
		fields[f.ID] = value
	}
	return fields, errors.Join(faults...)
}

// Begin starts a code grant. Nothing is stored and nothing is sent.
func (l *Linker) Begin(merchantID int64, c connectors.Connector, app connectors.App, given map[string]string, redirect string) (*Pending, error) {
	auth, err := authOf(c, connectors.AuthCode)
	if err != nil {
		return nil, err
	}
	fields, err := Check(c, given)
	if err != nil {
		return nil, err
	}
	if app.ClientID == "" || app.ClientSecret.Empty() {
		return nil, fmt.Errorf("%s needs the client ID and the client secret of your app: set them in the configuration, or in the environment", c.Title)
	}
	nonce := make([]byte, 32)
	_, _ = rand.Read(nonce)
	p := &Pending{
		merchantID: merchantID, connector: c, auth: auth, app: app, fields: fields, redirect: redirect,
		state: base64.RawURLEncoding.EncodeToString(nonce), began: l.Now(),
	}
	p.URL, err = auth.Begin(app, fields, redirect, p.state)
	return p, err
}

// ErrForged is what every refused callback is: its reason is in the text, its secrets are not.
var ErrForged = errors.New("callback refused")

// Complete checks the callback, and only then exchanges its code and stores the grant. A forged callback is refused before
// anything is sent anywhere.
func (l *Linker) Complete(ctx context.Context, p *Pending, callback *http.Request) (store.Grant, error) {
	now := l.Now()
	if now.Sub(p.began) > patience {
		return store.Grant{}, fmt.Errorf("%w: it came later than %s after the link began: begin again", ErrForged, patience)
	}
	proven, err := p.auth.Verify(p.app, callback, now)
	if err != nil {
		return store.Grant{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if subtle.ConstantTimeCompare([]byte(proven.State), []byte(p.state)) != 1 {
		return store.Grant{}, fmt.Errorf("%w: its state is not the one that was sent", ErrForged)
	}
	for name, value := range proven.Fields {
		if p.fields[name] != value {
			return store.Grant{}, fmt.Errorf("%w: it is for another %s than the link was begun for", ErrForged, name)
		}
	}
	p.state = "" // a callback is good once
	tokens, err := p.auth.Exchange(ctx, l.bare(), p.app, p.fields, proven.Code)
	if err != nil {
		return store.Grant{}, fmt.Errorf("exchange the code: %w", err)
	}
	return l.keep(ctx, p.merchantID, p.connector, p.auth, p.app, p.fields, tokens)
}

// LinkClient links by the app's own credentials: no browser, no callback.
func (l *Linker) LinkClient(ctx context.Context, merchantID int64, c connectors.Connector, app connectors.App, given map[string]string) (store.Grant, error) {
	auth, err := authOf(c, connectors.AuthClient)
	if err != nil {
		return store.Grant{}, err
	}
	fields, err := Check(c, given)
	if err != nil {
		return store.Grant{}, err
	}
	if app.ClientID == "" || app.ClientSecret.Empty() {
		return store.Grant{}, fmt.Errorf("%s needs the client ID and the client secret of your app: set them in the configuration, or in the environment", c.Title)
	}
	tokens, err := auth.Renew(ctx, l.bare(), app, fields, connectors.Tokens{})
	if err != nil {
		return store.Grant{}, err
	}
	return l.keep(ctx, merchantID, c, auth, app, fields, tokens)
}

// LinkToken links by a token that the merchant pasted.
func (l *Linker) LinkToken(ctx context.Context, merchantID int64, c connectors.Connector, token secret.Text, given map[string]string) (store.Grant, error) {
	auth, err := authOf(c, connectors.AuthToken)
	if err != nil {
		return store.Grant{}, err
	}
	fields, err := Check(c, given)
	if err != nil {
		return store.Grant{}, err
	}
	if token.Empty() {
		return store.Grant{}, errors.New("there is no token: paste the one that the provider showed once")
	}
	return l.keep(ctx, merchantID, c, auth, connectors.App{}, fields, connectors.Tokens{Access: token})
}

// keep stores the grant, in place of an earlier one of the same login.
func (l *Linker) keep(ctx context.Context, merchantID int64, c connectors.Connector, auth connectors.Auth, app connectors.App, fields map[string]string, t connectors.Tokens) (store.Grant, error) {
	g := store.Grant{
		MerchantID: merchantID, Connector: c.ID, Auth: auth.Kind, Fields: fields, Scopes: t.Scopes,
		Asked: append(append([]string{}, auth.Scopes.Required...), auth.Scopes.Optional...), State: "active", UpdatedAt: l.Now(),
	}
	grants, err := l.Store.Grants(ctx, merchantID)
	if err != nil {
		return g, err
	}
	for _, old := range grants {
		if l.owner(merchantID, old.Connector, old.Fields) == l.owner(merchantID, c.ID, fields) {
			g.ID = old.ID
		}
	}
	if err := l.seal(&g, app, t); err != nil {
		return g, err
	}
	return l.Store.SaveGrant(ctx, g)
}

func (l *Linker) bare() *http.Client {
	return &http.Client{Transport: l.Transport, Timeout: 60 * time.Second, CheckRedirect: noRedirect}
}

// noRedirect keeps tokens and codes from following a redirect to another host.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
