package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fourfold/connectors"
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

// notSurveyed records with the streams of an account why they were not even begun: it could not be probed. What a person sees of them says so, then.
func (w *Worker) notSurveyed(ctx context.Context, conn store.Connection, err error) error {
	if _, ok := connectors.FaultOf(err); !ok || ctx.Err() != nil {
		return err
	}
	c, unknown := w.connector(conn.Connector)
	if unknown != nil {
		return err
	}
	return errors.Join(err, w.notBegun(ctx, conn, c, err, func(connectors.Stream) bool { return true }))
}

// notBegun records why streams of an account were not begun: those of every night that were pulled before, and the one that the account is linked
// for. Of others it would be told longer than it is so.
func (w *Worker) notBegun(ctx context.Context, conn store.Connection, c connectors.Connector, why error, which func(connectors.Stream) bool) error {
	states, err := w.Store.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return err
	}
	var again time.Time
	if pause := connectors.RetryAfter(why); pause > 0 {
		again = w.Now().Add(pause)
	}
	for i, s := range c.Streams {
		known := slices.ContainsFunc(states, func(state store.StreamState) bool { return state.Stream == s.ID })
		if !which(s) || i > 0 && (!known || s.Every > 0) {
			continue
		}
		if err := w.Store.FinishPull(ctx, conn.MerchantID, conn.ID, s.ID, why, again); err != nil {
			return err
		}
	}
	return nil
}
