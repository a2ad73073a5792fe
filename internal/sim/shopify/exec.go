package shopify

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// exec runs one operation and writes its data as it goes.
type exec struct {
	srv  *Server
	tok  *token
	now  Instant
	wall Instant // orders created before it are not to be seen; zero where there is no wall
	buf  []byte
	esc  escaping
	path []any
	errs []*refusal
	// reports are what the reply's extensions.search says about each searched field.
	reports []searchReport
	// extra are further extensions of the reply, such as shopifyqlCost.
	extra map[string]any
	// bulk, where set, takes connections instead of writing them.
	bulk   func(f *field, items []any)
	empty  bool   // a root connection had no rows
	spoilt *field // fails once, by a fault
}

// list is a plain list of objects.
type list struct {
	n  int
	at func(i int) any
}

// object writes the selections of one object. It answers false where a null must rise to the parent; what was written is then gone.
func (x *exec) object(fields []*field, typ string, v any) (cost int, ok bool) {
	start := len(x.buf)
	x.buf = append(x.buf, '{')
	for _, f := range fields {
		if x.bulk != nil && f.conn {
			x.children(f, v)
			continue
		}
		if x.buf[len(x.buf)-1] != '{' {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, f.keyJSON...)
		if f.name == "__typename" {
			x.buf = appendString(x.buf, typ, x.esc)
			continue
		}
		x.path = append(x.path, f.key)
		c, ok := x.field(f, v)
		x.path = x.path[:len(x.path)-1]
		if !ok {
			x.buf = x.buf[:start]
			return 0, false
		}
		cost += c
	}
	x.buf = append(x.buf, '}')
	return cost, true
}

// field resolves and writes one value.
func (x *exec) field(f *field, parent any) (cost int, ok bool) {
	v := x.resolve(f, parent)
	if f == x.spoilt {
		x.spoilt = nil
		v = refuse("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end.")
	}
	if r, bad := v.(*refusal); bad {
		x.fail(f, r)
		v = nil
	}
	start := len(x.buf)
	if v == nil {
		return x.none(f)
	}
	switch {
	case f.leaf && f.list:
		x.leaves(v)
		return 0, true
	case f.leaf:
		if !x.leaf(v) {
			return x.none(f)
		}
		return 0, true
	case f.conn:
		cost, ok = x.connection(f, v.(conn))
	case f.list:
		cost, ok = x.objects(f, v.(list))
	case f.typ == "MoneyBag":
		x.moneyBag(f, v.(money))
		return 0, true
	case f.typ == "MoneyV2":
		x.coin(f, v.(coin))
		return 0, true
	default:
		typ, v := concrete(v, f.typ)
		cost, ok = x.object(f.subs[typ], typ, v)
		cost += objectCost(f.typ)
		if f.typ == "Count" && len(x.path) == 1 {
			cost = rootCount
		}
	}
	if !ok {
		x.buf = x.buf[:start]
		return x.null(f.nonNull)
	}
	return cost, true
}

// none is a value that is not there. Where there must be one and nothing was said about it, that is an error of its own.
func (x *exec) none(f *field) (int, bool) {
	if f.nonNull && !x.accused() {
		x.fail(f, refuse("INTERNAL_SERVER_ERROR", "Cannot return null for non-nullable field "+f.on+"."+f.name))
	}
	return x.null(f.nonNull)
}

// accused says whether the last error is about the present path.
func (x *exec) accused() bool {
	return len(x.errs) > 0 && slices.Equal(x.errs[len(x.errs)-1].Path, x.path)
}

func (x *exec) null(nonNull bool) (int, bool) {
	if nonNull {
		return 0, false
	}
	x.buf = append(x.buf, "null"...)
	return 0, true
}

func (x *exec) resolve(f *field, parent any) any {
	if f.access != nil {
		if !f.checked { // one plan serves one token
			f.denied, f.checked = f.access.refused(f.name, x.tok, x.srv), true
		}
		if f.denied != nil {
			return f.denied
		}
	}
	return f.resolve(x, parent, f.args)
}

// fail records an error at the present path.
func (x *exec) fail(f *field, r *refusal) {
	e := *r
	e.Path = append([]any(nil), x.path...)
	e.Locations = []location{f.at}
	x.errs = append(x.errs, &e)
}

func (x *exec) objects(f *field, l list) (cost int, ok bool) {
	x.buf = append(x.buf, '[')
	for i := range l.n {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.path = append(x.path, i)
		v := l.at(i)
		c, ok := 0, false
		if v != nil {
			typ, v := concrete(v, f.typ)
			c, ok = x.object(f.subs[typ], typ, v)
		}
		x.path = x.path[:len(x.path)-1]
		if !ok {
			if f.itemNN {
				return 0, false
			}
			x.buf = append(x.buf, "null"...)
		}
		cost = max(cost, c)
	}
	x.buf = append(x.buf, ']')
	return cost + 1, true // a plain list is charged as one object
}

func (x *exec) leaves(v any) {
	x.buf = append(x.buf, '[')
	for i, s := range v.([]string) {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = appendString(x.buf, s, x.esc)
	}
	x.buf = append(x.buf, ']')
}

// leaf writes a scalar; false means that the value stands for null.
func (x *exec) leaf(v any) bool {
	switch v := v.(type) {
	case string:
		x.buf = appendString(x.buf, v, x.esc)
	case int:
		x.buf = strconv.AppendInt(x.buf, int64(v), 10)
	case bool:
		x.buf = strconv.AppendBool(x.buf, v)
	case Instant:
		if v == 0 {
			return false
		}
		x.buf = appendInstant(x.buf, v)
	case decimal:
		x.buf = append(v.append(append(x.buf, '"')), '"')
	case price:
		x.buf = append(v.append(append(x.buf, '"')), '"')
	case unsigned:
		x.buf = append(strconv.AppendInt(append(x.buf, '"'), int64(v), 10), '"')
	case gid:
		if x.esc == asBulk {
			x.buf = append(x.buf, `"gid:\/\/shopify\/`...)
			x.buf = append(append(x.buf, v.kind...), '\\', '/')
			x.buf = append(strconv.AppendInt(x.buf, v.id, 10), '"')
		} else {
			x.buf = append(v.append(append(x.buf, '"')), '"')
		}
	case float64:
		x.buf = strconv.AppendFloat(x.buf, v, 'f', -1, 64)
		if v == math.Trunc(v) {
			x.buf = append(x.buf, ".0"...)
		}
	case rawJSON:
		x.buf = append(x.buf, v...)
	default:
		panic(fmt.Sprintf("shopify: no wire form for %T at %v", v, x.path))
	}
	return true
}

// connection writes what was selected of a page.
func (x *exec) connection(f *field, c conn) (cost int, ok bool) {
	if len(c.items) == 0 && len(x.path) == 1 {
		x.empty = true
	}
	x.buf = append(x.buf, '{')
	for i, s := range f.subs[f.typ] {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, s.keyJSON...)
		x.path = append(x.path, s.key)
		var n int
		switch s.name {
		case "__typename":
			x.buf = appendString(x.buf, f.typ, x.esc)
			ok = true
		case "pageInfo":
			x.pageInfo(s, c)
			ok = true
		case "nodes", "edges":
			n, ok = x.items(s, c)
		}
		x.path = x.path[:len(x.path)-1]
		if !ok {
			return 0, false
		}
		cost = max(cost, n)
	}
	x.buf = append(x.buf, '}')
	return 2 + pageWeight(len(c.items))*(1+cost), true
}

func (x *exec) items(s *field, c conn) (cost int, ok bool) {
	x.buf = append(x.buf, '[')
	for i, v := range c.items {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.path = append(x.path, i)
		var n int
		if s.name == "nodes" {
			typ, v := concrete(v, s.typ)
			n, ok = x.object(s.subs[typ], typ, v)
		} else {
			n, ok = x.edge(s, c, i)
		}
		x.path = x.path[:len(x.path)-1]
		if !ok {
			return 0, false
		}
		cost = max(cost, n)
	}
	x.buf = append(x.buf, ']')
	return cost, true
}

func (x *exec) edge(s *field, c conn, i int) (cost int, ok bool) {
	x.buf = append(x.buf, '{')
	for k, e := range s.subs[s.typ] {
		if k > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, e.keyJSON...)
		switch e.name {
		case "__typename":
			x.buf = appendString(x.buf, s.typ, x.esc)
		case "cursor":
			x.buf = appendString(x.buf, c.cursor(i), x.esc)
		case "node":
			x.path = append(x.path, e.key)
			typ, v := concrete(c.items[i], e.typ)
			cost, ok = x.object(e.subs[typ], typ, v)
			x.path = x.path[:len(x.path)-1]
			if !ok {
				return 0, false
			}
		}
	}
	x.buf = append(x.buf, '}')
	return cost, true
}

func (x *exec) pageInfo(s *field, c conn) {
	x.buf = append(x.buf, '{')
	for k, e := range s.subs[s.typ] {
		if k > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, e.keyJSON...)
		switch e.name {
		case "__typename":
			x.buf = appendString(x.buf, s.typ, x.esc)
		case "hasNextPage":
			x.buf = strconv.AppendBool(x.buf, c.next)
		case "hasPreviousPage":
			x.buf = strconv.AppendBool(x.buf, c.prev)
		case "startCursor", "endCursor":
			if len(c.items) == 0 {
				x.buf = append(x.buf, "null"...)
				continue
			}
			i := 0
			if e.name == "endCursor" {
				i = len(c.items) - 1
			}
			x.buf = appendString(x.buf, c.cursor(i), x.esc)
		}
	}
	x.buf = append(x.buf, '}')
}

// children hands the items of a connection to the bulk walk.
func (x *exec) children(f *field, parent any) {
	v := x.resolve(f, parent)
	switch v := v.(type) {
	case *refusal:
		x.path = append(x.path, f.key)
		x.fail(f, v)
		x.path = x.path[:len(x.path)-1]
	case conn:
		x.bulk(f, v.items)
	}
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// spoil picks a nullable field that is to fail, the deepest first met; without one the reply stays whole.
func (x *exec) spoil(fields []*field) {
	for _, f := range fields {
		for _, sub := range f.subs {
			x.spoil(sub)
		}
		if x.spoilt == nil && !f.nonNull && f.resolve != nil {
			x.spoilt = f
		}
	}
}
