package connectortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/connectors"
)

// maxPages bounds a pull that never ends, and maxRests one that is always told to come back later.
const (
	maxPages = 20_000
	maxRests = 5_000
)

// rig pulls one stream.
type rig struct {
	stream  connectors.Stream
	version string
	since   time.Time
	has     func(string) bool
	open    func() connectors.Account
	rest    func(ctx context.Context, after time.Duration)
}

// outcome of pulling until the provider's present.
type outcome struct {
	holdings *holdings
	cursors  []connectors.Cursor // as stored, the last one last
	proofs   []connectors.Proof
	pages    int
}

func (o *outcome) last() connectors.Cursor {
	if len(o.cursors) == 0 {
		return nil
	}
	return o.cursors[len(o.cursors)-1]
}

// errAgain tells drive to end the pull here and to begin another at the cursor stored last.
var errAgain = errors.New("begin again")

// drive pulls from a cursor until a pull ends without an error. Each page goes to take, which may end the pull there, stored
// (keep) or lost. Throttled pulls are taken up again after a rest, as the worker does.
func (r *rig) drive(ctx context.Context, from connectors.Cursor, take func(n int, p connectors.Page) (keep bool, err error)) (*outcome, []error) {
	o := &outcome{holdings: newHoldings()}
	var faults []error
	cursor := from
	rests := 0
	seen := 0
	for {
		if err := ctx.Err(); err != nil {
			return o, append(faults, err)
		}
		ended, again := error(nil), false
		for p, err := range r.stream.Pull(ctx, r.open(), connectors.Request{Cursor: bytes.Clone(cursor), Since: r.since, Has: r.has}) {
			if ended != nil {
				return o, append(faults, fmt.Errorf("something came after the error %w", ended))
			}
			if err != nil {
				ended = err
				continue
			}
			if seen++; seen > maxPages {
				return o, append(faults, fmt.Errorf("the pull does not end: %d pages", seen))
			}
			keep, err := take(seen, p)
			if keep {
				faults = append(faults, o.holdings.add(p)...)
				cursor = p.Next
				o.cursors = append(o.cursors, p.Next)
				o.pages++
				if p.Proof != nil {
					o.proofs = append(o.proofs, *p.Proof)
				}
			}
			if errors.Is(err, errAgain) {
				again = true
				break
			}
		}
		switch fault, isFault := connectors.FaultOf(ended); {
		case again:
		case ended == nil:
			return o, faults
		case isFault && fault == connectors.Throttled:
			if rests++; rests > maxRests {
				return o, append(faults, fmt.Errorf("told to come back later %d times", rests))
			}
			r.relax(ctx, connectors.RetryAfter(ended))
		default:
			return o, append(faults, fmt.Errorf("the pull ended with %w", ended))
		}
	}
}

func (r *rig) relax(ctx context.Context, after time.Duration) {
	if r.rest != nil {
		r.rest(ctx, after)
		return
	}
	t := time.NewTimer(min(after, 20*time.Millisecond))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
