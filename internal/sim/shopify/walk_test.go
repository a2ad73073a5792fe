package shopify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

type walked struct {
	Orders struct {
		PageInfo struct {
			HasNextPage, HasPreviousPage bool
			StartCursor, EndCursor       string
		}
		Edges []struct {
			Cursor string
			Node   struct{ ID, UpdatedAt string }
		}
	}
}

const walkQuery = `query($first: Int, $last: Int, $after: String, $before: String, $q: String, $key: OrderSortKeys!, $rev: Boolean!) {
  orders(first: $first, last: $last, after: $after, before: $before, query: $q, sortKey: $key, reverse: $rev) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id updatedAt } } } }`

// A walk meets every order once, in the order of its key, in both directions and from both ends.
func TestWalks(t *testing.T) {
	shop := rich(t, 137)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, o := range shop.Orders {
		o.UpdatedAt = on(11, 1+rng.IntN(5)) // many ties
	}
	s := raise(t, shop, Options{RestoreRate: 2000})
	for _, key := range []string{"UPDATED_AT", "CREATED_AT", "PROCESSED_AT", "ID", "TOTAL_PRICE", "ORDER_NUMBER"} {
		for _, reverse := range []bool{false, true} {
			var down, up []string
			after, before := any(nil), any(nil)
			for range 20 {
				var d walked
				s.must(walkQuery, map[string]any{"first": 20, "after": after, "key": key, "rev": reverse, "q": "updated_at:>='2026-11-02T00:00:00Z'"}, &d)
				for _, e := range d.Orders.Edges {
					down = append(down, e.Node.ID)
				}
				if after = d.Orders.PageInfo.EndCursor; !d.Orders.PageInfo.HasNextPage {
					break
				}
			}
			for range 20 {
				var d walked
				s.must(walkQuery, map[string]any{"last": 20, "before": before, "key": key, "rev": reverse, "q": "updated_at:>='2026-11-02T00:00:00Z'"}, &d)
				page := []string{}
				for _, e := range d.Orders.Edges {
					page = append(page, e.Node.ID)
				}
				up = append(page, up...)
				if before = d.Orders.PageInfo.StartCursor; !d.Orders.PageInfo.HasPreviousPage {
					break
				}
			}
			want := []*Order{}
			for _, o := range shop.Orders {
				if o.UpdatedAt >= on(11, 2) {
					want = append(want, o)
				}
			}
			sort := &sorted[*Order]{key: orderSort(key)}
			slices.SortFunc(want, sort.compare)
			if reverse {
				slices.Reverse(want)
			}
			ids := []string{}
			for _, o := range want {
				ids = append(ids, gid{"Order", o.ID}.String())
			}
			if !slices.Equal(down, ids) || !slices.Equal(up, ids) {
				t.Errorf("%s reverse %v: %d down, %d up, want %d", key, reverse, len(down), len(up), len(ids))
			}
		}
	}
}

// An order that changes during a walk up updatedAt comes again at its end; none is left out.
func TestChangesDuringAWalk(t *testing.T) {
	shop := rich(t, 60)
	s := raise(t, shop, Options{})
	seen := map[string]string{}
	after := any(nil)
	for page := 0; ; page++ {
		var d walked
		s.must(walkQuery, map[string]any{"first": 10, "after": after, "key": "UPDATED_AT", "rev": false}, &d)
		for _, e := range d.Orders.Edges {
			seen[e.Node.ID] = e.Node.UpdatedAt
		}
		if page < 4 {
			if err := s.srv.Change(func(shop *Shop) error {
				for i := range 3 {
					o := shop.Orders[page*7+i*3]
					o.UpdatedAt = on(11, 20) + Instant(3600*(page+1)+i)
					shop.Touch(o)
				}
				if page == 2 {
					shop.Delete(shop.Orders[59])
					_, err := shop.Place(Purchase{At: on(11, 21), Items: []Item{{Title: "late", Quantity: 1, Price: cents(100)}}})
					return err
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if after = d.Orders.PageInfo.EndCursor; !d.Orders.PageInfo.HasNextPage {
			break
		}
	}
	s.srv.View(func(shop *Shop) {
		if len(shop.Orders) != 60 {
			t.Fatalf("%d orders", len(shop.Orders))
		}
		for _, o := range shop.Orders {
			at := string(appendInstant(nil, o.UpdatedAt))
			if got := fmt.Sprintf("%q", seen[gid{"Order", o.ID}.String()]); got != at {
				t.Errorf("order %d was last seen as of %s, it is %s", o.Number, got, at)
			}
		}
	})
}

// The index after changes equals one built afresh.
func TestIndexFollowsChanges(t *testing.T) {
	shop := rich(t, 500)
	srv := New(shop, Options{})
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 50 {
		if err := srv.Change(func(shop *Shop) error {
			for range rng.IntN(20) + round%4*60 { // few at once, and many
				o := shop.Orders[rng.IntN(len(shop.Orders))]
				switch rng.IntN(5) {
				case 0:
					shop.Remove(o)
				case 1, 2:
					if _, err := shop.Place(Purchase{At: on(11, 1+rng.IntN(20)), Items: []Item{{Title: "x", Quantity: 1, Price: cents(100)}}}); err != nil {
						return err
					}
				default:
					o.UpdatedAt = on(11, 1+rng.IntN(20))
					shop.Touch(o)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		rows := map[string][]*Order{}
		for key, s := range srv.orders.by {
			rows[key] = s.rows
		}
		for key, s := range newOrderIndex(shop.Orders).by {
			if !slices.Equal(s.rows, rows[key]) {
				t.Fatalf("the index by %s has %d rows, afresh %d", key, len(rows[key]), len(s.rows))
			}
		}
	}
}

// With a lag the walk finds a change late, and meanwhile at its old place; by its ID an order is found at once.
func TestSearchLag(t *testing.T) {
	clock := NewClock(on(11, 21).Time())
	s := raise(t, rich(t, 20), Options{Now: clock.Now, SearchLag: time.Minute})
	var id int64
	if err := s.srv.Change(func(shop *Shop) error {
		o, err := shop.Place(Purchase{At: on(11, 21), Items: []Item{{Title: "late", Quantity: 1, Price: cents(100)}}})
		id = o.ID
		shop.Orders[3].UpdatedAt = on(11, 21)
		shop.Touch(shop.Orders[3])
		shop.Delete(shop.Orders[4])
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var d struct {
		Orders struct{ Nodes []struct{ ID string } }
		Order  *struct{ ID string }
	}
	q := fmt.Sprintf(`{ orders(first: 50, sortKey: UPDATED_AT, query: "updated_at:>='2026-11-21T00:00:00Z'") { nodes { id } } order(id: "gid://shopify/Order/%d") { id } }`, id)
	if s.must(q, nil, &d); len(d.Orders.Nodes) != 0 || d.Order == nil {
		t.Errorf("at once: %+v", d)
	}
	clock.Advance(time.Minute)
	if s.must(q, nil, &d); len(d.Orders.Nodes) != 2 {
		t.Errorf("after the lag: %+v", d)
	}
}

// Readers, bulk operations and changes at once.
func TestAllAtOnce(t *testing.T) {
	s := raise(t, rich(t, 400), Options{RestoreRate: 100_000})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 15 {
				s.ask(`{ shop { enabledPresentmentCurrencies } ordersCount(query: "updated_at:>'2026-11-01'") { count } orders(first: 50, sortKey: UPDATED_AT, reverse: true) { nodes { id lineItems(first: 3) { nodes { id } } } } }`, nil)
			}
		})
	}
	wg.Go(func() {
		for i := range 60 {
			if err := s.srv.Change(func(shop *Shop) error {
				o, err := shop.Place(Purchase{At: on(11, 20) + Instant(i), Presentment: "USD", Rate: 1_100_000, Customer: shop.Customers[0], Items: []Item{{Title: "x", Quantity: 1, Price: cents(100)}}})
				if err == nil && i%3 == 0 {
					shop.Delete(o)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		for range 4 {
			if op := s.bulk(allOrders, false); op.Status != "COMPLETED" {
				t.Errorf("%+v", op)
			}
		}
	})
	wg.Wait()
	var d struct{ OrdersCount struct{ Count int } }
	if s.must(`{ ordersCount { count } }`, nil, &d); d.OrdersCount.Count != 440 {
		t.Errorf("%d orders", d.OrdersCount.Count)
	}
}
