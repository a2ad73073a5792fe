// Package link gets and keeps a merchant's consent: it begins and completes the linking of a login, and hands out HTTP clients
// that authorise each request, renew tokens in time and store a rotated pair before it is first used.
//
// A grant dies only on the provider's definitive answer; whatever else goes wrong is tried again.
package link

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/store"
	"fourfold/internal/vault"
)

// Linker links logins of one installation.
type Linker struct {
	Store      *store.Store
	Vault      *vault.Ring
	Connectors []connectors.Connector
	Transport  http.RoundTripper // towards providers; http.DefaultTransport in production
	Now        func() time.Time
}

// sealed is what a grant keeps in the vault.
type sealed struct {
	ClientID       string    `json:"client_id,omitempty"`
	ClientSecret   string    `json:"client_secret,omitempty"`
	Access         string    `json:"access"`
	Refresh        string    `json:"refresh,omitempty"`
	AccessExpires  time.Time `json:"access_expires,omitzero"`
	RefreshExpires time.Time `json:"refresh_expires,omitzero"`
}

// owner is what a grant's secrets are bound to: the merchant and the login, both known before the row exists.
func (l *Linker) owner(merchantID int64, connector string, fields map[string]string) string {
	who := fmt.Sprintf("merchant/%d/%s", merchantID, connector)
	for _, c := range l.Connectors {
		if c.ID != connector {
			continue
		}
		for _, f := range c.Fields {
			if !f.Option {
				who += "/" + f.ID + "=" + fields[f.ID]
			}
		}
	}
	return who
}

func (l *Linker) seal(g *store.Grant, app connectors.App, t connectors.Tokens) error {
	b, err := json.Marshal(sealed{
		ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(),
		Access: t.Access.Reveal(), Refresh: t.Refresh.Reveal(),
		AccessExpires: t.AccessExpires, RefreshExpires: t.RefreshExpires,
	})
	if err != nil {
		return fmt.Errorf("seal the tokens of %s: %w", g.Connector, err)
	}
	g.Sealed = l.Vault.Seal(l.owner(g.MerchantID, g.Connector, g.Fields), b)
	return nil
}

func (l *Linker) open(g store.Grant) (connectors.App, connectors.Tokens, error) {
	b, err := l.Vault.Open(l.owner(g.MerchantID, g.Connector, g.Fields), g.Sealed)
	if err != nil {
		return connectors.App{}, connectors.Tokens{}, fmt.Errorf("tokens of %s: %w", Name(g), err)
	}
	var s sealed
	if err := json.Unmarshal(b, &s); err != nil {
		return connectors.App{}, connectors.Tokens{}, fmt.Errorf("tokens of %s are not readable: link again", Name(g))
	}
	return connectors.App{ClientID: s.ClientID, ClientSecret: secret.New(s.ClientSecret)}, connectors.Tokens{
		Access: secret.New(s.Access), Refresh: secret.New(s.Refresh),
		AccessExpires: s.AccessExpires, RefreshExpires: s.RefreshExpires, Scopes: g.Scopes,
	}, nil
}

// Name is how a grant is spoken of: its connector and what the merchant filled in.
func Name(g store.Grant) string {
	values := make([]string, 0, len(g.Fields))
	for _, v := range g.Fields {
		values = append(values, v)
	}
	sort.Strings(values)
	return strings.TrimSpace(g.Connector + " " + strings.Join(values, " "))
}

// Expiry says when a grant's tokens end: the access token (zero if it does not), and the refresh token.
func (l *Linker) Expiry(g store.Grant) (access, refresh time.Time, err error) {
	_, t, err := l.open(g)
	return t.AccessExpires, t.RefreshExpires, err
}

// reseal seals with the newest key; changed is false where they already are.
func (l *Linker) reseal(g *store.Grant) (changed bool, err error) {
	if l.Vault.Current(g.Sealed) {
		return false, nil
	}
	app, t, err := l.open(*g)
	if err != nil {
		return false, err
	}
	return true, l.seal(g, app, t)
}

func authOf(c connectors.Connector, kind connectors.AuthKind) (connectors.Auth, error) {
	for _, a := range c.Auth {
		if a.Kind == kind {
			return a, nil
		}
	}
	return connectors.Auth{}, fmt.Errorf("%s cannot be linked by %q", c.Title, kind)
}

// ResealStored seals a stored grant's secrets with the newest key, one at a time with renewals of its tokens.
func (l *Linker) ResealStored(ctx context.Context, g store.Grant) (changed bool, err error) {
	_, err = l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(_ context.Context, now store.Grant) (store.Grant, error) {
		changed, err = l.reseal(&now)
		return now, err
	})
	return changed, err
}
