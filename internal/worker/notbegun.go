package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

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
