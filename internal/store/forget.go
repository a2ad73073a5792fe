package store

import (
	"context"

	"fourfold/kpi"
)

// The tables whose rows belong to one connection.
var connectionTables = []string{
	"streams", "proofs", "capabilities", "slice_orders", "orders", "order_lines", "agreements", "sales", "refunds", "refund_lines",
	"refund_adjustments", "returns", "return_lines", "fulfillments", "promises", "transactions", "disputes", "customers", "products", "variants",
	"stock_readings", "cost_readings", "sessions_days", "provider_sales_days", "rates", "totals", "customer_days", "marks",
	"events", "webhook_events", "hints", "budgets",
}

// Forget erases a connection with all that came from it: facts, totals, marks, cursors, proofs, and the snapshots of its store and
// channels; and its grant, where no other connection uses it. What was published of the whole merchant stays. A pull under way finds
// its next page refused.
func (s *Store) Forget(ctx context.Context, merchantID, connectionID int64) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		for _, table := range connectionTables {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND connection_id = ?", merchantID, connectionID); err != nil {
				return err
			}
		}
		store := kpi.Scope{Connection: connectionID}.String()
		channels := kpi.Scope{Connection: connectionID, Channel: "%"}.String()
		for _, table := range []string{"snapshots", "snapshot_states"} {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND (scope = ? OR scope LIKE ?)", merchantID, store, channels); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "DELETE FROM connections WHERE merchant_id = ? AND id = ?", merchantID, connectionID); err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM grants WHERE merchant_id = ? AND id = ? AND NOT EXISTS
			(SELECT 1 FROM connections c WHERE c.merchant_id = grants.merchant_id AND c.grant_id = grants.id)`, merchantID, acc.connection.GrantID)
		return err
	})
}
