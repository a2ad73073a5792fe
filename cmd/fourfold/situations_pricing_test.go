package main

import (
	sim "fourfold/internal/sim/shopify"
)

func taxesIncluded(s *sim.Shop) { s.TaxesIncluded = true }

// pricing is what an order comes to as it is placed: taxes and discounts.
var pricing = []situation{
	{name: "tax on top of prices", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:    []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("40.00"), Rates: vat(19)}},
			Shipping: []sim.Carriage{{Title: "Parcel", Price: amount("5.00"), Rates: vat(19)}},
		})
		s.night("2026-03-12")
		// Goods 2 × 40.00 = 80.00, tax 15.20; parcel 5.00, tax 0.95. Taxes 16.15.
		s.want(`
			            gross  discounts  reversals  net    aov_sales  by_order_date  shipping  taxes  orders  units
			2026-03-10  80.00  0          0          80.00  80.00      80.00          5.00      16.15  1       2
			2026-03     80.00  0          0          80.00  80.00      80.00          5.00      16.15  1       2`)
	}},
	{name: "tax inside prices", shop: taxesIncluded, story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:    []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("59.50"), Rates: vat(19)}},
			Shipping: []sim.Carriage{{Title: "Parcel", Price: amount("5.95"), Rates: vat(19)}},
		})
		s.night("2026-03-12")
		// Goods 119.00 hold 119.00 × 19/119 = 19.00 of tax, 100.00 without; the parcel's 5.95 hold 0.95, 5.00 without.
		s.want(`
			            gross   discounts  reversals  net     aov_sales  shipping  taxes  orders
			2026-03-10  100.00  0          0          100.00  100.00     5.00      19.95  1
			2026-03     100.00  0          0          100.00  100.00     5.00      19.95  1`)
	}},
	{name: "discount where tax is inside prices", shop: taxesIncluded, story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 1, Price: amount("119.00"), Rates: vat(19)}},
			Discounts: []sim.Discount{{Code: "TEN", Percent: 10}},
		})
		s.night("2026-03-12")
		// 119.00 less 11.90 are 107.10, which hold 17.10 of tax: 90.00 net. Without the discount 119.00 hold 19.00: gross 100.00. The
		// discount before tax is 10.00, not the 11.90 that the buyer saw.
		s.want(`
			            gross   discounts  net    aov_sales  taxes
			2026-03-10  100.00  10.00      90.00  90.00      17.10
			2026-03     100.00  10.00      90.00  90.00      17.10`)
	}},
	{name: "two tax rates on one order", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{
			{Title: "Book", Quantity: 3, Price: amount("9.99"), Rates: vat(7)},
			{Title: "Lamp", Quantity: 1, Price: amount("24.90"), Rates: vat(19)},
		}})
		s.night("2026-03-12")
		// 3 × 9.99 = 29.97, 7 % of it 2.0979 → 2.10. Lamp 24.90, 19 % of it 4.731 → 4.73. Gross 54.87, taxes 6.83.
		s.want(`
			            gross  net    taxes  units
			2026-03-10  54.87  54.87  6.83   4
			2026-03     54.87  54.87  6.83   4`)
	}},
	{name: "line discount", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{
			{Title: "A", Quantity: 2, Price: amount("40.00"), Discounts: []sim.Discount{{Percent: 25}}},
			goods(1, "25.00"),
		}})
		s.night("2026-03-12")
		// A 80.00 less 25 % = 20.00; the other line is untouched. 105.00 − 20.00 = 85.00.
		s.want(`
			            gross   discounts  net    aov_sales
			2026-03-10  105.00  20.00      85.00  85.00
			2026-03     105.00  20.00      85.00  85.00`)
	}},
	{name: "order discount shared by the largest remainder", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{goods(1, "10.00"), goods(1, "10.00"), goods(1, "10.00")},
			Discounts: []sim.Discount{{Code: "MINUS10", Amount: amount("10.00")}},
		})
		s.refund(o, "2026-03-12 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		s.refund(o, "2026-03-14 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[2].ID, Quantity: 1}}})
		s.night("2026-03-16")
		// 10.00 over three equal lines: 3.33 each, and the cent that is left goes to the first: 3.34, 3.33, 3.33.
		// The first line comes back at 10.00 − 3.34 = 6.66, the third at 10.00 − 3.33 = 6.67. March: 20.00 − 13.33 = 6.67.
		s.want(`
			            gross  discounts  reversals  net    aov_sales  by_order_date
			2026-03-10  30.00  10.00      0          20.00  20.00      6.67
			2026-03-12  0      0          6.66       -6.66  0          0
			2026-03-14  0      0          6.67       -6.67  0          0
			2026-03     30.00  10.00      13.33      6.67   20.00      6.67`)
	}},
	{name: "line discount and order discount together", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items: []sim.Item{
				{Title: "A", Quantity: 1, Price: amount("60.00"), Discounts: []sim.Discount{{Amount: amount("20.00")}}},
				goods(1, "40.00"),
			},
			Discounts: []sim.Discount{{Automatic: true, Title: "Spring", Percent: 10}},
		})
		s.night("2026-03-12")
		// A 60.00 − 20.00 = 40.00. The order's 10 % are of what is left: 10 % of 80.00 = 8.00. 100.00 − 28.00 = 72.00.
		s.want(`
			            gross   discounts  net    aov_sales
			2026-03-10  100.00  28.00      72.00  72.00
			2026-03     100.00  28.00      72.00  72.00`)
	}},
	{name: "shipping discount", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "50.00")}, Shipping: parcel("10.00"),
			Discounts: []sim.Discount{{Code: "FREESHIP", Percent: 100, Shipping: true}}})
		s.place("2026-03-11 12:00", sim.Purchase{Items: []sim.Item{goods(1, "50.00")}, Shipping: parcel("10.00"),
			Discounts: []sim.Discount{{Code: "SHIP4", Amount: amount("4.00"), Shipping: true}}})
		s.night("2026-03-13")
		// Nothing of 10.00 on the first day, 10.00 − 4.00 on the second. It is no discount of sales.
		s.want(`
			            gross   discounts  net     shipping
			2026-03-10  50.00   0          50.00   0
			2026-03-11  50.00   0          50.00   6.00
			2026-03     100.00  0          100.00  6.00`)
	}},
	{name: "order of nothing", story: func(s *story) {
		c := s.customer()
		s.place("2026-03-10 12:00", sim.Purchase{Customer: c, Items: []sim.Item{{Title: "Sample", Quantity: 1, Free: true}}})
		s.night("2026-03-12")
		// A free sample is an order, a unit and a customer, and no money.
		s.want(`
			            gross  discounts  net  aov_sales  orders  units  kept  customers  new
			2026-03-10  0      0          0    0          1       1      1     1          1
			2026-03     0      0          0    0          1       1      1     1          1`)
	}},
	{name: "everything off", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 2, Price: amount("25.00"), Rates: vat(19)}},
			Discounts: []sim.Discount{{Code: "GIFT", Percent: 100}},
		})
		s.night("2026-03-12")
		// Sold at 50.00 with 50.00 off: a sale of nothing, and no reversal. Nothing is taxed.
		s.want(`
			            gross  discounts  reversals  net  aov_sales  taxes  orders  units
			2026-03-10  50.00  50.00      0          0    0          0      1       2
			2026-03     50.00  50.00      0          0    0          0      1       2`)
	}},
	{name: "unit by unit, what remains is rounded", story: func(s *story) {
		o := s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 3, Price: amount("10.00"), Rates: vat(7.25)}},
			Discounts: []sim.Discount{{Amount: amount("1.00")}},
		})
		for _, day := range []string{"2026-03-12", "2026-03-13", "2026-03-14"} {
			s.refund(o, day+" 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		}
		s.night("2026-03-16")
		// 29.00, tax 2.1025 → 2.10: 31.10 in all. Left after one unit: 20.73 with 1.40 of tax, so 10.37 went, 0.70 of it tax: 9.67.
		// After two 10.365 → 10.37 with 0.70: 10.36 went, 0.70 of it tax: 9.66. The last takes 10.37 with 0.70: 9.67. Sum 29.00.
		s.want(`
			            gross  discounts  reversals  net    taxes  units  by_order_date
			2026-03-10  30.00  1.00       0          29.00  2.10   3      0
			2026-03-12  0      0          9.67       -9.67  -0.70  -1     0
			2026-03-13  0      0          9.66       -9.66  -0.70  -1     0
			2026-03-14  0      0          9.67       -9.67  -0.70  -1     0
			2026-03     30.00  1.00       29.00      0      0      0      0`)
	}},
}
