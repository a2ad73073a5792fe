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

// few is up to how many rows it is cheaper to move one by one.
const few = 64

// takeOut removes rows whose keys still stand; marked tells them from the others.
func (s *sorted[T]) takeOut(rows []T, marked func(T) bool) {
	if len(rows) > few {
		s.rows = slices.DeleteFunc(s.rows, marked)
		return
	}
	for _, row := range rows {
		k, id := s.key(row)
		if i := s.from(k, id); i < len(s.rows) && s.compare(s.rows[i], row) == 0 {
			s.rows = slices.Delete(s.rows, i, i+1)
		}
	}
}

// putIn inserts rows; it may reorder its argument.
func (s *sorted[T]) putIn(rows []T) {
	if len(rows) <= few {
		for _, row := range rows {
			k, id := s.key(row)
			s.rows = slices.Insert(s.rows, s.from(k, id), row)
		}
		return
	}
	slices.SortFunc(rows, s.compare)
	old := s.rows
	s.rows = make([]T, 0, len(old)+len(rows)+len(old)/64)
	for _, row := range rows {
		k, id := s.key(row)
		n := (&sorted[T]{s.key, old}).from(k, id)
		s.rows = append(append(s.rows, old[:n]...), row)
		old = old[n:]
	}
	s.rows = append(s.rows, old...)
}

// orderKeys are the values that an order was indexed under.
type orderKeys struct {
	created, updated, processed Instant
	listed                      bool // it is in the index by ID
	known                       bool // it is in those by time
	moving                      bool // while it is taken out and put in again
}

// orderIndex holds all orders in the order of each sort key that a large store is walked by. That by ID is exact at any moment; those
// by time are the search index, which may lag behind.
type orderIndex struct {
	by    map[string]*sorted[*Order] // by sort key, ID among them
	times []*sorted[*Order]
}

func newOrderIndex(orders []*Order) *orderIndex {
	x := &orderIndex{by: map[string]*sorted[*Order]{
		"ID": {key: func(o *Order) (int64, int64) { return o.ID, o.ID }},
	}}
	for key, get := range map[string]func(*orderKeys) Instant{
		"CREATED_AT":   func(k *orderKeys) Instant { return k.created },
		"UPDATED_AT":   func(k *orderKeys) Instant { return k.updated },
		"PROCESSED_AT": func(k *orderKeys) Instant { return k.processed },
	} {
		s := &sorted[*Order]{key: func(o *Order) (int64, int64) { return int64(get(&o.keys)), o.ID }}
		x.by[key] = s
		x.times = append(x.times, s)
	}
	for _, o := range orders {
		o.keys = orderKeys{listed: true}
		o.remember()
	}
	for _, s := range x.by {
		s.build(orders)
	}
	return x
}

func (o *Order) remember() {
	o.keys = orderKeys{created: o.CreatedAt, updated: o.UpdatedAt, processed: o.placed(), listed: o.keys.listed, known: true}
}

// list brings the index by ID up to date with the orders that came, and takes those that went out of all.
func (x *orderIndex) list(touched map[*Order]bool) {
	var come, listed, known []*Order
	for o, gone := range touched {
		switch {
		case !gone && !o.keys.listed:
			come = append(come, o)
		case gone:
			o.keys.moving = true
			if o.keys.listed {
				listed = append(listed, o)
			}
			if o.keys.known {
				known = append(known, o)
			}
		}
	}
	moving := func(o *Order) bool { return o.keys.moving }
	x.by["ID"].takeOut(listed, moving)
	x.by["ID"].putIn(come)
	for _, s := range x.times {
		s.takeOut(known, moving)
	}
	for o, gone := range touched {
		o.keys.listed = !gone
		if gone {
			o.keys = orderKeys{}
		}
	}
}

// move brings the indexes by time up to date with what orders say now. Orders that went in the meantime stay out.
func (x *orderIndex) move(orders []*Order) {
	orders = slices.DeleteFunc(orders, func(o *Order) bool { return !o.keys.listed })
	var known []*Order
	for _, o := range orders {
		if o.keys.moving = true; o.keys.known {
			known = append(known, o)
		}
	}
	for _, s := range x.times {
		s.takeOut(known, func(o *Order) bool { return o.keys.moving })
	}
	for _, o := range orders {
		o.remember()
	}
	for _, s := range x.times {
		s.putIn(orders)
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
			x.byTime.takeOut([]*Customer{c}, nil)
			x.byID.takeOut([]*Customer{c}, nil)
			delete(x.customers, c.ID)
		}
		if gone {
			continue
		}
		c.indexedAt = c.UpdatedAt
		x.customers[c.ID] = c
		x.byTime.putIn([]*Customer{c})
		x.byID.putIn([]*Customer{c})
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
