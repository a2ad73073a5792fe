package main

import (
	sim "fourfold/internal/sim/shopify"
)

// stocked puts a thing on sale for 30.00 that has a stock item.
func (s *story) stocked() (p *sim.Product) {
	s.t.Helper()
	s.change(func(shop *sim.Shop) error {
		place := shop.AddLocation(sim.At(opened), "Warehouse")
		p = shop.AddProduct(sim.At(opened), sim.Product{Title: "Thing", Variants: []*sim.Variant{{SKU: "T-1", Price: amount("30.00")}}})
		return shop.SetStock(p.Variants[0], sim.At(opened), place.ID, 100)
	})
	return p
}

func (s *story) costs(p *sim.Product, when, cost string) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error {
		shop.SetCost(p.Variants[0], at, amount(cost))
		return nil
	})
}

// sells places an order of some of it, at 30.00.
func (s *story) sells(p *sim.Product, when string, quantity int) *sim.Order {
	s.t.Helper()
	return s.place(when, sim.Purchase{Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: quantity}}})
}

// foundLater is what no updatedAt tells of, or only a later night.
var foundLater = []situation{
	{name: "refund of an order of 70 days ago that moved nothing", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "40.00")
		s.night("2026-05-01")
		s.night("2026-05-17") // reads the last 90 days again
		s.refund(o, "2026-05-19 12:00", sim.Refunding{Everything: true, KeepUpdatedAt: true})
		s.night("2026-05-20")
		// The nightly walk cannot see it.
		s.want(`
			            net    by_order_date
			2026-03-10  40.00  40.00
			2026-03     40.00  40.00`)
		s.night("2026-05-25")
		// The trailing re-read does: on the day it happened, 70 days after the order.
		s.want(`
			            gross  reversals  net     by_order_date
			2026-03-10  40.00  0          40.00   0
			2026-05-19  0      40.00      -40.00  0
			2026-03     40.00  0          40.00   0
			2026-05     0      40.00      -40.00  0`)
	}},
	{name: "carrier's news that move nothing", own: true, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "20.00")}, Shipping: parcel("5.00")})
		id := s.fulfil(o, "2026-03-11 10:00")
		s.night("2026-03-12")
		// No word of the carrier yet: whether it will be delivered cannot be known.
		s.want(`
			            orders_shippable  orders_tracked  cycle_time  units_due  units_fulfilled_in_time  orders_perfect  units_shipped
			2026-03-10  1                 0               0           2          2                        0               0
			2026-03-11  0                 0               0           0          0                        0               2
			2026-03     1                 0               0           2          2                        0               2`)
		s.event("2026-03-12 09:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Track(o, at, id, "IN_TRANSIT") })
		s.night("2026-03-13")
		// Under way: the delivery is still infinite, and the parcel was handed over on the 12th, when the carrier had it.
		s.want(`
			            orders_shippable  orders_tracked  cycle_time  units_due  units_fulfilled_in_time  orders_perfect  units_shipped
			2026-03-10  1                 1               inf:1       2          2                        0               0
			2026-03-12  0                 0               0           0          0                        0               2
			2026-03     1                 1               inf:1       2          2                        0               2`)
		s.event("2026-03-14 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(o, at, id) })
		s.night("2026-03-16")
		// Four days to the second: 345,600.
		s.want(`
			            orders_shippable  orders_tracked  cycle_time  units_due  units_fulfilled_in_time  orders_perfect  units_shipped
			2026-03-10  1                 1               345600:1    2          2                        1               0
			2026-03-12  0                 0               0           0          0                        0               2
			2026-03     1                 1               345600:1    2          2                        1               2`)
	}},
	{name: "promised, and delivered a day late", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}, Shipping: parcel("5.00"), Promise: sim.Promise{Latest: s.at("2026-03-13 18:00")}})
		id := s.fulfil(o, "2026-03-11 10:00")
		s.event("2026-03-14 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(o, at, id) })
		s.night("2026-03-16")
		s.want(`
			            orders_promised  orders_on_time  orders_perfect  orders_tracked
			2026-03-10  0                0               0               1
			2026-03-13  1                0               0               0
			2026-03     1                0               0               1`)
	}},
	{name: "promised, and delivered late on the promised day", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}, Shipping: parcel("5.00"), Promise: sim.Promise{Latest: s.at("2026-03-13 18:00")}})
		id := s.fulfil(o, "2026-03-11 10:00")
		s.event("2026-03-13 21:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(o, at, id) })
		s.night("2026-03-16")
		// Promises are kept by the day. 81 hours are 291,600 seconds.
		s.want(`
			            orders_promised  orders_on_time  orders_perfect  cycle_time
			2026-03-10  0                0               1               291600:1
			2026-03-13  1                1               0               0
			2026-03     1                1               1               291600:1`)
	}},
	{name: "two parcels", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(3, "20.00")}, Shipping: parcel("5.00")})
		var first, second int64
		ship := func(when string, quantity int, id *int64) {
			s.event(when, func(shop *sim.Shop, at sim.Instant) (err error) {
				*id, err = shop.Fulfil(o, at, sim.Shipment{Lines: []sim.FulfillmentLine{{LineItemID: o.Lines[0].ID, Quantity: quantity}}})
				return err
			})
		}
		ship("2026-03-12 12:00", 1, &first)
		s.event("2026-03-13 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(o, at, first) })
		ship("2026-03-15 12:00", 2, &second)
		s.event("2026-03-16 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(o, at, second) })
		s.night("2026-03-18")
		// Done with the last parcel, six days: 518,400 seconds. Shipped from the 12th on; one of three units within three days.
		s.want(`
			            orders_tracked  cycle_time  units_due  units_fulfilled_in_time  orders_perfect  units_shipped  value_shipped
			2026-03-10  1               518400:1    3          1                        1               0              0
			2026-03-12  0               0           0          0                        0               3              60.00
			2026-03     1               518400:1    3          1                        1               3              60.00`)
	}},
	{name: "deleted later", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-11 12:00", "20.00")
		s.night("2026-03-12")
		s.event("2026-03-13 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.Delete(o)
			return nil
		})
		s.night("2026-03-14")
		// A deletion leaves no trace.
		s.want(`
			            net    orders  customers  new  card_payments
			2026-03-10  30.00  1       1          1    1
			2026-03-11  20.00  1       1          1    1
			2026-03     50.00  2       2          2    2`)
		s.night("2026-04-15")
		// The sweep of all that is still there, every 30 days, misses it: it counts for nothing, as if it had never been.
		s.want(`
			            net    orders  customers  new  card_payments
			2026-03-11  20.00  1       1          1    1
			2026-03     20.00  1       1          1    1
			2026-04     0      0       0          0    0`)
	}},
	{name: "dispute opened later", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-10 13:00", "20.00")
		s.night("2026-03-12")
		s.event("2026-03-14 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.OpenDispute(o, "CHARGEBACK")
			return nil
		})
		s.night("2026-03-15")
		s.want(`
			            card_payments  chargebacks
			2026-03-10  2              0
			2026-03     2              0`)
		s.night("2026-03-20")
		// Found by the weekly re-read, and counted on the day of the payment that it is about.
		s.want(`
			            net    card_payments  chargebacks
			2026-03-10  50.00  2              1
			2026-03     50.00  2              1`)
	}},
	{name: "inquiry is no chargeback", story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.event("2026-03-10 14:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.OpenDispute(o, "INQUIRY")
			return nil
		})
		s.night("2026-03-12")
		s.want(`
			            card_payments  chargebacks
			2026-03-10  1              0
			2026-03     1              0`)
	}},
	{name: "payment reported late", own: true, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Unpaid: true, Items: []sim.Item{{Title: "Course", Quantity: 1, Price: amount("30.00"), Digital: true}}})
		s.night("2026-03-12")
		s.event("2026-03-13 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.LateTransaction(o, at, sim.Payment{}) })
		s.night("2026-03-14")
		s.want(`
			            net    card_payments
			2026-03-10  30.00  0
			2026-03     30.00  0`)
		s.night("2026-03-20")
		s.want(`
			            net    card_payments
			2026-03-10  30.00  0
			2026-03-13  0      1
			2026-03     30.00  1`)
	}},
	{name: "unit cost read after the first sale", own: true, story: func(s *story) {
		p := s.stocked()
		s.sells(p, "2026-03-10 12:00", 1)
		s.night("2026-03-12")
		s.want(`
			            net    with_cost  cogs
			2026-03-10  30.00  gap        gap
			2026-03     30.00  gap        gap`)
		s.costs(p, "2026-03-13 10:00", "12.00")
		s.night("2026-03-14")
		s.sells(p, "2026-03-14 12:00", 2)
		s.night("2026-03-16")
		// The reading before noon of the 14th closes the 13th. The sale of the 10th has no cost; that of the 14th has 2 × 12.00.
		s.want(`
			            net    with_cost  cogs
			2026-03-10  30.00  0          0
			2026-03-14  60.00  60.00      24.00
			2026-03     90.00  60.00      24.00`)
	}},
	{name: "unit cost that rises", own: true, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-03-01 10:00", "12.00")
		s.night("2026-03-09") // reads 12.00 for the 8th
		o := s.sells(p, "2026-03-10 12:00", 3)
		s.costs(p, "2026-03-12 10:00", "15.00")
		s.night("2026-03-13") // reads 15.00 for the 12th
		s.sells(p, "2026-03-14 12:00", 1)
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-03-16 12:00", sim.Refunding{Lines: part})
		kept := one(o, 0)
		kept[0].Restock = "NO_RESTOCK"
		s.refund(o, "2026-03-17 12:00", sim.Refunding{Lines: kept})
		s.night("2026-03-19")
		// Three at 12.00, one at 15.00. The unit that went back on the shelf takes its 12.00 along; the one that did not is lost.
		s.want(`
			            net     with_cost  cogs    units
			2026-03-10  90.00   90.00      36.00   3
			2026-03-14  30.00   30.00      15.00   1
			2026-03-16  -30.00  -30.00     -12.00  -1
			2026-03-17  -30.00  -30.00     0       -1
			2026-03     60.00   60.00      39.00   2`)
	}},
	{name: "today's cost for the past", costs: "current", story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-02-01 10:00", "12.00")
		s.sells(p, "2026-03-10 12:00", 2)
		s.night("2026-03-12")
		s.want(`
			            net    with_cost  cogs
			2026-03-10  60.00  60.00      24.00
			2026-03     60.00  60.00      24.00`)
	}},
	{name: "order of a product without a cost", costs: "current", story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-02-01 10:00", "12.00")
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: 1}, goods(1, "45.00")}})
		s.night("2026-03-12")
		// 75.00 of net sales, of which 30.00 have a cost.
		s.want(`
			            net    with_cost  cogs
			2026-03-10  75.00  30.00      12.00
			2026-03     75.00  30.00      12.00`)
	}},
}
