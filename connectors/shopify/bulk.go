package shopify

import (
	"context"
	"errors"
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
				wait = s.patient()
			}
			return &connectors.Error{Fault: connectors.Throttled, Op: opOf(s.feed.bulk), RetryAfter: max(wait, time.Second), Err: errWorking}
		}
	}
}

// patient is how long to wait before what is intended is handed in again, where other streams of ours take up all that Shopify works on at a
// time: as with what is worked on, a tenth of the time so far.
func (s *session) patient() time.Duration {
	for _, j := range s.place.Run.Bulk.Jobs {
		if j.ID == "" {
			return tenth(s.q.c.now().Sub(j.Intended))
		}
	}
	return time.Second
}

// tenth is when to look again after something that takes time: the longer it has, the longer it will. Within a second and a minute.
func tenth(soFar time.Duration) time.Duration { return min(max(soFar/10, time.Second), time.Minute) }

var errWorking = errors.New("still being worked on by Shopify")

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
