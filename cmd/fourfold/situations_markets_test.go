package main

import (
	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
)

// in makes a shop of another currency and zone.
func in(currency, zone string) func(*sim.Shop) {
	return func(s *sim.Shop) { s.Currency, s.Zone = currency, zone }
}

// markets are other currencies.
var markets = []situation{
	{name: "two presentment currencies", story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}, Presentment: "USD", Rate: 1_100_000})
		o := s.place("2026-03-10 13:00", sim.Purchase{Items: []sim.Item{goods(2, "15.00")}, Presentment: "GBP", Rate: 860_000})
		s.refund(o, "2026-03-12 12:00", sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		s.night("2026-03-14")
		// The buyers saw 44.00 dollars and 25.80 pounds. The shop sold 40.00 + 30.00 euros, and took 15.00 back.
		s.want(`
			            gross  reversals  net     orders
			2026-03-10  70.00  0          70.00   2
			2026-03-12  0      15.00      -15.00  0
			2026-03     70.00  15.00      55.00   2`)
	}},
	{name: "yen have no cents", shop: in("JPY", "Asia/Tokyo"), story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 3, Price: amount("333"), Rates: vat(8)}},
			Discounts: []sim.Discount{{Code: "TEN", Percent: 10}},
		})
		s.night("2026-03-12")
		// 3 × 333 = 999; 10 % of it 99.9 → 100; net 899; tax 8 % of 899 = 71.92 → 72.
		s.want(`
			            gross  discounts  net  taxes
			2026-03-10  999    100        899  72
			2026-03     999    100        899  72`)
	}},
	{name: "dinars have three digits", shop: in("KWD", "Asia/Kuwait"), story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{
			Items:     []sim.Item{{Title: "Goods", Quantity: 3, Price: amount("1.234"), Rates: vat(5)}},
			Discounts: []sim.Discount{{Code: "TEN", Percent: 10}},
		})
		s.night("2026-03-12")
		// 3 × 1.234 = 3.702; 10 % of it 0.3702 → 0.370; net 3.332; tax 5 % of it 0.1666 → 0.167.
		s.want(`
			            gross  discounts  net    taxes
			2026-03-10  3.702  0.370      3.332  0.167
			2026-03     3.702  0.370      3.332  0.167`)
	}},
	{name: "two channels, one customer", story: func(s *story) {
		c := s.customer()
		s.place("2026-03-10 12:00", sim.Purchase{Customer: c, Items: []sim.Item{goods(1, "30.00")}, Shipping: parcel("5.00")})
		s.place("2026-03-12 12:00", sim.Purchase{Customer: c, SourceName: "pos", Items: []sim.Item{goods(1, "20.00")}})
		s.night("2026-03-14")
		// The store has one customer who was new on the 10th; each channel has one of its own. Over the counter nothing is shipped.
		s.want(`
			            net    orders  customers  new  returning  orders_shippable
			2026-03-10  30.00  1       1          1    0          1
			2026-03-12  20.00  1       1          0    1          0
			2026-03     50.00  2       1          1    0          1`)
		s.wantIn("online_store", `
			            net    orders  customers  new  returning  orders_shippable
			2026-03-10  30.00  1       1          1    0          1
			2026-03     30.00  1       1          1    0          1`)
		s.wantIn("pos", `
			            net    orders  customers  new  returning  orders_shippable
			2026-03-12  20.00  1       1          1    0          0
			2026-03     20.00  1       1          1    0          0`)
	}},
	{name: "no rate into the merchant's currency", configure: func(c *config.Config) { c.Merchant.Currency = "USD" }, story: func(s *story) {
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{goods(1, "40.00")}})
		s.night("2026-03-13")
		// Euros are not dollars: without a rate there is no figure, and no guess. What is counted in things is known.
		s.want(`
			            gross  net  aov_sales  orders  units
			2026-03-10  gap    gap  gap        1       1
			2026-03-11  0      0    0          0       0
			2026-03     gap    gap  gap        1       1`)
	}},
}
