package shopify

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

const (
	maxPage = 250    // of first and last
	maxWalk = 25_000 // objects that a paginated walk may reach
)

// conn is one page of a connection.
type conn struct {
	items      []any
	next, prev bool
	cursor     func(i int) string
}

// cursor is where a walk goes on from: after the row with this sort value and ID. Walked counts the rows up to it, for the walk's end.
type cursor struct {
	ID     int64 `json:"last_id"`
	Value  int64 `json:"last_value"`
	Walked int   `json:"n"`
}

func (c cursor) String() string { return base64.StdEncoding.EncodeToString(mustJSON(c)) }

func parseCursor(s string) (*cursor, *refusal) {
	raw, err := base64.StdEncoding.DecodeString(s)
	c := new(cursor)
	if err == nil {
		err = json.Unmarshal(raw, c)
	}
	if err != nil {
		return nil, badRequest("Invalid cursor for current pagination sort.")
	}
	return c, nil
}

// window is what first, last, after, before and reverse ask for.
type window struct {
	n        int
	backward bool // last: the page's end counts
	reverse  bool
	after    *cursor
	before   *cursor
	all      bool // bulk: everything
}

func (x *exec) window(a args) (w window, r *refusal) {
	w.reverse = a.flag("reverse")
	if x.bulk != nil {
		w.all = true
		return w, nil
	}
	switch {
	case a.has("first") && a.has("last"):
		return w, badRequest("providing both first and last is not supported")
	case a.has("first"):
		w.n = a.num("first")
	case a.has("last"):
		w.n, w.backward = a.num("last"), true
	default:
		return w, badRequest("you must provide one of first or last")
	}
	name := "first"
	if w.backward {
		name = "last"
	}
	if w.n < 0 {
		return w, badRequest(name + " cannot be negative")
	}
	if w.n > maxPage {
		return w, badRequest(fmt.Sprintf("%s cannot exceed %d", name, maxPage))
	}
	if s := a.str("after"); s != "" {
		if w.after, r = parseCursor(s); r != nil {
			return w, r
		}
	}
	if s := a.str("before"); s != "" {
		if w.before, r = parseCursor(s); r != nil {
			return w, r
		}
	}
	if w.after != nil && w.after.Walked+w.n > maxWalk {
		return w, badRequest(fmt.Sprintf("Paginating past the %dth object is not supported. Narrow the query with a filter, or use a bulk operation.", maxWalk))
	}
	return w, nil
}

// pageOf cuts a page from a short list in memory, whose rows are found again by ID.
func (x *exec) pageOf(n int, at func(i int) any, id func(i int) int64, a args) any {
	w, r := x.window(a)
	if r != nil {
		return r
	}
	pos := make([]int, n)
	for i := range pos {
		pos[i] = i
		if w.reverse {
			pos[i] = n - 1 - i
		}
	}
	lo, hi := 0, n
	find := func(c *cursor) int {
		for k, i := range pos {
			if id(i) == c.ID {
				return k
			}
		}
		return -1
	}
	if w.after != nil {
		lo = find(w.after) + 1
	}
	if w.before != nil {
		if k := find(w.before); k >= 0 {
			hi = k
		}
	}
	hi = max(lo, hi)
	c := conn{}
	from, to := lo, hi
	if !w.all {
		if w.backward {
			from = max(lo, hi-w.n)
		} else {
			to = min(hi, lo+w.n)
		}
	}
	c.prev, c.next = from > 0, to < n
	c.items = make([]any, 0, to-from)
	for _, i := range pos[from:to] {
		c.items = append(c.items, at(i))
	}
	c.cursor = func(k int) string { return cursor{ID: id(pos[from+k]), Walked: from + k + 1}.String() }
	return c
}

// firstOf cuts a plain list to its first argument.
func firstOf(n int, at func(i int) any, a args) any {
	if a.has("first") {
		n = min(n, max(0, a.num("first")))
	}
	return list{n, at}
}
