package store

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// series is a measure's totals by day, added up so that any run of days is one subtraction.
type series struct {
	days     map[period.Day]int64
	order    []period.Day
	upTo     []int64      // upTo[i] is the sum of the first i days
	missing  []period.Day // days with an amount in a currency without a rate
	overflow bool
}

func (s *series) add(d period.Day, n int64) {
	sum, err := money.Add(money.Micros(s.days[d]), money.Micros(n))
	s.overflow = s.overflow || err != nil
	s.days[d] = int64(sum)
}

// sum prepares the series for being asked.
func (s *series) sum() {
	for d := range s.days {
		s.order = append(s.order, d)
	}
	slices.Sort(s.order)
	slices.Sort(s.missing)
	s.upTo = make([]int64, len(s.order)+1)
	for i, d := range s.order {
		sum, err := money.Add(money.Micros(s.upTo[i]), money.Micros(s.days[d]))
		s.overflow = s.overflow || err != nil
		s.upTo[i+1] = int64(sum)
	}
}

func (s *series) over(days period.Days) int64 {
	at := func(d period.Day) int { return sort.Search(len(s.order), func(i int) bool { return s.order[i] >= d }) }
	return s.upTo[at(days.To)] - s.upTo[at(days.From)]
}

// lacks says whether a rate is missing for one of the days.
func (s *series) lacks(days period.Days) bool {
	i := sort.Search(len(s.missing), func(i int) bool { return s.missing[i] >= days.From })
	return i < len(s.missing) && s.missing[i] < days.To
}

// binned is a histogram's count of a day.
type binned struct {
	day   period.Day
	upper int64
	n     int64
}

// rate converts into the reporting currency from its day on.
type rate struct {
	day        period.Day
	billionths int64
}

func (t *tx) ratesTo(ctx context.Context, m Merchant) (map[string][]rate, error) {
	rates := make(map[string][]rate)
	err := t.each(ctx, func(scan func(...any) error) error {
		var from string
		var r rate
		err := scan(&from, &r.day, &r.billionths)
		rates[from] = append(rates[from], r)
		return err
	}, "SELECT from_currency, day, billionths FROM rates WHERE merchant_id = ? AND to_currency = ? ORDER BY from_currency, day, connection_id", m.ID, m.Currency)
	return rates, err
}

// convert gives an amount in the reporting currency at the day's rate: the last one on or before it, at most seven days old.
func (c *Counter) convert(n int64, currency string, d period.Day) (int64, bool) {
	if currency == "" || currency == c.merchant.Currency {
		return n, true
	}
	list := c.rates[currency]
	i, _ := slices.BinarySearchFunc(list, d+1, func(r rate, d period.Day) int { return cmp.Compare(r.day, d) })
	if i == 0 || list[i-1].day < d-rateAge {
		return 0, false
	}
	converted, err := money.Convert(money.Micros(n), list[i-1].billionths)
	return int64(converted), err == nil
}

// partly are the totals with parts that are read when they are asked for.
var partly = []kpi.Measure{count.Links, count.Loyalty, count.ProductNet, count.ProductUnits, count.ProductOut}

// within is the condition for the rows of totals t that make up the scope, with its arguments.
func (c *Counter) within() (where string, args []any) {
	if c.scope.Channel != "" {
		return "channel = ?", []any{c.scope.Channel}
	}
	where = "(channel = ? OR measure NOT IN ("
	args = []any{count.Whole}
	names := make([]string, 0, len(overChannels))
	for m := range overChannels {
		names = append(names, string(m))
	}
	slices.Sort(names)
	for i, m := range names {
		if i > 0 {
			where += ", "
		}
		where += "?"
		args = append(args, m)
	}
	return where + "))", args
}

// totals reads the plain totals of a source. Amounts are converted day by day and currency by currency.
func (c *Counter) totals(ctx context.Context, t *tx, src *source) error {
	where, scope := c.within()
	args := append([]any{src.connection.MerchantID, src.connection.ID}, scope...)
	without := ""
	for _, m := range partly {
		without += " AND measure <> ?"
		args = append(args, string(m))
	}
	return t.each(ctx, func(scan func(...any) error) error {
		var k count.Key
		var n int64
		if err := scan(&k.Measure, &k.Day, &k.Part, &k.Currency, &n); err != nil {
			return err
		}
		return c.take(src, k, n)
	}, "SELECT measure, day, part, currency, CAST(SUM(amount) AS BIGINT) FROM totals WHERE "+ours+" AND "+where+without+
		" GROUP BY measure, day, part, currency", args...)
}

func (c *Counter) take(src *source, k count.Key, n int64) error {
	info, known := kpi.Info(k.Measure)
	switch {
	case !known:
		return nil // of a later version
	case info.Shape == kpi.Histogram:
		upper, err := count.ParseBin(k.Part)
		c.bins[k.Measure] = append(c.bins[k.Measure], binned{k.Day, upper, n})
		return err
	case k.Measure == kpi.Orders && (src.first == 0 || k.Day < src.first):
		src.first = k.Day
	case k.Measure == kpi.StockReadings:
		src.stockDays[k.Day] = true
	}
	s := c.series[k.Measure]
	if s == nil {
		s = &series{days: make(map[period.Day]int64)}
		c.series[k.Measure] = s
	}
	converted, ok := c.convert(n, k.Currency, k.Day)
	if !ok {
		s.missing = append(s.missing, k.Day)
		return nil
	}
	if info.Shape == kpi.Stock {
		if src.stock[k.Measure] == nil {
			src.stock[k.Measure] = make(levels)
		}
		src.stock[k.Measure][k.Day] += converted
		return nil
	}
	s.add(k.Day, converted)
	return nil
}
