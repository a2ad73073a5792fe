package worker

import (
	"context"
	"errors"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

const (
	runningDays = 35                   // for which each revision of a running period is kept
	runsKept    = 365 * 24 * time.Hour // the last night's record is kept however old it is
	hooksKept   = 7 * 24 * time.Hour   // a provider gives up on a webhook long before
)

// Retention forgets what is of no more use: revisions of running periods, records of runs, and the webhooks that were taken; and, of the whole
// installation, sessions that have ended and old attempts to sign in. What was published, and proofs, are kept for good.
func (w *Worker) Retention(ctx context.Context, m store.Merchant) error {
	loc, err := m.Location()
	if err != nil {
		return err
	}
	_, err = w.Store.ThinSnapshots(ctx, m.ID, period.On(w.Now(), loc)-runningDays)
	return errors.Join(err, w.Store.ForgetEvents(ctx, m.ID, w.Now().Add(-hooksKept)), w.Store.ForgetRuns(ctx, m.ID, NightKind, w.Now().Add(-runsKept)),
		w.Store.ForgetSessions(ctx))
}
