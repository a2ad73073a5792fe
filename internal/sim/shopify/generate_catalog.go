package shopify

import (
	"fmt"
	"strings"
	"time"
)

// productTypes are what the made-up shop sells: a price range in cents of a dollar, the share of cost in per cent, and sizes.
var productTypes = []struct {
	name, vendor   string
	low, high      int
	costLow, costs int
	variants       []string
}{
	{"Shirts", "Northfold", 1900, 4900, 28, 18, []string{"S", "M", "L", "XL"}},
	{"Shoes", "Northfold", 5900, 14900, 38, 14, []string{"38", "40", "42", "44"}},
	{"Lamps", "Lumen House", 3500, 18900, 35, 20, []string{"Brass", "Black"}},
	{"Mugs", "Clay & Co", 900, 2400, 22, 16, nil},
	{"Blankets", "Clay & Co", 4500, 9900, 40, 12, []string{"Grey", "Red"}},
	{"Notebooks", "Paperway", 600, 1900, 20, 20, nil},
	{"Chairs", "Lumen House", 8900, 32900, 45, 15, []string{"Oak", "Walnut"}},
	{"Candles", "Paperway", 1200, 3600, 18, 14, nil},
}

var productWords = []string{"Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Isle", "Juniper", "Kelp", "Linden",
	"Moor", "North", "Opal", "Pine", "Quarry", "Reed", "Sorrel", "Tide", "Umber", "Vale", "Willow", "Yarrow"}

// stock opens the locations and fills the shelves: six in ten products are there from the start, the others are launched over time.
func (m *maker) stock() {
	warehouse := m.AddLocation(m.CreatedAt, "Warehouse")
	shop := m.AddLocation(m.CreatedAt, "High Street")
	start := At(m.c.Since)
	span := int(m.until - start)
	for i := range m.c.Products {
		at := m.CreatedAt + Instant(m.IntN(300*86_400))
		if !m.chance(600) {
			at = start + Instant(m.IntN(span))
		}
		m.ranked = append(m.ranked, m.product(i, at, warehouse.ID, shop.ID))
	}
	m.Shuffle(len(m.ranked), func(i, j int) { m.ranked[i], m.ranked[j] = m.ranked[j], m.ranked[i] })
	first := m.ranked[0] // something has to be on sale on the first day
	for _, at := range []*Instant{&first.CreatedAt, &first.UpdatedAt, &first.PublishedAt} {
		*at = min(*at, m.CreatedAt)
	}
	first.Status = "ACTIVE"
	card := Product{Title: "Gift card", Handle: "gift-card", Type: "Gift cards", GiftCard: true}
	for _, value := range []int64{2500, 5000, 10000} {
		card.Variants = append(card.Variants, &Variant{Title: fmt.Sprint(value / 100), Price: m.price(value), Item: InventoryItem{Untracked: true}})
	}
	m.card = m.AddProduct(m.CreatedAt, card)
	for i := range 6 {
		code := Discount{Code: fmt.Sprintf("%s%d", strings.ToUpper(productWords[i]), 5+5*i), Percent: float64(5 + 5*i)}
		if i%3 == 2 {
			code.Percent, code.Amount = 0, m.price(int64(500+250*i))
		}
		m.codes = append(m.codes, code)
	}
}

func (m *maker) product(i int, at Instant, warehouse, shop int64) *Product {
	kind := productTypes[m.IntN(len(productTypes))]
	title := fmt.Sprintf("%s %s", productWords[i%len(productWords)], strings.TrimSuffix(kind.name, "s"))
	if round := i / len(productWords); round > 0 {
		title = fmt.Sprintf("%s %d", title, round+1)
	}
	p := Product{Title: title, Handle: strings.ToLower(strings.ReplaceAll(title, " ", "-")), Type: kind.name, Vendor: kind.vendor}
	if m.chance(40) {
		p.Status = "ARCHIVED"
	}
	if m.chance(200) {
		p.Tags = []string{"sale"}
	}
	price := m.price(int64(m.between(kind.low, kind.high)/100*100 + 90))
	hasCost := !m.chance(120)
	cost := m.grain.percent(price, float64(m.between(kind.costLow, kind.costLow+kind.costs)))
	names := kind.variants
	if names == nil {
		names = []string{"Default Title"}
	}
	policy := "DENY"
	if m.chance(150) {
		policy = "CONTINUE"
	}
	untracked := m.chance(30)
	for j, name := range names {
		v := &Variant{SKU: fmt.Sprintf("%s-%04d-%d", strings.ToUpper(kind.name[:2]), i+1, j+1), Title: name, Price: price, Policy: policy,
			Item: InventoryItem{HasCost: hasCost, Cost: cost, Untracked: untracked}}
		if p.Tags != nil {
			v.CompareAt = m.grain.percent(price, 125)
		}
		if !hasCost {
			v.Item.Cost = 0
		}
		if !untracked {
			v.Item.Levels = []InventoryLevel{m.level(warehouse, 240), m.level(shop, 30)}
		}
		p.Variants = append(p.Variants, v)
	}
	return m.AddProduct(at, p)
}

// level is what is on a shelf when the shop is looked at: one in sixteen is empty, a few are oversold.
func (m *maker) level(location int64, most int) InventoryLevel {
	l := InventoryLevel{LocationID: location, Available: m.IntN(most), Committed: m.IntN(6), UpdatedAt: m.until - 1 - Instant(m.IntN(20*86_400))}
	switch k := m.IntN(160); {
	case k < 10:
		l.Available = 0
	case k < 13:
		l.Available = -m.between(1, 4)
	}
	if m.chance(100) {
		l.Incoming = m.between(10, 120)
	}
	if m.chance(50) {
		l.Damaged = m.between(1, 3)
	}
	return l
}

// onSale draws a product that was launched before at. Few sell much, most sell little.
func (m *maker) onSale(at Instant) *Product {
	for range 12 {
		n := len(m.ranked)
		p := m.ranked[min(m.IntN(n), m.IntN(n), m.IntN(n))]
		if p.PublishedAt <= at && p.Status == "ACTIVE" {
			return p
		}
	}
	return m.ranked[0]
}

// lead makes a person who leaves an address for the newsletter and may never order.
func (m *maker) lead(d *day) {
	at := min(At(d.date)+Instant(m.IntN(86_400)), d.end-1)
	at = max(at, At(m.c.Since))
	c := m.AddCustomer(at)
	m.SetConsent(c, at.Add(time.Minute), true)
	if c.ConsentAt >= m.until {
		c.ConsentAt, c.UpdatedAt = at, at
	}
	c.Tags = newsletterTag
	m.leads = append(m.leads, c)
}

var newsletterTag = []string{"newsletter"}
