package store

import (
	"math/big"
	"slices"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Measures answers terms for a period: each from the run of days its window stands for, or with the reason why not. Money is in
// the merchant's reporting currency. A mean (of stock) is in Float, and rounded in Int; N is how many days it is over.
func (c *Counter) Measures(terms []kpi.Term, p period.Period) kpi.Measures {
	return c.MeasuresTo(terms, p, c.Through())
}

// MeasuresTo is Measures where through is the first day that is not told of.
func (c *Counter) MeasuresTo(terms []kpi.Term, p period.Period, through period.Day) kpi.Measures {
	c.through = through
	c.ahead(terms, p, through)
	figures := make(kpi.Measures, len(terms))
	for _, term := range terms {
		if _, done := figures[term]; !done {
			figures[term] = c.figure(term, p, through)
		}
	}
	return figures
}

func (c *Counter) figure(term kpi.Term, p period.Period, through period.Day) kpi.Figure {
	info, ok := kpi.Info(term.Measure)
	if !ok || c.scope.Channel != "" && !info.Channels || info.Apart && !c.scope.Account {
		return kpi.Figure{Gap: kpi.NotConnected}
	}
	days := term.Window.Days(p, through, c.merchant.Calendar)
	sources, f := c.known(info, term.Window, p, days)
	if f.Gap == "" && p.Before(through).Len() == 0 {
		f.Gap = kpi.StaleSource // not a day of it has passed
	}
	if f.Gap != "" {
		return f
	}
	failed := c.err
	f = c.count(info, term.Window, sources, p, days)
	if c.err != nil && failed == nil {
		return kpi.Figure{Gap: kpi.StaleSource}
	}
	return f
}

// count counts a measure over days of which everything is known.
func (c *Counter) count(info kpi.MeasureInfo, w kpi.Window, sources []*source, p period.Period, days period.Days) kpi.Figure {
	var f kpi.Figure
	switch info.Shape {
	case kpi.Histogram:
		return c.histogram(info.Measure, days)
	case kpi.Stock:
		return c.level(info.Measure, w, sources, days)
	case kpi.Curve:
		return c.curve(info.Measure, w, p, days)
	case kpi.Computed:
		return c.computed(info.Measure, sources, days)
	case kpi.Distinct:
		for _, src := range sources {
			f.Int += c.distinct(info.Measure, src, days, c.adjoining(w, p, days))
		}
		return f
	}
	if info.Measure == kpi.StockReadings {
		return kpi.Figure{Int: c.readOn(sources, days)}
	}
	if missing, ok := unpriced[info.Measure]; ok && c.some(missing, days) {
		return kpi.Figure{Gap: kpi.NotConnected} // no rate card says what that cost
	}
	if info.Else == "" {
		sources = c.sources
	}
	return c.sum(info, sources, days)
}

func (c *Counter) distinct(m kpi.Measure, src *source, days, before period.Days) int64 {
	l := src.links
	switch m {
	case kpi.Customers:
		return l.customers(days)
	case kpi.NewCustomers:
		return l.fresh(days)
	case kpi.ReturningCustomers:
		return l.customers(days) - l.fresh(days)
	case kpi.RetainedCustomers:
		return l.kept(days, before.From)
	case kpi.LoyalCustomers:
		return l.loyal(days)
	}
	return 0
}

// adjoining is the run of days before a window that its retained customers are kept from: the period before, or as many days.
func (c *Counter) adjoining(w kpi.Window, p period.Period, days period.Days) period.Days {
	switch w.Kind {
	case kpi.WholePeriod, kpi.CohortAge:
		return period.Days{From: p.Prev(c.merchant.Calendar).From, To: days.From}
	case kpi.PeriodPrior:
		return period.Days{From: p.Prev(c.merchant.Calendar).Prev(c.merchant.Calendar).From, To: days.From}
	}
	return period.Days{From: days.From - period.Day(days.Len()), To: days.From}
}

func (c *Counter) histogram(m kpi.Measure, days period.Days) kpi.Figure {
	counts := make(map[int64]int64)
	var f kpi.Figure
	for _, src := range c.sources {
		for first := range stretchesOf(days) {
			st, _ := c.of(src, first, m)
			for _, b := range st.bins[m] {
				if days.Has(b.day) {
					counts[b.upper] += b.n
					f.N += b.n
				}
			}
		}
	}
	for upper, n := range counts {
		f.Bins = append(f.Bins, kpi.Bin{Upper: upper, Count: n})
	}
	slices.SortFunc(f.Bins, func(a, b kpi.Bin) int {
		if a.Upper < b.Upper {
			return -1
		}
		return 1
	})
	f.Int = f.N
	return f
}

// level is a stock measure: on the last day of the window, or its mean over the days it was read on. Stores' stocks add up, each
// with the mean of its own days.
func (c *Counter) level(m kpi.Measure, w kpi.Window, sources []*source, days period.Days) kpi.Figure {
	for _, src := range c.sources {
		if c.amounts(src, m, days).lacking {
			return kpi.Figure{Gap: kpi.NoRate}
		}
	}
	mean := new(big.Rat)
	var f kpi.Figure
	for i, src := range sources {
		var n, sum int64
		levels := c.amounts(src, m, days).daily
		for i, read := range c.amounts(src, kpi.StockReadings, days).daily {
			if read != 0 {
				n++
				sum += levels[i]
			}
		}
		if n == 0 && w.Kind == kpi.LastDay {
			return kpi.Figure{Gap: kpi.StaleSource} // a reading not taken is lost
		}
		if n == 0 {
			return kpi.Figure{Gap: kpi.InsufficientHist, Since: src.stocked}
		}
		mean.Add(mean, big.NewRat(sum, n))
		if i == 0 || n < f.N {
			f.N = n
		}
	}
	if mean.IsInt() {
		f.Int = mean.Num().Int64()
		return f
	}
	f.Float, _ = mean.Float64()
	rounded := new(big.Int).Div(new(big.Int).Add(new(big.Int).Mul(mean.Num(), big.NewInt(2)), mean.Denom()), new(big.Int).Mul(mean.Denom(), big.NewInt(2)))
	f.Int = rounded.Int64()
	return f
}

// readOn is on how many of the days every store's stock was read.
func (c *Counter) readOn(sources []*source, days period.Days) (n int64) {
	read := make([]int, days.Len())
	for _, src := range sources {
		for i, v := range c.amounts(src, kpi.StockReadings, days).daily {
			if v != 0 {
				read[i]++
			}
		}
	}
	for _, stores := range read {
		if stores == len(sources) {
			n++
		}
	}
	return n
}
