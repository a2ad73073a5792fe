package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/connectors"
)

// walkRun is a walk through a connection page by page, upwards in updatedAt and without an upper end, until it is exhausted.
type walkRun struct {
	// Base is where the query at hand begins, once the walk has been set down anew before Shopify's limit of objects a walk.
	Base  time.Time `json:"base,omitzero"`
	After string    `json:"after,omitempty"`
	Seen  int       `json:"seen,omitempty"` // objects of the query at hand
	Last  time.Time `json:"last,omitzero"`  // updatedAt of the latest object
	Roots int64     `json:"roots,omitempty"`
	Rows  int64     `json:"rows,omitempty"`
}

// walk goes on with the walk to its end.
func (s *session) walk(ctx context.Context) error {
	for s.place.Run != nil && s.place.Run.Walk != nil {
		if err := s.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// step reads one page and yields it.
func (s *session) step(ctx context.Context) error {
	f, r := s.feed, s.place.Run
	w := r.Walk
	var out struct {
		Page *page[json.RawMessage] `json:"page"`
	}
	if err := s.turn(ctx, &out); err != nil {
		return err
	}
	if out.Page == nil {
		return connectors.Errorf(connectors.Malformed, opOf(f.page), "the answer has no page")
	}
	at := s.q.last.At.UTC()
	k := s.newSink()
	for _, raw := range out.Page.Nodes {
		updated, err := f.node(ctx, s.q, k, raw)
		if err != nil {
			return malformed(opOf(f.page), err)
		}
		if updated.After(w.Last) {
			w.Last = updated
		}
	}
	if err := s.details(ctx, k); err != nil {
		return err
	}
	n := len(out.Page.Nodes)
	w.Seen += n
	w.Roots += int64(n)
	w.Rows += int64(len(k.records))
	after, err := out.Page.PageInfo.next()
	if err != nil {
		return malformed(opOf(f.page), err)
	}
	w.After = after
	p := connectors.Page{Records: k.records, ReadAt: at, Note: connectors.Progress{Text: f.title + ", changes", Done: w.Roots, Total: max(r.Total, w.Roots)}}
	switch {
	case after == "":
		s.endWalk(&p)
	case w.Seen+s.size() > maxWalk:
		s.rebase()
	}
	return s.send(p)
}

// turn asks for a page, with fewer objects where that was too many, and learns how many are best.
func (s *session) turn(ctx context.Context, out any) error {
	r := s.place.Run
	for {
		size := s.size()
		from, by := r.From, r.By
		search := s.feed.search(by, from, time.Time{})
		if w := r.Walk; !w.Base.IsZero() {
			if by == "updated_at" {
				search = s.feed.search(by, w.Base, time.Time{})
			} else {
				search += " AND updated_at:>='" + s.feed.stamp("updated_at", w.Base) + "'"
			}
		}
		vars := map[string]any{"first": size, "q": search}
		if r.Walk.After != "" {
			vars["after"] = r.Walk.After
		}
		err := s.q.ask(ctx, s.feed.page, vars, out)
		fault, _ := connectors.FaultOf(err)
		switch {
		case err == nil:
			s.learn(size, s.q.last.Cost)
			return nil
		case fault == connectors.TooLarge && size > 1, fault == connectors.Unavailable && size > 10 && len(s.q.last.Errors) > 0:
			// Shopify gives a query ten seconds: where it gave up, fewer objects may do.
			s.place.Size = size / 2
		default:
			return err
		}
	}
}

func (s *session) size() int {
	if s.place.Size > 0 {
		return min(s.place.Size, s.feed.most)
	}
	return s.feed.first
}

// learn grows the page while the server's own figure says that the next size stays affordable. A larger page asks for little more:
// a connection's cost grows with the logarithm of its size, so that doubling it is well below half as much again.
func (s *session) learn(size int, c cost) {
	s.place.Size = size
	limit := float64(maxCost)
	if c.Throttle.Maximum > 0 {
		limit = min(limit, c.Throttle.Maximum/2)
	}
	if c.Requested > 0 && c.Requested*1.5 <= limit {
		s.place.Size = min(2*size, s.feed.most)
	}
}

// rebase sets the walk down anew at the latest object it saw, inclusive, before it has seen as many as one walk gives. Where all of
// them bear one instant, as after a mass edit, there is nowhere to go on from, and bulk reads the rest.
func (s *session) rebase() {
	r := s.place.Run
	w := r.Walk
	if s.feed.stamp("updated_at", w.Last) == s.feed.stamp("updated_at", w.Base) {
		r.Walk, r.Bulk = nil, s.feed.newBulk(r, s.acc.Since)
		return
	}
	w.Base, w.After, w.Seen = w.Last, "", 0
}

// endWalk ends the run on the page that was the last: it came whole, without an error, a search warning or another version, since
// each of these would have ended the pull.
func (s *session) endWalk(p *connectors.Page) {
	r := s.place.Run
	read := connectors.Count{Objects: r.Walk.Rows, Roots: r.Walk.Roots}
	p.Proof = &connectors.Proof{
		Slice: s.feed.sliceName(r.By, r.From, time.Time{}), From: r.From, To: r.Started, Started: r.Started, Method: "pages",
		Read: read, Version: s.q.last.Version, CompleteTo: r.Started, Sweep: s.feed.sweeps,
	}
	s.tellAbsences(p.Proof)
	s.place.Mark, s.place.Run = r.Started, nil
}
