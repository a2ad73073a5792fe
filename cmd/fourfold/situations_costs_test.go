package main

import (
	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
)

// stocked puts a thing on sale for 30.00 that has a stock item.
func (s *story) stocked() (p *sim.Product) {
	s.t.Helper()
	s.change(func(shop *sim.Shop) error {
		place := shop.AddLocation(sim.At(opened), "Warehouse")
		p = shop.AddProduct(sim.At(opened), sim.Product{Title: "Thing", Variants: []*sim.Variant{{SKU: "T-1", Price: amount("30.00")}}})
		return shop.SetStock(p.Variants[0], sim.At(opened), place.ID, 100)
	})
	return p
}

func (s *story) costs(p *sim.Product, when, cost string) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error {
		shop.SetCost(p.Variants[0], at, amount(cost))
		return nil
	})
}

// sells places an order of some of it, at 30.00.
func (s *story) sells(p *sim.Product, when string, quantity int) *sim.Order {
	s.t.Helper()
	return s.place(when, sim.Purchase{Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: quantity}}})
}

// currentCosts lets today's unit cost stand for the past.
func currentCosts(c *config.Config) { c.Costs.History = "current" }

// unitCosts are what goods cost: known from the first reading on, and no history at the provider.
var unitCosts = []situation{
	{name: "unit cost read after the first sale", own: true, story: func(s *story) {
		p := s.stocked()
		s.sells(p, "2026-03-10 12:00", 1)
		s.night("2026-03-12")
		s.want(`
			            net    with_cost  cogs
			2026-03-10  30.00  gap        gap
			2026-03     30.00  gap        gap`)
		s.sells(p, "2026-03-12 18:00", 1)
		s.costs(p, "2026-03-13 10:00", "12.00")
		s.sells(p, "2026-03-13 18:00", 1)
		s.night("2026-03-14")
		s.sells(p, "2026-03-14 12:00", 2)
		s.night("2026-03-16")
		// The reading in the small hours of the 14th closes the 13th: the sale of that day has its cost, those before have none.
		s.want(`
			            net     with_cost  cogs
			2026-03-10  30.00   0          0
			2026-03-12  30.00   0          0
			2026-03-13  30.00   30.00      12.00
			2026-03-14  60.00   60.00      24.00
			2026-03     150.00  90.00      36.00`)
	}},
	{name: "unit cost that rises", own: true, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-03-01 10:00", "12.00")
		s.night("2026-03-09") // reads 12.00 for the 8th
		o := s.sells(p, "2026-03-10 12:00", 3)
		s.costs(p, "2026-03-12 10:00", "15.00")
		s.night("2026-03-13") // reads 15.00 for the 12th
		s.sells(p, "2026-03-14 12:00", 1)
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-03-16 12:00", sim.Refunding{Lines: part})
		kept := one(o, 0)
		kept[0].Restock = "NO_RESTOCK"
		s.refund(o, "2026-03-17 12:00", sim.Refunding{Lines: kept})
		s.night("2026-03-19")
		// Three at 12.00, one at 15.00. The unit that went back on the shelf takes its 12.00 along; the one that did not is lost.
		s.want(`
			            net     with_cost  cogs    units
			2026-03-10  90.00   90.00      36.00   3
			2026-03-14  30.00   30.00      15.00   1
			2026-03-16  -30.00  -30.00     -12.00  -1
			2026-03-17  -30.00  -30.00     0       -1
			2026-03     60.00   60.00      39.00   2`)
	}},
	{name: "today's cost for the past", configure: currentCosts, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-02-01 10:00", "12.00")
		s.sells(p, "2026-03-10 12:00", 2)
		s.night("2026-03-12")
		s.want(`
			            net    with_cost  cogs
			2026-03-10  60.00  60.00      24.00
			2026-03     60.00  60.00      24.00`)
	}},
	{name: "order of a product without a cost", configure: currentCosts, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-02-01 10:00", "12.00")
		s.place("2026-03-10 12:00", sim.Purchase{Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: 1}, goods(1, "45.00")}})
		s.night("2026-03-12")
		// 75.00 of net sales, of which 30.00 have a cost.
		s.want(`
			            net    with_cost  cogs
			2026-03-10  75.00  30.00      12.00
			2026-03     75.00  30.00      12.00`)
	}},
	{name: "unit cost of goods that a return brought back", own: true, story: func(s *story) {
		p := s.stocked()
		s.costs(p, "2026-03-01 10:00", "12.00")
		s.night("2026-03-02")
		o := s.sells(p, "2026-03-10 12:00", 2)
		s.fulfil(o, "2026-03-11 12:00")
		id := s.sendBack(o, "2026-03-15 12:00", sim.Returning{Lines: back(o, 1, "UNWANTED")})
		s.process(o, "2026-03-18 12:00", id, sim.Processing{})
		s.night("2026-03-20")
		// The goods are reversed. Whether they went back on the shelf is said by the refund, which is not there yet.
		s.want(`
			            net     with_cost  cogs
			2026-03-10  60.00   60.00      24.00
			2026-03-18  -30.00  -30.00     0
			2026-03     30.00   30.00      24.00`)
		s.refund(o, "2026-03-21 12:00", sim.Refunding{ReturnID: id})
		s.night("2026-03-23")
		// They did: their 12.00 leave with them, on the day they were reversed.
		s.want(`
			            net     with_cost  cogs
			2026-03-10  60.00   60.00      24.00
			2026-03-18  -30.00  -30.00     -12.00
			2026-03     30.00   30.00      12.00`)
	}},
}
