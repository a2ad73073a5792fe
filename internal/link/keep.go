package link

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/store"
)

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
	if err := checkApp(c, app); err != nil {
		return store.Grant{}, err
	}
	tokens, err := auth.Renew(ctx, l.bare(), app, fields, connectors.Tokens{})
	if err != nil {
		return store.Grant{}, err
	}
	return l.keep(ctx, merchantID, c, auth, app, fields, tokens)
}

// LinkToken links by a token that the merchant pasted. It is tried first: a slip of the hand must not take the place of a link
// that works.
func (l *Linker) LinkToken(ctx context.Context, merchantID int64, c connectors.Connector, app connectors.App, token secret.Text, given map[string]string) (store.Grant, error) {
	auth, err := authOf(c, connectors.AuthToken)
	if err != nil {
		return store.Grant{}, err
	}
	fields, err := Check(c, given)
	if err != nil {
		return store.Grant{}, err
	}
	if token.Empty() || strings.ContainsFunc(token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return store.Grant{}, errors.New("there is no token, or it has letters that no token has: paste the one that the provider showed once")
	}
	tokens := connectors.Tokens{Access: token}
	if auth.Inspect != nil {
		if tokens, err = auth.Inspect(ctx, l.bare(), app, fields, token); err != nil {
			return store.Grant{}, fmt.Errorf("the token was tried and not kept: %w", err)
		}
	}
	if _, err := c.Accounts(ctx, l.client(auth, app, store.Grant{MerchantID: merchantID, Connector: c.ID, Fields: fields}, tokens)); err != nil {
		return store.Grant{}, fmt.Errorf("the token was tried and not kept: %w", err)
	}
	return l.keep(ctx, merchantID, c, auth, app, fields, tokens)
}

// LinkOpen links what needs no consent: public figures, or a file of the merchant's own. It is tried before it is kept.
func (l *Linker) LinkOpen(ctx context.Context, merchantID int64, c connectors.Connector, given map[string]string) (store.Grant, error) {
	auth, err := authOf(c, connectors.AuthOpen)
	if err != nil {
		return store.Grant{}, err
	}
	fields, err := Check(c, given)
	if err != nil {
		return store.Grant{}, err
	}
	if _, err := c.Accounts(ctx, l.client(auth, connectors.App{}, store.Grant{MerchantID: merchantID, Connector: c.ID, Fields: fields}, connectors.Tokens{})); err != nil {
		return store.Grant{}, fmt.Errorf("it was tried and not kept: %w", err)
	}
	return l.keep(ctx, merchantID, c, auth, connectors.App{}, fields, connectors.Tokens{})
}

// keep stores the grant, in place of an earlier one of the same login: the connections under that one stay its own. A renewal of
// the earlier tokens that is under way is waited for, lest it write them over the new ones.
func (l *Linker) keep(ctx context.Context, merchantID int64, c connectors.Connector, auth connectors.Auth, app connectors.App, fields map[string]string, t connectors.Tokens) (store.Grant, error) {
	g := store.Grant{
		MerchantID: merchantID, Connector: c.ID, Auth: auth.Kind, Fields: fields, Scopes: t.Scopes,
		Asked: auth.Scopes.Asked(fields), State: store.StateActive, UpdatedAt: l.Now(),
	}
	if err := l.seal(&g, app, t); err != nil {
		return g, err
	}
	grants, err := l.Store.Grants(ctx, merchantID)
	if err != nil {
		return g, err
	}
	owner := l.owner(merchantID, c.ID, fields)
	for _, old := range grants {
		if l.owner(merchantID, old.Connector, old.Fields) == owner {
			return l.Store.RefreshGrant(ctx, merchantID, old.ID, func(context.Context, store.Grant) (store.Grant, error) { return g, nil })
		}
	}
	return l.Store.SaveGrant(ctx, g)
}
