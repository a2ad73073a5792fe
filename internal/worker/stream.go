package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

const (
	// attempts is how often a pull that stores nothing is begun again before it rests until the next run.
	attempts = 6
	// patience is the longest wait that is spent here. What takes longer, such as a store that is frozen, rests until the next run.
	patience = 5 * time.Minute
	// longest is the wait for which a stream that is pulled by itself is put off. What takes longer rests until the next night, so that
	// the others' figures do not wait for it.
	longest = time.Hour
)

// pulling is a stream of an account that is open.
type pulling struct {
	conn     store.Connection
	acc      connectors.Account
	stream   connectors.Stream
	since    time.Time
	has      func(capability string) bool
	progress Progress

	waited time.Duration // for the provider, since it last brought something
	whole  bool          // it was complete once, so that only a night's news are waited for
}

// Outcome says what is to become of a stream that was pulled for a while and did not fail. The zero value: it has reached the provider's
// present.
type Outcome struct {
	More      bool          // it made room for others, or the process stops: go on
	After     time.Duration // go on after so long, and count no attempt: the provider asks for it
	Overtaken bool          // another worker pulls it, and goes on
	Pages     int64         // that were stored
}

// PullStream pulls one stream page by page until it has reached the provider's present or, asked after a page, enough says that it is to make
// room for others. It may be cut off after any page, and whoever calls it next goes on there. Its error has been recorded with the stream, and a grant that was refused is marked:
//
//   - Unavailable: try again with backoff;
//   - Denied, Forbidden, Malformed, TooLarge, and Throttled or Unavailable for longer than an hour: nothing more until the next night;
//   - no provider's fault: try again a few times.
func (w *Worker) PullStream(ctx context.Context, m store.Merchant, connectionID int64, stream string, enough func() bool) (Outcome, error) {
	p, err := w.openStream(ctx, m, connectionID, stream)
	if err != nil {
		return Outcome{}, err
	}
	stored, more, err := w.turn(ctx, p, enough)
	pause := connectors.RetryAfter(err)
	fault, _ := connectors.FaultOf(err)
	after, putOff := PutOff(err)
	out := Outcome{Pages: p.progress.Pages}
	switch {
	case errors.Is(err, store.ErrFenced):
		out.Overtaken = true
		return out, nil
	case err == nil && more:
		out.More = true
		return out, nil
	case err == nil:
		return out, w.finished(ctx, p)
	case putOff:
		out.After = after
		return out, nil
	case fault == connectors.Unavailable && stored && pause <= longest:
		out.After = max(pause, backoff(1))
		return out, nil
	}
	return out, w.denied(ctx, p.acc, w.failed(ctx, p, err))
}

// Rests says whether an error of PullStream is of the kind that trying again does not mend.
func Rests(err error) bool {
	switch fault, _ := connectors.FaultOf(err); fault {
	case "":
		return false
	case connectors.Unavailable:
		return connectors.RetryAfter(err) > longest
	}
	return true
}

// PutOff says whether an error asks for no more than to come again, and after how long: that is no attempt.
func PutOff(err error) (after time.Duration, ok bool) {
	pause := connectors.RetryAfter(err)
	if fault, _ := connectors.FaultOf(err); fault != connectors.Throttled || pause > longest {
		return 0, false
	}
	return max(pause, time.Second), true
}

// openStream opens the account of a stream, as it was last probed.
func (w *Worker) openStream(ctx context.Context, m store.Merchant, connectionID int64, stream string) (*pulling, error) {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	for _, conn := range conns {
		if conn.ID != connectionID || conn.State != store.StateActive {
			continue
		}
		c, acc, err := w.open(ctx, conn)
		if err != nil {
			return nil, err
		}
		caps, err := w.Store.Capabilities(ctx, m.ID, conn.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range c.Streams {
			if s.ID == stream {
				return w.pulling(m, conn, acc, s, granted(caps))
			}
		}
		return nil, fmt.Errorf("%s has no stream %q in this fourfold: another version asked for it", conn.Name, stream)
	}
	return nil, fmt.Errorf("merchant %d has no connection %d that is linked: %w", m.ID, connectionID, store.ErrMissing)
}

func (w *Worker) pulling(m store.Merchant, conn store.Connection, acc connectors.Account, s connectors.Stream, has func(string) bool) (*pulling, error) {
	var since time.Time
	if day := cmp.Or(m.Since, w.Since); day != 0 {
		loc, err := m.Location()
		if err != nil {
			return nil, err
		}
		since = day.Start(loc)
	}
	return &pulling{conn: conn, acc: acc, stream: s, since: since, has: has, progress: Progress{Connection: conn, Job: s.ID, Text: s.Title}}, nil
}

// persist pulls a stream until it has reached the provider's present. It waits as long as the provider asks, and not as an attempt: in place
// where that is short, and else by returning aside, so that others go on. While the provider is unavailable it makes several attempts, counted
// anew whenever something was stored. All other faults stay what they are however often one asks.
func (w *Worker) persist(ctx context.Context, p *pulling) error {
	failed := 0
	for {
		stored, more, err := w.turn(ctx, p, func() bool { return false })
		if stored {
			failed, p.waited = 0, 0
		}
		switch {
		case errors.Is(err, store.ErrFenced):
			return nil // another worker pulls this stream, and goes on
		case err == nil && more:
			return errStopped
		case err == nil:
			return w.finished(ctx, p)
		}
		pause := connectors.RetryAfter(err)
		switch fault, _ := connectors.FaultOf(err); fault {
		case connectors.Throttled:
			pause = max(pause, time.Second)
			if pause > inPlace && pause <= patience && p.waited < p.enough() {
				p.waited += pause
				return &aside{p, pause}
			}
			if pause > inPlace {
				failed = attempts
			}
		case connectors.Unavailable:
			failed++
			pause = max(pause, backoff(failed))
		default:
			failed = attempts
		}
		if failed >= attempts || pause > patience {
			return w.failed(ctx, p, err)
		}
		if err := w.pause(ctx, pause); err != nil {
			return err
		}
	}
}

// Backoff is how long to wait after a number of failures in a row.
func Backoff(failed int) time.Duration { return backoff(min(failed, 8)) + time.Second }

// backoff is anything up to a bound that doubles, so that many who failed together do not come back together.
func backoff(failed int) time.Duration { return rand.N(time.Second << failed) }

// finished records that a stream has reached the provider's present.
func (w *Worker) finished(ctx context.Context, p *pulling) error {
	if err := w.Store.FinishPull(ctx, p.conn.MerchantID, p.conn.ID, p.stream.ID, nil, time.Time{}); err != nil {
		return err
	}
	p.progress.Finished = true
	w.tell(p.progress)
	return nil
}

// failed records why a stream ended, and when the provider said to come again.
func (w *Worker) failed(ctx context.Context, p *pulling, err error) error {
	if ctx.Err() != nil {
		return err
	}
	var again time.Time
	if pause := connectors.RetryAfter(err); pause > 0 {
		again = w.Now().Add(pause)
	}
	if recordErr := w.Store.FinishPull(ctx, p.conn.MerchantID, p.conn.ID, p.stream.ID, err, again); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	return fmt.Errorf("%s of %s: %w", p.stream.Title, p.conn.Name, err)
}

// turn stores pages from the stream's cursor on until the pull ends, or it is enough for now or it is asked to stop, and there is more;
// stored says whether a page brought something on. One that only notes in the cursor what is about to be asked does not.
func (w *Worker) turn(ctx context.Context, p *pulling, enough func() bool) (stored, more bool, err error) {
	state, err := w.Store.Stream(ctx, p.conn.MerchantID, p.conn.ID, p.stream.ID)
	if err != nil {
		return false, false, err
	}
	number := state.Number
	p.whole = state.Backfilled
	for page, err := range p.stream.Pull(ctx, p.acc, connectors.Request{Cursor: state.Cursor, Since: p.since, Has: p.has}) {
		if err != nil {
			return stored, false, err
		}
		if number, err = w.Store.SavePage(ctx, p.conn.MerchantID, p.conn.ID, p.stream.ID, number, page); err != nil {
			return stored, false, err
		}
		w.Metrics.Records(p.conn.Connector, p.stream.ID, len(page.Records))
		stored = stored || len(page.Records) > 0 || page.Proof != nil
		p.progress.Pages++
		p.progress.Records += int64(len(page.Records))
		p.progress.Text, p.progress.Done, p.progress.Total = first(page.Note.Text, p.progress.Text), page.Note.Done, page.Note.Total
		w.tell(p.progress)
		if w.stopped() || enough() {
			return stored, true, nil
		}
	}
	return stored, false, nil
}
