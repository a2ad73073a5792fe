package store

import (
	"context"
	"fmt"
	"slices"
)

// The tables whose rows belong to one merchant: those of its connections, and the merchant's own.
var merchantTables = slices.Concat(connectionTables, []string{
	"connections", "grants", "runs", "targets", "snapshots", "snapshot_states", "alerts", "members", "tickets", "destinations",
})

// AuditRemoval is the audit's action of RemoveMerchant.
const AuditRemoval = "merchant removed"

// RemoveMerchant erases a merchant with everything of theirs: grants, connections, facts, totals, targets, snapshots. Only the audit stays,
// which the law may ask for when all else is gone, and gets a last entry. A pull under way finds its next page refused.
func (s *Store) RemoveMerchant(ctx context.Context, merchantID int64, actor string) error {
	return s.erase(ctx, func(ctx context.Context, t *tx) error {
		var name string
		found, err := t.one(ctx, []any{&name}, "SELECT name FROM merchants WHERE id = ?", merchantID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("merchant %d: %w", merchantID, ErrMissing)
		}
		// Whoever would store more looks for the merchant or the connection first, and so does whoever forgets one of them.
		if _, err := t.exec(ctx, "DELETE FROM merchants WHERE id = ?", merchantID); err != nil {
			return err
		}
		if err := t.connectionsAlone(ctx, merchantID); err != nil {
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

// connectionsAlone waits until nobody else has any of a merchant's connections.
func (t *tx) connectionsAlone(ctx context.Context, merchantID int64) error {
	if t.dialect != postgres {
		return nil // SQLite has one writer
	}
	var id int64
	return t.each(ctx, func(scan func(...any) error) error { return scan(&id) },
		"SELECT id FROM connections WHERE merchant_id = ? ORDER BY id FOR UPDATE", merchantID)
}
