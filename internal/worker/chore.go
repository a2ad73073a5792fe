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

// Renewals is the chore of renewing grants that nobody uses.
func (w *Worker) Renewals() Chore {
	return Chore{Kind: "renew", Find: w.oldGrants,
		Do: func(ctx context.Context, p Piece) error { return w.RenewTokens(ctx, store.Merchant{ID: p.Merchant}) }}
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
		c, err := w.login(g.Connector)
		if err == nil {
			err = w.Linker.RenewNow(ctx, c, g)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
