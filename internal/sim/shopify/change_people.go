package shopify

import (
	"cmp"
	"fmt"
	"slices"
)

// AddCustomer makes a customer without an order: a lead.
func (s *Shop) AddCustomer(at Instant) *Customer {
	c := &Customer{ID: s.NewID(), CreatedAt: at, UpdatedAt: at}
	s.Customers = append(s.Customers, c)
	s.TouchCustomer(c, false)
	s.tell(happening{topic: "customers/create", id: c.ID, at: at, person: c.ID})
	return c
}

// SetConsent records that a customer gave or withdrew consent to marketing by e-mail.
func (s *Shop) SetConsent(c *Customer, at Instant, given bool) {
	c.Consent, c.ConsentAt, c.UpdatedAt = "UNSUBSCRIBED", at, max(c.UpdatedAt, at)
	if given {
		c.Consent = "SUBSCRIBED"
	}
	s.TouchCustomer(c, false)
}

// Delete takes an order out of the store without a trace: no updatedAt, no list, no count tells of it but ordersCount.
func (s *Shop) Delete(o *Order) {
	if c := o.Customer; c != nil && !o.Test {
		c.Spent -= o.Totals.Received - o.Totals.Refunded
		s.Remove(o)
		s.recount(c)
		s.TouchCustomer(c, false)
		return
	}
	s.Remove(o)
}

// MergeCustomers makes one customer of two: from disappears, and its orders are into's from then on, which moves their updatedAt.
func (s *Shop) MergeCustomers(into, from *Customer, at Instant) error {
	i := slices.Index(s.Customers, from)
	if i < 0 || into == from {
		return fmt.Errorf("merge customers: %d cannot be merged into %d", from.ID, into.ID)
	}
	for _, o := range s.Orders {
		if o.Customer == from {
			o.Customer = into
			s.bump(o, at)
		}
	}
	into.Spent += from.Spent
	into.CreatedAt = min(into.CreatedAt, from.CreatedAt)
	into.UpdatedAt = max(into.UpdatedAt, at)
	s.Customers = slices.Delete(s.Customers, i, i+1)
	s.recount(into)
	s.TouchCustomer(from, true)
	s.tell(happening{topic: "customers/merge", id: into.ID, gone: from.ID, at: at})
	s.TouchCustomer(into, false)
	return nil
}

// DeleteCustomer takes a customer out of the store. Shopify allows it only where there are no orders.
func (s *Shop) DeleteCustomer(c *Customer) error {
	i := slices.Index(s.Customers, c)
	if i < 0 || c.Orders > 0 {
		return fmt.Errorf("delete customer: %d has orders or is not there", c.ID)
	}
	s.Customers = slices.Delete(s.Customers, i, i+1)
	s.TouchCustomer(c, true)
	s.tell(happening{topic: "customers/delete", id: c.ID})
	return nil
}

// recount numbers a customer's orders anew, in time.
func (s *Shop) recount(c *Customer) {
	var own []*Order
	for _, o := range s.Orders {
		if o.Customer == c && !o.Test {
			own = append(own, o)
		}
	}
	slices.SortStableFunc(own, func(a, b *Order) int { return cmp.Compare(a.ProcessedAt, b.ProcessedAt) })
	c.Orders, c.LastOrder = len(own), nil
	for i, o := range own {
		o.CustomerIndex, c.LastOrder = i+1, o
	}
}
