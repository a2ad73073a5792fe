package shopify

import (
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// sink gathers what one page of a pull becomes.
type sink struct {
	records []fact.Record
	// wanted are the orders, as numbers, whose details have to be asked for before the page is whole.
	wanted []gid
	// day is the civil day that readings of this run belong to.
	day period.Day
	// since is when the stream was last complete, less a week; zero if it never was.
	since time.Time
}

func (s *sink) add(r ...fact.Record) { s.records = append(s.records, r...) }

// weight is what a page is cut by.
func (s *sink) weight() int { return len(s.records) }
