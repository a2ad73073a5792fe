package shopify

import (
	"cmp"
	"slices"
	"sync"
)

// walk cuts a page from a sorted index between two positions, keeping the rows that match.
func walk[T any](x *exec, s *sorted[T], lo, hi int, a args, match func(T) bool) any {
	w, r := x.window(a)
	if r != nil {
		return r
	}
	// past is the first position beyond a cursor's row.
	past := func(c *cursor) int {
		i := s.from(c.Value, c.ID)
		if i < len(s.rows) {
			if k, id := s.key(s.rows[i]); k == c.Value && id == c.ID {
				i++
			}
		}
		return i
	}
	start, stop := w.after, w.before
	if w.reverse {
		start, stop = stop, start
	}
	if start != nil {
		lo = max(lo, past(start))
	}
	if stop != nil {
		hi = min(hi, s.from(stop.Value, stop.ID))
	}
	ascending := w.reverse == w.backward
	var rows []T
	more := false
	for i := range max(0, hi-lo) {
		k := lo + i
		if !ascending {
			k = hi - 1 - i
		}
		row := s.rows[k]
		if !match(row) {
			continue
		}
		if !w.all && len(rows) == w.n {
			more = true
			break
		}
		rows = append(rows, row)
	}
	c := conn{items: make([]any, len(rows))}
	if w.backward {
		slices.Reverse(rows)
		c.prev, c.next = more, w.before != nil
	} else {
		c.next, c.prev = more, w.after != nil
	}
	for i, row := range rows {
		c.items[i] = row
	}
	walked := 0
	if w.after != nil {
		walked = w.after.Walked
	}
	c.cursor = func(i int) string {
		k, id := s.key(rows[i])
		return cursor{id, k, walked + i + 1}.String()
	}
	return c
}

// orderFields that can be searched by time and have an index.
var orderTimes = map[string]string{"created_at": "CREATED_AT", "updated_at": "UPDATED_AT", "processed_at": "PROCESSED_AT"}

// visible says whether the token may see an order at all: those before the 60-day wall it may not.
func (x *exec) visible(o *Order) bool { return x.wall == 0 || o.CreatedAt >= x.wall }

// span is the part of an index that a condition leaves.
func span(s *sorted[*Order], c condition, field string) (lo, hi int) {
	from, to := bounds(c, field)
	lo, hi = 0, len(s.rows)
	if from > dawn {
		lo = s.from(int64(from), 0)
	}
	if to < dusk {
		hi = s.from(int64(to), 0)
	}
	return lo, max(lo, hi)
}

// narrow finds the index with the fewest rows for a condition.
func (x *exec) narrow(c condition) (s *sorted[*Order], lo, hi int) {
	s = x.srv.orders.by["ID"]
	lo, hi = 0, len(s.rows)
	for field, key := range orderTimes {
		t := x.srv.orders.by[key]
		if l, h := span(t, c, field); h-l < hi-lo {
			s, lo, hi = t, l, h
		}
	}
	return s, lo, hi
}

func (x *exec) orderPage(a args) any {
	c := x.condition("Order", a)
	match := func(o *Order) bool { return x.visible(o) && (c == nil || c.match(o)) }
	key := a.str("sortKey")
	own := x.srv.orders.by[key]
	if own != nil {
		lo, hi := 0, len(own.rows)
		for field, k := range orderTimes {
			if k == key {
				lo, hi = span(own, c, field)
			}
		}
		s, l, h := x.narrow(c)
		if s == own || (h-l)*8 > hi-lo {
			if x.bulk != nil && key == "UPDATED_AT" && c != nil {
				match = leaky(match)
			}
			return walk(x, own, lo, hi, a, match)
		}
	}
	// Another index is much narrower than the sort's, or the sort has none: filter there, then sort.
	s, lo, hi := x.narrow(c)
	t := &sorted[*Order]{key: orderSort(key)}
	for _, o := range s.rows[lo:hi] {
		if match(o) {
			t.rows = append(t.rows, o)
		}
	}
	slices.SortFunc(t.rows, t.compare)
	return walk(x, t, 0, len(t.rows), a, func(*Order) bool { return true })
}

// leaky is what an explicit sort by UPDATED_AT does to a bulk query that filters by updated_at: some records are silently left out.
func leaky(match func(*Order) bool) func(*Order) bool {
	return func(o *Order) bool { return o.ID%41 != 0 && match(o) }
}

func orderSort(key string) func(*Order) (int64, int64) {
	return func(o *Order) (int64, int64) {
		switch key {
		case "CREATED_AT":
			return int64(o.keys.created), o.ID
		case "UPDATED_AT":
			return int64(o.keys.updated), o.ID
		case "PROCESSED_AT":
			return int64(o.keys.processed), o.ID
		case "ORDER_NUMBER":
			return int64(o.Number), o.ID
		case "TOTAL_PRICE":
			return o.Totals.Total, o.ID
		}
		return o.ID, o.ID
	}
}

func (x *exec) orderCount(a args) any {
	c := x.condition("Order", a)
	s, lo, hi := x.narrow(c)
	return x.count(a, hi-lo, func(i int) bool {
		o := s.rows[lo+i]
		return x.visible(o) && (c == nil || c.match(o))
	})
}

// count counts matches up to the limit argument; null stands for no limit.
func (x *exec) count(a args, n int, match func(i int) bool) any {
	limit := n
	if a.has("limit") {
		limit = a.num("limit")
	}
	found := 0
	for i := range n {
		if !match(i) {
			continue
		}
		if found == limit {
			return count{found, true}
		}
		found++
	}
	return count{n: found}
}

func (x *exec) customerPage(a args) any {
	c := x.condition("Customer", a)
	s := x.srv.catalog.byID
	lo, hi := 0, len(s.rows)
	if a.str("sortKey") == "UPDATED_AT" {
		s = x.srv.catalog.byTime
		from, to := bounds(c, "updated_at")
		if from > dawn {
			lo = s.from(int64(from), 0)
		}
		if to < dusk {
			hi = s.from(int64(to), 0)
		}
	}
	return walk(x, s, lo, max(lo, hi), a, func(v *Customer) bool { return c == nil || c.match(v) })
}

// ordersOf are one customer's orders.
func (x *exec) ordersOf(c *Customer, a args) any {
	cond := x.condition("Order", a)
	var own []*Order
	for _, o := range x.srv.owners.of(x.srv, c) {
		if x.visible(o) && (cond == nil || cond.match(o)) {
			own = append(own, o)
		}
	}
	slices.SortFunc(own, (&sorted[*Order]{key: orderSort(a.str("sortKey"))}).compare)
	return x.pageOf(len(own), func(i int) any { return own[i] }, func(i int) int64 { return own[i].ID }, a)
}

// ownerCache holds each customer's orders until the shop changes.
type ownerCache struct {
	mu       sync.Mutex
	revision int
	orders   map[*Customer][]*Order
}

// of is called under the server's read lock.
func (c *ownerCache) of(s *Server, who *Customer) []*Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.orders == nil || c.revision != s.revision {
		c.orders, c.revision = map[*Customer][]*Order{}, s.revision
		for _, o := range s.orders.by["ID"].rows {
			if o.Customer != nil {
				c.orders[o.Customer] = append(c.orders[o.Customer], o)
			}
		}
	}
	return c.orders[who]
}

// shortPage serves a collection that is small enough to be filtered and sorted whole on every request.
func shortPage[T any](x *exec, where string, rows []T, id func(T) int64, by func(a, b T) int, a args) any {
	c := x.condition(where, a)
	var keep []T
	for _, r := range rows {
		if c == nil || c.match(r) {
			keep = append(keep, r)
		}
	}
	slices.SortStableFunc(keep, func(a, b T) int {
		if by != nil {
			if n := by(a, b); n != 0 {
				return n
			}
		}
		return cmp.Compare(id(a), id(b))
	})
	return x.pageOf(len(keep), func(i int) any { return keep[i] }, func(i int) int64 { return id(keep[i]) }, a)
}

func shortCount[T any](x *exec, where string, rows []T, a args) any {
	c := x.condition(where, a)
	return x.count(a, len(rows), func(i int) bool { return c == nil || c.match(rows[i]) })
}
