package shopify

// marketplace is a channel whose buyers are masked: orders without a customer.
var marketplace = &Channel{Handle: "bazaar", Name: "Bazaar Marketplace", AppID: 4_812_063, AppName: "Bazaar Marketplace"}

var (
	vat      = []Rate{{"VAT", 0.19}}
	reduced  = []Rate{{"VAT", 0.07}}
	added    = [][]Rate{{{"New York State Tax", 0.04}, {"New York City Tax", 0.045}, {"MCTD Tax", 0.00375}}, {{"Texas State Tax", 0.0625}}, nil, {{"California State Tax", 0.0725}}}
	included = [][]Rate{vat, vat, vat, reduced}
)

// taxRates are the taxes by region of the buyer.
func taxRates(in bool) [][]Rate {
	if in {
		return included
	}
	return added
}

// purchase draws what a buyer puts in the basket, into m.p.
func (m *maker) purchase(at Instant) {
	p := &m.p
	*p = Purchase{At: at, Items: p.Items[:0], Discounts: p.Discounts[:0], Shipping: p.Shipping[:0], Payments: p.Payments[:0]}
	switch k := m.IntN(1000); {
	case k < 120:
		p.SourceName, p.LocationID = "pos", m.Locations[1].ID
	case k < 200:
		p.SourceName, p.Channel = "4812063", marketplace
	case k < 215:
		p.SourceName = "shopify_draft_order"
	}
	if p.Channel == nil {
		p.Customer = m.buyer(at, p.SourceName)
	}
	region := m.IntN(len(m.taxes))
	if p.Customer != nil {
		region = int(p.Customer.ID) % len(m.taxes)
	}
	m.basket(at, m.taxes[region])
	m.reductions()
	if p.SourceName != "pos" {
		m.carriage(at, m.taxes[region])
	}
	if p.SourceName == "" {
		p.Journey = m.journey(at)
		if m.chance(120) && len(m.c.Presentments) > 0 {
			m.abroad()
		}
		if m.chance(10) {
			p.Fees = append(p.Fees, Charge{Name: "Gift wrapping", Price: m.price(300)})
		}
	}
	if m.chance(15) {
		p.Tip = m.price(int64(m.between(1, 8) * 50))
	}
	p.Test = m.chance(1)
	m.payment(at)
}

// basket draws the lines. One order in a hundred buys a gift card, one in a thousand only a free sample.
func (m *maker) basket(at Instant, rates []Rate) {
	p := &m.p
	if m.chance(1) {
		s := m.onSale(at)
		p.Items = append(p.Items, Item{Product: s, Variant: s.Variants[0], Quantity: 1, Free: true})
		return
	}
	lines := 1
	switch k := m.IntN(100); {
	case k >= 94:
		lines = m.between(4, 6)
	case k >= 84:
		lines = 3
	case k >= 62:
		lines = 2
	}
	for range lines {
		s := m.onSale(at)
		it := Item{Product: s, Variant: s.Variants[m.IntN(len(s.Variants))], Quantity: 1, Rates: rates}
		switch k := m.IntN(100); {
		case k >= 97:
			it.Quantity = m.between(3, 8)
		case k >= 83:
			it.Quantity = 2
		}
		p.Items = append(p.Items, it)
	}
	if m.chance(10) {
		p.Items = append(p.Items, Item{Product: m.card, Variant: m.card.Variants[m.IntN(3)], Quantity: 1, GiftCard: true})
	}
}

// reductions draws discounts: a code on one order in five, more often in November; sale prices on single lines.
func (m *maker) reductions() {
	p := &m.p
	usual := 190
	if p.At.Time().Month() == 11 {
		usual = 420
	}
	if m.chance(usual) && p.Channel == nil {
		p.Discounts = append(p.Discounts, m.codes[m.IntN(len(m.codes))])
	}
	if m.chance(60) && !p.Items[0].GiftCard && !p.Items[0].Free {
		p.Items[0].Discounts = []Discount{{Automatic: true, Title: "Multi-buy", Percent: 15}}
	}
}

// carriage draws how it is sent, what that costs and what is promised.
func (m *maker) carriage(at Instant, rates []Rate) {
	p := &m.p
	if !m.TaxShipping {
		rates = nil
	}
	days := 5
	switch k := m.IntN(100); {
	case k < 12:
		p.Shipping, days = append(p.Shipping, Carriage{Title: "Express", Code: "express", Price: m.price(1290), Rates: rates}), 2
	case k < 70:
		p.Shipping = append(p.Shipping, Carriage{Title: "Standard", Code: "standard", Price: m.price(490), Rates: rates})
	default:
		p.Shipping = append(p.Shipping, Carriage{Title: "Standard", Code: "standard", Price: m.price(490), Rates: rates})
		p.Discounts = append(p.Discounts, Discount{Automatic: true, Title: "Free shipping", Percent: 100, Shipping: true})
	}
	if m.chance(600) {
		p.Promise = Promise{Earliest: at + Instant((days-1)*86_400), Latest: at + Instant(days*86_400), FulfilBy: at + 86_400}
	}
}

// abroad makes the buyer one from abroad: another currency at the day's rate, sometimes duties.
func (m *maker) abroad() {
	p := &m.p
	p.Presentment = m.c.Presentments[m.IntN(len(m.c.Presentments))]
	drift := 980_000 + int64(p.At/86_400*7919%40_000)
	p.Rate = worth[p.Presentment] * drift / worth[m.c.Currency]
	if m.chance(150) {
		for i := range p.Items {
			if it := &p.Items[i]; !it.GiftCard && !it.Free {
				it.Duty = m.grain.percent(it.Variant.Price*int64(it.Quantity), 6)
			}
		}
	}
}

// payment draws how it is paid. Nothing said means by card in full.
func (m *maker) payment(at Instant) {
	p := &m.p
	card := Payment{At: at, Gateway: "shopify_payments", FeePercent: 2.9, FeeFlat: m.price(30)}
	switch k := m.IntN(1000); {
	case p.SourceName == "pos" && k < 400:
		card = Payment{At: at, Gateway: "cash"}
	case p.Channel != nil:
		card = Payment{At: at, Gateway: "bazaar"}
	case k < 180:
		card = Payment{At: at, Gateway: "paypal"}
	case k < 200 && !p.Test && !p.Items[0].Free:
		p.Payments = append(p.Payments, Payment{At: at, Gateway: "gift_card", Amount: m.price(500)})
	case k < 250 && !p.Items[0].Free:
		card.Kind, card.FeePercent, card.FeeFlat = "AUTHORIZATION", 0, 0
	case k < 270:
		p.Unpaid = true
		return
	}
	p.Payments = append(p.Payments, card)
}

// buyer draws who buys: nobody known, somebody who bought before, a lead, or somebody new. Who bought often buys again most likely,
// which gives the heavy tail that real shops have.
func (m *maker) buyer(at Instant, source string) *Customer {
	if guest := 30; m.chance(guest) || source == "pos" && m.chance(450) {
		return nil
	}
	if n := len(m.Orders); n > 0 && m.chance(440) {
		for range 4 {
			if c := m.Orders[max(m.IntN(n), m.IntN(n))].Customer; c != nil {
				return c
			}
		}
	}
	if n := len(m.leads); n > 0 && m.chance(60) {
		i := m.IntN(n)
		c := m.leads[i]
		if c.CreatedAt < at {
			m.leads[i] = m.leads[n-1]
			m.leads = m.leads[:n-1]
			return c
		}
	}
	c := m.AddCustomer(at)
	if m.chance(350) {
		m.SetConsent(c, at, !m.chance(60))
	}
	return c
}

// rank gives customers the groups that Shopify puts them in.
func (m *maker) rank() {
	for _, c := range m.Customers {
		if c.Orders == 0 {
			c.RFM = "PROSPECTS"
			continue
		}
		old := m.until-c.LastOrder.CreatedAt > 180*86_400
		switch {
		case old && c.Orders > 3:
			c.RFM = "PREVIOUSLY_LOYAL"
		case old:
			c.RFM = "DORMANT"
		case c.Orders > 6:
			c.RFM = "CHAMPIONS"
		case c.Orders > 2:
			c.RFM = "LOYAL"
		case c.Orders > 1:
			c.RFM = "ACTIVE"
		default:
			c.RFM = "NEW"
		}
		switch {
		case c.Spent >= m.price(60_000):
			c.SpendTier = "HIGH"
		case c.Spent >= m.price(15_000):
			c.SpendTier = "MEDIUM"
		default:
			c.SpendTier = "LOW"
		}
	}
}
