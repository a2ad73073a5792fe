package store

import (
	"context"
	"fmt"
	"slices"
)

// The tables whose rows belong to one merchant: those of its connections, and the merchant's own.
var merchantTables = slices.Concat(connectionTables, []string{
	"connections", "grants", "runs", "targets", "snapshots", "snapshot_states", "alerts",
})

// AuditRemoval is the audit's action of RemoveMerchant.
const AuditRemoval = "merchant removed"

// RemoveMerchant erases a merchant with everything of theirs: grants, connections, facts, totals, targets, snapshots. Only the audit stays,
// which the law may ask for when all else is gone, and gets a last entry. A pull under way finds its next page refused.
func (s *Store) RemoveMerchant(ctx context.Context, merchantID int64, actor string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		var name string
		found, err := t.one(ctx, []any{&name}, "SELECT name FROM merchants WHERE id = ?", merchantID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("merchant %d: %w", merchantID, ErrMissing)
		}
		// The merchant and its connections first: whoever would store more looks for them.
		if _, err := t.exec(ctx, "DELETE FROM merchants WHERE id = ?", merchantID); err != nil {
			return err
		}
		for _, table := range slices.Backward(merchantTables) {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ?", merchantID); err != nil {
				return err
			}
		}
		return t.audit(ctx, s.now(), AuditEntry{MerchantID: merchantID, Actor: actor, Action: AuditRemoval, Detail: name})
	})
}
