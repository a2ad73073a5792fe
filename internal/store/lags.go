package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Lag is how far the slowest of all merchants' streams of a name is proven complete.
type Lag struct {
	Connector, Stream string
	CompleteTo        time.Time
}

// Lags lists them by connector and stream. Merchants who are paused and stores that are not linked any more are left out, and so is a stream
// of which nothing is proven yet.
func (s *Store) Lags(ctx context.Context) ([]Lag, error) {
	var all []Lag
	err := s.each(ctx, func(scan func(...any) error) error {
		var l Lag
		var to instant
		err := scan(&l.Connector, &l.Stream, &to)
		l.CompleteTo = to.Time
		all = append(all, l)
		return err
	}, `SELECT c.connector, s.stream, MIN(s.complete_to) FROM streams s
		JOIN connections c ON c.merchant_id = s.merchant_id AND c.id = s.connection_id JOIN merchants m ON m.id = s.merchant_id
		WHERE m.state = ? AND c.state = ? AND s.complete_to IS NOT NULL
		GROUP BY c.connector, s.stream ORDER BY c.connector, s.stream`, StateActive, StateActive)
	if err != nil {
		return nil, fmt.Errorf("read how far the streams are behind: %w", err)
	}
	return all, nil
}

// GrantsInUse lists the grants of all merchants that open a store that is linked and that the provider has not refused.
func (s *Store) GrantsInUse(ctx context.Context) ([]Grant, error) {
	var rows []grantRow
	err := s.read(ctx, "read the grants in use", func(db *gorm.DB) error {
		return db.Where("state = ? AND EXISTS (SELECT 1 FROM connections c WHERE c.merchant_id = grants.merchant_id AND c.grant_id = grants.id AND c.state = ?)",
			StateActive, StateActive).Order("merchant_id, id").Find(&rows).Error
	})
	all := make([]Grant, len(rows))
	for i, r := range rows {
		all[i] = r.grant()
	}
	return all, err
}
