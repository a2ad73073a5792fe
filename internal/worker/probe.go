package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Probe asks what an account allows now and keeps the answer: what is not granted is a state of its own, and never a zero.
func (w *Worker) Probe(ctx context.Context, m store.Merchant, conn store.Connection) ([]connectors.Capability, error) {
	c, acc, err := w.open(ctx, conn)
	if err != nil {
		return nil, err
	}
	caps, _, err := w.probe(ctx, &conn, c, acc)
	return caps, err
}

// probe also tells, as an error that is no reason to stop, what was granted before and is not any more; but for what the account is linked for,
// of which lacks tells every night.
func (w *Worker) probe(ctx context.Context, conn *store.Connection, c connectors.Connector, acc connectors.Account) (caps []connectors.Capability, gone, err error) {
	if caps, err = c.Probe(ctx, acc); err != nil {
		return nil, nil, w.denied(ctx, acc, fmt.Errorf("what %s allows: %w", conn.Name, err))
	}
	known, err := w.Store.Capabilities(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, nil, err
	}
	before := make(map[string]connectors.Capability, len(known))
	for _, k := range known {
		before[k.ID] = k
	}
	if err := w.reach(ctx, conn, c, before, caps); err != nil {
		return nil, nil, err
	}
	for _, now := range caps {
		if before[now.ID].Granted && !now.Granted && !(len(c.Streams) > 0 && slices.Contains(c.Streams[0].Needs, now.ID)) {
			gone = errors.Join(gone, &connectors.Error{
				Fault: connectors.Forbidden, Op: conn.Name, Scope: now.ID, Err: fmt.Errorf("%s is not granted any more: %s", now.ID, now.Costs), Hint: now.Remedy,
			})
		}
	}
	return caps, gone, w.Store.SaveCapabilities(ctx, conn.MerchantID, conn.ID, caps)
}

// reach settles how far back facts go where a provider shows the recent past only. Its wall moves on day by day, but what was read is
// kept: so the limit stays where it was, unless a stream was not read for longer than the provider shows. Where the wall is gone, the
// streams that were behind it are read again from the beginning.
func (w *Worker) reach(ctx context.Context, conn *store.Connection, c connectors.Connector, before map[string]connectors.Capability, caps []connectors.Capability) error {
	states, err := w.Store.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return err
	}
	var wall time.Time // of today
	for _, now := range caps {
		if now.Since.After(wall) {
			wall = now.Since
		}
	}
	hole := slices.ContainsFunc(states, func(s store.StreamState) bool { return !s.CompleteTo.IsZero() && s.CompleteTo.Before(wall) })
	for i, now := range caps {
		was := before[now.ID].Since
		switch {
		case was.IsZero():
		case now.Since.IsZero():
			for _, s := range c.Streams {
				if slices.Contains(s.Needs, now.ID) {
					if err := w.Store.ClearStream(ctx, conn.MerchantID, conn.ID, s.ID); err != nil {
						return err
					}
					conn.Derived = false
				}
			}
		case !hole && was.Before(now.Since):
			caps[i].Since = was
		}
	}
	return nil
}
