package store

import (
	"context"
	"time"
)

// Session is the data kept under a session's token, which is a hash; found is false where there is none or it has ended.
func (s *Store) Session(ctx context.Context, token string) (data []byte, found bool, err error) {
	found, err = s.one(ctx, []any{&data}, "SELECT data FROM sessions WHERE token = ? AND expires_at > ?", token, at(s.now()))
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
