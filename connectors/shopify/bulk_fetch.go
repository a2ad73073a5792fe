package shopify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"fourfold/connectors"
)

// fetch reads the result of job i from where it was left, page by page, and ends the slice with its proof.
func (s *session) fetch(ctx context.Context, i int, op operation) error {
	promised := connectors.Count{Objects: int64(op.Objects), Roots: int64(op.Roots), Bytes: int64(op.Bytes)}
	j := &s.place.Run.Bulk.Jobs[i]
	j.Started = op.CreatedAt.Time
	body := io.NopCloser(io.MultiReader())
	if op.URL != "" {
		var err error
		body, _, err = s.q.c.download(ctx, op.URL, j.Read.Bytes)
		if f, _ := connectors.FaultOf(err); errors.Is(err, errLinkExpired) || f == connectors.Malformed {
			return s.spoil(i, err)
		}
		if err != nil {
			return err
		}
	}
	ahead := s.readAhead(body, j.Read)
	defer ahead.stop()
	for {
		k := ahead.take()
		if k.err != nil {
			if ctxErr(k.err) {
				return k.err
			}
			if f, _ := connectors.FaultOf(k.err); f == connectors.Unavailable {
				return k.err // broken off on the way: what was stored stands, and the rest is asked for at its offset
			}
			return s.spoil(i, k.err)
		}
		if err := s.details(ctx, k.sink); err != nil {
			return err
		}
		p := connectors.Page{Records: k.records, ReadAt: j.Started, Backfill: s.place.Run.Backfill}
		if !k.end {
			j.Read = k.taken
			p.Note = s.progress()
			if err := s.send(p); err != nil {
				return err
			}
			continue
		}
		if k.taken != promised {
			return s.spoil(i, fmt.Errorf("%d objects, %d of them roots, in %d bytes were promised, and %d, %d, %d came",
				promised.Objects, promised.Roots, promised.Bytes, k.taken.Objects, k.taken.Roots, k.taken.Bytes))
		}
		p.Note = s.progress()
		s.prove(&p, i, op, promised, k.taken)
		return s.send(p)
	}
}

// readAhead reads the page that follows while the one before it is being stored: to read takes about as long as to store.
type readAhead struct {
	s     *session
	body  io.Closer
	lines *lines
	pages chan aheadPage // the page that is being read; nil where none is
}

// aheadPage is a page of a bulk result, or why there is none.
type aheadPage struct {
	*sink
	end   bool
	taken connectors.Count // up to the page's end
	err   error
}

func (s *session) readAhead(body io.ReadCloser, from connectors.Count) *readAhead {
	a := &readAhead{s: s, body: body, lines: newLines(body, from)}
	a.begin()
	return a
}

// begin reads a page. Nothing but the lines and what is declared of the feed is used meanwhile.
func (a *readAhead) begin() {
	k, pages := a.s.newSink(), make(chan aheadPage, 1)
	a.pages = pages
	go func() {
		end, err := a.s.fill(a.lines, k)
		pages <- aheadPage{k, end, a.lines.taken, err}
	}()
}

// take waits for the page that is being read, and begins the next unless it was the last.
func (a *readAhead) take() aheadPage {
	p := <-a.pages
	a.pages = nil
	if p.err == nil && !p.end {
		a.begin()
	}
	return p
}

// stop ends the download, and waits for whoever still reads of it.
func (a *readAhead) stop() {
	_ = a.body.Close()
	if a.pages != nil {
		<-a.pages
	}
}

// fill takes lines into k until a page is full; end says that there are no more.
func (s *session) fill(from *lines, k *sink) (end bool, err error) {
	rows := cmp.Or(s.feed.rows, pageRecords)
	for n := 0; len(k.records) < rows && len(k.wanted) < detailBatches*detailBatch && n < 10*rows; n++ {
		kind, line, err := from.next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if err := s.feed.line(k, kind, line); err != nil {
			return false, fmt.Errorf("line %d: %w", from.taken.Objects, err)
		}
	}
	return false, nil
}

// prove ends the slice, and the run with it where it was the last.
func (s *session) prove(p *connectors.Page, i int, op operation, promised, read connectors.Count) {
	r := s.place.Run
	b := r.Bulk
	j := b.Jobs[i]
	to := j.To
	if to.IsZero() {
		to = op.CreatedAt.Time
	}
	p.Proof = &connectors.Proof{
		Slice: s.feed.sliceName(r.By, j.From, j.To), From: j.From, To: to, Started: op.CreatedAt.Time, Method: "bulk",
		Promised: promised, Read: read, Version: s.q.last.Version, Sweep: s.feed.sweeps,
	}
	s.tellAbsences(p.Proof)
	if b.First.IsZero() || op.CreatedAt.Before(b.First) {
		b.First = op.CreatedAt.Time
	}
	b.Roots += read.Roots
	// A slice as long as they are cut now that took less than a minute says that they may be longer.
	if took := op.CompletedAt.Sub(op.CreatedAt.Time); !op.CompletedAt.IsZero() && took < time.Minute && !j.To.IsZero() && j.To.Sub(b.begin(j)) >= b.Size-time.Second {
		b.Size *= 2
	}
	b.Jobs = append(b.Jobs[:i:i], b.Jobs[i+1:]...)
	if len(b.Jobs) == 0 && !b.Rest {
		p.Proof.CompleteTo = b.First
		if s.feed.atOnce {
			p.Proof.From, p.Proof.To, p.Proof.Started, p.Proof.Sweep = r.From, b.First.Add(-overlap), b.First, true
		}
		s.place.Mark, s.place.Run = b.First, nil
	}
}

// tellAbsences narrows a proof to where what is absent is gone: where an order could be seen from the reading's beginning to its end.
func (s *session) tellAbsences(p *connectors.Proof) {
	if !s.feed.absences {
		return
	}
	// The search index is late at times: that a young order is not in it does not mean that it is gone.
	if safe := p.Started.Add(-overlap); p.To.After(safe) {
		p.To = safe
	}
	if !s.feed.orders() {
		return
	}
	p.Absences = true
	// The wall moves on while the reading goes on.
	if seen := s.q.last.At.UTC().Add(-wall); !s.has("all_orders") && p.From.Before(seen) {
		p.From = seen
	}
}

func (b *bulkRun) begin(j job) time.Time {
	if j.From.IsZero() {
		return b.Base
	}
	return j.From
}

// spoil gives up a result that did not come as promised, though its download did not break off: the file itself is not whole, so the
// operation is run again. The slice counts as unread meanwhile. After a few times a person must look.
func (s *session) spoil(i int, cause error) error {
	j := &s.place.Run.Bulk.Jobs[i]
	at := s.q.last.At.UTC()
	// Two minutes ahead, so that the spoilt operation is not adopted.
	*j = job{From: j.From, To: j.To, Again: j.Again + 1, Intended: at.Add(2 * time.Minute)}
	if err := s.giveUp(i, cause); err != nil {
		return err
	}
	return &connectors.Error{Fault: connectors.Unavailable, Op: opOf(s.feed.bulk), Err: fmt.Errorf("the result is not whole, and is read again: %w", cause)}
}

// sliceName is a range as a person reads it.
func (f *feed) sliceName(by string, from, to time.Time) string {
	day := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
	what := "created"
	if by == "updated_at" {
		what = "updated"
	}
	switch {
	case from.IsZero() && to.IsZero():
		return "all"
	case from.IsZero():
		return what + " before " + day(to)
	case to.IsZero():
		return what + " since " + day(from)
	}
	return what + " " + day(from) + " to " + day(to)
}
