package main

import (
	"slices"

	sim "fourfold/internal/sim/shopify"
)

// foundLater is what no updatedAt tells of, or only a later night.
var foundLater = []situation{
	{name: "refund of an order of 70 days ago that moved nothing", own: true, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}, Shipping: parcel("5.00")})
		s.fulfil(o, "2026-03-11 12:00")
		s.night("2026-05-01")
		s.night("2026-05-10")
		s.night("2026-05-17") // reads the last 90 days again
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-05-19 12:00", sim.Refunding{Lines: part, KeepUpdatedAt: true})
		s.night("2026-05-20")
		// The nightly walk cannot see it.
		s.want(`
			            net    by_order_date  units_shipped  units_returned
			2026-03-10  40.00  40.00          0              0
			2026-03-11  0      0              1              0
			2026-03     40.00  40.00          1              0`)
		s.night("2026-05-25")
		// The trailing re-read does, with the goods that came back: on the day it happened, 70 days after the order.
		s.want(`
			            gross  reversals  net     by_order_date  units_shipped  units_returned
			2026-03-10  40.00  0          40.00   0              0              0
			2026-03-11  0      0          0       0              1              1
			2026-05-19  0      40.00      -40.00  0              0              0
			2026-03     40.00  0          40.00   0              1              1
			2026-05     0      40.00      -40.00  0              0              0`)
	}},
	{name: "change in the minute after a night began", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "40.00")
		s.night("2026-03-12")
		s.refund(o, "2026-03-12 03:31", sim.Refunding{Everything: true})
		s.night("2026-03-13")
		s.want(`
			            gross  reversals  net     by_order_date
			2026-03-10  40.00  0          40.00   0
			2026-03-12  0      40.00      -40.00  0
			2026-03     40.00  40.00      0       0`)
	}},
	{name: "change that the search showed late", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "40.00")
		s.night("2026-03-12")
		s.refund(o, "2026-03-11 23:00", sim.Refunding{Everything: true}) // before the night, and not to be found in it
		s.night("2026-03-13")
		// The next night reads a day again before the last one's beginning.
		s.want(`
			            gross  reversals  net     by_order_date
			2026-03-10  40.00  0          40.00   0
			2026-03-11  0      40.00      -40.00  0
			2026-03     40.00  40.00      0       0`)
	}},
	{name: "payment that is gone again", own: true, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}, Payments: []sim.Payment{{Amount: amount("20.00")}, {}}})
		s.night("2026-03-12")
		s.want(`
			            net    card_payments
			2026-03-10  40.00  2
			2026-03     40.00  2`)
		s.event("2026-03-13 12:00", func(shop *sim.Shop, at sim.Instant) error {
			o.Transactions, o.UpdatedAt = o.Transactions[:1], at
			shop.Touch(o)
			return nil
		})
		s.night("2026-03-14")
		// What hung on the order and is not there any more, counts no more.
		s.want(`
			            net    card_payments
			2026-03-10  40.00  1
			2026-03     40.00  1`)
	}},
	{name: "deleted later", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-11 12:00", "20.00")
		s.night("2026-03-12")
		s.night("2026-03-13") // counts what is still there for the first time
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
		s.night("2026-03-13") // the first re-read
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
		// Found by the re-read of the seventh night after, and counted on the day of the payment that it is about.
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
		s.night("2026-03-13") // the first re-read
		s.event("2026-03-13 13:00", func(shop *sim.Shop, at sim.Instant) error { return shop.LateTransaction(o, at, sim.Payment{}) })
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
	{name: "the first order is deleted later", own: true, story: func(s *story) {
		c := s.customer()
		o := s.buys(c, "2026-03-10 12:00", "30.00")
		s.buys(c, "2026-03-12 12:00", "20.00")
		s.night("2026-03-14")
		s.want(`
			            net    customers  new  returning  repeat_90
			2026-03-10  30.00  1          1    0          1
			2026-03-12  20.00  1          0    1          0
			2026-03     50.00  1          1    0          1`)
		s.event("2026-03-15 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.Delete(o)
			return nil
		})
		s.night("2026-04-16")
		// The second was the first after all.
		s.want(`
			            net    customers  new  returning  repeat_90
			2026-03-12  20.00  1          1    0          0
			2026-03     20.00  1          1    0          0
			2026-04     0      0          0    0          0`)
	}},
	{name: "deleted within the days that are read again", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-11 12:00", "20.00")
		s.night("2026-03-12")
		s.night("2026-03-13") // the first re-read
		s.event("2026-03-13 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.Delete(o)
			return nil
		})
		s.buys(s.customer(), "2026-03-19 22:00", "10.00")
		s.night("2026-03-20")
		// The re-read of the seventh night after misses it.
		s.want(`
			            net    orders  customers  new  card_payments
			2026-03-11  20.00  1       1          1    1
			2026-03-19  10.00  1       1          1    1
			2026-03     30.00  2       2          2    2`)
	}},
	{name: "deleted, and back after all", own: true, story: func(s *story) {
		o := s.buys(s.customer(), "2026-03-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-11 12:00", "20.00")
		s.night("2026-03-12")
		s.night("2026-03-13") // counts what is still there for the first time
		s.event("2026-03-13 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.Delete(o)
			return nil
		})
		s.night("2026-04-15")
		s.want(`
			            net    orders  customers  new
			2026-03-11  20.00  1       1          1
			2026-03     20.00  1       1          1`)
		s.event("2026-04-16 12:00", func(shop *sim.Shop, at sim.Instant) error {
			o.UpdatedAt = at
			shop.Orders = append(shop.Orders, o)
			shop.Touch(o)
			return nil
		})
		s.night("2026-04-17")
		// The search had lost it. It counts where it did, as if it had never been away.
		s.want(`
			            net    orders  customers  new
			2026-03-10  30.00  1       1          1
			2026-03-11  20.00  1       1          1
			2026-03     50.00  2       2          2`)
	}},
	{name: "an order longer than a page", story: func(s *story) {
		var items []sim.Item
		for range 30 {
			items = append(items, goods(1, "2.00"))
		}
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: items})
		for i, day := range []string{"11", "12", "13", "14", "15", "16", "17"} {
			s.refund(o, "2026-03-"+day+" 12:00", sim.Refunding{Lines: one(o, 4*i)})
		}
		s.night("2026-03-19")
		// 30 × 2.00, and one line a day for a week.
		s.want(`
			            gross  reversals  net    by_order_date  units
			2026-03-10  60.00  0          60.00  46.00          30
			2026-03-11  0      2.00       -2.00  0              -1
			2026-03-12  0      2.00       -2.00  0              -1
			2026-03-13  0      2.00       -2.00  0              -1
			2026-03-14  0      2.00       -2.00  0              -1
			2026-03-15  0      2.00       -2.00  0              -1
			2026-03-16  0      2.00       -2.00  0              -1
			2026-03-17  0      2.00       -2.00  0              -1
			2026-03     60.00  14.00      46.00  46.00          23`)
	}},
	{name: "behind the wall of 60 days", own: true, options: func(o *sim.Options) {
		o.Scopes = slices.DeleteFunc(slices.Clone(sim.AllScopes), func(scope string) bool { return scope == "read_all_orders" })
	}, story: func(s *story) {
		s.buys(s.customer(), "2026-01-10 12:00", "30.00")
		s.buys(s.customer(), "2026-03-20 12:00", "20.00")
		s.night("2026-03-22")
		// Without read_all_orders nothing is shown from before 21 January: that is no zero. Who is new cannot be told at all.
		s.want(`
			            net    orders  customers  new
			2026-03-20  20.00  1       1          gap
			2026-01     gap    gap     gap        gap
			2026-02     0      0       0          gap
			2026-03     20.00  1       1          gap`)
	}},
}
