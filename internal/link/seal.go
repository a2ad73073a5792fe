package link

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/store"
)

// sealed is what a grant keeps in the vault.
type sealed struct {
	ClientID       string    `json:"client_id,omitempty"`
	ClientSecret   string    `json:"client_secret,omitempty"`
	DeveloperToken string    `json:"developer_token,omitempty"`
	Access         string    `json:"access"`
	Refresh        string    `json:"refresh,omitempty"`
	AccessExpires  time.Time `json:"access_expires,omitzero"`
	RefreshExpires time.Time `json:"refresh_expires,omitzero"`
}

// owner is what a grant's secrets are bound to: the merchant and the login, both known before the row exists. A field that a later
// version asks for leaves the owner of older links as it was.
func (l *Linker) owner(merchantID int64, connector string, fields map[string]string) string {
	who := fmt.Sprintf("merchant/%d/%s", merchantID, connector)
	for _, c := range l.Connectors {
		if c.ID != connector {
			continue
		}
		for _, f := range c.Fields {
			if !f.Option && fields[f.ID] != "" {
				who += "/" + f.ID + "=" + fields[f.ID]
			}
		}
	}
	return who
}

func (l *Linker) seal(g *store.Grant, app connectors.App, t connectors.Tokens) error {
	b, err := json.Marshal(sealed{
		ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), DeveloperToken: app.DeveloperToken.Reveal(),
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
	if len(g.Sealed) == 0 {
		return connectors.App{}, connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: l.Name(g),
			Err: fmt.Errorf("its tokens were erased"), Hint: relinkHint(g.Connector)}
	}
	b, err := l.Vault.Open(l.owner(g.MerchantID, g.Connector, g.Fields), g.Sealed)
	if err != nil {
		return connectors.App{}, connectors.Tokens{}, fmt.Errorf("tokens of %s: %w", l.Name(g), err)
	}
	var s sealed
	if err := json.Unmarshal(b, &s); err != nil {
		return connectors.App{}, connectors.Tokens{}, fmt.Errorf("tokens of %s are not readable: link again", l.Name(g))
	}
	return connectors.App{ClientID: s.ClientID, ClientSecret: secret.New(s.ClientSecret), DeveloperToken: secret.New(s.DeveloperToken)}, connectors.Tokens{
		Access: secret.New(s.Access), Refresh: secret.New(s.Refresh),
		AccessExpires: s.AccessExpires, RefreshExpires: s.RefreshExpires, Scopes: g.Scopes,
	}, nil
}

// Expiry says when a grant's tokens end: the access token (zero if it does not), and the refresh token.
func (l *Linker) Expiry(g store.Grant) (access, refresh time.Time, err error) {
	_, t, err := l.open(g)
	return t.AccessExpires, t.RefreshExpires, err
}

// ResealStored seals a stored grant's secrets with the newest key, one at a time with renewals of its tokens. Changed is false
// where they already are, or were erased.
func (l *Linker) ResealStored(ctx context.Context, g store.Grant) (changed bool, err error) {
	_, err = l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(_ context.Context, now store.Grant) (store.Grant, error) {
		if len(now.Sealed) == 0 || l.Vault.Current(now.Sealed) {
			return now, nil
		}
		app, t, err := l.open(now)
		if err != nil {
			return now, err
		}
		changed = true
		return now, l.seal(&now, app, t)
	})
	return changed && err == nil, err
}

func relinkHint(connector string) string {
	return "link it again: fourfold link " + strings.ReplaceAll(connector, "_", "-")
}
