package store

import "fourfold/internal/period"

// account is the connection a page belongs to, with what storing and counting need to know of it and of its merchant.
type account struct {
	merchant   Merchant
	connection Connection
	past       past
	salt       string // of the hashes of redacted customers; "" while there are none
}

// touched is what a page may change the totals of, worked out before it is written. Parents that the page does not hold (the
// order of a sale's agreement, of a return line's return) were looked up.
type touched struct {
	orders    set  // IDs of orders of which anything is read, or that are gone
	gone      bool // some of the orders are gone
	customers set  // IDs of customers read or gone, not those that orders name
	merged    set  // of those, the customers that became one with another
	products  set  // IDs of products read or gone
	variants  set  // IDs of variants read
	stock     map[period.Day]bool
	sessions  map[period.Day]bool
	sales     map[period.Day]bool // days of the provider's own sales report
	costs     firsts              // of stock items whose cost was read
	rates     map[period.Day]bool
	ads       map[period.Day]bool // days of advertising
	visits    map[period.Day]bool // days of web analytics
	skus      firsts              // of what the merchant says that units cost
	tariffs   firsts              // of the merchant's rate card, by kind
	backfill  bool                // the page is of the first reading of its stream
}

// firsts are the first days that something was read for, by what it is.
type firsts map[string]period.Day

func (f firsts) note(id string, day period.Day) {
	if first, ok := f[id]; !ok || day < first {
		f[id] = day
	}
}

// set is a set of IDs.
type set map[string]struct{}

func (s *set) add(id string) {
	if id == "" {
		return
	}
	if *s == nil {
		*s = set{}
	}
	(*s)[id] = struct{}{}
}

// list gives the IDs in no order.
func (s set) list() []string {
	ids := make([]string, 0, len(s))
	for id := range s {
		ids = append(ids, id)
	}
	return ids
}

func (s set) has(id string) bool {
	_, ok := s[id]
	return ok
}
