package shopify

import "time"

// visitSources are where visits come from: what Shopify calls the source, the tactic, the referrer, the campaign, and how many of a
// thousand buyers came that way and of ten thousand sessions bought.
var visitSources = [...]struct {
	session, source, tactic, referrer, landing string
	utm                                        *UTM
	share, bought                              int
}{
	{"direct", "direct", "", "", "/", nil, 300, 260},
	{"search", "Google", "SEO", "https://www.google.com/", "/collections/all", nil, 250, 240},
	{"search", "Google", "AD", "https://www.google.com/", "/collections/new", &UTM{Source: "google", Medium: "cpc", Campaign: "brand"}, 150, 300},
	{"social", "Instagram", "POST", "https://l.instagram.com/", "/", nil, 60, 110},
	{"social", "Facebook", "AD", "https://m.facebook.com/", "/collections/sale", &UTM{Source: "facebook", Medium: "paid_social", Campaign: "spring", Content: "video"}, 90, 130},
	{"email", "email", "NEWSLETTER", "", "/collections/new", &UTM{Source: "newsletter", Medium: "email", Campaign: "weekly"}, 110, 420},
	{"unknown", "blog.example", "LINK", "https://blog.example/best-of", "/", nil, 40, 180},
}

// journey draws the visits before an order of the online store. Two in a hundred remain unknown, and the youngest are not ready.
func (m *maker) journey(at Instant) *Journey {
	last := m.source()
	m.sources[last]++
	if m.chance(20) {
		return nil
	}
	j := &Journey{Moments: 1, Pending: at > m.until.Add(-3*time.Hour)}
	j.Last = m.visit(last, at-Instant(m.between(60, 3000)))
	j.First = j.Last
	if m.chance(450) {
		j.Moments = m.between(2, 6)
		j.Days = min(m.IntN(30), m.IntN(30))
		j.First = m.visit(m.source(), at-Instant(j.Days*86_400+m.between(3600, 7200)))
	}
	return j
}

func (m *maker) source() int {
	k := m.IntN(1000)
	for i := range visitSources {
		if k -= visitSources[i].share; k < 0 {
			return i
		}
	}
	return 0
}

func (m *maker) visit(i int, at Instant) *Visit {
	from := &visitSources[i]
	v := &Visit{ID: m.NewID(), At: at, Source: from.source, SourceType: from.tactic, Referrer: from.referrer, Landing: "https://" + m.Domain + from.landing, UTM: from.utm}
	if m.chance(8) {
		v.ReferralCode = "friend"
	}
	return v
}

// sessions counts the day's visits by where they came from: as many completed a checkout as there are orders of the online store.
func (m *maker) sessions(d *day) {
	date := d.date.Format(time.DateOnly)
	for i := range visitSources {
		from := &visitSources[i]
		bought := m.sources[i]
		n := bought*10_000/from.bought + m.IntN(8+bought*4)
		if n < bought*2 || n == 0 {
			n = bought*2 + 1
		}
		s := SessionsDay{Day: date, Source: from.session, Landing: from.landing, Sessions: n, Completed: bought}
		if from.utm != nil {
			s.UTMSource, s.UTMMedium, s.UTMCampaign = from.utm.Source, from.utm.Medium, from.utm.Campaign
		}
		s.Visitors = n - n*m.between(60, 140)/1000
		s.Reached = min(n, bought+bought*m.between(50, 110)/100+m.IntN(2))
		s.CartAdds = min(n, s.Reached+bought*m.between(60, 140)/100+m.IntN(3))
		s.Bounced = (n - s.CartAdds) * m.between(380, 560) / 1000
		s.Seconds = int64(n) * int64(m.between(70, 190))
		m.Sessions = append(m.Sessions, s)
	}
}

// abandon leaves checkouts behind. Shopify keeps them for about three months.
func (m *maker) abandon(d *day) {
	if d.end < m.until.Add(-90*24*time.Hour) {
		return
	}
	for _, at := range d.orders {
		if !m.chance(300) {
			continue
		}
		p := m.onSale(at)
		c := &Checkout{ID: m.NewID(), CreatedAt: at, UpdatedAt: at, Subtotal: p.Variants[0].Price, Total: p.Variants[0].Price,
			Lines: []CheckoutLine{{ID: m.NewID(), Title: p.Title, Quantity: 1}}}
		if m.chance(90) && at+7200 < m.until {
			c.CompletedAt, c.UpdatedAt = at+7200, at+7200
		}
		m.Checkouts = append(m.Checkouts, c)
	}
}
