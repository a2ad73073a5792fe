package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// attempts is how often a pull that stores nothing is begun again before it rests until the next run.
const attempts = 6

// patience is the longest that a pull waits where the provider asks it to. For more, as for a frozen store, the stream rests until the
// next run.
const patience = 5 * time.Minute

// pullStream pulls one stream until it has reached the provider's present. It waits as the provider asks, up to a limit; of other
// passing faults it makes several attempts, counted anew whenever a page was stored.
func (w *Worker) pullStream(ctx context.Context, conn store.Connection, acc connectors.Account, s connectors.Stream, has func(string) bool) error {
	progress := Progress{Connection: conn, Job: s.ID, Text: s.Title}
	failed := 0
	for {
		stored, err := w.pullOnce(ctx, conn, acc, s, has, &progress)
		if stored {
			failed = 0
		}
		if errors.Is(err, store.ErrFenced) {
			return nil // another worker pulls this stream, and goes on
		}
		if err == nil {
			if err = w.Store.FinishPull(ctx, conn.MerchantID, conn.ID, s.ID, nil, time.Time{}); err != nil {
				return err
			}
			progress.Finished = true
			w.tell(progress)
			return nil
		}
		fault, ok := connectors.FaultOf(err)
		pause := connectors.RetryAfter(err)
		switch {
		case pause > patience:
			return w.failed(ctx, conn, s, err)
		case ok && fault == connectors.Throttled:
			if pause == 0 {
				pause = 2 * time.Second
			}
		case ok && (fault == connectors.Unavailable || fault == connectors.TooLarge) && failed < attempts-1:
			failed++
			pause = max(pause, time.Second<<failed)
		default:
			return w.failed(ctx, conn, s, err)
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// failed records why a stream ended.
func (w *Worker) failed(ctx context.Context, conn store.Connection, s connectors.Stream, err error) error {
	if ctx.Err() != nil {
		return err
	}
	retryAt := w.Now().Add(connectors.RetryAfter(err))
	if recordErr := w.Store.FinishPull(ctx, conn.MerchantID, conn.ID, s.ID, err, retryAt); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	return fmt.Errorf("%s of %s: %w", s.Title, conn.Name, err)
}

// pullOnce stores pages from the stream's cursor on until the pull ends; stored says whether there was one.
func (w *Worker) pullOnce(ctx context.Context, conn store.Connection, acc connectors.Account, s connectors.Stream, has func(string) bool, progress *Progress) (stored bool, err error) {
	state, err := w.Store.Stream(ctx, conn.MerchantID, conn.ID, s.ID)
	if err != nil {
		return false, err
	}
	number := state.Number
	for page, err := range s.Pull(ctx, acc, connectors.Request{Cursor: state.Cursor, Since: w.Since, Has: has}) {
		if err != nil {
			return stored, err
		}
		if number, err = w.Store.SavePage(ctx, conn.MerchantID, conn.ID, s.ID, number, page); err != nil {
			return stored, err
		}
		stored = true
		progress.Pages++
		progress.Records += int64(len(page.Records))
		progress.Text, progress.Done, progress.Total = first(page.Note.Text, progress.Text), page.Note.Done, page.Note.Total
		w.tell(*progress)
	}
	return stored, nil
}
