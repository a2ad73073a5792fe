package store

import (
	"context"
	"fmt"
	"slices"
)

// The tables whose rows belong to one merchant: those of its connections, and the merchant's own.
var merchantTables = slices.Concat(connectionTables, []string{
	"connections", "grants", "runs", "targets", "snapshots", "snapshot_states", "alerts", "audit",
})

// RemoveMerchant erases a merchant with everything of theirs: grants, connections, facts, totals, targets, snapshots, and the record of
// what was done for them. A pull under way finds its next page refused.
func (s *Store) RemoveMerchant(ctx context.Context, merchantID int64) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		// The merchant and its connections first: whoever would store more looks for them.
		n, err := t.exec(ctx, "DELETE FROM merchants WHERE id = ?", merchantID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("merchant %d: %w", merchantID, ErrMissing)
		}
		for _, table := range slices.Backward(merchantTables) {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ?", merchantID); err != nil {
				return err
			}
		}
		return nil
	})
}
