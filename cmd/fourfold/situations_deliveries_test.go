package main

import (
	sim "fourfold/internal/sim/shopify"
)

// deliveries are parcels, and what was promised of them.
var deliveries = []situation{
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
	{name: "parcels around midnight", story: func(s *story) {
		a := s.place("2026-03-09 12:00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}, Shipping: parcel("5.00")})
		b := s.place("2026-03-09 13:00", sim.Purchase{Items: []sim.Item{goods(2, "20.00")}, Shipping: parcel("5.00"), Promise: sim.Promise{Latest: s.at("2026-03-14 00:30")}})
		id := s.fulfil(b, "2026-03-12 12:00")
		s.fulfil(a, "2026-03-13 00:30")
		s.event("2026-03-14 23:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Deliver(b, at, id) })
		s.night("2026-03-16")
		// In UTC the first was shipped on the 12th, within three days, and the second promised for the 13th. By the shop's clock the one
		// is half an hour late, on the 13th, and the other is promised for the 14th, and kept.
		s.want(`
			            orders_promised  orders_on_time  units_due  units_fulfilled_in_time  units_shipped
			2026-03-09  0                0               3          2                        0
			2026-03-12  0                0               0          0                        2
			2026-03-13  0                0               0          0                        1
			2026-03-14  1                1               0          0                        0
			2026-03     1                1               3          2                        3`)
	}},
}
