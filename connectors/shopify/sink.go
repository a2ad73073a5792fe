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
	// promised are the places of promises among the records, by order.
	promised map[gid]int
	// day is the civil day that readings of this run belong to.
	day period.Day
	// since is when the stream was last complete, less a week; zero if it never was.
	since time.Time
}

func (s *sink) add(r ...fact.Record) { s.records = append(s.records, r...) }

// wantRefunds asks for the refund lines of the orders whose refunds are among the records from the given one on.
func (s *sink) wantRefunds(from int) {
	for _, r := range s.records[from:] {
		f, ok := r.(fact.Refund)
		if ok && (len(s.wanted) == 0 || s.wanted[len(s.wanted)-1] != gid(f.OrderID)) {
			s.wanted = append(s.wanted, gid(f.OrderID))
		}
	}
}
