package store

import (
	"context"
	"fmt"
	"slices"
)

// Nights is what is on record of an active merchant's nights.
type Nights struct {
	Merchant Merchant
	Last     []Run // the latest first
}

// Nights lists all active merchants that have something to pull from, each with its last runs of a kind: for all of them in one go,
// since it is asked every minute.
func (s *Store) Nights(ctx context.Context, kind string, last int) ([]Nights, error) {
	merchants, err := s.Merchants(ctx)
	if err != nil {
		return nil, err
	}
	linked := map[int64]bool{}
	runs := map[int64][]Run{}
	err = s.look(ctx, func(ctx context.Context, t *tx) error {
		err := t.each(ctx, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			linked[id] = true
			return err
		}, "SELECT DISTINCT merchant_id FROM connections WHERE state = ?", StateActive)
		if err != nil {
			return err
		}
		return t.each(ctx, func(scan func(...any) error) error {
			var r Run
			var started, ended instant
			err := scan(&r.ID, &r.MerchantID, &r.Kind, &started, &ended, &r.Error, &r.Note, &r.Night)
			r.StartedAt, r.EndedAt = started.Time, ended.Time
			runs[r.MerchantID] = append(runs[r.MerchantID], r)
			return err
		}, `SELECT r.id, r.merchant_id, r.kind, r.started_at, r.ended_at, r.error, r.note, r.night FROM merchants m JOIN runs r ON r.merchant_id = m.id
			WHERE m.state = ? AND r.kind = ? AND r.id >= COALESCE((SELECT l.id FROM runs l WHERE l.merchant_id = m.id AND l.kind = ?
			ORDER BY l.id DESC LIMIT 1 OFFSET ?), 0) ORDER BY r.merchant_id, r.id DESC`, StateActive, kind, kind, last-1)
	})
	if err != nil {
		return nil, fmt.Errorf("read when the last nights were: %w", err)
	}
	var all []Nights
	for _, m := range merchants {
		if m.State == StateActive && linked[m.ID] {
			all = append(all, Nights{Merchant: m, Last: slices.Clip(runs[m.ID])})
		}
	}
	return all, nil
}
