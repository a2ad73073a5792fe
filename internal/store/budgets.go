package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// restored is what an account's budget has filled up to by now. The database's clock counts, which all its processes share.
const restored = "LEAST(b.maximum, b.available + b.restore * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - b.at)))"

// Spend takes cost from what an account may still ask of its provider, and says how long to wait until it is there: whoever comes later
// waits behind. Where that is longer than most, nothing is taken and ok is false. An account that no answer was settled for yet has no
// bounds that we know of. Postgres only.
func (s *Store) Spend(ctx context.Context, merchantID, connectionID int64, cost float64, most time.Duration) (wait time.Duration, ok bool, err error) {
	// A request dearer than all an account may ever ask goes when that is there: the provider refuses it by name.
	var left, restore float64
	err = s.writer.QueryRowContext(ctx, `UPDATE budgets b SET available = `+restored+` - LEAST($3::float8, b.maximum), at = clock_timestamp()
		WHERE b.merchant_id = $1 AND b.connection_id = $2 AND `+restored+` - LEAST($3::float8, b.maximum) >= -b.restore * $4::float8
		RETURNING b.available, b.restore`, merchantID, connectionID, cost, most.Seconds()).Scan(&left, &restore)
	switch {
	case err == nil:
		return shortOf(left, restore), true, nil
	case !errors.Is(err, sql.ErrNoRows):
		return 0, false, s.explain("take from the account's budget", err)
	}
	err = s.writer.QueryRowContext(ctx, "SELECT "+restored+" - LEAST($3::float8, b.maximum), b.restore FROM budgets b WHERE b.merchant_id = $1 AND b.connection_id = $2",
		merchantID, connectionID, cost).Scan(&left, &restore)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, true, nil
	}
	return shortOf(left, restore), false, s.explain("take from the account's budget", err)
}

// Owed is how long it takes until all that was taken from an account's budget is there. What is settled meanwhile shortens it.
func (s *Store) Owed(ctx context.Context, merchantID, connectionID int64) (time.Duration, error) {
	var left, restore float64
	err := s.writer.QueryRowContext(ctx, "SELECT "+restored+", b.restore FROM budgets b WHERE b.merchant_id = $1 AND b.connection_id = $2",
		merchantID, connectionID).Scan(&left, &restore)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return shortOf(left, restore), s.explain("read the account's budget", err)
}

// shortOf is how long it takes until what is owed has filled up again.
func shortOf(left, restore float64) time.Duration {
	if left >= 0 {
		return 0
	}
	return time.Duration(-left/restore*float64(time.Second)) + time.Millisecond
}

// Settle ends what Spend(requested) began: it was charged actual, and the provider said that so much is available then, of a maximum that
// is restored at a rate a second. What others have under way was taken here and may not be charged there yet, or was charged there by
// others than us: so the lower of both counts. Of an account that was forgotten meanwhile nothing is kept.
func (s *Store) Settle(ctx context.Context, merchantID, connectionID int64, requested, actual, available, maximum, restore float64) error {
	args := []any{merchantID, connectionID, requested, actual, available, maximum, restore}
	done, err := s.writer.ExecContext(ctx, "UPDATE budgets b SET "+settled+" WHERE b.merchant_id = $1 AND b.connection_id = $2", args...)
	if err != nil {
		return s.explain("settle the account's budget", err)
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = s.writer.ExecContext(ctx, `INSERT INTO budgets AS b (merchant_id, connection_id, available, maximum, restore, at)
		SELECT merchant_id, id, $5::float8, $6::float8, $7::float8, clock_timestamp() FROM connections WHERE merchant_id = $1 AND id = $2 FOR KEY SHARE
		ON CONFLICT (merchant_id, connection_id) DO UPDATE SET `+settled, args...)
	return s.explain("settle the account's budget", err)
}

// settled is what Settle leaves of a budget. What was restored is counted up to the moment from which it is counted on.
const settled = "available = LEAST($5::float8, " + restored + " + LEAST($3::float8, b.maximum) - $4::float8), maximum = $6::float8, restore = $7::float8, at = clock_timestamp()"

// Return gives back what Spend took for a request that was never sent.
func (s *Store) Return(ctx context.Context, merchantID, connectionID int64, cost float64) error {
	_, err := s.writer.ExecContext(ctx, "UPDATE budgets b SET available = LEAST(b.maximum, b.available + LEAST($3::float8, b.maximum)) WHERE b.merchant_id = $1 AND b.connection_id = $2",
		merchantID, connectionID, cost)
	return s.explain("give back to the account's budget", err)
}
