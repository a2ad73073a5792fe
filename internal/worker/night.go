package worker

import (
	"context"
	"errors"
	"fmt"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Night pulls what changed and takes snapshots. Snapshots are taken of whatever is complete even where a pull failed: what a
// failed stream feeds keeps its last complete day.
func (w *Worker) Night(ctx context.Context, m store.Merchant) (report Report, err error) {
	err = w.recorded(ctx, m, nightKind, func() (string, error) {
		pullErr := w.pull(ctx, m)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if errors.Is(pullErr, store.ErrLost) || errors.Is(pullErr, store.ErrFull) {
			return "", pullErr
		}
		if report, err = w.Snapshots(ctx, m); err == nil {
			err = w.thin(ctx, m)
		}
		return fmt.Sprintf("%d snapshots, %d of them restatements", report.Snapshots, report.Restatements), errors.Join(pullErr, err)
	})
	if ctx.Err() == nil && !errors.Is(err, store.ErrLost) {
		err = errors.Join(err, w.Examine(ctx, m))
	}
	return report, err
}

// nightKind is what a night's record says it is.
const nightKind = "night"

// runningDays is how long each revision of a running period is kept.
const runningDays = 35

func (w *Worker) thin(ctx context.Context, m store.Merchant) error {
	loc, err := m.Location()
	if err != nil {
		return err
	}
	_, err = w.Store.ThinSnapshots(ctx, m.ID, period.On(w.Now(), loc)-runningDays)
	return err
}
