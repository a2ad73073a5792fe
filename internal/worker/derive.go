package worker

import (
	"context"

	"fourfold/internal/store"
)

// derive works the totals of a connection out once its first backfill is complete. From then on every page keeps them up to date
// by itself.
func (w *Worker) derive(ctx context.Context, m store.Merchant, conn store.Connection) error {
	if conn.Derived {
		return nil
	}
	progress := Progress{Connection: conn, Job: "derive", Text: "working out the totals"}
	w.tell(progress)
	if err := w.Store.Derive(ctx, m.ID, conn.ID); err != nil {
		return err
	}
	progress.Finished = true
	w.tell(progress)
	return nil
}
