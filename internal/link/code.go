package link

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
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
	consent    connectors.Consent
	began      time.Time
	used       atomic.Bool // a callback is good once
}

// Check returns the connector's fields in canonical form, or an error that names the field.
func Check(c connectors.Connector, given map[string]string) (map[string]string, error) {
	fields, wrong := CheckEach(c, given)
	var faults []error
	for _, f := range c.Fields {
		if err := wrong[f.ID]; err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Title, err))
		}
	}
	return fields, errors.Join(faults...)
}

func checkApp(c connectors.Connector, app connectors.App) error {
	if app.ClientID == "" || app.ClientSecret.Empty() {
		return fmt.Errorf("%s needs the client ID and the client secret of your app: set them in the configuration, or in the environment", c.Title)
	}
	return nil
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
	if err := checkApp(c, app); err != nil {
		return nil, err
	}
	nonce := make([]byte, 32)
	_, _ = rand.Read(nonce)
	p := &Pending{
		merchantID: merchantID, connector: c, auth: auth, app: app, began: l.Now(),
		consent: connectors.Consent{Fields: fields, Redirect: redirect, State: base64.RawURLEncoding.EncodeToString(nonce), Verifier: oauth2.GenerateVerifier()},
	}
	p.URL, err = auth.Begin(app, p.consent)
	return p, err
}

// ErrForged is what every refused callback is: its reason is in the text, its secrets are not. ErrLate and ErrUsed are among them.
var (
	ErrForged = errors.New("callback refused")
	ErrLate   = fmt.Errorf("%w: it came later than %s after the link began: begin again", ErrForged, patience)
	ErrUsed   = fmt.Errorf("%w: it came before: begin again", ErrForged)
)

// Complete checks the callback, and only then exchanges its code and stores the grant. A forged callback is refused before
// anything is sent anywhere.
func (l *Linker) Complete(ctx context.Context, p *Pending, callback *http.Request) (store.Grant, error) {
	return l.CompleteFor(ctx, p, callback, func(context.Context) (int64, error) { return p.merchantID, nil })
}

// CompleteFor is Complete of a link that has begun at the provider, before it was known whose it becomes: whose is asked for the merchant
// once the provider has given the tokens, and so has said that the account is the visitor's.
func (l *Linker) CompleteFor(ctx context.Context, p *Pending, callback *http.Request, whose func(context.Context) (int64, error)) (store.Grant, error) {
	now := l.Now()
	if now.Sub(p.began) > patience {
		return store.Grant{}, ErrLate
	}
	proven, err := p.auth.Verify(p.app, callback, now)
	if err != nil {
		return store.Grant{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if subtle.ConstantTimeCompare([]byte(proven.State), []byte(p.consent.State)) != 1 {
		return store.Grant{}, fmt.Errorf("%w: its state is not the one that was sent", ErrForged)
	}
	for name, value := range proven.Fields {
		if p.consent.Fields[name] != value {
			return store.Grant{}, fmt.Errorf("%w: it is for another %s than the link was begun for", ErrForged, name)
		}
	}
	if p.used.Swap(true) {
		return store.Grant{}, ErrUsed
	}
	tokens, err := p.auth.Exchange(ctx, l.bare(), p.app, p.consent, proven.Code)
	if err != nil {
		return store.Grant{}, fmt.Errorf("exchange the code: %w", err)
	}
	merchantID, err := whose(ctx)
	if err != nil {
		return store.Grant{}, err
	}
	return l.keep(ctx, merchantID, p.connector, p.auth, p.app, p.consent.Fields, tokens)
}
