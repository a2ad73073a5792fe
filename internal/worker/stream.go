package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

const (
	// attempts is how often a pull that stores nothing is begun again before it rests until the next run.
	attempts = 6
	// patience is the longest wait that is spent here. What takes longer, such as a store that is frozen, rests until the next run.
	patience = 5 * time.Minute
)

// pullStream pulls one stream until it has reached the provider's present. It waits as long as the provider asks, and not as an attempt;
// while the provider is unavailable it makes several attempts, counted anew whenever something was stored. All other faults stay
// what they are however often one asks.
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
		pause := connectors.RetryAfter(err)
		switch fault, _ := connectors.FaultOf(err); fault {
		case connectors.Throttled:
			pause = max(pause, time.Second)
		case connectors.Unavailable:
			failed++
			pause = max(pause, backoff(failed))
		default:
			failed = attempts
		}
		if failed >= attempts || pause > patience {
			return w.failed(ctx, conn, s, err)
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// backoff is anything up to a bound that doubles, so that many who failed together do not come back together.
func backoff(failed int) time.Duration { return rand.N(time.Second << failed) }

// failed records why a stream ended, and when the provider said to come again.
func (w *Worker) failed(ctx context.Context, conn store.Connection, s connectors.Stream, err error) error {
	if ctx.Err() != nil {
		return err
	}
	var again time.Time
	if pause := connectors.RetryAfter(err); pause > 0 {
		again = w.Now().Add(pause)
	}
	if recordErr := w.Store.FinishPull(ctx, conn.MerchantID, conn.ID, s.ID, err, again); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	return fmt.Errorf("%s of %s: %w", s.Title, conn.Name, err)
}

// pullOnce stores pages from the stream's cursor on until the pull ends; stored says whether one of them brought something on. A page
// that only notes in the cursor what is about to be asked does not.
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
		stored = stored || len(page.Records) > 0 || page.Proof != nil
		progress.Pages++
		progress.Records += int64(len(page.Records))
		progress.Text, progress.Done, progress.Total = first(page.Note.Text, progress.Text), page.Note.Done, page.Note.Total
		w.tell(*progress)
	}
	return stored, nil
}
