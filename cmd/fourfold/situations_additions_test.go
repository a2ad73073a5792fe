package main

import (
	sim "fourfold/internal/sim/shopify"
)

// additions are what an order holds beside goods.
var additions = []situation{
	{name: "tip", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}, Tip: amount("3.00")})
		s.refund(o, "2026-03-13 12:00", sim.Refunding{Everything: true})
		s.night("2026-03-15")
		// Tips are never sales, coming or going.
		s.want(`
			            gross  reversals  net     tips   aov_sales  units
			2026-03-10  20.00  0          20.00   3.00   20.00      1
			2026-03-13  0      20.00      -20.00  -3.00  0          -1
			2026-03     20.00  20.00      0       0      20.00      0`)
	}},
	{name: "duties", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{
			{Title: "Goods", Quantity: 2, Price: amount("50.00"), Duty: amount("12.50")},
		}})
		s.refund(o, "2026-03-20 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		s.night("2026-03-22")
		// One of two units back takes half of the 12.50: 6.25.
		s.want(`
			            gross   reversals  net     duties  taxes
			2026-03-10  100.00  0          100.00  12.50   0
			2026-03-20  0       50.00      -50.00  -6.25   0
			2026-03     100.00  50.00      50.00   6.25    0`)
	}},
	{name: "additional fee with tax", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")},
			Fees: []sim.Charge{{Name: "Packing", Price: amount("2.50"), Rates: vat(19)}}})
		s.night("2026-03-12")
		// 19 % of 2.50 are 0.475, which is 0.48 of tax.
		s.want(`
			            gross  net    fees  taxes
			2026-03-10  20.00  20.00  2.50  0.48
			2026-03     20.00  20.00  2.50  0.48`)
	}},
	{name: "gift card sold", story: func(s *story) {
		c := s.customer()
		s.place("2026-03-10 12:00", sim.Purchase{Customer: c, Items: []sim.Item{
			{Title: "Gift card", Quantity: 1, Price: amount("50.00"), GiftCard: true}, goods(1, "20.00"),
		}, Discounts: []sim.Discount{{Code: "TEN", Percent: 10}}})
		s.night("2026-03-12")
		// The card is a debt to its holder. The 10 % pass it by: 2.00 of the 20.00.
		s.want(`
			            gross  discounts  net    gift_cards  aov_sales  orders  units  identified
			2026-03-10  20.00  2.00       18.00  50.00       18.00      1       1      18.00
			2026-03     20.00  2.00       18.00  50.00       18.00      1       1      18.00`)
	}},
	{name: "gift card used", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "50.00")},
			Payments: []sim.Payment{{Gateway: "gift_card", Amount: amount("30.00")}, {}}})
		s.night("2026-03-12")
		// How it is paid changes no sale. One payment came through the shop's own payments, that of the remaining 20.00.
		s.want(`
			            gross  discounts  net    gift_cards  card_payments
			2026-03-10  50.00  0          50.00  0           1
			2026-03     50.00  0          50.00  0           1`)
	}},
	{name: "gift card given back", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Title: "Gift card", Quantity: 2, Price: amount("25.00"), GiftCard: true}}})
		s.refund(o, "2026-04-02 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		s.night("2026-04-04")
		s.want(`
			            gross  reversals  net  gift_cards  units
			2026-03-10  0      0          0    50.00       0
			2026-04-02  0      0          0    -25.00      0
			2026-03     0      0          0    50.00       0
			2026-04     0      0          0    -25.00      0`)
	}},
	{name: "guest", story: func(s *story) {
		c := s.customer()
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "30.00")}})
		s.place("2026-03-10 13:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "20.00")}})
		s.night("2026-03-12")
		// The guest's order is an order and a sale, and nobody's.
		s.want(`
			            net    identified  orders  orders_identified  kept  customers  new
			2026-03-10  50.00  20.00       2       1                  1     1          1
			2026-03     50.00  20.00       2       1                  1     1          1`)
	}},
	{name: "test order", story: func(s *story) {
		c := s.customer()
		s.place("2026-03-10 12:00", sim.Purchase{Customer: c, Test: true, Items: []sim.Item{goods(1, "999.00")}, Shipping: parcel("5.00")})
		s.place("2026-03-11 12:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "20.00")}, Shipping: parcel("5.00")})
		s.night("2026-03-13")
		s.want(`
			            gross  net    shipping  orders  units  customers  new  card_payments  orders_shippable
			2026-03-11  20.00  20.00  5.00      1       1      1          1    1              1
			2026-03     20.00  20.00  5.00      1       1      1          1    1              1`)
	}},
	{name: "unpaid order", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Unpaid: true, Items: []sim.Item{goods(1, "40.00")}})
		s.event("2026-03-20 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Pay(o, at, sim.Payment{}) })
		s.night("2026-03-22")
		// Sold on the 10th, whenever the money comes; the payment is one of the 20th.
		s.want(`
			            gross  net    orders  card_payments
			2026-03-10  40.00  40.00  1       0
			2026-03-20  0      0      0       1
			2026-03     40.00  40.00  1       1`)
	}},
	{name: "authorised, then captured in two parts", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "40.00")}, Payments: []sim.Payment{{Kind: "AUTHORIZATION"}}})
		s.event("2026-03-11 12:00", func(shop *sim.Shop, at sim.Instant) error {
			return shop.Pay(o, at, sim.Payment{Kind: "CAPTURE", Amount: amount("40.00")})
		})
		s.event("2026-03-12 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.Pay(o, at, sim.Payment{Kind: "CAPTURE"}) })
		s.night("2026-03-14")
		// An authorisation is no payment; each capture is one.
		s.want(`
			            net    orders  card_payments
			2026-03-10  80.00  1       0
			2026-03-11  0      0       1
			2026-03-12  0      0       1
			2026-03     80.00  1       2`)
	}},
	{name: "card refused, then taken", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")},
			Payments: []sim.Payment{{Status: "FAILURE", Amount: amount("40.00")}, {}}})
		s.night("2026-03-12")
		s.want(`
			            net    orders  card_payments
			2026-03-10  40.00  1       1
			2026-03     40.00  1       1`)
	}},
}
