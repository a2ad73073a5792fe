package store

import (
	"context"
	"slices"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// plain is what was read of a stretch's plain totals and histograms; measures are added as they are asked for.
type plain struct {
	days  period.Days
	daily map[kpi.Measure]*daily
	bins  map[kpi.Measure][]binned
}

// daily are a measure's amounts of a stretch, in the reporting currency.
type daily struct {
	amounts  [stretchDays]int64
	lacking  [stretchDays]bool // with an amount in a currency without a rate
	overflow bool
}

func (d *daily) add(i period.Day, n int64) {
	sum, err := money.Add(money.Micros(d.amounts[i]), money.Micros(n))
	d.overflow = d.overflow || err != nil
	d.amounts[i] = int64(sum)
}

// binned is a histogram's count of a day.
type binned struct {
	day   period.Day
	upper int64
	n     int64
}

// ahead reads at once what plain totals the terms ask for.
func (c *Counter) ahead(terms []kpi.Term, p period.Period, through period.Day) {
	wanted := make(map[period.Day]map[kpi.Measure]bool)
	for _, term := range terms {
		info, ok := kpi.Info(term.Measure)
		if !ok || info.Shape == kpi.Computed || info.Shape == kpi.Distinct || info.Shape == kpi.Curve {
			continue
		}
		days := term.Window.Days(p, through, c.merchant.Calendar)
		for first := range stretchesOf(days) {
			if wanted[first] == nil {
				wanted[first] = make(map[kpi.Measure]bool)
			}
			wanted[first][term.Measure] = true
			if info.Shape == kpi.Stock {
				wanted[first][kpi.StockReadings] = true
			}
		}
	}
	for _, src := range c.sources {
		for first, measures := range wanted {
			c.read(src, src.plain.at(first), measures)
		}
	}
}

// of gives a measure's amounts of a stretch.
func (c *Counter) of(src *source, first period.Day, m kpi.Measure) (*plain, *daily) {
	st := src.plain.at(first)
	if st.daily[m] == nil {
		c.read(src, st, map[kpi.Measure]bool{m: true})
	}
	return st, st.daily[m]
}

// read adds the measures to a stretch, but for those that are in it.
func (c *Counter) read(src *source, st *plain, measures map[kpi.Measure]bool) {
	var over, each []string // kept for the whole store, and channel by channel
	for m := range measures {
		switch {
		case st.daily[m] != nil:
			continue
		case overChannels[m]:
			over = append(over, string(m))
		default:
			each = append(each, string(m))
		}
		st.daily[m] = &daily{}
	}
	if len(over)+len(each) == 0 {
		return
	}
	c.later(func(ctx context.Context, t *tx) error {
		for _, names := range [][]string{over, each} {
			if err := c.totals(ctx, t, src, st, names); err != nil {
				return err
			}
		}
		return nil
	})
}

// totals reads measures that are kept by the same channels. Amounts are converted day by day and currency by currency.
func (c *Counter) totals(ctx context.Context, t *tx, src *source, st *plain, measures []string) error {
	if len(measures) == 0 {
		return nil
	}
	slices.Sort(measures)
	abroad := make(map[foreign]int64)
	channel, channels := t.oneOf("channel", c.channelsOf(src, kpi.Measure(measures[0])))
	measure, names := t.oneOf("measure", measures)
	err := t.each(ctx, func(scan func(...any) error) error {
		var k foreign
		var n int64
		if err := scan(&k.measure, &k.day, &k.part, &k.currency, &n); err != nil {
			return err
		}
		info, _ := kpi.Info(k.measure)
		if info.Shape == kpi.Histogram {
			upper, err := count.ParseBin(k.part)
			st.bins[k.measure] = append(st.bins[k.measure], binned{k.day, upper, n})
			return err
		}
		if c.own(k.currency) {
			st.daily[k.measure].add(k.day-st.days.From, n)
			return nil
		}
		abroad[k] += n
		return nil
	}, "SELECT measure, day, part, currency, amount FROM totals WHERE "+ours+" AND "+channel+" AND "+measure+" AND day >= ? AND day < ?",
		src.connection.MerchantID, src.connection.ID, channels, names, st.days.From, st.days.To)
	for k, n := range abroad {
		d, i := st.daily[k.measure], k.day-st.days.From
		if converted, ok := c.convert(n, k.currency, k.day); ok {
			d.add(i, converted)
		} else {
			d.lacking[i] = true
		}
	}
	return err
}

// amounts are a measure's amounts of a run of days.
type amounts struct {
	daily    []int64
	lacking  bool // a rate for one of the days
	overflow bool
}

func (c *Counter) amounts(src *source, m kpi.Measure, days period.Days) amounts {
	a := amounts{daily: make([]int64, 0, days.Len())}
	for first := range stretchesOf(days) {
		_, d := c.of(src, first, m)
		from, to := max(days.From, first)-first, min(days.To, first+stretchDays)-first
		a.daily = append(a.daily, d.amounts[from:to]...)
		a.lacking = a.lacking || slices.Contains(d.lacking[from:to], true)
		a.overflow = a.overflow || d.overflow
	}
	return a
}

// sum adds a measure up over the days and the sources.
func (c *Counter) sum(info kpi.MeasureInfo, sources []*source, days period.Days) kpi.Figure {
	var sum money.Micros
	var lacking, overflow bool
	for _, src := range sources {
		a := c.amounts(src, info.Measure, days)
		lacking, overflow = lacking || a.lacking, overflow || a.overflow
		for _, n := range a.daily {
			var err error
			sum, err = money.Add(sum, money.Micros(n))
			overflow = overflow || err != nil
		}
	}
	switch {
	case overflow:
		return kpi.Figure{Gap: kpi.StaleSource}
	case lacking:
		return kpi.Figure{Gap: kpi.NoRate}
	case info.Millionths:
		return kpi.Figure{Int: int64(sum) / 1e6, Float: float64(sum) / 1e6}
	}
	return kpi.Figure{Int: int64(sum)}
}

// parts reads the totals of one measure that is kept in parts, by channel and day.
func (c *Counter) parts(src *source, m kpi.Measure, days period.Days, take func(day period.Day, part, currency string, n int64) error) {
	c.later(func(ctx context.Context, t *tx) error {
		channel, channels := t.oneOf("channel", c.channelsOf(src, m))
		var day period.Day
		var last string
		return t.each(ctx, func(scan func(...any) error) error {
			var text, part, currency string
			var n int64
			if err := scan(&text, &part, &currency, &n); err != nil {
				return err
			}
			if text != last { // many rows are of one day
				var err error
				if day, err = period.ParseDay(text); err != nil {
					return err
				}
				last = text
			}
			return take(day, part, currency, n)
		}, "SELECT day, part, currency, amount FROM totals WHERE "+ours+" AND "+channel+" AND measure = ? AND day >= ? AND day < ? ORDER BY channel, day",
			src.connection.MerchantID, src.connection.ID, channels, string(m), days.From, days.To)
	})
}
