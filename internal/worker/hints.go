package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// hintBatch is how many hints are followed before the next are looked for, and hintTurns how often that is done at a time.
const (
	hintBatch = 200
	hintTurns = 20
)

// FollowHints reads again what a connection's webhooks hinted at, and stores it as it is now. Hints that come meanwhile are followed too.
//
// Before the totals were first worked out nothing is followed: the first pull reads all there is. On a fault that passes, Throttled or
// Unavailable, what is left waits for the next call. Where some cannot be read together they are in parts, down to the one that cannot be
// read at all: that is dropped, since the night's pull is the truth, and keeps nothing else back. Of a merger no pull tells: it stays.
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
	f := &follower{Worker: w, conn: conn, connector: c, acc: acc, has: granted(caps), bad: map[string]int{}, left: map[connectors.Object]bool{}}
	for turn := 0; turn < hintTurns && len(hints) > 0; turn++ {
		if more, err := f.batch(ctx, hints); err != nil || !more {
			return errors.Join(append(f.failures, w.denied(ctx, acc, err))...)
		}
		if hints, err = w.Store.Hints(ctx, m.ID, conn.ID, hintBatch+len(f.left)); err != nil {
			return errors.Join(append(f.failures, err)...)
		}
		hints = slices.DeleteFunc(hints, func(h store.Hint) bool { return f.left[h.Object] })
	}
	return errors.Join(f.failures...)
}

// Subscribe sees to it that a connection's webhooks come to this installation. Without a public address, or without the secret that
// they are signed with, there are none.
func (w *Worker) Subscribe(ctx context.Context, conn store.Connection) error {
	c, acc, err := w.open(ctx, conn)
	if err != nil {
		return err
	}
	return w.subscribe(ctx, conn, c, acc)
}

func (w *Worker) subscribe(ctx context.Context, conn store.Connection, c connectors.Connector, acc connectors.Account) error {
	if w.HookAddress == nil || c.Hooks == nil {
		return nil
	}
	grants, err := w.Store.Grants(ctx, conn.MerchantID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == conn.GrantID })
	if i < 0 {
		return nil
	}
	app, err := w.Linker.App(grants[i])
	if err != nil || app.ClientSecret.Empty() {
		return err
	}
	if err := c.Hooks.Subscribe(ctx, acc, w.HookAddress(conn)); err != nil {
		return w.denied(ctx, acc, fmt.Errorf("webhooks of %s: %w", conn.Name, err))
	}
	return nil
}

// resubscribe is Subscribe before a night: what cannot be subscribed to is no reason to stop, since the night reads all of it.
func (w *Worker) resubscribe(ctx context.Context, conn store.Connection, c connectors.Connector, acc connectors.Account) error {
	err := w.subscribe(ctx, conn, c, acc)
	if fault, ok := connectors.FaultOf(err); !ok || fault == connectors.Denied {
		return err
	}
	w.Log.Warn("not all webhooks are subscribed to; nights read what they would have told", "merchant", conn.MerchantID, "connection", conn.ID, "error", err)
	return nil
}

// Hints is the chore of following hints.
func (w *Worker) Hints() Chore {
	return Chore{Kind: "hints",
		Find: func(ctx context.Context) ([]Piece, error) {
			hinted, err := w.Store.Hinted(ctx)
			pieces := make([]Piece, len(hinted))
			for i, h := range hinted {
				pieces[i] = Piece{Merchant: h.MerchantID, Connection: h.ConnectionID}
			}
			return pieces, err
		},
		Do: func(ctx context.Context, p Piece) error {
			m, err := w.Store.Merchant(ctx, p.Merchant)
			if err != nil {
				return err
			}
			conns, err := w.Store.Connections(ctx, p.Merchant)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(conns, func(c store.Connection) bool { return c.ID == p.Connection })
			if i < 0 {
				return nil // forgotten meanwhile
			}
			err = w.FollowHints(ctx, m, conns[i])
			if fault, _ := connectors.FaultOf(err); fault == connectors.Throttled {
				return nil // what is left is found again within the minute
			}
			return err
		},
	}
}
