package shopify

import "fourfold/internal/fact"

// seenOfBulk says of an order that the shop still has it.
func seenOfBulk(s *sink, kind string, line []byte) error {
	if kind != "Order" {
		return strangeKind(kind)
	}
	var o order
	if err := decodeLine(line, &o); err != nil {
		return err
	}
	s.add(fact.OrderSeen{ID: string(o.ID), CreatedAt: o.CreatedAt.Time})
	return nil
}

// presentOfBulk says of a customer that the shop still has it.
func presentOfBulk(s *sink, kind string, line []byte) error {
	if kind != "Customer" {
		return strangeKind(kind)
	}
	var c customer
	if err := decodeLine(line, &c); err != nil {
		return err
	}
	s.add(fact.CustomerSeen{ID: string(c.ID)})
	return nil
}
