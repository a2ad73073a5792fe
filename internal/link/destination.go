package link

import (
	"cmp"
	"context"
	"errors"

	"fourfold/internal/store"
)

// Arrive keeps a login that was linked as somewhere to write to, and asks for the first export there. Linked again, it is the place that it was.
func (l *Linker) Arrive(ctx context.Context, m store.Merchant, g store.Grant) error {
	return l.Store.AddDestination(ctx, store.Destination{
		MerchantID: m.ID, GrantID: g.ID, Kind: g.Connector, Title: cmp.Or(m.Name, "Fourfold") + ": scorecard", State: store.StateActive,
	})
}

// Leave stops writing to a destination, and erases the tokens of its login. What was written is the merchant's, and stays.
func (l *Linker) Leave(ctx context.Context, merchantID, grantID int64) error {
	err := l.Store.RemoveDestination(ctx, merchantID, grantID)
	if err != nil && !errors.Is(err, store.ErrMissing) {
		return err // where it is gone already its tokens may still be there
	}
	return errors.Join(err, l.EraseTokens(ctx, store.Connection{MerchantID: merchantID, GrantID: grantID}))
}
