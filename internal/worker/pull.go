package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	return w.recorded(ctx, m, "pull", func() (string, error) { return "", w.pull(ctx, m) })
}

func (w *Worker) pull(ctx context.Context, m store.Merchant) error {
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
			return ctx.Err()
		}
	}
	return errors.Join(failures...)
}

// recorded keeps a record of a piece of work. Work that was cut off has a record without an end.
func (w *Worker) recorded(ctx context.Context, m store.Merchant, kind string, work func() (note string, err error)) error {
	run, err := w.Store.StartRun(ctx, m.ID, kind, "")
	if err != nil {
		return err
	}
	note, err := work()
	if ctx.Err() != nil {
		return err
	}
	endErr := w.Store.EndRun(ctx, run, err, note)
	if err != nil && errors.Is(endErr, store.ErrLost) {
		return err // it tells as much
	}
	return errors.Join(err, endErr)
}

// pullConnection pulls the streams of one connection that are due and allowed. A stream that fails leaves the others alone, unless
// none of them could do better: the grant is dead, or the fault is not the provider's.
func (w *Worker) pullConnection(ctx context.Context, m store.Merchant, conn store.Connection) error {
	c, acc, err := w.open(ctx, conn)
	if err != nil {
		return err
	}
	caps, gone, err := w.probe(ctx, &conn, c, acc)
	if err != nil {
		return err
	}
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(c connectors.Capability) bool { return c.ID == id && c.Granted })
	}
	streams, err := w.due(ctx, conn, c, has)
	if err != nil {
		return err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	failures := make([]error, len(streams))
	for i, s := range streams {
		group.Go(func() error {
			err := w.pullStream(gctx, conn, acc, s, has)
			failures[i] = err
			if fault, ok := connectors.FaultOf(err); err != nil && (!ok || fault == connectors.Denied) {
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return w.denied(ctx, acc, err)
	}
	return errors.Join(gone, lacks(c, caps), errors.Join(failures...), w.derive(ctx, m, conn))
}

// lacks names what a connector's first stream, the one it is linked for, may not read: without it there is no scorecard, and only a
// person can change that. What else is not granted is shown beside the figures it costs.
func lacks(c connectors.Connector, caps []connectors.Capability) error {
	if len(c.Streams) == 0 {
		return nil
	}
	for _, capability := range caps {
		if !capability.Granted && slices.Contains(c.Streams[0].Needs, capability.ID) {
			return &connectors.Error{
				Fault: connectors.Forbidden, Op: c.Streams[0].Title, Scope: capability.ID,
				Err: fmt.Errorf("%s may not be read: %s", strings.ReplaceAll(capability.ID, "_", " "), capability.Detail), Hint: capability.Remedy,
			}
		}
	}
	return nil
}

// denied marks the grant where the provider refused it for good, and returns the refusal.
func (w *Worker) denied(ctx context.Context, acc connectors.Account, err error) error {
	if fault, ok := connectors.FaultOf(err); ok && fault == connectors.Denied {
		return errors.Join(err, w.Linker.Refused(ctx, acc.Grant, err))
	}
	return err
}

// early is how much sooner than it is due a stream is pulled: nights do not begin to the second, and what is due each week must not
// wait for the eighth night.
const early = 12 * time.Hour

// due lists the streams that are to be pulled now: allowed, not pulled lately, and with what they come after read before this pull.
func (w *Worker) due(ctx context.Context, conn store.Connection, c connectors.Connector, has func(string) bool) ([]connectors.Stream, error) {
	states, err := w.Store.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	known := make(map[string]store.StreamState, len(states))
	for _, s := range states {
		known[s.Stream] = s
	}
	var due []connectors.Stream
	for _, s := range c.Streams {
		last := known[s.ID].LastComplete
		switch {
		case slices.ContainsFunc(s.Needs, func(id string) bool { return !has(id) }):
		case s.After != "" && !known[s.After].Backfilled:
		case s.Every > 0 && !last.IsZero() && w.Now().Before(last.Add(s.Every-early)):
		default:
			due = append(due, s)
		}
	}
	return due, nil
}

// derive works the totals of a connection out once its first backfill is complete. From then on every page keeps them up to date
// by itself.
func (w *Worker) derive(ctx context.Context, m store.Merchant, conn store.Connection) error {
	if conn.Derived {
		return nil
	}
	progress := Progress{Connection: conn, Job: "derive", Text: "working out the totals"}
	w.tell(progress)
	if err := w.Store.Derive(ctx, m.ID, conn.ID); err != nil {
		return fmt.Errorf("work out the totals of %s: %w", conn.Name, err)
	}
	progress.Finished = true
	w.tell(progress)
	return nil
}
