package store

import (
	"context"
	"time"
)

// ForgetRuns deletes the records of runs that began before a moment. The merchant's last one of the kind kept stays: it says when a
// merchant who was away for long was last served.
func (s *Store) ForgetRuns(ctx context.Context, merchantID int64, kept string, before time.Time) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM runs WHERE merchant_id = ? AND started_at < ?
			AND id NOT IN (SELECT MAX(l.id) FROM runs l WHERE l.merchant_id = ? AND l.kind = ? HAVING COUNT(*) > 0)`,
			merchantID, at(before), merchantID, kept)
		return err
	})
}

// ForgetEvents deletes the marks of webhooks that were received before a moment: one that came as late again would count as new.
func (s *Store) ForgetEvents(ctx context.Context, merchantID int64, before time.Time) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM webhook_events WHERE merchant_id = ? AND received_at < ?", merchantID, at(before))
		return err
	})
}
