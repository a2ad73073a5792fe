package store

import (
	"context"
	"fmt"
	"time"

	"fourfold/kpi"
)

// The tables whose rows belong to one connection.
var connectionTables = []string{
	"streams", "proofs", "capabilities", "slice_orders", "orders", "order_lines", "agreements", "sales", "refunds", "refund_lines",
	"refund_adjustments", "returns", "return_lines", "fulfillments", "promises", "transactions", "disputes", "customers", "products", "variants",
	"stock_readings", "cost_readings", "sessions_days", "provider_sales_days", "rates", "ad_days", "ad_totals", "web_days", "sku_costs", "tariffs",
	"totals", "customer_days", "marks",
	"events", "webhook_events", "hints", "budgets",
}

// Forget erases a connection with all that came from it: facts, totals, marks, cursors, proofs, and the snapshots and targets of its
// store and channels; and its grant, where no other connection uses it. What was published of the whole merchant stays, and is judged
// again without it, while other stores are linked. A pull under way finds its next page refused.
func (s *Store) Forget(ctx context.Context, merchantID, connectionID int64) error {
	return s.erase(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.forget(ctx, s.now(), merchantID, connectionID)
		return err
	})
}

// EraseConnection forgets a connection because the law or the merchant asks for it, and keeps an audit entry of that.
func (s *Store) EraseConnection(ctx context.Context, merchantID, connectionID int64, actor string) error {
	return s.erase(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.forget(ctx, s.now(), merchantID, connectionID)
		if err != nil {
			return err
		}
		detail := fmt.Sprintf("store %d, %s: everything that came from it", connectionID, acc.connection.Name)
		return t.audit(ctx, s.now(), AuditEntry{MerchantID: merchantID, Actor: actor, Action: AuditErasure, Detail: detail})
	})
}

func (t *tx) forget(ctx context.Context, now time.Time, merchantID, connectionID int64) (account, error) {
	acc, err := t.alone(ctx, merchantID, connectionID)
	if err != nil {
		return acc, err
	}
	if err := t.markForgotten(ctx, now, acc); err != nil {
		return acc, err
	}
	err = t.withoutCosts(ctx, now, acc, func() error {
		for _, table := range connectionTables {
			if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND connection_id = ?", merchantID, connectionID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return acc, err
	}
	store := kpi.Scope{Connection: connectionID}.String()
	channels, account := kpi.Scope{Connection: connectionID, Channel: "%"}.String(), kpi.Scope{Connection: connectionID, Account: true}.String()
	for _, table := range []string{"snapshots", "snapshot_states", "targets"} {
		if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND (scope IN (?, ?) OR scope LIKE ?)", merchantID, store, account, channels); err != nil {
			return acc, err
		}
	}
	if _, err := t.exec(ctx, "DELETE FROM connections WHERE merchant_id = ? AND id = ?", merchantID, connectionID); err != nil {
		return acc, err
	}
	_, err = t.exec(ctx, `DELETE FROM grants WHERE merchant_id = ? AND id = ? AND NOT EXISTS
		(SELECT 1 FROM connections c WHERE c.merchant_id = grants.merchant_id AND c.grant_id = grants.id)`, merchantID, acc.connection.GrantID)
	return acc, err
}

// noConnection stands in marks for connections that are no more: they mark for the whole merchant alone.
const noConnection = 0

// markForgotten marks all days on which a connection that is about to be forgotten counted for anything, so that the whole merchant is
// judged again without it. Where no other store is left there is nothing to judge.
func (t *tx) markForgotten(ctx context.Context, now time.Time, acc account) error {
	merchant, connection := acc.merchant.ID, acc.connection.ID
	var others int
	if _, err := t.one(ctx, []any{&others}, "SELECT COUNT(*) FROM connections WHERE merchant_id = ? AND id <> ?", merchant, connection); err != nil {
		return err
	}
	if others == 0 {
		_, err := t.exec(ctx, "DELETE FROM marks WHERE merchant_id = ? AND connection_id = ?", merchant, noConnection)
		return err
	}
	r, err := newRecounter(ctx, t, acc)
	if err != nil {
		return err
	}
	if err := r.markDifferences(ctx, kpi.CauseForgotten, now); err != nil { // against nothing: every day that has a total
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO marks (merchant_id, connection_id, channel, measure, day, marked_at, times, cause)
		SELECT merchant_id, CAST(? AS BIGINT), channel, measure, day, marked_at, times, cause FROM marks WHERE merchant_id = ? AND connection_id = ?
		ON CONFLICT `+addMark,
		noConnection, merchant, connection)
	return err
}
