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
	all, err := s.owned(ctx, "SELECT merchant_id, id FROM grants WHERE state = ? AND auth <> 'token' AND updated_at < ? ORDER BY merchant_id, id", StateActive, at(since))
	if err != nil {
		return nil, fmt.Errorf("read which grants are old: %w", err)
	}
	return all, nil
}

// AllHinted lists the connections of all merchants that have hints.
func (s *Store) AllHinted(ctx context.Context) ([]Owned, error) {
	all, err := s.owned(ctx, "SELECT DISTINCT merchant_id, connection_id FROM hints ORDER BY merchant_id, connection_id")
	if err != nil {
		return nil, fmt.Errorf("read which connections have hints: %w", err)
	}
	return all, nil
}

func (s *Store) owned(ctx context.Context, query string, args ...any) ([]Owned, error) {
	var all []Owned
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var o Owned
			err := scan(&o.Merchant, &o.ID)
			all = append(all, o)
			return err
		}, query, args...)
	})
	return all, err
}
