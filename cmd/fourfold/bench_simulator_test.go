//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// benchShop says which store is simulated, and how.
type benchShop struct {
	Orders       int
	Since, Until time.Time // it stands at Until when the benchmark begins
	Products     int
	Restore      int    // points a second
	BulkDir      string // where results are kept; "" keeps none
	Latency      time.Duration
}

const benchDomain = "bench.myshopify.com"

func (s benchShop) generate() (*sim.Shop, error) {
	return sim.Generate(sim.Config{
		Seed: 11, Orders: s.Orders, Since: s.Since, Until: s.Until, Products: s.Products, Domain: benchDomain,
		Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{"USD", "GBP", "CHF"}, TaxesIncluded: true,
	})
}

// benchSimulator serves a store over HTTPS. Its clock stands still but for the point bucket's, so that the results that were prepared
// fit what is asked for again.
type benchSimulator struct {
	srv   *sim.Server
	clock *sim.Clock
}

func newBenchSimulator(settings json.RawMessage) (answerer, error) {
	var s benchShop
	if err := json.Unmarshal(settings, &s); err != nil {
		return nil, err
	}
	shop, err := s.generate()
	if err != nil {
		return nil, err
	}
	b := &benchSimulator{clock: sim.NewClock(s.Until)}
	b.srv = sim.New(shop, sim.Options{Now: b.clock.Now, RestoreRate: s.Restore, BulkDir: s.BulkDir, Latency: s.Latency})
	return b, b.srv.Start(context.Background())
}

// benchWish is what is to happen in the store.
type benchWish struct {
	At      time.Time // where the clock is put; zero leaves it
	Changes int       // how many orders are new or change
}

// benchState answers where the store is, and what it has been asked.
type benchState struct {
	Addr   string
	CA     []byte
	Stats  sim.Stats
	Orders int
	CPU    time.Duration // that the process has spent
}

func (b *benchSimulator) answer(line json.RawMessage) (any, error) {
	var wish benchWish
	if err := json.Unmarshal(line, &wish); err != nil {
		return nil, err
	}
	if !wish.At.IsZero() {
		b.clock.Advance(wish.At.Sub(b.clock.Now()))
	}
	if wish.Changes > 0 {
		err := b.srv.Change(func(shop *sim.Shop) error { return aDay(shop, sim.At(b.clock.Now()), wish.Changes) })
		if err != nil {
			return nil, err
		}
	}
	state := benchState{Addr: b.srv.Addr(), CA: b.srv.CA(), Stats: b.srv.Stats(), CPU: ownCPU()}
	b.srv.View(func(shop *sim.Shop) { state.Orders = len(shop.Orders) })
	return state, nil
}

// aDay is what happens in a store within a day and touches n orders: of twenty, eight are new, six are sent or delivered, three of the
// last 60 days are refunded in part, two are only tagged, and one, of any age, is refunded.
func aDay(shop *sim.Shop, now sim.Instant, n int) error {
	d := &benchDay{Shop: shop, now: now, dice: rand.New(rand.NewPCG(5, 8)), used: map[*sim.Order]bool{}}
	d.old = len(shop.Orders)
	for d.young = d.old; d.young > 0 && shop.Orders[d.young-1].CreatedAt > now.Add(-60*24*time.Hour); {
		d.young--
	}
	if d.young == d.old || d.old-d.young < n {
		return fmt.Errorf("%d orders of the last 60 days are too few for %d changes", d.old-d.young, n)
	}
	for i := range n {
		at := now.Add(-24*time.Hour + time.Duration(i)*24*time.Hour/time.Duration(n))
		var err error
		switch i % 20 {
		case 0, 1, 2, 3, 4, 5, 6, 7:
			err = d.order(at)
		case 8, 9, 10, 11, 12, 13:
			err = d.send(at)
		case 14, 15, 16:
			err = d.refund(d.pick(d.young), at)
		case 17, 18:
			d.tag(d.pick(d.young), at)
		default:
			err = d.refund(d.pick(0), at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type benchDay struct {
	*sim.Shop
	now        sim.Instant
	dice       *rand.Rand
	old, young int // how many orders there were, and the first of the last 60 days among them
	used       map[*sim.Order]bool
}

// pick draws an order from the from-th on that nothing has happened to yet.
func (d *benchDay) pick(from int) *sim.Order {
	for {
		o := d.Orders[from+d.dice.IntN(d.old-from)]
		if !d.used[o] {
			d.used[o] = true
			return o
		}
	}
}

// order is a purchase, two in five by a customer who has bought before.
func (d *benchDay) order(at sim.Instant) error {
	var p sim.Purchase
	if d.dice.IntN(5) < 2 {
		p.Customer = d.Orders[d.dice.IntN(d.old)].Customer
	}
	if p.Customer == nil {
		p.Customer = d.AddCustomer(at)
	}
	p.At = at
	for range 1 + d.dice.IntN(3) {
		product := d.Products[d.dice.IntN(len(d.Products))]
		p.Items = append(p.Items, sim.Item{Product: product, Variant: product.Variants[d.dice.IntN(len(product.Variants))], Quantity: 1})
	}
	_, err := d.Place(p)
	return err
}

// send ships an order that is not shipped yet, or tags one that is.
func (d *benchDay) send(at sim.Instant) error {
	o := d.pick(d.young)
	for range 20 {
		if o.FulfillmentStatus == "UNFULFILLED" && o.CancelledAt == 0 {
			_, err := d.Fulfil(o, at, sim.Shipment{Company: "Post"})
			return err
		}
		delete(d.used, o)
		o = d.pick(d.young)
	}
	d.tag(o, at)
	return nil
}

// refund takes one unit back, or tags an order of which nothing can be.
func (d *benchDay) refund(o *sim.Order, at sim.Instant) error {
	l := &o.Lines[0]
	if o.FinancialStatus != "PAID" || o.CancelledAt != 0 || l.Current == 0 || l.GiftCard || len(o.Returns) > 0 {
		d.tag(o, at)
		return nil
	}
	_, err := d.Refund(o, at, sim.Refunding{Lines: []sim.RefundPart{{LineItemID: l.ID, Quantity: 1}}})
	return err
}

func (d *benchDay) tag(o *sim.Order, at sim.Instant) {
	o.Tags = append(o.Tags, "seen")
	o.UpdatedAt = at
	d.Touch(o)
}
