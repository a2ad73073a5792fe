package store

import (
	"context"
	"time"
)

// Slowed is something that attempts to sign in are counted by, such as a name.
type Slowed struct {
	Subject string // a hash
	// Rule says how many of the failures count still so long after the last one, and how long there is to wait before the next attempt.
	Rule func(failures int, since time.Duration) (left int, wait time.Duration)
}

// Attempt counts one more attempt to sign in for each subject, in advance: only one that goes well is taken back. Where one of them has to
// wait still, nothing is counted and wait is how long. Attempts at the same time queue for the count, so that they are no way around it.
func (s *Store) Attempt(ctx context.Context, subjects ...Slowed) (wait time.Duration, err error) {
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		counts := make([]int, len(subjects))
		for i, subject := range subjects {
			failures, last, err := t.attempts(ctx, subject.Subject, now)
			if err != nil {
				return err
			}
			left, held := subject.Rule(failures, now.Sub(last))
			counts[i], wait = left+1, max(wait, held)
		}
		if wait > 0 {
			return nil
		}
		for i, subject := range subjects {
			if _, err := t.exec(ctx, "UPDATE attempts SET failures = ?, last_at = ? WHERE subject = ?", counts[i], at(now), subject.Subject); err != nil {
				return err
			}
		}
		return nil
	})
	return wait, err
}

// attempts reads a subject's count, and holds it until the transaction ends.
func (t *tx) attempts(ctx context.Context, subject string, now time.Time) (failures int, last time.Time, err error) {
	if _, err := t.exec(ctx, "INSERT INTO attempts (subject, failures, last_at) VALUES (?, 0, ?) ON CONFLICT (subject) DO NOTHING", subject, at(now)); err != nil {
		return 0, now, err
	}
	query := "SELECT failures, last_at FROM attempts WHERE subject = ?"
	if t.dialect == postgres {
		query += " FOR UPDATE"
	}
	var when instant
	_, err = t.one(ctx, []any{&failures, &when}, query, subject)
	return failures, when.Time, err
}

// WentWell forgets the failures of a subject, and takes back the one attempt that was counted for others.
func (s *Store) WentWell(ctx context.Context, subject string, others ...string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM attempts WHERE subject = ?", subject); err != nil {
			return err
		}
		for _, other := range others {
			if _, err := t.exec(ctx, "UPDATE attempts SET failures = failures - 1 WHERE subject = ? AND failures > 0", other); err != nil {
				return err
			}
		}
		return nil
	})
}
