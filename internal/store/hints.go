package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
)

// Hint is an object that the provider said may have changed, and that has not been read again yet.
type Hint struct {
	connectors.Object
	FirstAt time.Time
	times   int64
}

// TakeHook keeps what a webhook hints at until it is followed. One that was taken before changes nothing, and is not fresh. Hints at one
// object are one.
func (s *Store) TakeHook(ctx context.Context, merchantID, connectionID int64, h connectors.Hook) (fresh bool, err error) {
	if h.Event == "" {
		return false, errors.New("a webhook that names no event cannot be known again")
	}
	now := s.now()
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.there(ctx, merchantID, connectionID)
		if errors.Is(err, ErrMissing) {
			return nil // nothing comes in again of one that was forgotten
		}
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO webhook_events (merchant_id, connection_id, event, received_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (merchant_id, connection_id, event) DO NOTHING`, merchantID, connectionID, storable(h.Event), at(now))
		fresh = n > 0
		if err != nil || !fresh {
			return err
		}
		objects, err := t.hintable(ctx, acc, h)
		if err != nil {
			return err
		}
		return t.upsert(ctx, "hints", "(merchant_id, connection_id, stream, object) DO UPDATE SET times = hints.times + 1",
			rowsOf(len(objects), func(i int, r *row) {
				r.int("merchant_id", merchantID)
				r.int("connection_id", connectionID)
				r.text("stream", objects[i].Stream)
				r.text("object", objects[i].ID)
				r.at("first_at", now)
				r.int("times", 1)
			}))
	})
	if err != nil {
		return false, fmt.Errorf("keep a webhook: %w", err)
	}
	return fresh, nil
}

// hintable lists what a webhook hints at, each object once and all in one order, so that deliveries at one time do not wait for each other
// in a circle. A customer who was redacted is not among them: of a merger with one the other is.
func (t *tx) hintable(ctx context.Context, acc account, h connectors.Hook) ([]connectors.Object, error) {
	named := set{}
	for _, o := range h.Objects {
		if from, into, _ := connectors.Merged(o.ID); o.Stream == customersStream {
			named.add(from)
			named.add(into)
		}
	}
	redacted, err := t.aliases(ctx, acc, named.list())
	if err != nil {
		return nil, err
	}
	var objects []connectors.Object
	for _, o := range h.Objects {
		from, into, merger := connectors.Merged(o.ID)
		switch {
		case o.Stream != customersStream || redacted[from] == "" && redacted[into] == "":
			objects = append(objects, o)
		case redacted[from] == "":
			objects = append(objects, connectors.Object{Stream: o.Stream, ID: from})
		case merger && redacted[into] == "":
			objects = append(objects, connectors.Object{Stream: o.Stream, ID: into})
		}
	}
	if h.Account {
		objects = append(objects, connectors.Object{})
	}
	slices.SortFunc(objects, func(a, b connectors.Object) int {
		return cmp.Or(strings.Compare(a.Stream, b.Stream), strings.Compare(a.ID, b.ID))
	})
	return slices.Compact(objects), nil
}

// Hints lists a connection's hints by stream and object, at most limit of them.
func (s *Store) Hints(ctx context.Context, merchantID, connectionID int64, limit int) ([]Hint, error) {
	var all []Hint
	err := s.each(ctx, func(scan func(...any) error) error {
		var h Hint
		var first instant
		err := scan(&h.Stream, &h.ID, &first, &h.times)
		h.FirstAt = first.Time
		all = append(all, h)
		return err
	}, "SELECT stream, object, first_at, times FROM hints WHERE merchant_id = ? AND connection_id = ? ORDER BY stream, object LIMIT ?",
		merchantID, connectionID, limit)
	return all, err
}

// HintedConnection names a connection that has hints.
type HintedConnection struct{ MerchantID, ConnectionID int64 }

// Hinted lists the connections of all merchants whose hints can be followed now: neither paused, unlinked nor to be linked again, and with
// their first backfill behind them.
func (s *Store) Hinted(ctx context.Context) ([]HintedConnection, error) {
	var all []HintedConnection
	err := s.each(ctx, func(scan func(...any) error) error {
		var c HintedConnection
		err := scan(&c.MerchantID, &c.ConnectionID)
		all = append(all, c)
		return err
	}, `SELECT c.merchant_id, c.id FROM connections c JOIN merchants m ON m.id = c.merchant_id
		JOIN grants g ON g.merchant_id = c.merchant_id AND g.id = c.grant_id
		WHERE c.state = ? AND m.state = ? AND g.state = ? AND c.derived_at IS NOT NULL
		AND EXISTS (SELECT 1 FROM hints h WHERE h.merchant_id = c.merchant_id AND h.connection_id = c.id)
		ORDER BY c.merchant_id, c.id`, StateActive, StateActive, StateActive)
	return all, err
}

// FollowedHints drops hints that were followed. One that was given again since Hints listed it stays.
func (s *Store) FollowedHints(ctx context.Context, merchantID, connectionID int64, followed []Hint) error {
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		for _, h := range followed {
			_, err := t.exec(ctx, "DELETE FROM hints WHERE merchant_id = ? AND connection_id = ? AND stream = ? AND object = ? AND times = ?",
				merchantID, connectionID, h.Stream, h.ID, h.times)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop hints that were followed: %w", err)
	}
	return nil
}
