package store

import (
	"cmp"
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// computed works out a measure from sales by product.
func (c *Counter) computed(m kpi.Measure, sources []*source, days period.Days) kpi.Figure {
	switch m {
	case kpi.Concentration, kpi.NewProductSales, kpi.NewStreamSales, kpi.HealthySales:
		for _, src := range sources {
			if c.catalogue(src).lacks(days) {
				return kpi.Figure{Gap: kpi.NoRate}
			}
		}
	}
	if m == kpi.Concentration {
		hhi, ok := c.concentration(sources, days)
		if !ok {
			return kpi.Figure{Gap: kpi.NoDenominator}
		}
		return kpi.Figure{Float: hhi}
	}
	var f kpi.Figure
	for _, src := range sources {
		p := c.catalogue(src)
		switch m {
		case kpi.NewProductSales:
			f.Int += p.fresh(days, func(v product) period.Day { return v.launch })
		case kpi.NewStreamSales:
			f.Int += p.fresh(days, func(v product) period.Day { return v.stream })
		case kpi.HealthySales:
			f.Int += p.healthy(days)
		case kpi.Launches:
			f.Int += int64(len(p.launched(days)))
		case kpi.AdoptionBase:
			for _, v := range p.launched(days) {
				f.Int += src.links.customers(beforeLaunch(v.launch))
			}
		case kpi.Adopters:
			f.Int += c.adopters(src, p.launched(days))
		}
	}
	return f
}

// netOn gives the net sales of the days to fn, row by row.
func (p *products) netOn(days period.Days, fn func(sold)) {
	for first := range stretchesOf(days) {
		rows := p.net.at(first).rows
		from, _ := slices.BinarySearchFunc(rows, days.From, func(v sold, d period.Day) int { return int(v.day - d) })
		for _, v := range rows[from:] {
			if v.day >= days.To {
				break
			}
			fn(v)
		}
	}
}

// lacks says whether a rate is missing for one of the days.
func (p *products) lacks(days period.Days) bool {
	for first := range stretchesOf(days) {
		if slices.ContainsFunc(p.net.at(first).lacking, days.Has) {
			return true
		}
	}
	return false
}

// fresh are net sales of products whose beginning was at most a year before the sale.
func (p *products) fresh(days period.Days, beginning func(product) period.Day) (n int64) {
	p.netOn(days, func(v sold) {
		if began := beginning(p.all[v.product]); began != unsold && v.day-began <= count.NewFor {
			n += v.n
		}
	})
	return n
}

// launched are the published products first sold on one of the days.
func (p *products) launched(days period.Days) (all []product) {
	for _, v := range p.all {
		if v.launch != unsold && days.Has(v.launch) && v.published {
			all = append(all, v)
		}
	}
	return all
}

// declining is below which growth, against that of its product type, a product declines.
const declining = 0.9

// healthy are net sales of the days of products in introduction, growth or maturity at their end. A product's units of the last
// 90 days are compared with those of the 90 before, each per day on which it was to be had, and with the same of its type, lest
// everything decline in January.
func (p *products) healthy(days period.Days) (n int64) {
	now := p.pace(period.Days{From: days.To - count.StageDays, To: days.To})
	before := p.pace(period.Days{From: days.To - 2*count.StageDays, To: days.To - count.StageDays})
	nowOf, beforeOf := p.byType(now), p.byType(before)
	net := make(map[int32]int64)
	p.netOn(days, func(v sold) { net[v.product] += v.n })
	for i, amount := range net {
		v := p.all[i]
		switch {
		case v.launch != unsold && days.To-v.launch < count.StageDays: // introduction
		case now[i] <= 0: // dead
			continue
		case before[i] <= 0: // growth, from nothing
		case (now[i]/before[i])/(nowOf[v.kind]/beforeOf[v.kind]) < declining:
			continue
		}
		n += amount
	}
	return n
}

// pace is units by product, as if it had been to be had on all of the days; returns beyond sales are no sales.
func (p *products) pace(days period.Days) map[int32]float64 {
	units := make(map[int32]float64)
	for v := range within(p.units, days) {
		units[v.product] += float64(v.n)
	}
	out := make(map[int32]int)
	for v := range within(p.out, days) {
		out[v.product]++
	}
	for i, n := range units {
		units[i] = max(n, 0)
		if had := days.Len() - out[i]; had > 0 {
			units[i] *= float64(days.Len()) / float64(had)
		}
	}
	return units
}

// byType adds the pace of products up by type, in an order of its own: floats add up to the same only in the same order.
func (p *products) byType(pace map[int32]float64) map[string]float64 {
	type typed struct {
		kind  string
		units float64
	}
	all := make([]typed, 0, len(pace))
	for i, units := range pace {
		all = append(all, typed{p.all[i].kind, units})
	}
	slices.SortFunc(all, func(a, b typed) int { return cmp.Or(cmp.Compare(a.units, b.units), cmp.Compare(a.kind, b.kind)) })
	sums := make(map[string]float64)
	for _, v := range all {
		sums[v.kind] += v.units
	}
	return sums
}

// concentration is Σ of squared shares of net sales over the products of all sources; ok is false where nothing was sold.
func (c *Counter) concentration(sources []*source, days period.Days) (hhi float64, ok bool) {
	var total, squares float64
	for _, src := range sources {
		net := make(map[int32]int64)
		c.catalogue(src).netOn(days, func(v sold) { net[v.product] += v.n })
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
