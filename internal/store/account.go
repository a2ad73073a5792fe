package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// account loads a connection and its merchant inside a transaction. One that writes holds the connection alone until it ends: what is
// counted before and after a page, and what is counted afresh, must not change under it.
func (t *tx) account(ctx context.Context, merchantID, connectionID int64) (account, error) {
	return t.accountHeld(ctx, merchantID, connectionID, " FOR NO KEY UPDATE OF c")
}

// uncounted loads a connection whose totals are not worked out yet, and holds it together with others that do the same: of a first
// pull each stream's pages fill tables of their own. Where totals are kept already the error is errCounted.
func (t *tx) uncounted(ctx context.Context, merchantID, connectionID int64) (account, error) {
	a, err := t.accountHeld(ctx, merchantID, connectionID, " FOR SHARE OF c")
	if err == nil && a.connection.Derived {
		err = errCounted
	}
	return a, err
}

// alone loads a connection that is about to go, or somebody's ID in all of it: nobody else has it, not even whoever keeps a webhook or
// notes how a pull ended.
func (t *tx) alone(ctx context.Context, merchantID, connectionID int64) (account, error) {
	return t.accountHeld(ctx, merchantID, connectionID, " FOR UPDATE OF c")
}

// there loads a connection and keeps it from being forgotten until the transaction ends. It waits for no page and no count.
func (t *tx) there(ctx context.Context, merchantID, connectionID int64) (account, error) {
	return t.accountHeld(ctx, merchantID, connectionID, " FOR KEY SHARE OF c")
}

// merchantThere fails where there is no such merchant, and keeps one from being removed until the transaction ends.
func (t *tx) merchantThere(ctx context.Context, merchantID int64) error {
	query := "SELECT 1 FROM merchants WHERE id = ?"
	if t.dialect == postgres {
		query += " FOR KEY SHARE"
	}
	var one int
	found, err := t.one(ctx, []any{&one}, query, merchantID)
	if err == nil && !found {
		err = fmt.Errorf("merchant %d: %w", merchantID, ErrMissing)
	}
	return err
}

// scopesThere is merchantThere, and the same for the stores that are named; zero is the whole merchant.
func (t *tx) scopesThere(ctx context.Context, merchantID int64, stores map[int64]bool) error {
	if err := t.merchantThere(ctx, merchantID); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(stores)) {
		if id == 0 {
			continue
		}
		if _, err := t.there(ctx, merchantID, id); err != nil {
			return err
		}
	}
	return nil
}

// errCounted says that a connection's totals follow its facts, so that it must be held alone.
var errCounted = errors.New("the connection's totals are kept")

func (t *tx) accountHeld(ctx context.Context, merchantID, connectionID int64, how string) (account, error) {
	var a account
	var created, since, derived, linked instant
	var settings string
	var month int
	m, c := &a.merchant, &a.connection
	hold := ""
	if t.writes && t.dialect == postgres {
		hold = how // SQLite has one writer
	}
	found, err := t.one(ctx, []any{&m.ID, &m.Name, &m.Currency, &m.Zone, &m.Calendar.WeekShift, &month, &m.CostsHistory, &created,
		&c.ID, &c.MerchantID, &c.GrantID, &c.Connector, &c.AccountID, &c.Name, &c.Currency, &c.Zone, &since, &settings, &c.State, &derived, &linked, &a.salt},
		`SELECT m.id, m.name, m.currency, m.zone, m.week_shift, m.fiscal_start, m.costs_history, m.created_at,
		c.id, c.merchant_id, c.grant_id, c.connector, c.account_id, c.name, c.currency, c.zone, c.since, c.settings, c.state, c.derived_at, c.created_at, c.redaction_salt
		FROM connections c JOIN merchants m ON m.id = c.merchant_id WHERE c.merchant_id = ? AND c.id = ?`+hold, merchantID, connectionID)
	if err != nil {
		return a, err
	}
	if !found {
		return a, fmt.Errorf("connection %d: %w: it was forgotten; link the account again", connectionID, ErrMissing)
	}
	m.Calendar.FiscalStart = time.Month(month)
	m.CreatedAt, c.Since, c.CreatedAt, c.Derived = created.Time, since.Time, linked.Time, !derived.IsZero()
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return a, fmt.Errorf("read the settings of connection %d: %w", connectionID, err)
	}
	a.past, err = t.past(ctx, merchantID, connectionID)
	return a, err
}
