package link

import (
	"context"
	"errors"

	"fourfold/internal/store"
)

// Leave stops writing to a destination, and erases the tokens of its login. What was written is the merchant's, and stays.
func (l *Linker) Leave(ctx context.Context, merchantID, grantID int64) error {
	err := l.Store.RemoveDestination(ctx, merchantID, grantID)
	if err != nil && !errors.Is(err, store.ErrMissing) {
		return err // where it is gone already its tokens may still be there
	}
	return errors.Join(err, l.EraseTokens(ctx, store.Connection{MerchantID: merchantID, GrantID: grantID}))
}
