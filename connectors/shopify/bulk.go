package shopify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/connectors"
)

// bulkRun is a reading by bulk operations, cut into slices of time that adapt to how long they take.
type bulkRun struct {
	// Edge is where the next slice begins, and Rest says that there is one. The last slice has no upper end.
	Edge time.Time `json:"edge,omitzero"`
	Rest bool      `json:"rest,omitempty"`
	// Base stands for the beginning where a slice without one is measured.
	Base time.Time     `json:"base,omitzero"`
	Size time.Duration `json:"size,omitempty"`
	Jobs []job         `json:"jobs,omitempty"`
	// First is when the earliest of the operations proven so far began.
	First time.Time `json:"first,omitzero"`
	Roots int64     `json:"roots,omitempty"` // read so far, for the progress shown
}

// job is one slice: intended while it has no ID, then an operation on Shopify's side.
type job struct {
	From     time.Time        `json:"from,omitzero"` // zero: from the beginning
	To       time.Time        `json:"to,omitzero"`   // zero: without end
	Intended time.Time        `json:"intended,omitzero"`
	ID       string           `json:"id,omitempty"`
	Started  time.Time        `json:"started,omitzero"`
	Read     connectors.Count `json:"read,omitzero"` // of its result; Bytes is the offset to go on from
	Again    int              `json:"again,omitempty"`
}

// newBulk plans a reading of the run's range.
func (f *feed) newBulk(r *run, shopSince time.Time) *bulkRun {
	b := &bulkRun{Edge: r.From, Base: r.From, Rest: true}
	if r.By == "" {
		return b
	}
	if b.Base.IsZero() {
		b.Base = shopSince
	}
	if b.Base.IsZero() || b.Base.After(r.Started) {
		b.Base = r.Started.AddDate(-1, 0, 0)
	}
	span := r.Started.Sub(b.Base)
	b.Size = 30 * 24 * time.Hour
	if slices := r.Total/max(f.slice, 1) + 1; r.Total > 0 || f.count != "" {
		b.Size = max(span/time.Duration(slices)+time.Second, smallest)
	}
	return b
}

// cut takes the next slice off what is still to be read.
func (b *bulkRun) cut(r *run) job {
	j := job{From: b.Edge}
	begin := b.Edge
	if begin.IsZero() {
		begin = b.Base
	}
	end := begin.Add(b.Size).Truncate(time.Second)
	if r.By == "" || !end.Before(r.Started) {
		b.Rest = false
		return j
	}
	j.To, b.Edge = end, end
	return j
}

// bulk goes on with the reading: hands in what is due, fetches what is done, and ends with a Throttled error while Shopify works.
func (s *session) bulk(ctx context.Context) error {
	if err := s.adopt(ctx); err != nil {
		return err
	}
	for {
		r := s.place.Run
		if r == nil || r.Bulk == nil {
			return nil
		}
		b := r.Bulk
		cut := false
		for b.Rest && len(b.Jobs) < width {
			j := b.cut(r)
			j.Intended = s.q.c.now().UTC()
			b.Jobs = append(b.Jobs, j)
			cut = true
		}
		if cut {
			if err := s.send(connectors.Page{ReadAt: s.q.c.now().UTC(), Backfill: r.Backfill, Note: s.progress()}); err != nil {
				return err
			}
		}
		full, err := s.submit(ctx)
		if err != nil {
			return err
		}
		moved, wait, err := s.collect(ctx)
		if err != nil {
			return err
		}
		if !moved {
			if full && wait == 0 {
				wait = 10 * time.Second
			}
			return &connectors.Error{Fault: connectors.Throttled, Op: opOf(s.feed.bulk), RetryAfter: max(wait, time.Second), Err: errWorking}
		}
	}
}

var errWorking = errors.New("Shopify is still working on it")

// submit hands in what is intended, as far as Shopify takes it; full says that it would take no more.
func (s *session) submit(ctx context.Context) (full bool, err error) {
	b := s.place.Run.Bulk
	running := 0
	for i := range b.Jobs {
		if b.Jobs[i].ID != "" {
			running++
		}
	}
	for i := range b.Jobs {
		j := &b.Jobs[i]
		if j.ID != "" {
			continue
		}
		if running >= width {
			return false, nil
		}
		op, err := s.start(ctx, j)
		if f, _ := connectors.FaultOf(err); f == connectors.Throttled {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		j.ID, j.Started = op.ID, op.CreatedAt.Time
		running++
		if err := s.send(connectors.Page{ReadAt: s.q.last.At.UTC(), Backfill: s.place.Run.Backfill, Note: s.progress()}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// adopt finds the operations of slices that were intended before a crash: they are known by our own query text.
func (s *session) adopt(ctx context.Context) error {
	b := s.place.Run.Bulk
	lost := false
	for i := range b.Jobs {
		lost = lost || b.Jobs[i].ID == ""
	}
	if !lost {
		return nil
	}
	ops, err := s.operations(ctx)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for i := range b.Jobs {
		taken[b.Jobs[i].ID] = true
	}
	for i := range b.Jobs {
		j := &b.Jobs[i]
		if j.ID != "" {
			continue
		}
		text, err := s.text(j)
		if err != nil {
			return err
		}
		for _, op := range ops {
			// Clocks differ by a little. An older operation with the same text read an older state.
			young := op.CreatedAt.After(j.Intended.Add(-time.Minute))
			if op.Query == text && young && op.alive() && !taken[op.ID] {
				j.ID, j.Started = op.ID, op.CreatedAt.Time
				taken[op.ID] = true
				break
			}
		}
	}
	return nil
}

// collect asks after what runs, and reads what is done. It says whether anything moved, and how long to wait if nothing did.
func (s *session) collect(ctx context.Context) (moved bool, wait time.Duration, err error) {
	b := s.place.Run.Bulk
	for i := 0; i < len(b.Jobs); i++ {
		j := &b.Jobs[i]
		if j.ID == "" {
			continue
		}
		op, err := s.poll(ctx, j.ID)
		if err != nil {
			return moved, 0, err
		}
		switch {
		case op.Status == "COMPLETED":
			// What is read may be the run's last: nothing of it is touched afterwards.
			return true, 0, s.fetch(ctx, i, op)
		case op.alive() || op.Status == "CANCELING":
			// The longer it has been running, the longer it will: a tenth of the time so far, within a second and a minute.
			due := min(max(s.q.last.At.Sub(op.CreatedAt.Time)/10, time.Second), time.Minute)
			if wait == 0 || due < wait {
				wait = due
			}
		default:
			if err := s.fail(i, op); err != nil {
				return moved, 0, err
			}
			return true, 0, nil
		}
	}
	return moved, wait, nil
}

// fail cuts a slice in half that Shopify did not finish. An operation that was cancelled without our asking had stalled.
func (s *session) fail(i int, op operation) error {
	r := s.place.Run
	b := r.Bulk
	j := b.Jobs[i]
	if op.Error == "ACCESS_DENIED" {
		return &connectors.Error{Fault: connectors.Forbidden, Op: opOf(s.feed.bulk), Err: op.failure(),
			Hint: "the app lacks a scope that was granted before; link the store again"}
	}
	again := job{From: j.From, To: j.To, Intended: s.q.last.At.UTC(), Again: j.Again + 1}
	from, to := j.From, j.To
	if from.IsZero() {
		from = b.Base
	}
	if to.IsZero() {
		to = r.Started
	}
	half := (to.Sub(from) / 2).Truncate(time.Second)
	if r.By == "" || half < smallest {
		b.Jobs[i] = again
	} else {
		late := again
		again.To = from.Add(half)
		late.From = again.To
		again.Again, late.Again = 0, 0
		b.Size = half
		b.Jobs = append(b.Jobs[:i], append([]job{again, late}, b.Jobs[i+1:]...)...)
	}
	return s.giveUp(i, op.failure())
}

// patience is how often a slice that cannot be cut is tried before a person must look. The next pull begins counting anew.
const patience = 5

// giveUp stores a slice that is to be read again, and says so where it has been tried often enough.
func (s *session) giveUp(i int, cause error) error {
	r := s.place.Run
	tried := r.Bulk.Jobs[i].Again
	if tried >= patience {
		r.Bulk.Jobs[i].Again = 0
	}
	err := s.send(connectors.Page{ReadAt: s.q.last.At.UTC(), Backfill: r.Backfill, Note: s.progress()})
	if err == nil && tried >= patience {
		return &connectors.Error{Fault: connectors.Malformed, Op: opOf(s.feed.bulk), Err: fmt.Errorf("tried %d times: %w", tried, cause),
			Hint: "what was stored stays, and the next run tries again; if it happens again, look at Shopify's status page and report it with this message"}
	}
	return err
}

func (s *session) progress() connectors.Progress {
	r := s.place.Run
	p := connectors.Progress{Text: s.feed.title, Done: r.Bulk.Roots, Total: r.Total}
	for _, j := range r.Bulk.Jobs {
		p.Done += j.Read.Roots
	}
	if len(r.Bulk.Jobs) > 0 {
		p.Text += " " + s.feed.sliceName(r.By, r.Bulk.Jobs[0].From, r.Bulk.Jobs[0].To)
	}
	p.Total = max(p.Total, p.Done)
	if r.Total == 0 {
		p.Total = 0
	}
	return p
}
