package main

import (
	sim "fourfold/internal/sim/shopify"
)

// one unit of a line.
func one(o *sim.Order, line int) []sim.RefundPart {
	return []sim.RefundPart{{LineItemID: o.Lines[line].ID, Quantity: 1}}
}

// refunds are money and goods given back without a return.
var refunds = []situation{
	{name: "partial refund", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(3, "40.00")}, Shipping: parcel("5.00")})
		s.refund(o, "2026-03-12 09:00", sim.Refunding{Lines: one(o, 0)})
		s.night("2026-03-14")
		// One of three at 40.00; the parcel stays paid.
		s.want(`
			            gross   reversals  net     aov_sales  by_order_date  shipping  units
			2026-03-10  120.00  0          120.00  120.00     80.00          5.00      3
			2026-03-12  0       40.00      -40.00  0          0              0         -1
			2026-03     120.00  40.00      80.00   120.00     80.00          5.00      2`)
	}},
	{name: "full refund with shipping and taxes", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:    []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("40.00"), Rates: vat(19)}},
			Shipping: []sim.Carriage{{Title: "Parcel", Price: amount("5.00"), Rates: vat(19)}},
		})
		s.refund(o, "2026-03-25 09:00", sim.Refunding{Everything: true})
		s.night("2026-03-27")
		// 80.00 with 15.20 of tax and 5.00 with 0.95 come, and go.
		s.want(`
			            gross  reversals  net     aov_sales  by_order_date  shipping  taxes   orders  units
			2026-03-10  80.00  0          80.00   80.00      0              5.00      16.15   1       2
			2026-03-25  0      80.00      -80.00  0          0              -5.00     -16.15  0       -2
			2026-03     80.00  80.00      0       80.00      0              0         0       1       0`)
	}},
	{name: "full refund of a discounted order where tax is inside", shop: taxesIncluded, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 1, Price: amount("119.00"), Rates: vat(19)}},
			Discounts: []sim.Discount{{Code: "TEN", Percent: 10}},
		})
		s.refund(o, "2026-04-03 09:00", sim.Refunding{Everything: true})
		s.night("2026-04-05")
		// 107.10 with 17.10 of tax: 90.00 come and go, and the reversal is net of the 10.00 that were given as discount.
		s.want(`
			            gross   discounts  reversals  net     by_order_date  taxes
			2026-03-10  100.00  10.00      0          90.00   0              17.10
			2026-04-03  0       0          90.00      -90.00  0              -17.10
			2026-03     100.00  10.00      0          90.00   0              17.10
			2026-04     0       0          90.00      -90.00  0              -17.10`)
	}},
	{name: "shipping alone refunded, tax inside prices", shop: taxesIncluded, story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:    []sim.Item{{Title: "Goods", Quantity: 1, Price: amount("23.80"), Rates: vat(19)}},
			Shipping: []sim.Carriage{{Title: "Express", Price: amount("11.90"), Rates: vat(19)}},
		})
		s.refund(o, "2026-03-12 09:00", sim.Refunding{Shipping: amount("5.95")})
		s.night("2026-03-14")
		// Goods 20.00 + 3.80, express 10.00 + 1.90. Half of the express goes back: 5.00 + 0.95. Net sales do not move.
		s.want(`
			            gross  reversals  net    shipping  taxes
			2026-03-10  20.00  0          20.00  10.00     5.70
			2026-03-12  0      0          0      -5.00     -0.95
			2026-03     20.00  0          20.00  5.00      4.75`)
	}},
	{name: "shipping alone refunded, tax on top", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:    []sim.Item{goods(1, "20.00")},
			Shipping: []sim.Carriage{{Title: "Express", Price: amount("10.00"), Rates: vat(19)}},
		})
		s.refund(o, "2026-03-12 09:00", sim.Refunding{AllShipping: true})
		s.night("2026-03-14")
		s.want(`
			            gross  reversals  net    shipping  taxes
			2026-03-10  20.00  0          20.00  10.00     1.90
			2026-03-12  0      0          0      -10.00    -1.90
			2026-03     20.00  0          20.00  0         0`)
	}},
	{name: "refund of an amount without a line", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		s.refund(o, "2026-03-12 09:00", sim.Refunding{Amount: new(amount("5.00"))})
		s.night("2026-03-14")
		// A discrepancy: the goods stay sold, and 5.00 of net sales are gone, without a unit.
		s.want(`
			            gross  reversals  net    by_order_date  units
			2026-03-10  40.00  0          40.00  35.00          1
			2026-03-12  0      5.00       -5.00  0              0
			2026-03     40.00  5.00       35.00  35.00          1`)
	}},
	{name: "refund of less than the goods are worth", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		s.refund(o, "2026-03-12 09:00", sim.Refunding{Everything: true, Amount: new(amount("35.00"))})
		s.night("2026-03-14")
		// 40.00 of goods come back and 5.00 of their price are kept: an adjustment of +5.00. Reversed is 35.00.
		s.want(`
			            gross  reversals  net     by_order_date  units
			2026-03-10  40.00  0          40.00   5.00           1
			2026-03-12  0      35.00      -35.00  0              -1
			2026-03     40.00  35.00      5.00    5.00           0`)
	}},
	{name: "refunds in another month", story: func(s *story) {
		// The worked example of the catalogue: A 40.00 × 2, B 25.00, 15.00 off. B's share is 15.00 × 25/105 = 3.571 → 3.57, A has 11.43.
		o := s.place("2026-01-30 12:00", sim.Purchase{
			Items:     []sim.Item{goods(2, "40.00"), goods(1, "25.00")},
			Discounts: []sim.Discount{{Code: "JAN15", Amount: amount("15.00")}},
		})
		s.refund(o, "2026-02-03 12:00", sim.Refunding{Lines: one(o, 1)})
		s.refund(o, "2026-02-10 12:00", sim.Refunding{Amount: new(amount("5.00"))})
		s.night("2026-02-12")
		// B comes back at 25.00 − 3.57 = 21.43, then 5.00 of goodwill. By the ledger January is 90.00 and February −26.43; by order
		// date January is 63.57 and February nothing. The bridge between them: in January −26.43, in February +26.43.
		s.want(`
			            gross   discounts  reversals  net     aov_sales  by_order_date
			2026-01-30  105.00  15.00      0          90.00   90.00      63.57
			2026-02-03  0       0          21.43      -21.43  0          0
			2026-02-10  0       0          5.00       -5.00   0          0
			2026-01     105.00  15.00      0          90.00   90.00      63.57
			2026-02     0       0          26.43      -26.43  0          0`)
	}},
	{name: "goodwill, and then everything", story: func(s *story) {
		o := s.place("2026-01-30 12:00", sim.Purchase{Items: []sim.Item{goods(2, "40.00")}})
		s.refund(o, "2026-02-10 12:00", sim.Refunding{Amount: new(amount("5.00"))})
		s.refund(o, "2026-03-01 12:00", sim.Refunding{Everything: true})
		s.night("2026-03-03")
		// In March goods of 80.00 come back and only 75.00 are left to give: −80.00 and an adjustment of +5.00.
		s.want(`
			            gross  reversals  net     by_order_date
			2026-01-30  80.00  0          80.00   0
			2026-02-10  0      5.00       -5.00   0
			2026-03-01  0      75.00      -75.00  0
			2026-01     80.00  0          80.00   0
			2026-02     0      5.00       -5.00   0
			2026-03     0      75.00      -75.00  0`)
	}},
	{name: "refund pending, then paid out", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		id := s.refund(o, "2026-03-12 12:00", sim.Refunding{Everything: true, Pending: true})
		s.event("2026-03-16 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.SettleRefund(o, at, id, true) })
		s.night("2026-03-18")
		// The goods are reversed when the refund is made; the money's arrival is no sale and no reversal.
		s.want(`
			            gross  reversals  net     by_order_date
			2026-03-10  40.00  0          40.00   0
			2026-03-12  0      40.00      -40.00  0
			2026-03     40.00  40.00      0       0`)
	}},
	{name: "refund pending, then failed", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		id := s.refund(o, "2026-03-12 12:00", sim.Refunding{Everything: true, Pending: true})
		s.event("2026-03-16 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.SettleRefund(o, at, id, false) })
		s.night("2026-03-18")
		// The buyer is still owed the money; the sale is reversed all the same.
		s.want(`
			            gross  reversals  net     by_order_date
			2026-03-10  40.00  0          40.00   0
			2026-03-12  0      40.00      -40.00  0
			2026-03     40.00  40.00      0       0`)
	}},
	{name: "refund that took the goods back", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00")})
		s.fulfil(o, "2026-03-11 10:00")
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-03-20 12:00", sim.Refunding{Lines: part})
		s.night("2026-03-22")
		// Shipped on the 11th: 2 units of 80.00. One came back, which belongs to the day it was shipped on, and is the customer's first
		// return on the day of the refund.
		s.want(`
			            reversals  net     units_shipped  units_returned  value_shipped  value_returned  first_returns
			2026-03-10  0          80.00   0              0               0              0               0
			2026-03-11  0          0       2              1               80.00          40.00           0
			2026-03-20  40.00      -40.00  0              0               0              0               1
			2026-03     40.00      40.00   2              1               80.00          40.00           1`)
	}},
	{name: "refund that let the buyer keep the goods", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00")})
		s.fulfil(o, "2026-03-11 10:00")
		s.refund(o, "2026-03-20 12:00", sim.Refunding{Lines: one(o, 0)})
		s.night("2026-03-22")
		s.want(`
			            reversals  net     units_shipped  units_returned  value_shipped  value_returned  first_returns
			2026-03-10  0          80.00   0              0               0              0               0
			2026-03-11  0          0       2              0               80.00          0               0
			2026-03-20  40.00      -40.00  0              0               0              0               0
			2026-03     40.00      40.00   2              0               80.00          0               0`)
	}},
	{name: "refund of what was free", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("25.00"), Rates: vat(19)}},
			Discounts: []sim.Discount{{Code: "GIFT", Percent: 100}},
		})
		s.refund(o, "2026-03-12 12:00", sim.Refunding{Everything: true})
		s.night("2026-03-14")
		// Two units come back, and no money: a reversal is net of the discount, here of nothing.
		s.want(`
			            gross  discounts  reversals  net  units  taxes
			2026-03-10  50.00  50.00      0          0    2      0
			2026-03-12  0      0          0          0    -2     0
			2026-03     50.00  50.00      0          0    0      0`)
	}},
}
