package store

import (
	"context"
	"slices"
	"sort"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// products are a source's sales by product and day, with what is known of the products.
type products struct {
	rows      []productDay // by day
	out       []productOut // by day
	launch    map[string]period.Day
	stream    map[string]period.Day // first sale of a product type
	kind      map[string]string     // product → type
	published map[string]bool
	lacking   []period.Day // days without a rate
}

type productDay struct {
	day        period.Day
	product    string
	net, units int64
}

type productOut struct {
	day     period.Day
	product string
}

func (c *Counter) productsOf(src *source) *products {
	if src.products == nil {
		src.products = &products{launch: make(map[string]period.Day), stream: make(map[string]period.Day),
			kind: make(map[string]string), published: make(map[string]bool)}
		c.later(func(ctx context.Context, t *tx) error { return c.readProducts(ctx, t, src) })
	}
	return src.products
}

func (c *Counter) readProducts(ctx context.Context, t *tx, src *source) error {
	p, of := src.products, src.connection
	err := t.each(ctx, func(scan func(...any) error) error {
		var id, kind string
		var published instant
		err := scan(&id, &kind, &published)
		p.kind[id], p.published[id] = kind, !published.IsZero()
		return err
	}, "SELECT id, type, published_at FROM products WHERE "+ours, of.MerchantID, of.ID)
	if err != nil {
		return err
	}
	if err := p.readLaunches(ctx, t, of); err != nil {
		return err
	}
	if err := c.readSales(ctx, t, src); err != nil {
		return err
	}
	return t.each(ctx, func(scan func(...any) error) error {
		var v productOut
		err := scan(&v.day, &v.product)
		p.out = append(p.out, v)
		return err
	}, "SELECT day, part FROM totals WHERE "+ours+" AND channel = '' AND measure = ? ORDER BY day", of.MerchantID, of.ID, string(count.ProductOut))
}

// readLaunches finds each product's first day of sale in the store, whichever the channel, and that of its type. A publication
// date is no launch: publishing again sets it anew.
func (p *products) readLaunches(ctx context.Context, t *tx, of Connection) error {
	return t.each(ctx, func(scan func(...any) error) error {
		var id string
		var first period.Day
		if err := scan(&id, &first); err != nil {
			return err
		}
		if id == "" {
			return nil
		}
		p.launch[id] = first
		if kind := p.kind[id]; kind != "" {
			if was, ok := p.stream[kind]; !ok || first < was {
				p.stream[kind] = first
			}
		}
		return nil
	}, "SELECT part, MIN(day) FROM totals WHERE "+ours+" AND channel <> ? AND measure = ? AND amount > 0 GROUP BY part",
		of.MerchantID, of.ID, count.Whole, string(count.ProductUnits))
}

func (c *Counter) readSales(ctx context.Context, t *tx, src *source) error {
	where, scope := c.within()
	args := append([]any{src.connection.MerchantID, src.connection.ID}, scope...)
	args = append(args, string(count.ProductNet), string(count.ProductUnits))
	p := src.products
	type key struct {
		day     period.Day
		product string
	}
	rows := make(map[key]int)
	names := make(map[string]string) // one copy of each product's name
	err := t.each(ctx, func(scan func(...any) error) error {
		var measure, product, currency string
		var day period.Day
		var n int64
		if err := scan(&measure, &day, &product, &currency, &n); err != nil {
			return err
		}
		if own, ok := names[product]; ok {
			product = own
		} else {
			names[product] = product
		}
		k := key{day, product}
		i, ok := rows[k]
		if !ok {
			i = len(p.rows)
			rows[k] = i
			p.rows = append(p.rows, productDay{day: day, product: product})
		}
		if measure == string(count.ProductUnits) {
			p.rows[i].units += n
			return nil
		}
		converted, ok := c.convert(n, currency, day)
		if !ok {
			p.lacking = append(p.lacking, day)
		}
		p.rows[i].net += converted
		return nil
	}, "SELECT measure, day, part, currency, CAST(SUM(amount) AS BIGINT) FROM totals WHERE "+ours+" AND "+where+
		" AND measure IN (?, ?) GROUP BY measure, day, part, currency", args...)
	slices.SortFunc(p.rows, func(a, b productDay) int { return int(a.day - b.day) })
	slices.Sort(p.lacking)
	return err
}

// sold are the rows of the days.
func (p *products) sold(days period.Days) []productDay {
	from := sort.Search(len(p.rows), func(i int) bool { return p.rows[i].day >= days.From })
	to := sort.Search(len(p.rows), func(i int) bool { return p.rows[i].day >= days.To })
	return p.rows[from:max(from, to)]
}

func (p *products) lacks(days period.Days) bool {
	i := sort.Search(len(p.lacking), func(i int) bool { return p.lacking[i] >= days.From })
	return i < len(p.lacking) && p.lacking[i] < days.To
}

// fresh are net sales of products launched at most a year before the sale.
func (p *products) fresh(days period.Days) (n int64) {
	for _, v := range p.sold(days) {
		if launch, ok := p.launch[v.product]; ok && v.day-launch <= count.NewFor {
			n += v.net
		}
	}
	return n
}

// freshStreams are net sales of product types first sold at most a year before the sale.
func (p *products) freshStreams(days period.Days) (n int64) {
	for _, v := range p.sold(days) {
		if first, ok := p.stream[p.kind[v.product]]; ok && v.day-first <= count.NewFor {
			n += v.net
		}
	}
	return n
}

// launched are the published products first sold on one of the days.
func (p *products) launched(days period.Days) []string {
	var ids []string
	for id, day := range p.launch {
		if days.Has(day) && p.published[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// declining is below which growth, against that of its product type, a product declines.
const declining = 0.9

// healthy are net sales of the days of products in introduction, growth or maturity at their end. A product's units of the last
// 90 days are compared with those of the 90 before, each per day on which it was to be had, and with the same of its type, lest
// everything decline in January.
func (p *products) healthy(days period.Days) (n int64) {
	now := p.pace(period.Days{From: days.To - count.StageDays, To: days.To})
	before := p.pace(period.Days{From: days.To - 2*count.StageDays, To: days.To - count.StageDays})
	types := func(pace map[string]float64) map[string]float64 {
		sums := make(map[string]float64)
		for id, units := range pace {
			sums[p.kind[id]] += units
		}
		return sums
	}
	nowOf, beforeOf := types(now), types(before)
	for _, v := range p.sold(days) {
		kind := p.kind[v.product]
		launch, known := p.launch[v.product]
		switch {
		case known && days.To-launch < count.StageDays: // introduction
		case now[v.product] <= 0: // dead
			continue
		case before[v.product] <= 0: // growth, from nothing
		case (now[v.product]/before[v.product])/(nowOf[kind]/beforeOf[kind]) < declining:
			continue
		}
		n += v.net
	}
	return n
}

// pace is units by product, as if it had been to be had on all of the days; returns beyond sales are no sales.
func (p *products) pace(days period.Days) map[string]float64 {
	units := make(map[string]float64)
	for _, v := range p.sold(days) {
		units[v.product] += float64(v.units)
	}
	out := make(map[string]int)
	from := sort.Search(len(p.out), func(i int) bool { return p.out[i].day >= days.From })
	for _, v := range p.out[from:] {
		if v.day >= days.To {
			break
		}
		out[v.product]++
	}
	for id, n := range units {
		units[id] = max(n, 0)
		if had := days.Len() - out[id]; had > 0 {
			units[id] *= float64(days.Len()) / float64(had)
		}
	}
	return units
}

// concentration is Σ of squared shares of net sales over the products of all sources; ok is false where nothing was sold.
func (c *Counter) concentration(sources []*source, days period.Days) (hhi float64, ok bool) {
	var total, squares float64
	for _, src := range sources {
		net := make(map[string]int64)
		for _, v := range c.productsOf(src).sold(days) {
			net[v.product] += v.net
		}
		amounts := make([]int64, 0, len(net))
		for _, n := range net {
			if n > 0 {
				amounts = append(amounts, n)
			}
		}
		slices.Sort(amounts) // floats add up to the same only in the same order
		for _, n := range amounts {
			total += float64(n)
			squares += float64(n) * float64(n)
		}
	}
	if total == 0 {
		return 0, false
	}
	return squares / total / total, true
}

// computed works out a measure from sales by product.
func (c *Counter) computed(m kpi.Measure, sources []*source, days period.Days) kpi.Figure {
	if m == kpi.Concentration {
		for _, src := range sources {
			if c.productsOf(src).lacks(days) {
				return kpi.Figure{Gap: kpi.NotConnected}
			}
		}
		hhi, ok := c.concentration(sources, days)
		if !ok {
			return kpi.Figure{Gap: kpi.NoDenominator}
		}
		return kpi.Figure{Float: hhi}
	}
	var f kpi.Figure
	for _, src := range sources {
		p := c.productsOf(src)
		switch m {
		case kpi.NewProductSales, kpi.NewStreamSales, kpi.HealthySales:
			if p.lacks(days) {
				return kpi.Figure{Gap: kpi.NotConnected}
			}
		}
		switch m {
		case kpi.NewProductSales:
			f.Int += p.fresh(days)
		case kpi.NewStreamSales:
			f.Int += p.freshStreams(days)
		case kpi.HealthySales:
			f.Int += p.healthy(days)
		case kpi.Launches:
			f.Int += int64(len(p.launched(days)))
		case kpi.AdoptionBase:
			for _, id := range p.launched(days) {
				f.Int += c.linksOf(src).customers(beforeLaunch(p.launch[id]))
			}
		case kpi.Adopters:
			f.Int += c.adopters(src, p.launched(days))
		}
	}
	return f
}
