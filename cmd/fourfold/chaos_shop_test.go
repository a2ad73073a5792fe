package main

import (
	"fmt"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// The store is linked and read for the first time on backfillAt, and again on nightAt, after a month in which much has happened. Both
// come later than tokens live, so that each begins by renewing them.
var (
	linkAt     = time.Date(2026, time.June, 15, 1, 0, 0, 0, time.UTC)
	backfillAt = linkAt.Add(3 * time.Hour)
	nightAt    = backfillAt.AddDate(0, 0, 31) // when even the reading that looks for deleted orders is due again
)

// chaosShop makes the same shop each time.
func chaosShop(t testing.TB) *sim.Shop { return chaosShopAt(t, "chaos.myshopify.com", 6, chaosOrders) }

// chaosShopAt makes one of many, the same for the same seed.
func chaosShopAt(t testing.TB, domain string, seed uint64, orders int) *sim.Shop {
	t.Helper()
	shop, err := sim.Generate(sim.Config{
		Seed: seed, Orders: orders, Since: linkAt.AddDate(0, 0, -50), Until: linkAt, Products: 12,
		Domain: domain, Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{"USD"}, TaxesIncluded: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

const chaosOrders = 500

// aMonthPasses is the month between both nights: new orders, edits, refunds with and without a trace, returns, cancellations, deliveries,
// disputes, a deleted order, two customers merged, new costs and stock.
func aMonthPasses(shop *sim.Shop) error {
	at := sim.At(backfillAt.Add(24 * time.Hour))
	hour := func(n int) sim.Instant { return at + sim.Instant(n*3600) }
	m := month{Shop: shop, used: map[*sim.Order]bool{}}
	for i := range 40 {
		m.place(i, hour(7*i))
	}
	shipped := func(o *sim.Order) bool {
		l := &o.Lines[0]
		return o.FulfillmentStatus == "FULFILLED" && o.FinancialStatus == "PAID" && len(o.Returns) == 0 && !l.GiftCard && l.Current > 0
	}
	waiting := func(o *sim.Order) bool {
		return o.FulfillmentStatus == "UNFULFILLED" && o.CancelledAt == 0 && o.FinancialStatus == "PAID" && !o.Lines[0].GiftCard
	}
	for i := range 3 {
		m.on(waiting, "edited up", func(o *sim.Order) error {
			return shop.Edit(o, hour(30+i), sim.Edit{Set: []sim.QuantityChange{{LineItemID: o.Lines[0].ID, Quantity: o.Lines[0].Current + 1}}})
		})
		m.on(waiting, "cancelled", func(o *sim.Order) error { return shop.Cancel(o, hour(40+i), sim.Cancellation{Reason: "CUSTOMER"}) })
		m.on(waiting, "shipped", func(o *sim.Order) error {
			id, err := shop.Fulfil(o, hour(50+i), sim.Shipment{Company: "Post"})
			if err != nil {
				return err
			}
			return shop.Deliver(o, hour(90+i), id)
		})
		m.on(shipped, "refunded", func(o *sim.Order) error {
			_, err := shop.Refund(o, hour(100+i), sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
			return err
		})
		m.on(shipped, "refunded without a trace", func(o *sim.Order) error {
			_, err := shop.Refund(o, hour(110+i), sim.Refunding{Amount: new(min(o.Totals.Received, 5_000_000)), KeepUpdatedAt: true})
			return err
		})
		m.on(shipped, "sent back", func(o *sim.Order) error {
			id, err := shop.RequestReturn(o, hour(120+i), sim.Returning{Approved: true, Lines: []sim.ReturnPart{{LineItemID: o.Lines[0].ID, Quantity: 1, Reason: "DEFECTIVE"}}})
			if err != nil || i == 0 {
				return err // one is still under way
			}
			if err := shop.ProcessReturn(o, hour(160+i), id, sim.Processing{}); err != nil {
				return err
			}
			_, err = shop.Refund(o, hour(170+i), sim.Refunding{ReturnID: id})
			return err
		})
	}
	m.on(shipped, "disputed", func(o *sim.Order) error { shop.OpenDispute(o, "CHARGEBACK"); return nil })
	m.on(shipped, "deleted", func(o *sim.Order) error { shop.Delete(o); return nil })
	m.on(func(o *sim.Order) bool { return o.Customer != nil && o.Customer.Orders == 1 }, "of a customer who is merged into another", func(o *sim.Order) error {
		for _, c := range shop.Customers {
			if c != o.Customer && c.Orders > 1 {
				return shop.MergeCustomers(c, o.Customer, hour(200))
			}
		}
		return fmt.Errorf("nobody to merge with")
	})
	for i, p := range shop.Products[:4] {
		v := p.Variants[0]
		shop.SetCost(v, hour(210+i), v.Price/3)
		if !v.Item.Untracked && m.err == nil {
			m.err = shop.SetStock(v, hour(220+i), shop.Locations[0].ID, i)
		}
	}
	for i, c := range shop.Customers[:5] {
		shop.SetConsent(c, hour(230+i), i%2 == 0)
	}
	return m.err
}

// month picks orders, each for one event only.
type month struct {
	*sim.Shop
	used map[*sim.Order]bool
	err  error
}

// on lets f happen to the latest suitable order.
func (m *month) on(fits func(*sim.Order) bool, what string, f func(*sim.Order) error) {
	if m.err != nil {
		return
	}
	for i := len(m.Orders) - 1; i >= 0; i-- {
		if o := m.Orders[i]; !m.used[o] && !o.Test && len(o.Lines) > 0 && fits(o) {
			m.used[o] = true
			if err := f(o); err != nil {
				m.err = fmt.Errorf("an order %s: %w", what, err)
			}
			return
		}
	}
	m.err = fmt.Errorf("no order to be %s", what)
}

// place places order i: by guests, by customers of old and by new ones.
func (m *month) place(i int, at sim.Instant) {
	if m.err != nil {
		return
	}
	p := sim.Purchase{At: at, Shipping: []sim.Carriage{{Title: "Parcel", Price: amount("4.90")}}}
	switch i % 4 {
	case 0:
		p.Customer = m.Customers[i*7%len(m.Customers)]
	case 1, 2:
		p.Customer = m.AddCustomer(at)
	}
	product := m.Products[i%len(m.Products)]
	p.Items = []sim.Item{{Product: product, Variant: product.Variants[0], Quantity: 1 + i%3, Price: amount("24.50"), GiftCard: product.GiftCard}}
	if i%5 == 0 {
		p.Discounts = []sim.Discount{{Code: "JUNE", Percent: 10}}
	}
	_, m.err = m.Place(p)
}
