package store

import (
	"context"
	"fmt"
	"time"
)

// Owned names a row of a merchant's by its ID.
type Owned struct{ Merchant, ID int64 }

// OldGrants lists the grants of all merchants that were not renewed since a moment and are of use still, but for pasted tokens, which
// cannot be.
func (s *Store) OldGrants(ctx context.Context, since time.Time) ([]Owned, error) {
	var all []Owned
	err := s.each(ctx, func(scan func(...any) error) error {
		var o Owned
		err := scan(&o.Merchant, &o.ID)
		all = append(all, o)
		return err
	}, "SELECT merchant_id, id FROM grants WHERE state = ? AND auth <> 'token' AND updated_at < ? ORDER BY merchant_id, id", StateActive, at(since))
	if err != nil {
		return nil, fmt.Errorf("read which grants are old: %w", err)
	}
	return all, nil
}
