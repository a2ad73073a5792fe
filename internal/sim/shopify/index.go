package shopify

import (
	"cmp"
	"slices"
	"sort"
)

// sorted keeps rows in the order of one key, ties by ID, so that a page of a million rows is found by bisection. The keys are those
// that the row had when it was last indexed, not what the row says now.
type sorted[T any] struct {
	key  func(T) (int64, int64)
	rows []T
}

func (s *sorted[T]) build(rows []T) {
	s.rows = slices.Clone(rows)
	slices.SortFunc(s.rows, s.compare)
}

func (s *sorted[T]) compare(a, b T) int {
	ka, ia := s.key(a)
	kb, ib := s.key(b)
	return cmp.Or(cmp.Compare(ka, kb), cmp.Compare(ia, ib))
}

// from is the first position whose row is not before (key, id).
func (s *sorted[T]) from(key, id int64) int {
	return sort.Search(len(s.rows), func(i int) bool {
		k, n := s.key(s.rows[i])
		return k > key || k == key && n >= id
	})
}

func (s *sorted[T]) remove(row T) {
	k, id := s.key(row)
	i := s.from(k, id)
	if i < len(s.rows) && s.compare(s.rows[i], row) == 0 {
		s.rows = slices.Delete(s.rows, i, i+1)
	}
}

func (s *sorted[T]) insert(row T) {
	k, id := s.key(row)
	s.rows = slices.Insert(s.rows, s.from(k, id), row)
}

// merge puts rows in that are sorted among themselves.
func (s *sorted[T]) merge(more []T) {
	old := s.rows
	s.rows = make([]T, 0, len(old)+len(more)+len(old)/64)
	for _, row := range more {
		k, id := s.key(row)
		n := (&sorted[T]{s.key, old}).from(k, id)
		s.rows = append(append(s.rows, old[:n]...), row)
		old = old[n:]
	}
	s.rows = append(s.rows, old...)
}

// orderKeys are the values that an order was indexed under; known is false for one that is not in the index.
type orderKeys struct {
	created, updated, processed Instant
	known                       bool
	moving                      bool // while it is taken out and put in again
}

type orderIndex struct {
	by map[string]*sorted[*Order] // by sort key
}

func newOrderIndex(orders []*Order) *orderIndex {
	byKey := func(get func(*orderKeys) Instant) *sorted[*Order] {
		return &sorted[*Order]{key: func(o *Order) (int64, int64) { return int64(get(&o.keys)), o.ID }}
	}
	x := &orderIndex{by: map[string]*sorted[*Order]{
		"ID":           {key: func(o *Order) (int64, int64) { return o.ID, o.ID }},
		"CREATED_AT":   byKey(func(k *orderKeys) Instant { return k.created }),
		"UPDATED_AT":   byKey(func(k *orderKeys) Instant { return k.updated }),
		"PROCESSED_AT": byKey(func(k *orderKeys) Instant { return k.processed }),
	}}
	for _, o := range orders {
		o.remember()
	}
	for _, s := range x.by {
		s.build(orders)
	}
	return x
}

func (o *Order) remember() {
	o.keys = orderKeys{created: o.CreatedAt, updated: o.UpdatedAt, processed: o.placed(), known: true}
}

// few is up to how many rows it is cheaper to move one by one.
const few = 64

func (x *orderIndex) changeFew(touched map[*Order]bool) {
	for o, gone := range touched {
		known := o.keys.known
		for key, s := range x.by {
			if known && (gone || key != "ID") {
				s.remove(o)
			}
		}
		if gone {
			o.keys.known = false
			continue
		}
		o.remember()
		for key, s := range x.by {
			if !known || key != "ID" {
				s.insert(o)
			}
		}
	}
}

// change brings the index up to date: all that was touched is taken out in one pass and merged in again. The order of IDs stands
// but for orders that came or went.
func (x *orderIndex) change(touched map[*Order]bool) {
	if len(touched) <= few {
		x.changeFew(touched)
		return
	}
	var stay, come []*Order
	gone := 0
	for o, deleted := range touched {
		o.keys.moving = true
		switch {
		case deleted:
			gone++
		case o.keys.known:
			stay = append(stay, o)
		default:
			come = append(come, o)
		}
	}
	all := slices.Concat(stay, come)
	for key, s := range x.by {
		switch {
		case key != "ID":
			s.rows = slices.DeleteFunc(s.rows, func(o *Order) bool { return o.keys.moving })
		case gone > 0:
			s.rows = slices.DeleteFunc(s.rows, func(o *Order) bool { return o.keys.moving && touched[o] })
		}
	}
	for _, o := range all {
		o.remember()
	}
	for key, s := range x.by {
		in := slices.Clone(all)
		if key == "ID" {
			in = come
		}
		slices.SortFunc(in, s.compare)
		s.merge(in)
	}
}

func (x *orderIndex) byID(id int64) *Order {
	s := x.by["ID"]
	if i := s.from(id, id); i < len(s.rows) && s.rows[i].ID == id {
		return s.rows[i]
	}
	return nil
}

// catalogIndex finds what orders point at.
type catalogIndex struct {
	products  map[int64]*Product
	variants  map[int64]stocked
	locations map[int64]*Location
	customers map[int64]*Customer
	byTime    *sorted[*Customer] // by updatedAt at the last indexing
	byID      *sorted[*Customer]
}

func newCatalogIndex(s *Shop) *catalogIndex {
	x := &catalogIndex{customers: map[int64]*Customer{}}
	x.goods(s)
	for _, c := range s.Customers {
		x.customers[c.ID] = c
		c.indexedAt = c.UpdatedAt
	}
	x.byTime = &sorted[*Customer]{key: func(c *Customer) (int64, int64) { return int64(c.indexedAt), c.ID }}
	x.byID = &sorted[*Customer]{key: func(c *Customer) (int64, int64) { return c.ID, c.ID }}
	x.byTime.build(s.Customers)
	x.byID.build(s.Customers)
	return x
}

// goods indexes products, variants and locations, of which there are few.
func (x *catalogIndex) goods(s *Shop) {
	x.products, x.variants, x.locations = map[int64]*Product{}, map[int64]stocked{}, map[int64]*Location{}
	for _, p := range s.Products {
		x.products[p.ID] = p
		for _, v := range p.Variants {
			x.variants[v.ID] = stocked{p, v}
		}
	}
	for _, l := range s.Locations {
		x.locations[l.ID] = l
	}
}

func (x *catalogIndex) change(s *Shop) {
	variants := 0
	for _, p := range s.Products {
		variants += len(p.Variants)
	}
	if len(s.Products) != len(x.products) || variants != len(x.variants) || len(s.Locations) != len(x.locations) {
		x.goods(s)
	}
	for c, gone := range s.parties {
		if x.customers[c.ID] != nil {
			x.byTime.remove(c)
			x.byID.remove(c)
			delete(x.customers, c.ID)
		}
		if gone {
			continue
		}
		c.indexedAt = c.UpdatedAt
		x.customers[c.ID] = c
		x.byTime.insert(c)
		x.byID.insert(c)
	}
}

func (s *Server) location(id int64) any {
	if l := s.catalog.locations[id]; l != nil {
		return l
	}
	return nil
}

func (s *Server) product(id int64) any {
	if p := s.catalog.products[id]; p != nil {
		return p
	}
	return nil
}

func (s *Server) variant(id int64) any {
	if v, ok := s.catalog.variants[id]; ok {
		return v
	}
	return nil
}
