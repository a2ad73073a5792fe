package main

import (
	sim "fourfold/internal/sim/shopify"
)

// set makes the quantity of a line.
func set(o *sim.Order, line, quantity int) sim.Edit {
	return sim.Edit{Set: []sim.QuantityChange{{LineItemID: o.Lines[line].ID, Quantity: quantity}}}
}

// editsAndCancellations are orders changed after they were placed.
var editsAndCancellations = []situation{
	{name: "edit up", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "48.00")}, Discounts: []sim.Discount{{Code: "TWENTY", Percent: 20}}})
		s.edit(o, "2026-03-12 12:00", set(o, 0, 3))
		s.night("2026-03-14")
		// 96.00 − 19.20 = 76.80. One more at 48.00, to which the percentage extends: − 9.60 = 38.40, on the day of the edit. The order's
		// own value stays 76.80; by order date it is 115.20.
		s.want(`
			            gross   discounts  reversals  net     aov_sales  by_order_date  orders  units
			2026-03-10  96.00   19.20      0          76.80   76.80      115.20         1       2
			2026-03-12  48.00   9.60       0          38.40   0          0              0       1
			2026-03     144.00  28.80      0          115.20  76.80      115.20         1       3`)
	}},
	{name: "edit up past a fixed discount", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("48.00"), Rates: vat(10),
			Discounts: []sim.Discount{{Percent: 20}, {Amount: amount("6.80")}}}}})
		s.edit(o, "2026-03-12 12:00", set(o, 0, 3))
		s.night("2026-03-14")
		// 96.00 − 19.20 − 6.80 = 70.00, tax 7.00. The third: 48.00 − 9.60 = 38.40, tax 3.84; the 6.80 stay what they are.
		s.want(`
			            gross   discounts  net     aov_sales  taxes  units
			2026-03-10  96.00   26.00      70.00   70.00      7.00   2
			2026-03-12  48.00   9.60       38.40   0          3.84   1
			2026-03     144.00  35.60      108.40  70.00      10.84  3`)
	}},
	{name: "edit that adds a line", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "100.00")}, Discounts: []sim.Discount{{Code: "TEN", Percent: 10}}})
		s.edit(o, "2026-03-31 23:00", sim.Edit{Add: []sim.Item{{Title: "More", Quantity: 2, Price: amount("15.00"), Rates: vat(10)}}})
		s.night("2026-04-02")
		// The order-wide 10 % do not reach the new line: 30.00 with 3.00 of tax, on the day of the edit.
		s.want(`
			            gross   discounts  net     aov_sales  by_order_date  taxes  orders  units
			2026-03-10  100.00  10.00      90.00   90.00      120.00         0      1       1
			2026-03-31  30.00   0          30.00   0          0              3.00   0       2
			2026-03     130.00  10.00      120.00  90.00      120.00         3.00   1       3`)
	}},
	{name: "line removed by an edit", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "40.00"), goods(1, "25.00")},
			Discounts: []sim.Discount{{Code: "MINUS15", Amount: amount("15.00")}}})
		s.edit(o, "2026-03-12 12:00", set(o, 1, 0))
		s.night("2026-03-14")
		// The line leaves with its share of the discount, 3.57: 21.43.
		s.want(`
			            gross   discounts  reversals  net     aov_sales  by_order_date  units
			2026-03-10  105.00  15.00      0          90.00   90.00      68.57          3
			2026-03-12  0       0          21.43      -21.43  0          0              -1
			2026-03     105.00  15.00      21.43      68.57   90.00      68.57          2`)
	}},
	{name: "edit up and down again", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "30.00")}})
		s.edit(o, "2026-03-12 12:00", set(o, 0, 3))
		s.edit(o, "2026-03-14 12:00", set(o, 0, 1))
		s.night("2026-03-16")
		s.want(`
			            gross  reversals  net     aov_sales  by_order_date  units
			2026-03-10  60.00  0          60.00   60.00      30.00          2
			2026-03-12  30.00  0          30.00   0          0              1
			2026-03-14  0      60.00      -60.00  0          0              -2
			2026-03     90.00  60.00      30.00   60.00      30.00          1`)
	}},
	{name: "discount given afterwards", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "50.00")}})
		s.edit(o, "2026-03-12 12:00", sim.Edit{Discounts: []sim.DiscountAdvance{{LineItemID: o.Lines[0].ID, Discount: sim.Discount{Amount: amount("5.00")}}}})
		s.night("2026-03-14")
		// The ledger's row is of −5.00: a reversal, whatever it is called, without a unit.
		s.want(`
			            gross  discounts  reversals  net    aov_sales  by_order_date  units
			2026-03-10  50.00  0          0          50.00  50.00      45.00          1
			2026-03-12  0      0          5.00       -5.00  0          0              0
			2026-03     50.00  0          5.00       45.00  50.00      45.00          1`)
	}},
	{name: "money back after an edit", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "50.00")}})
		s.edit(o, "2026-03-12 12:00", set(o, 0, 1))
		s.refund(o, "2026-03-20 12:00", sim.Refunding{})
		s.night("2026-03-22")
		// The edit reversed the goods; the money of the 20th agrees on nothing new.
		s.want(`
			            gross   reversals  net     by_order_date
			2026-03-10  100.00  0          100.00  50.00
			2026-03-12  0       50.00      -50.00  0
			2026-03     100.00  50.00      50.00   50.00`)
	}},
	{name: "cancelled before payment", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Unpaid: true, Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00")})
		s.cancel(o, "2026-03-12 12:00", sim.Cancellation{Reason: "CUSTOMER"})
		s.night("2026-03-14")
		// A sale on its day and a reversal on the day it was cancelled. Nobody became a customer, and nothing was to be shipped.
		s.want(`
			            gross  reversals  net     aov_sales  by_order_date  shipping  orders  kept  customers  new  orders_shippable  card_payments
			2026-03-10  80.00  0          80.00   80.00      0              5.00      1       0     0          0    0                 0
			2026-03-12  0      80.00      -80.00  0          0              -5.00     0       0     0          0    0                 0
			2026-03     80.00  80.00      0       80.00      0              0         1       0     0          0    0                 0`)
	}},
	{name: "cancelled after payment", story: func(s *story) {
		o := s.place("2026-03-30 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00")})
		s.cancel(o, "2026-04-02 12:00", sim.Cancellation{Reason: "INVENTORY"})
		s.night("2026-04-04")
		// The merchant had none: the order was to be shipped, and its two units stay due.
		s.want(`
			            gross  reversals  net     by_order_date  orders  kept  customers  orders_shippable  units_due  card_payments
			2026-03-30  80.00  0          80.00   0              1       0     0          1                 2          1
			2026-04-02  0      80.00      -80.00  0              0       0     0          0                 0          0
			2026-03     80.00  0          80.00   0              1       0     0          1                 2          1
			2026-04     0      80.00      -80.00  0              0       0     0          0                 0          0`)
	}},
	{name: "cancelled after fulfilment", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00")})
		s.fulfil(o, "2026-03-11 12:00")
		s.cancel(o, "2026-03-13 12:00", sim.Cancellation{Reason: "CUSTOMER"})
		s.night("2026-03-15")
		// It was shipped first: its buyer is a customer all the same.
		s.want(`
			            gross  reversals  net     by_order_date  orders  kept  customers  new  orders_shippable
			2026-03-10  80.00  0          80.00   0              1       1     1          1    1
			2026-03-13  0      80.00      -80.00  0              0       0     0          0    0
			2026-03     80.00  80.00      0       0              1       1     1          1    1`)
	}},
	{name: "cancelled on the day it was placed", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(1, "40.00")}})
		s.cancel(o, "2026-03-10 18:00", sim.Cancellation{Reason: "FRAUD"})
		s.night("2026-03-12")
		s.want(`
			            gross  reversals  net  aov_sales  orders  kept  units
			2026-03-10  40.00  40.00      0    40.00      1       0     0
			2026-03     40.00  40.00      0    40.00      1       0     0`)
	}},
	{name: "cancelled, and the money kept for now", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		s.cancel(o, "2026-03-12 12:00", sim.Cancellation{KeepMoney: true})
		s.night("2026-03-14")
		s.want(`
			            gross  reversals  net     orders
			2026-03-10  40.00  0          40.00   1
			2026-03-12  0      40.00      -40.00  0
			2026-03     40.00  40.00      0       1`)
	}},
	{name: "cancelled after a part was refunded", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(3, "20.00")}})
		s.refund(o, "2026-03-11 12:00", sim.Refunding{Lines: one(o, 0)})
		s.cancel(o, "2026-03-13 12:00", sim.Cancellation{})
		s.night("2026-03-15")
		// 60.00, of which 20.00 went on the 11th and the other 40.00 on the 13th.
		s.want(`
			            gross  reversals  net     by_order_date  units
			2026-03-10  60.00  0          60.00   0              3
			2026-03-11  0      20.00      -20.00  0              -1
			2026-03-13  0      40.00      -40.00  0              -2
			2026-03     60.00  60.00      0       0              0`)
	}},
}
