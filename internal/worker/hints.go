package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// hintBatch is how many hints are followed before the next are looked for.
const hintBatch = 200

// FollowHints reads again what a connection's webhooks hinted at, and stores it as it is now. Hints that come meanwhile are followed too.
//
// Before the totals were first worked out nothing is followed: the first pull reads all there is. On a fault that passes, Throttled or
// Unavailable, what is left waits for the next call; what cannot be read at all is dropped, since the night's pull is the truth.
func (w *Worker) FollowHints(ctx context.Context, m store.Merchant, conn store.Connection) error {
	if !conn.Derived || conn.State != store.StateActive {
		return nil
	}
	hints, err := w.Store.Hints(ctx, m.ID, conn.ID, hintBatch)
	if err != nil || len(hints) == 0 {
		return err
	}
	c, acc, err := w.open(ctx, conn)
	if err != nil {
		return err
	}
	caps, err := w.Store.Capabilities(ctx, m.ID, conn.ID)
	if err != nil {
		return err
	}
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(c connectors.Capability) bool { return c.ID == id && c.Granted })
	}
	var failures []error
	for len(hints) > 0 {
		for len(hints) > 0 {
			n := 1
			for n < len(hints) && hints[n].Stream == hints[0].Stream {
				n++
			}
			err := w.follow(ctx, conn, c, acc, hints[:n], has)
			if fault, ok := connectors.FaultOf(err); err != nil && (!ok || fault != connectors.Malformed && fault != connectors.Forbidden) {
				return errors.Join(append(failures, w.denied(ctx, acc, err))...)
			}
			if err != nil {
				failures = append(failures, err)
			}
			if err := w.Store.FollowedHints(ctx, m.ID, conn.ID, hints[:n]); err != nil {
				return errors.Join(append(failures, err)...)
			}
			hints = hints[n:]
		}
		if hints, err = w.Store.Hints(ctx, m.ID, conn.ID, hintBatch); err != nil {
			return errors.Join(append(failures, err)...)
		}
	}
	return errors.Join(failures...)
}

// follow reads the objects of one stream. Hints at the consent itself have no stream: whether it has ended the provider tells.
func (w *Worker) follow(ctx context.Context, conn store.Connection, c connectors.Connector, acc connectors.Account, hints []store.Hint, has func(string) bool) error {
	if hints[0].Stream == "" {
		_, err := c.Accounts(ctx, acc.Grant)
		if fault, _ := connectors.FaultOf(err); fault == connectors.Denied {
			return fmt.Errorf("the app was uninstalled from %s: %w", conn.Name, err)
		}
		return err
	}
	i := slices.IndexFunc(c.Streams, func(s connectors.Stream) bool { return s.ID == hints[0].Stream })
	if i < 0 || c.Streams[i].Fetch == nil {
		return nil // a hint of another version of ours
	}
	s := c.Streams[i]
	if slices.ContainsFunc(s.Needs, func(id string) bool { return !has(id) }) {
		return nil // not granted any more
	}
	ids := make([]string, len(hints))
	for i, h := range hints {
		ids[i] = h.ID
	}
	fetched, err := s.Fetch(ctx, acc, ids, has)
	if err != nil {
		return fmt.Errorf("%s of %s, after a webhook: %w", s.Title, conn.Name, err)
	}
	return w.Store.SaveFetched(ctx, conn.MerchantID, conn.ID, s.ID, fetched)
}

// Subscribe sees to it that a connection's webhooks come to this installation. Without a public address, or without the secret that
// they are signed with, there are none.
func (w *Worker) Subscribe(ctx context.Context, m store.Merchant, conn store.Connection) error {
	if w.HookAddress == nil || conn.State != store.StateActive {
		return nil
	}
	c, acc, err := w.open(ctx, conn)
	if err != nil || c.Hooks == nil {
		return err
	}
	grants, err := w.Store.Grants(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.ID != conn.GrantID {
			continue
		}
		app, err := w.Linker.App(g)
		if err != nil || app.ClientSecret.Empty() {
			return err
		}
	}
	if err := c.Hooks.Subscribe(ctx, acc, w.HookAddress(conn)); err != nil {
		return w.denied(ctx, acc, fmt.Errorf("webhooks of %s: %w", conn.Name, err))
	}
	return nil
}
