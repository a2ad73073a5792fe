package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"fourfold/connectors"
)

// feed declares a stream that reads one of Shopify's root connections. There are three manners:
//
//   - a feed with a page document is read whole once, in bulk, and then follows what was updated since;
//   - a feed with an age reads what was created within that age, each time;
//   - any other feed reads everything each time, in bulk.
type feed struct {
	id, title string
	needs     []string
	every     time.Duration
	after     string // the feed that must have been complete once before

	bulk, page, count string // documents
	// created is the filter by which a reading of everything is cut into slices; "" if it cannot be cut.
	created string
	// filter is put beside every other condition.
	filter string
	// age of the oldest orders that a trailing re-read reads again.
	age time.Duration
	// days: updated_at is matched by whole days.
	days bool
	// slice is how many roots a slice should hold, to begin with.
	slice int64
	// rows is about how many records a page of a bulk result holds; pageRecords where zero.
	rows int
	// first is the page size to begin with, and most the largest that is of use.
	first, most int

	// sweeps: what hangs on the orders it reads comes whole, so that children read earlier and not now are gone.
	sweeps bool
	// absences: what the feed leaves out is gone.
	absences bool
	// atOnce: only all slices together tell what is absent, since it is not established that what they are cut by matches to the second.
	atOnce bool

	line func(s *sink, kind string, line []byte) error
	node func(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (updated time.Time, err error)
	// detail is the document that asks for what neither bulk nor page gives, and more adapts one node of it.
	detail string
	more   func(ctx context.Context, q *asker, s *sink, raw json.RawMessage) error
}

// The measures of a pull.
const (
	// width is how many bulk operations Shopify runs at once for an app in a shop.
	width = 5
	// manyChanges is how many changed objects are better read by a bulk operation than by pages.
	manyChanges = 2_000
	// overlap is read again each night, since the search index is late at times.
	overlap = 24 * time.Hour
	// pageRecords is what one transaction of the store takes easily.
	pageRecords = 10_000
	// smallest is the shortest slice that is cut in half no more.
	smallest = time.Hour
)

// place is a feed's cursor.
type place struct {
	// Mark is when the stream was last known whole: the next reading begins there, less the overlap. Zero until it ever was.
	Mark time.Time `json:"mark,omitzero"`
	// Size is the page size learned.
	Size int  `json:"size,omitempty"`
	Run  *run `json:"run,omitempty"`
}

// run is one reading, from its plan to its proof.
type run struct {
	Backfill bool `json:"backfill,omitempty"`
	// By and From are the range that is read: created_at or updated_at, from when on. A zero From means from the beginning.
	By      string    `json:"by,omitempty"`
	From    time.Time `json:"from,omitzero"`
	Started time.Time `json:"started"` // the provider's time where it told one
	Day     string    `json:"day,omitempty"`
	Total   int64     `json:"total,omitempty"` // roots expected, if known
	Bulk    *bulkRun  `json:"bulk,omitempty"`
	Walk    *walkRun  `json:"walk,omitempty"`
}

// stream of the feed.
func (f *feed) stream(known *prices) connectors.Stream {
	s := connectors.Stream{ID: f.id, Title: f.title, Needs: f.needs, Every: f.every, After: f.after, Reaches: f.orders() && f.age == 0 && f.after == ""}
	s.Pull = func(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
		return f.pull(ctx, acc, req, known)
	}
	if h := fetches[f.id]; h != nil {
		s.Fetch = func(ctx context.Context, acc connectors.Account, ids []string, has func(string) bool) (connectors.Fetched, error) {
			return h.fetch(ctx, acc, ids, has, known)
		}
	}
	return s
}

// search writes a filter: by from on, up to but without to, beside the feed's own. Instants are quoted and in UTC: unquoted,
// Shopify cuts them at the first colon and reads the rest in the shop's time.
func (f *feed) search(by string, from, to time.Time) string {
	var terms []string
	if by != "" && !from.IsZero() {
		terms = append(terms, fmt.Sprintf("%s:>='%s'", by, f.stamp(by, from)))
	}
	if by != "" && !to.IsZero() {
		terms = append(terms, fmt.Sprintf("%s:<'%s'", by, f.stamp(by, to)))
	}
	if f.filter != "" {
		terms = append(terms, f.filter)
	}
	return strings.Join(terms, " AND ")
}

// stamp writes an instant as the filter matches it. Where whole days are matched they are the shop's, which may have begun up to
// fourteen hours before the day in UTC: the day before is taken.
func (f *feed) stamp(by string, t time.Time) string {
	if f.days && by == "updated_at" {
		return t.UTC().Add(-overlap).Format("2006-01-02")
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
