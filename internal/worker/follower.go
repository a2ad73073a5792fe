package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// mostBad is how many hints at one stream may turn out unreadable before the others are left for the next call: so many are no matter of
// single objects.
const mostBad = 5

// follower follows one connection's hints once.
type follower struct {
	*Worker
	conn      store.Connection
	connector connectors.Connector
	acc       connectors.Account
	has       func(capability string) bool

	failures []error                    // of hints that cannot be read
	bad      map[string]int             // how many of them there were, by stream
	left     map[connectors.Object]bool // hints that stay
}

// batch follows hints, those of one stream together. more says whether the next are to be looked for; after an error what is left waits.
func (f *follower) batch(ctx context.Context, hints []store.Hint) (more bool, err error) {
	for len(hints) > 0 {
		n := 1
		for n < len(hints) && hints[n].Stream == hints[0].Stream {
			n++
		}
		if err := f.follow(ctx, hints[:n]); err != nil {
			return false, err
		}
		if f.stopped() {
			return false, nil
		}
		hints = hints[n:]
	}
	return true, nil
}

// follow follows hints of one stream, in halves where they cannot be together.
func (f *follower) follow(ctx context.Context, hints []store.Hint) error {
	if f.stopped() {
		return nil
	}
	stream := hints[0].Stream
	if f.bad[stream] >= mostBad {
		f.leave(hints)
		return nil
	}
	err := f.read(ctx, hints)
	fault, _ := connectors.FaultOf(err)
	switch {
	case err == nil:
	case fault == connectors.Throttled, fault == connectors.Unavailable, fault == connectors.Denied, ctx.Err() != nil, gone(err):
		return err
	case fault != connectors.Forbidden && len(hints) > 1:
		half := len(hints) / 2
		if err := f.follow(ctx, hints[:half]); err != nil {
			return err
		}
		return f.follow(ctx, hints[half:])
	default:
		f.failures = append(f.failures, err)
		f.bad[stream]++
		_, _, merger := connectors.Merged(hints[0].ID)
		if fault == "" || merger && fault != connectors.Forbidden { // it is no fault of the object's, or no pull tells of it
			f.leave(hints)
			return nil
		}
	}
	return f.Store.FollowedHints(ctx, f.conn.MerchantID, f.conn.ID, hints)
}

// gone says whether an error is of a kind by which no hint after it fares better: the database's, or the store was forgotten.
func gone(err error) bool {
	return errors.Is(err, store.ErrLost) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrMissing)
}

func (f *follower) leave(hints []store.Hint) {
	for _, h := range hints {
		f.left[h.Object] = true
	}
}

// read reads the objects of one stream. Hints at the consent itself have no stream: whether it has ended the provider tells.
func (f *follower) read(ctx context.Context, hints []store.Hint) error {
	conn := f.conn
	if hints[0].Stream == "" {
		_, err := f.connector.Accounts(ctx, f.acc.Grant)
		if fault, _ := connectors.FaultOf(err); fault == connectors.Denied {
			err = fmt.Errorf("the app was uninstalled from %s: %w", conn.Name, err)
			return errors.Join(err, f.Store.Audit(ctx, store.AuditEntry{MerchantID: conn.MerchantID, Actor: store.ActorWebhook,
				Action: store.AuditUninstalled, Detail: fmt.Sprintf("store %d, %s", conn.ID, conn.Name)}))
		}
		return err
	}
	i := slices.IndexFunc(f.connector.Streams, func(s connectors.Stream) bool { return s.ID == hints[0].Stream })
	if i < 0 || f.connector.Streams[i].Fetch == nil {
		return nil // a hint of another version of ours
	}
	s := f.connector.Streams[i]
	if slices.ContainsFunc(s.Needs, func(id string) bool { return !f.has(id) }) {
		return nil // not granted any more
	}
	ids := make([]string, len(hints))
	for i, h := range hints {
		ids[i] = h.ID
	}
	fetched, err := s.Fetch(ctx, f.acc, ids, f.has)
	if err != nil {
		return fmt.Errorf("%s of %s, after a webhook: %w", s.Title, conn.Name, err)
	}
	if err := f.Store.SaveFetched(ctx, conn.MerchantID, conn.ID, s.ID, fetched); err != nil {
		return err
	}
	f.Metrics.Records(conn.Connector, s.ID, len(fetched.Records))
	return nil
}
