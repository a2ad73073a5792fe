package worker

import (
	"context"
	"errors"

	"fourfold/internal/store"
)

// Night pulls what changed and takes snapshots. Snapshots are taken of whatever is complete even where a pull failed: what a
// failed stream feeds keeps its last complete day.
func (w *Worker) Night(ctx context.Context, m store.Merchant) (Report, error) {
	pullErr := w.Pull(ctx, m)
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	if errors.Is(pullErr, store.ErrLost) || errors.Is(pullErr, store.ErrFull) {
		return Report{}, pullErr
	}
	report, err := w.Snapshots(ctx, m)
	return report, errors.Join(pullErr, err)
}
