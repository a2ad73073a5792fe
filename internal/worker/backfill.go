package worker

import (
	"context"
	"errors"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Backfill has a merchant's streams reach back to a day: it is kept as the merchant's own, and the streams whose first pull begins there
// are read anew by the next pull. All of each is read, not only what is older: one cursor holds one reading, and a proof is of the whole.
// Facts that are there stay, and are written over by what is read. It returns the titles of those streams.
func (w *Worker) Backfill(ctx context.Context, m store.Merchant, since period.Day) ([]string, error) {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	was := m
	m.Since = since
	if err := w.Store.UpdateMerchant(ctx, was, m); err != nil {
		return nil, err
	}
	var titles []string
	for _, conn := range conns {
		if conn.State != store.StateActive {
			continue
		}
		c, err := w.connector(conn.Connector)
		if err != nil {
			return nil, err
		}
		for _, s := range c.Streams {
			if !s.Reaches {
				continue
			}
			err = errors.Join(err, w.Store.ClearStream(ctx, m.ID, conn.ID, s.ID))
			titles = append(titles, s.Title+" of "+conn.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	return titles, nil
}
