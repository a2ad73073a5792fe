package store

import (
	"context"
	"time"
)

// prove keeps the page's proof, and moves how far the stream is complete. It never moves back.
func (w *pageWriter) prove(ctx context.Context, now time.Time) error {
	p := w.page.Proof
	if p == nil {
		return nil
	}
	var run int64
	if _, err := w.one(ctx, []any{&run}, "SELECT COALESCE(MAX(id), 0) FROM runs WHERE merchant_id = ? AND ended_at IS NULL", w.merchant); err != nil {
		return err
	}
	_, err := w.exec(ctx, `INSERT INTO proofs (merchant_id, connection_id, stream, run_id, slice, range_from, range_to, started, method,
		promised_objects, promised_roots, promised_bytes, read_objects, read_roots, read_bytes, version, complete_to, complete_day, sweep, stored_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		w.merchant, w.connection, w.stream, run, p.Slice, at(p.From), at(p.To), at(p.Started), p.Method, p.Promised.Objects, p.Promised.Roots,
		p.Promised.Bytes, p.Read.Objects, p.Read.Roots, p.Read.Bytes, p.Version, at(p.CompleteTo), dayText(p.CompleteDay), p.Sweep, at(now))
	if err != nil || p.CompleteTo.IsZero() {
		return err
	}
	_, err = w.exec(ctx, `UPDATE streams SET backfilled = TRUE, complete_to = CASE WHEN complete_to > ? THEN complete_to ELSE ? END,
		complete_day = CASE WHEN complete_day > ? THEN complete_day ELSE ? END, first_day = CASE WHEN ? THEN '' ELSE first_day END
		WHERE merchant_id = ? AND connection_id = ? AND stream = ?`, at(p.CompleteTo), at(p.CompleteTo), dayText(p.CompleteDay), dayText(p.CompleteDay), p.From.IsZero(), w.merchant, w.connection, w.stream)
	return err
}

// Proofs lists what was proven of a connection, the latest first, at most limit of them.
func (s *Store) Proofs(ctx context.Context, merchantID, connectionID int64, limit int) ([]ProofRow, error) {
	var all []ProofRow
	err := s.each(ctx, func(scan func(...any) error) error {
		p := ProofRow{ConnectionID: connectionID}
		var from, to, started, complete, stored instant
		err := scan(&p.Stream, &p.RunID, &p.Slice, &from, &to, &started, &p.Method, &p.Promised.Objects, &p.Promised.Roots, &p.Promised.Bytes,
			&p.Read.Objects, &p.Read.Roots, &p.Read.Bytes, &p.Version, &complete, (*civil)(&p.CompleteDay), &p.Sweep, &stored)
		p.From, p.To, p.Started, p.CompleteTo, p.StoredAt = from.Time, to.Time, started.Time, complete.Time, stored.Time
		all = append(all, p)
		return err
	}, `SELECT stream, run_id, slice, range_from, range_to, started, method, promised_objects, promised_roots, promised_bytes,
		read_objects, read_roots, read_bytes, version, complete_to, complete_day, sweep, stored_at
		FROM proofs WHERE merchant_id = ? AND connection_id = ? ORDER BY id DESC LIMIT ?`, merchantID, connectionID, limit)
	return all, err
}

// LastProofs says when each stream of a connection was last proven to have arrived whole, in a slice of it or in all.
func (s *Store) LastProofs(ctx context.Context, merchantID, connectionID int64) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	err := s.each(ctx, func(scan func(...any) error) error {
		var stream string
		var stored instant
		err := scan(&stream, &stored)
		last[stream] = stored.Time
		return err
	}, "SELECT stream, MAX(stored_at) FROM proofs WHERE merchant_id = ? AND connection_id = ? GROUP BY stream", merchantID, connectionID)
	return last, err
}
