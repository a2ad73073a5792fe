package main

import (
	sim "fourfold/internal/sim/shopify"
)

// vectors are the test vectors of the KPI catalogue that speak of sales, each a mistake that somebody made.
var vectors = []situation{
	{name: "vector dbt_165", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(8000, "1.95"), goods(800, "6.95")}})
		s.night("2026-03-12")
		// 8,000 × 1.95 = 15,600.00 and 800 × 6.95 = 5,560.00: 21,160.00. The mistake squared the quantities.
		s.want(`
			            gross     net       units
			2026-03-10  21160.00  21160.00  8800
			2026-03     21160.00  21160.00  8800`)
	}},
	{name: "vector omi_13180", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(4, "25.00")}, Discounts: []sim.Discount{{Code: "TEN", Amount: amount("10.00")}}})
		s.night("2026-03-12")
		// The subtotal of 90.00 is after the discount of 10.00. The mistake took it off again: 80.00.
		s.want(`
			            gross   discounts  net
			2026-03-10  100.00  10.00      90.00
			2026-03     100.00  10.00      90.00`)
	}},
	{name: "vector bc_10462: edit down", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(2, "48.00")}, Discounts: []sim.Discount{{Code: "TWENTY", Percent: 20}}})
		s.edit(o, "2026-03-12 12:00", set(o, 0, 1))
		s.night("2026-03-14")
		// 96.00 − 19.20 = 76.80. One of two leaves: 48.00 with its 9.60 of discount, 38.40. What stays is 48.00 − 9.60 = 38.40; the
		// mistake kept the whole discount of 19.20: 28.80.
		s.want(`
			            gross  discounts  reversals  net     aov_sales  by_order_date  orders  units
			2026-03-10  96.00  19.20      0          76.80   76.80      38.40          1       2
			2026-03-12  0      0          38.40      -38.40  0          0              0       -1
			2026-03     96.00  19.20      38.40      38.40   76.80      38.40          1       1`)
	}},
	{name: "vector frappe_154", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 1, Price: amount("100.00"), Rates: vat(10)}},
			Discounts: []sim.Discount{{Code: "MINUS20", Amount: amount("20.00")}},
		})
		s.night("2026-03-12")
		// Tax is of what is left: 10 % of 80.00. Total 80.00 + 8.00 = 88.00; the mistake taxed the 100.00 and came to 90.00.
		s.want(`
			            gross   discounts  net    taxes  shipping  duties  fees
			2026-03-10  100.00  20.00      80.00  8.00   0         0       0
			2026-03     100.00  20.00      80.00  8.00   0         0       0`)
	}},
	{name: "vector woo_5766", story: func(s *story) {
		var o *sim.Order
		for _, hour := range []string{"08", "09", "10", "11", "12"} {
			o = s.place("2026-03-10 "+hour+":00", sim.Purchase{Items: []sim.Item{goods(1, "20.00")}})
		}
		s.refund(o, "2026-03-10 15:00", sim.Refunding{Everything: true})
		s.night("2026-03-12")
		// 5 × 20.00 less one: 80.00. The mistake took the refunded order off twice: 60.00.
		s.want(`
			            gross   reversals  net    orders  aov_sales
			2026-03-10  100.00  20.00      80.00  5       100.00
			2026-03     100.00  20.00      80.00  5       100.00`)
	}},
	{name: "vector shopify_gift_card: a gift card sold at a discount", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Title: "Gift card", Quantity: 1, Price: amount("50.00"), GiftCard: true}},
			Payments: []sim.Payment{{Amount: amount("40.00")}}})
		s.event("2026-03-10 12:00", func(shop *sim.Shop, _ sim.Instant) error {
			// The shop's discounts pass gift cards by, so the row is written as Shopify's ledger shows such a sale.
			v := &o.Agreements[0].Sales[0]
			v.Total, v.DiscountBeforeTax, v.DiscountAfterTax = amount("40.00"), amount("10.00"), amount("10.00")
			shop.Touch(o)
			return nil
		})
		s.night("2026-03-12")
		// 50.00 gross and 10.00 of discount of the gift card itself: issued for 40.00. Neither is a sale or a discount of sales.
		s.want(`
			            gross  discounts  net  gift_cards  aov_sales
			2026-03-10  0      0          0    40.00       0
			2026-03     0      0          0    40.00       0`)
	}},
	{name: "vector shopify_margin", configure: currentCosts, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-02-01 10:00", "15.00")
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: 2, Price: amount("25.00")}}})
		s.night("2026-03-12")
		// Net 50.00, cost 2 × 15.00 = 30.00: a margin of 20.00, 40 %.
		s.want(`
			            with_cost  cogs
			2026-03-10  50.00      30.00
			2026-03     50.00      30.00`)
	}},
}
