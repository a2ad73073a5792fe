package main

import (
	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
)

// daysAndZones is which day, month and year something belongs to.
var daysAndZones = []situation{
	{name: "the clocks go forward", story: func(s *story) {
		// Berlin, 29 March 2026: 2:00 is 3:00, the day has 23 hours.
		for at, price := range steps(
			"2026-03-28T23:59:59+01:00", "10.00",
			"2026-03-29T00:00:00+01:00", "20.00",
			"2026-03-29T01:59:59+01:00", "30.00",
			"2026-03-29T03:00:00+02:00", "40.00",
			"2026-03-29T23:59:59+02:00", "50.00",
			"2026-03-30T00:00:00+02:00", "60.00") {
			s.place(at, sim.Purchase{Items: []sim.Item{goods(1, price)}})
		}
		s.night("2026-04-01")
		// The 29th: 20.00 + 30.00 + 40.00 + 50.00.
		s.want(`
			            net     by_order_date  orders
			2026-03-28  10.00   10.00          1
			2026-03-29  140.00  140.00         4
			2026-03-30  60.00   60.00          1
			2026-03     210.00  210.00         6`)
	}},
	{name: "the clocks go back", story: func(s *story) {
		// Berlin, 25 October 2026: 3:00 is 2:00, the day has 25 hours and 2:30 twice.
		for at, price := range steps(
			"2026-10-24T23:59:59+02:00", "10.00",
			"2026-10-25T00:00:00+02:00", "20.00",
			"2026-10-25T02:30:00+02:00", "30.00",
			"2026-10-25T02:30:00+01:00", "40.00",
			"2026-10-25T23:59:59+01:00", "50.00",
			"2026-10-26T00:00:00+01:00", "60.00") {
			s.place(at, sim.Purchase{Items: []sim.Item{goods(1, price)}})
		}
		s.night("2026-10-28")
		s.want(`
			            net     by_order_date  orders
			2026-10-24  10.00   10.00          1
			2026-10-25  140.00  140.00         4
			2026-10-26  60.00   60.00          1
			2026-10     210.00  210.00         6`)
	}},
	{name: "half past eleven at night", shop: in("USD", "America/New_York"), story: func(s *story) {
		c := s.customer()
		o := s.place("2026-03-31 23:30", sim.Purchase{Customer: c, Items: []sim.Item{goods(2, "40.00")}})
		s.refund(o, "2026-04-30 23:30", sim.Refunding{Lines: one(o, 0)})
		s.night("2026-05-02")
		// In UTC both are of the next month: 1 April 3:30, 1 May 3:30. The shop's days are 31 March and 30 April.
		s.want(`
			            gross  reversals  net     by_order_date  customers  new  card_payments
			2026-03-31  80.00  0          80.00   40.00          1          1    1
			2026-04-30  0      40.00      -40.00  0              0          0    0
			2026-03     80.00  0          80.00   40.00          1          1    1
			2026-04     0      40.00      -40.00  0              0          0    0
			2026-05     0      0          0       0              0          0    0`)
	}},
	{name: "just after midnight", story: func(s *story) {
		s.place("2026-04-01 00:05", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(1, "40.00")}})
		s.night("2026-04-03")
		// In UTC it is still 31 March, 22:05.
		s.want(`
			            net    orders  new  card_payments
			2026-04-01  40.00  1       1    1
			2026-03     0      0       0    0
			2026-04     40.00  1       1    1`)
	}},
	{name: "the turn of the year east of everyone", shop: in("NZD", "Pacific/Auckland"), story: func(s *story) {
		s.place("2025-12-31 23:59", sim.Purchase{Items: []sim.Item{goods(1, "10.00")}})
		s.place("2026-01-01 00:01", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}})
		s.night("2026-01-03")
		// In UTC both are of 31 December, before noon.
		s.want(`
			            net    orders
			2025-12-31  10.00  1
			2026-01-01  20.00  1
			2025-12     10.00  1
			2026-01     20.00  1
			2025        10.00  1
			2026        20.00  1`)
	}},
	{name: "refund in the first minutes of the next month", story: func(s *story) {
		o := s.place("2026-02-28 23:50", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		s.refund(o, "2026-03-01 00:10", sim.Refunding{Everything: true})
		s.night("2026-03-03")
		s.want(`
			            gross  reversals  net     by_order_date
			2026-02-28  40.00  0          40.00   0
			2026-03-01  0      40.00      -40.00  0
			2026-02     40.00  0          40.00   0
			2026-03     0      40.00      -40.00  0`)
	}},
	{name: "the merchant's days are not the shop's", configure: func(c *config.Config) { c.Merchant.Zone = "America/New_York" }, story: func(s *story) {
		s.place("2026-04-01 05:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(1, "40.00")}})
		s.place("2026-04-01 06:00", sim.Purchase{Items: []sim.Item{goods(1, "10.00")}})
		s.night("2026-04-04")
		// Five in the morning in Berlin is eleven at night in New York, six is midnight.
		s.want(`
			            net    orders  new  card_payments
			2026-03-31  40.00  1       1    1
			2026-04-01  10.00  1       0    1
			2026-03     40.00  1       1    1
			2026-04     10.00  1       0    1`)
	}},
	{name: "order imported from another system", story: func(s *story) {
		c := s.customer()
		s.place("2026-02-10 12:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "20.00")}})
		s.place("2026-03-20 12:00", sim.Purchase{Customer: c, Processed: s.at("2025-11-05 10:00"), Items: []sim.Item{goods(1, "30.00")}})
		s.night("2026-03-22")
		// Made in March, placed on 5 November: a sale of that day, and its buyer's first. 5 November to 10 February are 97 days.
		s.want(`
			            net    by_order_date  orders  customers  new  returning  repeat_90
			2025-11-05  30.00  30.00          1       1          1    0          0
			2026-02-10  20.00  20.00          1       1          0    1          0
			2025-11     30.00  30.00          1       1          1    0          0
			2026-02     20.00  20.00          1       1          0    1          0
			2026-03     0      0              0       0          0    0          0`)
	}},
}

// steps yields pairs in their order.
func steps(pairs ...string) func(yield func(first, second string) bool) {
	return func(yield func(first, second string) bool) {
		for i := 0; i < len(pairs); i += 2 {
			if !yield(pairs[i], pairs[i+1]) {
				return
			}
		}
	}
}
