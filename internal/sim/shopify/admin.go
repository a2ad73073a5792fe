package shopify

import (
	"sync"
	"time"
)

// Change lets f alter the shop while nobody reads it, and brings the search index up to date. The store's events are methods of
// Shop: Place, Edit, Refund, RequestReturn, ProcessReturn, Cancel, Delete, Fulfil, Deliver, LateTransaction, MergeCustomers, SetCost,
// SetStock and the like; they move updatedAt where Shopify moves it, and only there. What f did before it failed stays done.
func (s *Server) Change(f func(*Shop) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := f(s.shop)
	s.revision++
	s.orders.list(s.shop.touched)
	var stay []*Order
	for o, gone := range s.shop.touched {
		if !gone {
			stay = append(stay, o)
		}
	}
	s.noteCurrencies(stay)
	s.catalog.change(s.shop)
	s.shop.touched, s.shop.parties = nil, nil
	told := s.shop.told
	s.shop.told = nil
	s.hooks.tell(told)
	if s.opts.SearchLag > 0 {
		s.unripe = append(s.unripe, unripe{s.opts.Now().Add(s.opts.SearchLag), stay})
	} else {
		s.orders.move(stay)
	}
	return err
}

// unripe are orders that have changed, and the moment from which the search finds them so.
type unripe struct {
	due    time.Time
	orders []*Order
}

// ripen lets the search index catch up with what is due.
func (s *Server) ripen() {
	now := s.opts.Now()
	s.mu.RLock()
	due := len(s.unripe) > 0 && !s.unripe[0].due.After(now)
	s.mu.RUnlock()
	if !due {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.unripe) > 0 && !s.unripe[0].due.After(now) {
		s.orders.move(s.unripe[0].orders)
		s.unripe = s.unripe[1:]
	}
}

// View lets f read the shop while nobody alters it.
func (s *Server) View(f func(*Shop)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f(s.shop)
}

// Order finds an order by its numeric ID. The result must only be used inside Change or View.
func (s *Shop) Order(id int64) *Order {
	for _, o := range s.Orders {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Clock is a clock that moves when told, to be handed in as Options.Now or Options.Pace.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock stands at t.
func NewClock(t time.Time) *Clock { return &Clock{at: t} }

// Now is where it stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves it.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
