package shopify

import "time"

// Instant is a moment in whole seconds since 1970 UTC, the grain of every DateTime that Shopify serves. Zero means none. A store of
// a million orders holds some twenty million of them, which is why it is not a time.Time.
type Instant int64

// At cuts t to whole seconds. The zero time becomes the zero Instant.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.Unix())
}

// Time is the moment in UTC; the zero time for none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(int64(i), 0).UTC()
}

// Add moves the instant by d, cut to whole seconds.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Second) }

// Shop is one store with everything it sells and sold. All amounts in it are int64 micros of the shop's currency (one million is
// one major unit: one yen, one dollar, one dinar) unless a field says otherwise. IDs are numeric; the wire form
// gid://shopify/Order/123 is made on output.
//
// A Shop alone is not safe for concurrent use: a running Server guards it, and changes go through Server.Change.
type Shop struct {
	ID            int64
	Domain        string // name.myshopify.com
	Name          string
	Currency      string // ISO 4217
	Zone          string // IANA
	TaxesIncluded bool
	TaxShipping   bool
	CreatedAt     Instant
	Plan          Plan

	Orders    []*Order    // in the order of their numbers
	Customers []*Customer // by ID
	Products  []*Product
	Locations []*Location
	Checkouts []*Checkout // abandoned ones
	Sessions  []SessionsDay

	lastID  int64              // of NewID
	touched map[*Order]bool    // since the server last indexed: true where the order is gone
	parties map[*Customer]bool // the same for customers
	telling bool               // a server wants to know what there is to tell
	told    []happening        // since the last change, for webhooks
}

// Plan is what Shop.plan tells: its name decides nothing here, the restore rate is an option of the Server.
type Plan struct {
	Name        string // Basic, Grow, Advanced, Plus
	Plus        bool
	Development bool
}

// NewID hands out the next numeric ID. IDs are unique over all kinds, ascending, and never reused.
func (s *Shop) NewID() int64 {
	if s.lastID == 0 {
		s.lastID = 4_000_000_000
	}
	s.lastID++
	return s.lastID
}

// Touch tells the server around the shop that o is new or that a field it is searched or sorted by (UpdatedAt above all) has
// changed. Whether UpdatedAt moves is the change's own business: not every change moves it.
func (s *Shop) Touch(o *Order) { s.touch(o, false) }

// Remove takes an order out of the store. Shopify leaves no trace of a deleted order but the orders/delete webhook.
func (s *Shop) Remove(o *Order) {
	for i, x := range s.Orders {
		if x == o {
			s.Orders = append(s.Orders[:i:i], s.Orders[i+1:]...)
			break
		}
	}
	s.touch(o, true)
	s.tell(happening{topic: "orders/delete", id: o.ID})
}

func (s *Shop) touch(o *Order, gone bool) {
	if s.touched == nil {
		s.touched = map[*Order]bool{}
	}
	s.touched[o] = gone
}

// TouchCustomer is Touch for a customer; gone where a merge swallowed it.
func (s *Shop) TouchCustomer(c *Customer, gone bool) {
	if s.parties == nil {
		s.parties = map[*Customer]bool{}
	}
	s.parties[c] = gone
	if !gone {
		s.tell(happening{topic: "customers/update", id: c.ID, at: c.UpdatedAt})
	}
}
