package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"fourfold/internal/store"
)

// Chore is something to do besides the nights. Every engine asks once a minute what there is of it.
type Chore struct {
	Kind string // in logs and in the queue: renew, hints; never renamed
	// Find lists the pieces that are to be done now.
	Find func(ctx context.Context) ([]Piece, error)
	// Do does one. It may be cut off and done again; of one piece there is never more than one under way.
	Do func(ctx context.Context, p Piece) error
}

// Piece is what a chore is done for: a merchant, or one connection of theirs.
type Piece struct {
	Merchant, Connection int64 // Connection zero for all of the merchant
}

// Housekeeping lists the chores of every installation: hints that wait are followed, and grants that nobody uses are renewed.
func (w *Worker) Housekeeping() []Chore {
	return []Chore{
		{Kind: "hints", Find: w.hinted, Do: w.followHints},
		{Kind: "renew", Find: w.oldGrants, Do: func(ctx context.Context, p Piece) error { return w.RenewTokens(ctx, store.Merchant{ID: p.Merchant}) }},
	}
}

func (w *Worker) hinted(ctx context.Context) ([]Piece, error) {
	all, err := w.Store.AllHinted(ctx)
	pieces := make([]Piece, len(all))
	for i, o := range all {
		pieces[i] = Piece{Merchant: o.Merchant, Connection: o.ID}
	}
	return pieces, err
}

// followHints follows what waits for a connection. A merchant who is paused, or a connection that is gone, has it wait.
func (w *Worker) followHints(ctx context.Context, p Piece) error {
	m, err := w.Store.Merchant(ctx, p.Merchant)
	if errors.Is(err, store.ErrMissing) || err == nil && m.State != store.StateActive {
		return nil
	}
	if err != nil {
		return err
	}
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(conns, func(c store.Connection) bool { return c.ID == p.Connection })
	if i < 0 {
		return nil
	}
	return w.FollowHints(ctx, m, conns[i])
}

// unused is how long a grant may lie before it is renewed for its own sake. Providers end those that nobody uses: Shopify after 90 days.
const unused = 30 * 24 * time.Hour

// oldGrants finds the merchants with such a grant. A merchant's turn comes once an hour, so that a provider who cannot be had is not
// asked every minute.
func (w *Worker) oldGrants(ctx context.Context) ([]Piece, error) {
	now := w.Now()
	all, err := w.Store.OldGrants(ctx, now.Add(-unused))
	var pieces []Piece
	for _, o := range all {
		if p := (Piece{Merchant: o.Merchant}); o.Merchant%60 == int64(now.Minute()) && !slices.Contains(pieces, p) {
			pieces = append(pieces, p)
		}
	}
	return pieces, err
}

// RenewTokens renews those of a merchant's grants that were not for a long time: a merchant who is paused keeps the link.
func (w *Worker) RenewTokens(ctx context.Context, m store.Merchant) error {
	grants, err := w.Store.Grants(ctx, m.ID)
	if err != nil {
		return err
	}
	var failures []error
	for _, g := range grants {
		if g.State != store.StateActive || !g.UpdatedAt.Before(w.Now().Add(-unused)) {
			continue
		}
		c, err := w.connector(g.Connector)
		if err == nil {
			err = w.Linker.RenewNow(ctx, c, g)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
