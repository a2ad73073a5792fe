package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fourfold/internal/store"
)

const (
	// inPlace is the longest wait that is sat out where it comes up. For a longer one, such as a report that the provider prepares, the stream
	// is put aside, and what does not depend on it goes on.
	inPlace = 10 * time.Second
	// enough is how long a night waits for a stream that brings nothing, and enoughAtFirst a first pull, which may be much. The others' figures
	// are not kept waiting any longer: the next run goes on with it.
	enough        = time.Hour
	enoughAtFirst = 6 * time.Hour
)

func (p *pulling) enough() time.Duration {
	if p.whole {
		return enough
	}
	return enoughAtFirst
}

// aside is a stream that was put aside, and after how long it is to be gone on with.
type aside struct {
	*pulling
	pause time.Duration
}

func (a *aside) Error() string { return fmt.Sprintf("%s: later, in %s", a.stream.ID, a.pause) }

// goOn goes on with the streams that were put aside, each when its time has come, until none is left.
func (w *Worker) goOn(ctx context.Context, m store.Merchant, waiting []*aside) (failures []error, err error) {
	for len(waiting) > 0 {
		next := slices.MinFunc(waiting, func(a, b *aside) int { return cmp.Compare(a.pause, b.pause) })
		pause := next.pause
		if err := w.pause(ctx, pause); err != nil {
			return failures, err
		}
		var still []*aside
		for _, a := range waiting {
			if a.pause -= pause; a.pause > 0 {
				still = append(still, a)
				continue
			}
			err := w.persist(ctx, a.pulling)
			var again *aside
			switch {
			case errors.As(err, &again):
				still = append(still, again)
				continue
			case ctx.Err() != nil || errors.Is(err, errStopped):
				return failures, err
			case err != nil:
				err = w.denied(ctx, a.acc, err)
				if Rests(err) {
					w.Rested(ctx, m.ID)
				}
			}
			failures = append(failures, err, w.derive(ctx, m, a.conn))
		}
		waiting = still
	}
	return failures, nil
}
