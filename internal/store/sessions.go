package store

import (
	"context"
	"time"
)

// Session is the data kept under a session's token, which is a hash; found is false where there is none or it has ended.
func (s *Store) Session(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.look(ctx, func(ctx context.Context, t *tx) error {
		found, err = t.one(ctx, []any{&data}, "SELECT data FROM sessions WHERE token = ? AND expires_at > ?", token, at(s.now()))
		return err
	})
	return data, found, err
}

// SaveSession keeps a session's data until it ends.
func (s *Store) SaveSession(ctx context.Context, token string, data []byte, until time.Time) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO sessions (token, data, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, token, data, at(until))
		return err
	})
}

// EndSession ends a session.
func (s *Store) EndSession(ctx context.Context, token string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM sessions WHERE token = ?", token)
		return err
	})
}

// ForgetSessions deletes what is over: sessions, and failed attempts to sign in that are older than a day.
func (s *Store) ForgetSessions(ctx context.Context) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		if _, err := t.exec(ctx, "DELETE FROM sessions WHERE expires_at <= ?", at(now)); err != nil {
			return err
		}
		_, err := t.exec(ctx, "DELETE FROM attempts WHERE last_at < ?", at(now.Add(-24*time.Hour)))
		return err
	})
}

// Attempts says how often signing in has failed for a subject since it last went well, and when last.
func (s *Store) Attempts(ctx context.Context, subject string) (failures int, last time.Time, err error) {
	err = s.look(ctx, func(ctx context.Context, t *tx) error {
		var when instant
		_, err := t.one(ctx, []any{&failures, &when}, "SELECT failures, last_at FROM attempts WHERE subject = ?", subject)
		last = when.Time
		return err
	})
	return failures, last, err
}

// FailedAttempt counts one more for each subject.
func (s *Store) FailedAttempt(ctx context.Context, subjects ...string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		for _, subject := range subjects {
			if _, err := t.exec(ctx, `INSERT INTO attempts (subject, failures, last_at) VALUES (?, 1, ?)
				ON CONFLICT (subject) DO UPDATE SET failures = attempts.failures + 1, last_at = excluded.last_at`, subject, at(s.now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// ClearAttempts forgets a subject's failures: it went well.
func (s *Store) ClearAttempts(ctx context.Context, subjects ...string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		for _, subject := range subjects {
			if _, err := t.exec(ctx, "DELETE FROM attempts WHERE subject = ?", subject); err != nil {
				return err
			}
		}
		return nil
	})
}
