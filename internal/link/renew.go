package link

import (
	"context"
	"errors"
	"fmt"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Renew renews a grant's tokens if they are still old, and stores the new ones before it returns. On the provider's definitive
// refusal the grant is marked for relinking; on any other failure it stays as it was.
func (l *Linker) Renew(ctx context.Context, auth connectors.Auth, g store.Grant, old connectors.Tokens) (store.Grant, error) {
	var refused error
	kept, err := l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(ctx context.Context, now store.Grant) (store.Grant, error) {
		if now.State == store.StateRelink {
			return now, l.relink(now) // somebody else was refused meanwhile
		}
		app, tokens, err := l.open(now)
		if err != nil {
			return now, err
		}
		if !same(tokens, old) {
			return now, nil // somebody else has renewed it meanwhile
		}
		if auth.Renew == nil {
			return now, &connectors.Error{Fault: connectors.Denied, Op: l.Name(now), Err: errors.New("its token does not renew"), Hint: relinkHint(now.Connector)}
		}
		next, err := auth.Renew(ctx, l.bare(), app, now.Fields, tokens)
		if f, ok := connectors.FaultOf(err); ok && f == connectors.Denied {
			refused = err
			return l.dead(now, err), nil
		}
		if err != nil {
			return now, err
		}
		if same(next, tokens) {
			now.UpdatedAt = l.Now() // it does not expire, or lasts no longer: asking again at once would be of no use
			return now, nil
		}
		if len(next.Scopes) > 0 {
			now.Scopes = next.Scopes
		}
		now.UpdatedAt = l.Now()
		return now, l.seal(&now, app, next)
	})
	return kept, errors.Join(refused, err)
}

// RenewNow renews a grant's tokens though they may last a while still. Those that do not end, or cannot be renewed, stay; that they were
// looked at counts as renewed.
func (l *Linker) RenewNow(ctx context.Context, c connectors.Connector, g store.Grant) error {
	auth, err := authOf(c, g.Auth)
	if err != nil {
		return err
	}
	_, tokens, err := l.open(g)
	if err != nil {
		return err
	}
	if auth.Renew != nil && !(tokens.AccessExpires.IsZero() && tokens.RefreshExpires.IsZero()) {
		_, err = l.Renew(ctx, auth, g, tokens)
		return err
	}
	_, err = l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(_ context.Context, now store.Grant) (store.Grant, error) {
		now.UpdatedAt = l.Now() // stored anew, if nothing else
		return now, nil
	})
	return err
}

// Refused marks a grant for relinking after the provider has refused a token for good, which is what Denied means: renewed where that
// can be done, and refused again. opened is as Grant gave it. Tokens that were linked meanwhile are not those that were refused, and
// stay.
func (l *Linker) Refused(ctx context.Context, opened connectors.Grant, why error) error {
	a, ok := opened.Client.Transport.(*authorised)
	if !ok {
		return errors.New("this grant was not opened here")
	}
	a.mu.Lock()
	g, refused := a.grant, a.tokens
	a.mu.Unlock()
	_, err := l.Store.RefreshGrant(ctx, g.MerchantID, g.ID, func(_ context.Context, now store.Grant) (store.Grant, error) {
		if now.State == store.StateRelink {
			return now, nil
		}
		if _, tokens, err := l.open(now); err != nil || !same(tokens, refused) {
			return now, err
		}
		return l.dead(now, why), nil
	})
	if err != nil {
		return fmt.Errorf("note that %s has to be linked again: %w", l.Name(g), err)
	}
	return nil
}

// dead is the grant with the reason why it is of no more use.
func (l *Linker) dead(g store.Grant, why error) store.Grant {
	g.State, g.Reason, g.UpdatedAt = store.StateRelink, why.Error(), l.Now()
	return g
}
