package main

import (
	"slices"

	sim "fourfold/internal/sim/shopify"
)

// buys places an order of a customer, of one thing that is not shipped.
func (s *story) buys(c *sim.Customer, when, price string) *sim.Order {
	s.t.Helper()
	return s.place(when, sim.Purchase{Customer: c, Items: []sim.Item{{Title: "Goods", Quantity: 1, Price: amount(price), Digital: true}}})
}

func (s *story) consent(c *sim.Customer, when string, given bool) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error {
		shop.SetConsent(c, at, given)
		return nil
	})
}

// customersOverTime is who is new, who comes back, and who is whom.
var customersOverTime = []situation{
	{name: "second order on the same day", story: func(s *story) {
		c := s.customer()
		s.buys(c, "2026-03-10 09:00", "30.00")
		s.buys(c, "2026-03-10 21:00", "20.00")
		s.night("2026-03-12")
		// Two orders, one purchase day: no repeat purchase.
		s.want(`
			            net    orders  kept  customers  new  returning  repeat_90
			2026-03-10  50.00  2       2     1          1    0          0
			2026-03     50.00  2       2     1          1    0          0`)
	}},
	{name: "second order on day 90", story: func(s *story) {
		c := s.customer()
		s.buys(c, "2026-01-05 23:00", "30.00")
		s.buys(c, "2026-04-05 01:00", "20.00")
		s.night("2026-04-07")
		// 5 January and 90 days: 26 to the end of January, 28, 31, and 5 in April. It counts on the first day.
		s.want(`
			            customers  new  returning  repeat_90
			2026-01-05  1          1    0          1
			2026-04-05  1          0    1          0
			2026-01     1          1    0          1
			2026-04     1          0    1          0`)
	}},
	{name: "second order on day 91", story: func(s *story) {
		c := s.customer()
		s.buys(c, "2026-01-05 23:00", "30.00")
		s.buys(c, "2026-04-06 01:00", "20.00")
		s.night("2026-04-08")
		s.want(`
			            customers  new  returning  repeat_90
			2026-01-05  1          1    0          0
			2026-04-06  1          0    1          0
			2026-01     1          1    0          0
			2026-04     1          0    1          0`)
	}},
	{name: "new, returning and retained by month", story: func(s *story) {
		a, b, c := s.customer(), s.customer(), s.customer()
		s.buys(a, "2026-01-10 12:00", "10.00")
		s.buys(a, "2026-02-10 12:00", "10.00")
		s.buys(b, "2026-02-20 12:00", "10.00")
		s.buys(b, "2026-03-05 12:00", "10.00")
		s.buys(c, "2026-03-10 12:00", "10.00")
		s.buys(c, "2026-03-11 12:00", "10.00")
		s.buys(a, "2026-04-10 12:00", "10.00")
		s.night("2026-04-12")
		// February: A is back from January, B is new. March: B is back from February, C is new and, in the month, not returning.
		// April: A has been here, but not in March: returning, not retained. Of days, only 11 March follows a purchase of the day before.
		s.want(`
			            customers  new  returning  retained  orders  repeat_90
			2026-01-10  1          1    0          0         1       1
			2026-02-10  1          0    1          0         1       0
			2026-02-20  1          1    0          0         1       1
			2026-03-05  1          0    1          0         1       0
			2026-03-10  1          1    0          0         1       1
			2026-03-11  1          0    1          1         1       0
			2026-04-10  1          0    1          0         1       0
			2026-01     1          1    0          0         1       1
			2026-02     2          1    1          1         2       1
			2026-03     2          1    1          1         3       1
			2026-04     1          0    1          0         1       0`)
	}},
	{name: "loyal in a month", story: func(s *story) {
		c := s.customer()
		for _, day := range []string{"02", "12", "12", "22"} {
			s.buys(c, "2026-03-"+day+" 12:00", "10.00")
		}
		s.buys(s.customer(), "2026-03-30 12:00", "10.00")
		s.night("2026-04-02")
		// Three purchase days in March, the two orders of the 12th being one.
		s.want(`
			         loyal_customers
			2026-03  1`)
	}},
	{name: "the first order is cancelled", story: func(s *story) {
		c := s.customer()
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "40.00")}})
		s.place("2026-03-20 12:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "30.00")}})
		s.cancel(o, "2026-03-25 12:00", sim.Cancellation{Reason: "CUSTOMER"})
		s.night("2026-03-27")
		// The second order is the customer's first that was kept.
		s.want(`
			            net     orders  kept  customers  new  returning  repeat_90
			2026-03-10  40.00   1       0     0          0    0          0
			2026-03-20  30.00   1       1     1          1    0          0
			2026-03-25  -40.00  0       0     0          0    0          0
			2026-03     30.00   2       1     1          1    0          0`)
	}},
	{name: "customers merged", own: true, story: func(s *story) {
		a, b := s.customer(), s.customer()
		s.buys(a, "2026-03-01 12:00", "30.00")
		s.buys(b, "2026-03-10 12:00", "20.00")
		s.night("2026-03-12")
		s.want(`
			            customers  new  returning  repeat_90  identified
			2026-03-01  1          1    0          0          30.00
			2026-03-10  1          1    0          0          20.00
			2026-03     2          2    0          0          50.00`)
		s.event("2026-03-15 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.MergeCustomers(a, b, at) })
		s.night("2026-03-17")
		// They were one person all along: new on the 1st, back on the 10th, the 9th day after.
		s.want(`
			            customers  new  returning  repeat_90  identified
			2026-03-01  1          1    0          1          30.00
			2026-03-10  1          0    1          0          20.00
			2026-03     1          1    0          1          50.00`)
	}},
	{name: "order moved to another customer", own: true, story: func(s *story) {
		a, b := s.customer(), s.customer()
		s.buys(a, "2026-03-01 12:00", "30.00")
		o := s.buys(a, "2026-03-10 12:00", "20.00")
		s.buys(b, "2026-03-12 12:00", "10.00")
		s.night("2026-03-14")
		s.want(`
			            customers  new  returning  repeat_90
			2026-03-01  1          1    0          1
			2026-03-10  1          0    1          0
			2026-03-12  1          1    0          0
			2026-03     2          2    0          1`)
		s.event("2026-03-15 12:00", func(shop *sim.Shop, at sim.Instant) error {
			o.Customer, o.UpdatedAt = b, at
			shop.Touch(o)
			return nil
		})
		s.night("2026-03-17")
		// A bought once. B bought on the 10th for the first time, and again on the 12th.
		s.want(`
			            customers  new  returning  repeat_90
			2026-03-01  1          1    0          0
			2026-03-10  1          1    0          1
			2026-03-12  1          0    1          0
			2026-03     2          2    0          1`)
	}},
	{name: "order taken from a customer", own: true, story: func(s *story) {
		a := s.customer()
		s.buys(a, "2026-03-01 12:00", "30.00")
		o := s.buys(a, "2026-03-10 12:00", "20.00")
		s.night("2026-03-14")
		s.event("2026-03-15 12:00", func(shop *sim.Shop, at sim.Instant) error {
			o.Customer, o.UpdatedAt = nil, at
			shop.Touch(o)
			return nil
		})
		s.night("2026-03-17")
		s.want(`
			            customers  new  repeat_90  orders  orders_identified  identified  net
			2026-03-01  1          1    0          1       1                  30.00       30.00
			2026-03-10  0          0    0          1       0                  0           20.00
			2026-03     1          1    0          2       1                  30.00       50.00`)
	}},
	{name: "consent before the first order", story: func(s *story) {
		c := s.customer()
		s.consent(c, "2026-03-01 10:00", true)
		s.buys(c, "2026-03-31 12:00", "30.00")
		s.night("2026-04-02")
		// A lead of the 1st, converted on the 30th day.
		s.want(`
			            leads  leads_converted_30  new
			2026-03-01  1      1                   0
			2026-03-31  0      0                   1
			2026-03     1      1                   1`)
	}},
	{name: "consent, and an order 31 days later", story: func(s *story) {
		c := s.customer()
		s.consent(c, "2026-03-01 10:00", true)
		s.buys(c, "2026-04-01 12:00", "30.00")
		s.night("2026-04-03")
		s.want(`
			            leads  leads_converted_30  new
			2026-03-01  1      0                   0
			2026-04-01  0      0                   1
			2026-03     1      0                   0
			2026-04     0      0                   1`)
	}},
	{name: "consent in the checkout of the first order", story: func(s *story) {
		c := s.customer()
		s.buys(c, "2026-03-10 12:00", "30.00")
		s.consent(c, "2026-03-10 12:00", true)
		s.night("2026-03-12")
		// That is no lead: there was nothing left to convert.
		s.want(`
			            leads  leads_converted_30  new
			2026-03-10  0      0                   1
			2026-03     0      0                   1`)
	}},
	{name: "consent withdrawn", story: func(s *story) {
		c := s.customer()
		s.buys(s.customer(), "2026-03-01 09:00", "10.00")
		s.consent(c, "2026-03-02 10:00", true)
		s.consent(c, "2026-03-20 10:00", false)
		s.night("2026-03-22")
		// The provider keeps the latest change only: who withdrew is no lead any more.
		s.want(`
			            leads  new
			2026-03-01  0      1
			2026-03     0      1`)
	}},
	{name: "leads deleted and merged", own: true, story: func(s *story) {
		deleted, merged, stays := s.customer(), s.customer(), s.customer()
		s.consent(deleted, "2026-03-01 10:00", true)
		s.consent(merged, "2026-03-02 10:00", true)
		s.consent(stays, "2026-03-03 10:00", true)
		s.buys(s.customer(), "2026-03-04 12:00", "10.00")
		s.night("2026-03-06")
		s.night("2026-03-07") // counts who is still there for the first time
		s.want(`
			            leads  leads_converted_30
			2026-03-01  1      0
			2026-03-02  1      0
			2026-03-03  1      0
			2026-03     3      0`)
		s.event("2026-03-10 12:00", func(shop *sim.Shop, at sim.Instant) error {
			shop.Customers = slices.DeleteFunc(shop.Customers, func(c *sim.Customer) bool { return c == deleted })
			shop.TouchCustomer(deleted, true)
			return shop.MergeCustomers(stays, merged, at)
		})
		s.buys(stays, "2026-03-20 12:00", "30.00")
		s.night("2026-03-22")
		// Neither leaves a trace. Who stays bought on the 17th day.
		s.want(`
			            leads  leads_converted_30
			2026-03-01  1      0
			2026-03-02  1      0
			2026-03-03  1      1
			2026-03     3      1`)
		s.night("2026-04-08")
		// The reading of all that are still there, every 30 days, misses two: whoever is no more was no lead, and who was merged is one
		// with who stays.
		s.want(`
			            leads  leads_converted_30
			2026-03-03  1      1
			2026-03     1      1`)
	}},
	{name: "a customer's first year", story: func(s *story) {
		c := s.customer()
		s.buys(c, "2025-03-10 12:00", "30.00")
		o := s.buys(c, "2026-03-10 12:00", "20.00")
		s.buys(c, "2026-03-11 12:00", "10.00")
		s.refund(o, "2026-03-12 12:00", sim.Refunding{Everything: true})
		s.night("2026-03-14")
		// 10 March a year later is the 365th day and counts, 20.00; the order and the refund of the days after it do not.
		s.want(`
			            cohort_net_365  new  net
			2025-03-10  50.00           1    30.00
			2026-03-10  0               0    20.00
			2026-03-11  0               0    10.00
			2026-03-12  0               0    -20.00
			2025-03     50.00           1    30.00
			2026-03     0               0    10.00`)
	}},
	{name: "new by referral", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(1, "30.00")}, Journey: &sim.Journey{
			Moments: 1, First: &sim.Visit{ID: 1, At: s.at("2026-03-09 12:00"), ReferralCode: "FRIEND"}}})
		s.buys(s.customer(), "2026-03-11 12:00", "20.00")
		s.night("2026-03-13")
		s.want(`
			            new  new_customers_referred
			2026-03-10  1    1
			2026-03-11  1    0
			2026-03     2    1`)
	}},
}
