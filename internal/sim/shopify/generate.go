package shopify

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	iso "fourfold/internal/money"
)

// Config describes a shop to be made up. The same Config gives the same shop.
type Config struct {
	Seed   uint64
	Orders int

	// Orders are placed in [Since, Until), and nothing happens at or after Until. A zero Since is two years before it.
	Since, Until time.Time

	Domain        string   // empty means sample-store.myshopify.com
	Zone          string   // IANA; empty means America/New_York
	Currency      string   // ISO 4217; empty means USD
	Presentments  []string // other currencies that buyers see; nil means EUR, GBP and CAD
	TaxesIncluded bool
	Products      int // zero: some that suit the number of orders
}

// Generate makes up a shop with everything that happens to one: seasons, repeat customers, discounts, taxes, gift cards, tips, duties,
// edits, cancellations, refunds weeks later, returns, deliveries, disputes, leads, visits and stock.
func Generate(c Config) (*Shop, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("generate: %w", err)
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("generate: %q is not an IANA time zone", c.Zone)
	}
	m := &maker{
		dice: dice{rand.New(rand.NewPCG(c.Seed, 0x5ca1ab1e))}, c: c, until: At(c.Until),
		Shop: &Shop{ID: int64(c.Seed%1_000_000) + 1, Domain: c.Domain, Name: "Sample Store", Currency: c.Currency, Zone: c.Zone,
			TaxesIncluded: c.TaxesIncluded, TaxShipping: c.TaxesIncluded, Plan: Plan{Name: "Grow"}},
	}
	m.CreatedAt = At(c.Since).Add(-400 * 24 * time.Hour)
	m.grain = grainOf(c.Currency)
	m.taxes = taxRates(c.TaxesIncluded)
	m.stock()
	days := calendar(&m.dice, c.Since.In(zone), c.Until.In(zone), c.Orders)
	m.Orders = make([]*Order, 0, c.Orders)
	for i := range days {
		if err := m.day(&days[i]); err != nil {
			return nil, fmt.Errorf("generate: %w", err)
		}
	}
	m.rank()
	m.touched, m.parties = nil, nil // whoever serves the shop indexes all of it anyhow
	return m.Shop, nil
}

func (c *Config) complete() error {
	for _, d := range []struct {
		field *string
		value string
	}{{&c.Domain, "sample-store.myshopify.com"}, {&c.Zone, "America/New_York"}, {&c.Currency, "USD"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Since.IsZero() {
		c.Since = c.Until.AddDate(-2, 0, 0)
	}
	if c.Presentments == nil {
		c.Presentments = []string{"EUR", "GBP", "CAD"}
	}
	if c.Products == 0 {
		c.Products = min(40+c.Orders/400, 1500)
	}
	switch {
	case c.Until.IsZero():
		return errors.New("no Until: the instant at which the shop is looked at")
	case !c.Since.Before(c.Until):
		return errors.New("since is not before until")
	case c.Orders < 0 || c.Products < 1:
		return errors.New("the number of orders or products is negative")
	}
	for _, currency := range append([]string{c.Currency}, c.Presentments...) {
		if !iso.Known(currency) || worth[currency] == 0 {
			return fmt.Errorf("no rate is known here for currency %q", currency)
		}
	}
	return nil
}

// worth is how many units of a currency a dollar buys, in micros: near enough for prices that look right.
var worth = map[string]int64{
	"USD": 1_000_000, "EUR": 920_000, "GBP": 790_000, "CAD": 1_370_000, "AUD": 1_520_000, "CHF": 880_000, "SEK": 10_600_000,
	"DKK": 6_860_000, "PLN": 3_950_000, "JPY": 150_000_000, "KWD": 307_000, "INR": 84_000_000,
}

// maker is a shop in the making.
type maker struct {
	*Shop
	dice
	c     Config
	grain grain
	until Instant

	taxes   [][]Rate // by region of the buyer
	ranked  []*Product
	card    *Product // the gift card
	leads   []*Customer
	slab    []Order // orders are carved out of blocks
	p       Purchase
	codes   []Discount
	sources [len(visitSources)]int // today's orders by where their last visit came from
}

// dice draws without floats, so that every machine draws the same.
type dice struct{ *rand.Rand }

// chance is true in so many of a thousand cases.
func (d dice) chance(perMille int) bool { return d.IntN(1000) < perMille }

// between draws from a up to and with b.
func (d dice) between(a, b int) int { return a + d.IntN(b-a+1) }

// after is an instant from and to so many hours later, to the second.
func (d dice) after(at Instant, from, to int) Instant {
	return at + Instant(d.between(from*3600, to*3600))
}

// price is an amount of the shop's currency that stands for so many cents of a dollar.
func (m *maker) price(cents int64) int64 {
	return m.grain.part(cents*10_000, worth[m.c.Currency], 1_000_000)
}

// order carves the next order out of the current block.
func (m *maker) order() *Order {
	if len(m.slab) == 0 {
		m.slab = make([]Order, min(1024, max(1, m.c.Orders-len(m.Orders))))
	}
	o := &m.slab[0]
	m.slab = m.slab[1:]
	return o
}

// day makes what happens to the orders of one day.
func (m *maker) day(d *day) error {
	m.sources = [len(visitSources)]int{}
	for range 1 + len(d.orders)/8 {
		if m.chance(400) {
			m.lead(d)
		}
	}
	for _, at := range d.orders {
		o := m.order()
		m.purchase(at)
		if err := m.place(o, &m.p); err != nil {
			return err
		}
		m.Orders = append(m.Orders, o)
		if err := m.life(o); err != nil {
			return err
		}
	}
	m.sessions(d)
	m.abandon(d)
	m.touched, m.parties = nil, nil
	return nil
}
