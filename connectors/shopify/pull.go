package shopify

import (
	"context"
	"errors"
	"iter"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// pull of a feed: what is under way is finished; else a reading is planned and carried out. A backfill is followed at once by what
// changed meanwhile.
func (f *feed) pull(ctx context.Context, acc connectors.Account, req connectors.Request, known *prices) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		s := &session{feed: f, acc: acc, req: req, known: known, yield: yield}
		if err := s.run(ctx); err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, err)
		}
	}
}

// session is one pull of a feed.
type session struct {
	feed  *feed
	acc   connectors.Account
	req   connectors.Request
	known *prices
	yield func(connectors.Page, error) bool
	q     *asker
	place place
	zone  *time.Location
}

// errStopped ends a pull whose caller wants no more pages. It is never yielded.
var errStopped = errors.New("stopped")

func (s *session) run(ctx context.Context) error {
	if err := s.req.Cursor.Decode(&s.place); err != nil {
		return err
	}
	c, err := newClient(s.acc, s.known)
	if err != nil {
		return err
	}
	s.q = &asker{c: c, has: s.has}
	if s.zone, err = time.LoadLocation(s.acc.Zone); err != nil {
		return connectors.Errorf(connectors.Malformed, "read the shop's time zone", "%w", err)
	}
	for {
		planned := s.place.Run == nil
		if planned {
			if err := s.plan(ctx); err != nil {
				return err
			}
		}
		r := s.place.Run
		for s.place.Run != nil {
			if r.Walk != nil {
				err = s.walk(ctx)
			} else {
				err = s.bulk(ctx)
			}
			if err != nil {
				return err
			}
		}
		// A reading taken up again after a long time is of that time: what changed since is still to be read. Both times are the
		// provider's.
		recent := planned || s.q.last.At.Sub(r.Started) < time.Hour
		if recent && (!r.Backfill || s.feed.page == "") {
			return nil
		}
	}
}

func (s *session) has(capability string) bool { return s.req.Has == nil || s.req.Has(capability) }

// plan the next reading.
func (s *session) plan(ctx context.Context) error {
	f, now := s.feed, s.q.c.now().UTC()
	r := &run{Started: now, By: f.created, Backfill: s.place.Mark.IsZero() && f.age == 0}
	switch {
	case f.age > 0:
		r.By, r.From = "created_at", now.Add(-f.age)
	case f.page != "" && !r.Backfill:
		r.By, r.From = "updated_at", s.place.Mark.Add(-overlap)
	case f.orders():
		r.From = s.req.Since
	}
	if f.orders() && r.By == "created_at" && !s.has("all_orders") {
		if oldest := now.Add(-wall); r.From.Before(oldest) {
			r.From = oldest
		}
	}
	r.Day = closingDay(now, s.zone).String()
	if f.count != "" {
		n, at, err := s.countOf(ctx, f.search(r.By, r.From, time.Time{}))
		if err != nil {
			return err
		}
		r.Total, r.Started = n, at
	}
	if f.page == "" || r.Backfill || r.Total > manyChanges {
		r.Bulk = f.newBulk(r, s.acc.Since)
	} else {
		r.Walk = &walkRun{}
	}
	s.place.Run = r
	return nil
}

// orders says whether the feed reads orders, which alone stand behind the wall.
func (f *feed) orders() bool { return f.count == "count_orders" }

// closingDay is the civil day that a reading of stock closes: before noon it is that of the evening before.
func closingDay(now time.Time, zone *time.Location) period.Day {
	day := period.On(now, zone)
	if now.In(zone).Hour() < 12 {
		day--
	}
	return day
}

// countOf asks how many objects a search finds, and what time it is at the provider.
func (s *session) countOf(ctx context.Context, search string) (int64, time.Time, error) {
	var out struct {
		Count *struct {
			Count int64 `json:"count"`
		} `json:"count"`
	}
	if err := s.q.ask(ctx, s.feed.count, map[string]any{"q": search}, &out); err != nil {
		return 0, time.Time{}, err
	}
	if out.Count == nil {
		return 0, s.q.last.At.UTC(), nil
	}
	return out.Count.Count, s.q.last.At.UTC(), nil
}

// send yields a page with the cursor as it stands.
func (s *session) send(p connectors.Page) error {
	next, err := connectors.Encode(s.place)
	if err != nil {
		return err
	}
	p.Next = next
	if !s.yield(p, nil) {
		return errStopped
	}
	return nil
}

// newSink for one page of the run under way.
func (s *session) newSink() *sink {
	k := &sink{}
	if r := s.place.Run; r != nil {
		k.day, _ = period.ParseDay(r.Day)
	}
	if !s.place.Mark.IsZero() {
		k.since = s.place.Mark.AddDate(0, 0, -7)
	}
	return k
}
