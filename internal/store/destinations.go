package store

import (
	"context"
	"fmt"
	"time"
)

// Destination is where a merchant's book is kept up to date by itself: a spreadsheet of a login.
type Destination struct {
	MerchantID, GrantID int64
	Kind                string // the connector whose login it is
	Title               string
	Place               string // the provider's ID of the spreadsheet; "" before the first export
	Address             string // where a person opens it
	State               string // StateActive or StatePaused
	ExportedAt          time.Time
	Error               string // of the last export; "" where it went well
}

// PutDestination adds a destination, or changes the one of its grant.
func (s *Store) PutDestination(ctx context.Context, d Destination) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if err := t.merchantThere(ctx, d.MerchantID); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO destinations (merchant_id, grant_id, kind, title, place, address, state, exported_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (merchant_id, grant_id) DO UPDATE SET title = excluded.title, place = excluded.place, address = excluded.address, state = excluded.state,
			exported_at = excluded.exported_at, error = excluded.error`, d.MerchantID, d.GrantID, d.Kind, d.Title, d.Place, d.Address, d.State, at(d.ExportedAt), d.Error)
		return err
	})
}

// Destinations lists a merchant's destinations.
func (s *Store) Destinations(ctx context.Context, merchantID int64) ([]Destination, error) {
	var all []Destination
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			d := Destination{MerchantID: merchantID}
			var when instant
			err := scan(&d.GrantID, &d.Kind, &d.Title, &d.Place, &d.Address, &d.State, &when, &d.Error)
			d.ExportedAt = when.Time
			all = append(all, d)
			return err
		}, "SELECT grant_id, kind, title, place, address, state, exported_at, error FROM destinations WHERE merchant_id = ? ORDER BY grant_id", merchantID)
	})
	return all, err
}

// RemoveDestination forgets a destination. The spreadsheet itself is the merchant's, and stays.
func (s *Store) RemoveDestination(ctx context.Context, merchantID, grantID int64) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM destinations WHERE merchant_id = ? AND grant_id = ?", merchantID, grantID)
		if err == nil && n == 0 {
			return fmt.Errorf("destination %d: %w", grantID, ErrMissing)
		}
		return err
	})
}
