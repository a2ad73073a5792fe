package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/kpi"
)

const streamColumns = "stream, cursor, number, complete_to, last_page, last_complete, backfilled, last_error, retry_at, complete_day, first_day"

func scanStream(scan func(...any) error) (StreamState, error) {
	var st StreamState
	var cursor string
	var complete, page, last, retry instant
	err := scan(&st.Stream, &cursor, &st.Number, &complete, &page, &last, &st.Backfilled, &st.LastError, &retry, (*civil)(&st.CompleteDay), (*civil)(&st.FirstDay))
	if cursor != "" {
		st.Cursor = connectors.Cursor(cursor)
	}
	st.CompleteTo, st.LastPage, st.LastComplete, st.RetryAt = complete.Time, page.Time, last.Time, retry.Time
	st.LastFault, st.LastError = faultIn(st.LastError)
	return st, err
}

// faultIn takes the fault off the front of what was kept of an error; "" where it was no provider's fault.
func faultIn(kept string) (f connectors.Fault, text string) {
	name, text, found := strings.Cut(kept, ": ")
	switch f = connectors.Fault(name); f {
	case connectors.Denied, connectors.Throttled, connectors.Unavailable, connectors.TooLarge, connectors.Forbidden, connectors.Malformed:
		if found {
			return f, text
		}
	}
	return "", kept
}

// Stream says where a stream stands; one that was never pulled has the zero state.
func (s *Store) Stream(ctx context.Context, merchantID, connectionID int64, stream string) (StreamState, error) {
	st := StreamState{Stream: stream}
	err := s.each(ctx, func(scan func(...any) error) (err error) {
		st, err = scanStream(scan)
		return err
	}, "SELECT "+streamColumns+" FROM streams WHERE merchant_id = ? AND connection_id = ? AND stream = ?", merchantID, connectionID, stream)
	return st, err
}

// Streams says where all streams of a connection stand that were ever pulled.
func (s *Store) Streams(ctx context.Context, merchantID, connectionID int64) ([]StreamState, error) {
	var all []StreamState
	err := s.each(ctx, func(scan func(...any) error) error {
		st, err := scanStream(scan)
		all = append(all, st)
		return err
	}, "SELECT "+streamColumns+" FROM streams WHERE merchant_id = ? AND connection_id = ? ORDER BY stream", merchantID, connectionID)
	return all, err
}

// ClearStream drops a stream's cursor, so that it is read again from the beginning. A pull under way is fenced off. Facts stay, and
// stay complete as far as they were; after the orders stream was cleared, totals are worked out anew once it has been read.
func (s *Store) ClearStream(ctx context.Context, merchantID, connectionID int64, stream string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.account(ctx, merchantID, connectionID); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE streams SET cursor = '', number = number + 1, backfilled = FALSE, last_error = '', retry_at = NULL
			WHERE merchant_id = ? AND connection_id = ? AND stream = ?`, merchantID, connectionID, stream)
		if err != nil || n == 0 {
			return err
		}
		if _, err = t.exec(ctx, "DELETE FROM slice_orders WHERE merchant_id = ? AND connection_id = ? AND stream = ?", merchantID, connectionID, stream); err != nil {
			return err
		}
		if stream == ordersStream {
			_, err = t.exec(ctx, "UPDATE connections SET derived_at = NULL WHERE merchant_id = ? AND id = ?", merchantID, connectionID)
		}
		return err
	})
}

// ordersStream is the stream whose backfill decides when a connection's totals are first worked out.
const ordersStream = "orders"

// leadStreams are what connections are linked for. The backfill of one of them lets the connection's totals be worked out, and where there
// are orders, theirs must be complete too.
var leadStreams = []string{ordersStream, kpi.SpendStream, kpi.VisitsStream, "rates", "sku_costs", "tariffs"}

// FinishPull records how a pull ended: nil if it reached the provider's present.
func (s *Store) FinishPull(ctx context.Context, merchantID, connectionID int64, stream string, pulled error, retryAt time.Time) error {
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		text := ""
		if pulled != nil {
			text = pulled.Error()
			if fault, ok := connectors.FaultOf(pulled); ok {
				text = string(fault) + ": " + text
			}
		}
		if _, err := t.there(ctx, merchantID, connectionID); err != nil {
			return err // of a store that was forgotten meanwhile nothing is left behind
		}
		_, err := t.exec(ctx, `INSERT INTO streams (merchant_id, connection_id, stream, cursor, number, last_complete, backfilled, last_error, retry_at, kinds)
			VALUES (?, ?, ?, '', 0, ?, ?, ?, ?, '') ON CONFLICT (merchant_id, connection_id, stream) DO UPDATE SET
			last_complete = COALESCE(excluded.last_complete, streams.last_complete), backfilled = streams.backfilled OR excluded.backfilled,
			last_error = excluded.last_error, retry_at = excluded.retry_at`,
			merchantID, connectionID, stream, at(s.finished(pulled)), pulled == nil, text, at(retryAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("record the end of a pull of stream %s: %w", stream, err)
	}
	return nil
}

// Derive works out a connection's totals from its facts, once its orders, or what else it is linked for, have been read completely for the
// first time. Until then
// none are kept, and from then on every page keeps them up to date, so that a second call does nothing.
func (s *Store) Derive(ctx context.Context, merchantID, connectionID int64) error {
	var waiting int
	lead, leads := s.dialect.oneOf("s.stream", leadStreams)
	_, err := s.one(ctx, []any{&waiting}, `SELECT COUNT(*) FROM connections c WHERE c.merchant_id = ? AND c.id = ? AND c.derived_at IS NULL
		AND EXISTS (SELECT 1 FROM streams s WHERE s.merchant_id = c.merchant_id AND s.connection_id = c.id AND s.backfilled AND `+lead+`)
		AND NOT EXISTS (SELECT 1 FROM streams o WHERE o.merchant_id = c.merchant_id AND o.connection_id = c.id AND o.stream = ? AND NOT o.backfilled)`,
		merchantID, connectionID, leads, ordersStream)
	if err != nil || waiting == 0 {
		return err
	}
	return s.RebuildFor(ctx, merchantID, connectionID, kpi.CauseBackfill)
}

func (s *Store) finished(pulled error) time.Time {
	if pulled != nil {
		return time.Time{}
	}
	return s.now()
}

// advance moves the stream on by one page, or fails with ErrFenced if another has. It returns the kinds the stream has carried.
func (t *tx) advance(ctx context.Context, now time.Time, merchantID, connectionID int64, stream string, number int64, page connectors.Page, s *sorted) (kindNames, error) {
	var stored int64
	var text string
	found, err := t.one(ctx, []any{&stored, &text}, "SELECT number, kinds FROM streams WHERE merchant_id = ? AND connection_id = ? AND stream = ?",
		merchantID, connectionID, stream)
	if err != nil {
		return nil, err
	}
	if stored != number {
		return nil, ErrFenced
	}
	kinds := kindNames(strings.Fields(text)).with(s)
	first := "" // of the days that come whole
	if page.Replaces != nil {
		first = page.Replaces.From.String()
	}
	var n int64
	if found {
		n, err = t.exec(ctx, `UPDATE streams SET cursor = ?, number = number + 1, last_page = ?, last_error = '', kinds = ?,
			first_day = CASE WHEN first_day = '' OR ? < first_day AND ? <> '' THEN ? ELSE first_day END
			WHERE merchant_id = ? AND connection_id = ? AND stream = ? AND number = ?`,
			string(page.Next), at(now), kinds.String(), first, first, first, merchantID, connectionID, stream, number)
	} else {
		n, err = t.exec(ctx, `INSERT INTO streams (merchant_id, connection_id, stream, cursor, number, last_page, backfilled, last_error, kinds, first_day)
			VALUES (?, ?, ?, ?, 1, ?, FALSE, '', ?, ?) ON CONFLICT (merchant_id, connection_id, stream) DO NOTHING`,
			merchantID, connectionID, stream, string(page.Next), at(now), kinds.String(), first)
	}
	if err == nil && n == 0 {
		err = ErrFenced
	}
	return kinds, err
}
