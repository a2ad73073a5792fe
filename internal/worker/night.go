package worker

import (
	"context"
	"errors"
	"fmt"

	"fourfold/internal/store"
)

// NightKind is what a night's record says it is.
const NightKind = store.NightRun

// Night pulls what changed and takes snapshots. Snapshots are taken of whatever is complete even where a pull failed: what a
// failed stream feeds keeps its last complete day.
func (w *Worker) Night(ctx context.Context, m store.Merchant) (Report, error) {
	return w.night(ctx, m, "")
}

// night works the night of a local date, or one that was asked for.
func (w *Worker) night(ctx context.Context, m store.Merchant, date string) (report Report, err error) {
	err = w.recorded(ctx, m, NightKind, date, func() (string, error) {
		pullErr := w.pull(ctx, m)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if errors.Is(pullErr, store.ErrLost) || errors.Is(pullErr, store.ErrFull) || errors.Is(pullErr, errStopped) {
			return "", pullErr
		}
		if report, err = w.Snapshots(ctx, m); err == nil {
			err = w.Retention(ctx, m)
		}
		return report.String(), errors.Join(pullErr, err)
	})
	if ctx.Err() == nil && !errors.Is(err, store.ErrLost) {
		err = errors.Join(err, w.Examine(ctx, m))
	}
	return report, err
}

// String is a night's outcome in a run's record.
func (r Report) String() string {
	return fmt.Sprintf("%d snapshots, %d of them restatements", r.Snapshots, r.Restatements)
}
