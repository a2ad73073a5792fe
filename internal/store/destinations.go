package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Destination is where a merchant's book is kept up to date by itself: a spreadsheet of a login.
type Destination struct {
	MerchantID, GrantID int64
	Kind                string // the connector whose login it is
	Title               string
	Place               string    // the provider's ID of the spreadsheet; "" before the first export
	Address             string    // where a person opens it
	State               string    // StateActive or StatePaused
	AskedAt             time.Time // when somebody last asked for an export, beside those after nights
	ExportedAt          time.Time
	Error               string // of the last export; "" where it went well
}

// AddDestination adds a destination, or takes up again the one of its grant, which keeps its place. An export is asked for.
func (s *Store) AddDestination(ctx context.Context, d Destination) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if err := t.merchantThere(ctx, d.MerchantID); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO destinations (merchant_id, grant_id, kind, title, place, address, state, asked_at, exported_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '')
			ON CONFLICT (merchant_id, grant_id) DO UPDATE SET state = excluded.state, asked_at = excluded.asked_at, error = ''`,
			d.MerchantID, d.GrantID, d.Kind, d.Title, d.Place, d.Address, d.State, at(s.now()))
		return err
	})
}

// SetDestinationState pauses a destination, or goes on with it.
func (s *Store) SetDestinationState(ctx context.Context, merchantID, grantID int64, state string) error {
	return s.oneDestination(ctx, "UPDATE destinations SET state = ? WHERE merchant_id = ? AND grant_id = ?", state, merchantID, grantID)
}

// AskExport has a destination exported to soon, whenever the next night is.
func (s *Store) AskExport(ctx context.Context, merchantID, grantID int64) error {
	return s.oneDestination(ctx, "UPDATE destinations SET asked_at = ? WHERE merchant_id = ? AND grant_id = ?", at(s.now()), merchantID, grantID)
}

// LeavePlace has the next export to a destination, which is asked for, make a new place. What is in the old one stays there.
func (s *Store) LeavePlace(ctx context.Context, merchantID, grantID int64) error {
	return s.oneDestination(ctx, "UPDATE destinations SET place = '', address = '', error = '', asked_at = ? WHERE merchant_id = ? AND grant_id = ?",
		at(s.now()), merchantID, grantID)
}

// TakePlace notes the place that was made for a destination that has none. It is ErrMissing where there is one by now.
func (s *Store) TakePlace(ctx context.Context, d Destination) error {
	return s.oneDestination(ctx, "UPDATE destinations SET place = ?, address = ? WHERE merchant_id = ? AND grant_id = ? AND place = ''",
		d.Place, d.Address, d.MerchantID, d.GrantID)
}

// MarkExported notes how an export to a place went: failed is nil where all went well. A destination that is at another place by now is left
// alone.
func (s *Store) MarkExported(ctx context.Context, d Destination, failed error) error {
	var err error
	if failed != nil {
		err = s.oneDestination(ctx, "UPDATE destinations SET error = ? WHERE merchant_id = ? AND grant_id = ? AND place = ?",
			failed.Error(), d.MerchantID, d.GrantID, d.Place)
	} else {
		err = s.oneDestination(ctx, "UPDATE destinations SET title = ?, exported_at = ?, error = '' WHERE merchant_id = ? AND grant_id = ? AND place = ?",
			d.Title, at(s.now()), d.MerchantID, d.GrantID, d.Place)
	}
	if errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// oneDestination changes or forgets one, and is ErrMissing where the query finds none.
func (s *Store) oneDestination(ctx context.Context, query string, args ...any) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, query, args...)
		if err == nil && n == 0 {
			return fmt.Errorf("destination: %w", ErrMissing)
		}
		return err
	})
}

const destinationColumns = "merchant_id, grant_id, kind, title, place, address, state, asked_at, exported_at, error"

func (s *Store) destinations(ctx context.Context, where string, args ...any) ([]Destination, error) {
	var all []Destination
	err := s.each(ctx, func(scan func(...any) error) error {
		var d Destination
		var asked, exported instant
		err := scan(&d.MerchantID, &d.GrantID, &d.Kind, &d.Title, &d.Place, &d.Address, &d.State, &asked, &exported, &d.Error)
		d.AskedAt, d.ExportedAt = asked.Time, exported.Time
		all = append(all, d)
		return err
	}, "SELECT "+destinationColumns+" FROM destinations "+where, args...)
	return all, err
}

// Destinations lists a merchant's destinations.
func (s *Store) Destinations(ctx context.Context, merchantID int64) ([]Destination, error) {
	return s.destinations(ctx, "WHERE merchant_id = ? ORDER BY grant_id", merchantID)
}

// ActiveDestinations lists those of all merchants that are exported to.
func (s *Store) ActiveDestinations(ctx context.Context) ([]Destination, error) {
	return s.destinations(ctx, "WHERE state = ? ORDER BY merchant_id, grant_id", StateActive)
}

// RemoveDestination forgets a destination. The spreadsheet itself is the merchant's, and stays.
func (s *Store) RemoveDestination(ctx context.Context, merchantID, grantID int64) error {
	return s.oneDestination(ctx, "DELETE FROM destinations WHERE merchant_id = ? AND grant_id = ?", merchantID, grantID)
}
