package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// together is how many streams of an account are pulled at the same time. They share the account's pacer, and a provider's own
// limit on jobs is the connector's to keep.
const together = 4

// Pull probes and pulls every connection of a merchant. A connection that fails does not keep the others waiting; all failures
// are returned together.
func (w *Worker) Pull(ctx context.Context, m store.Merchant) error {
	run, err := w.Store.StartRun(ctx, m.ID, "pull")
	if err != nil {
		return err
	}
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	var failures []error
	for _, conn := range conns {
		if conn.State != store.StateActive {
			continue
		}
		if err := w.pullConnection(ctx, m, conn); err != nil {
			failures = append(failures, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	err = errors.Join(failures...)
	if endErr := w.Store.EndRun(context.WithoutCancel(ctx), run, err, ""); endErr != nil {
		return errors.Join(err, endErr)
	}
	return err
}

func (w *Worker) pullConnection(ctx context.Context, m store.Merchant, conn store.Connection) error {
	c, acc, err := w.open(ctx, conn)
	if err != nil {
		return err
	}
	caps, err := c.Probe(ctx, acc)
	if err != nil {
		return fmt.Errorf("what %s allows: %w", conn.Name, err)
	}
	if err := w.Store.SaveCapabilities(ctx, m.ID, conn.ID, caps); err != nil {
		return err
	}
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(c connectors.Capability) bool { return c.ID == id && c.Granted })
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	failures := make([]error, len(c.Streams))
	for i, s := range c.Streams {
		if slices.ContainsFunc(s.Needs, func(id string) bool { return !has(id) }) {
			continue
		}
		due, err := w.due(ctx, conn, s)
		if err != nil {
			return err
		}
		if !due {
			continue
		}
		group.Go(func() error {
			err := w.pullStream(gctx, conn, acc, s, has)
			failures[i] = err
			if f, ok := connectors.FaultOf(err); ok && f == connectors.Denied {
				return err // a dead grant ends all streams of the account
			}
			if err != nil && !connectorFault(err) {
				return err // the database, or us: no other stream would do better
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	return w.derive(ctx, m, conn)
}

func connectorFault(err error) bool {
	_, ok := connectors.FaultOf(err)
	return ok
}

// early is how much sooner than it is due a stream is pulled: nights do not begin to the second, and what is due each week must not
// wait for the eighth night.
const early = 12 * time.Hour

// due says whether a stream is to be pulled now.
func (w *Worker) due(ctx context.Context, conn store.Connection, s connectors.Stream) (bool, error) {
	if s.Every == 0 {
		return true, nil
	}
	state, err := w.Store.Stream(ctx, conn.MerchantID, conn.ID, s.ID)
	if err != nil {
		return false, err
	}
	return state.LastComplete.IsZero() || !w.Now().Before(state.LastComplete.Add(s.Every-early)), nil
}
