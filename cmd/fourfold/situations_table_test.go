package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// short names of measures in tables.
var short = map[string]kpi.Measure{
	"gross": kpi.GrossSales, "reversals": kpi.SalesReversals, "net": kpi.NetSales, "by_order_date": kpi.NetByOrderDate,
	"new": kpi.NewCustomers, "returning": kpi.ReturningCustomers, "retained": kpi.RetainedCustomers, "identified": kpi.NetIdentified,
	"with_cost": kpi.NetWithCost, "aov_sales": kpi.OrderSales, "repeat_90": kpi.RepeatWithin90, "kept": kpi.KeptOrders,
}

// want says what everything up to the last night comes to: a line of measures, and a line of figures for each day and month.
//
// Days and months that a table leaves out are nothing in all of its columns, and every month with a day in the table has a line
// too. "-" leaves a figure open, "gap" says that there must be none.
func (s *story) want(table string) { s.t.Helper(); s.wantIn("", table) }

// wantIn is want for one channel.
func (s *story) wantIn(channel, table string) {
	s.t.Helper()
	want, err := readTable(table)
	s.must(err)
	check := func(when string) {
		s.t.Helper()
		if !s.last.IsZero() {
			s.t.Fatalf("something happened on %s, and no night has passed since", s.last)
		}
		c := s.counter(channel)
		s.compare(c, want, strings.TrimSpace(when+" "+channel))
		s.adds(c, when)
	}
	check("")
	s.wanted = append(s.wanted, check)
}

// expected are the figures of a table by measure and period.
type expected struct {
	measures []kpi.Measure
	figures  map[kpi.Measure]map[string]string
	periods  []string
}

func readTable(table string) (expected, error) {
	e := expected{figures: map[kpi.Measure]map[string]string{}}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		cells := strings.Fields(line)
		if e.measures == nil {
			for _, name := range cells {
				m, ok := short[name]
				if !ok {
					m = kpi.Measure(name)
				}
				if _, ok := kpi.Info(m); !ok {
					return e, fmt.Errorf("there is no measure %q", name)
				}
				e.measures = append(e.measures, m)
				e.figures[m] = map[string]string{}
			}
			continue
		}
		if len(cells) != len(e.measures)+1 {
			return e, fmt.Errorf("%d figures for %d measures: %s", len(cells)-1, len(e.measures), line)
		}
		e.periods = append(e.periods, cells[0])
		for i, m := range e.measures {
			e.figures[m][cells[0]] = cells[i+1]
		}
	}
	for _, p := range e.periods {
		if len(p) == len("2026-03-10") && !slices.Contains(e.periods, p[:len("2026-03")]) {
			return e, fmt.Errorf("%s is there, and its month is not", p)
		}
	}
	return e, nil
}

// other is what a measure is on days and in months that the table leaves out: nothing, unless the table knows of gaps only.
func (e expected) other(m kpi.Measure) string {
	for _, cell := range e.figures[m] {
		if cell != "gap" {
			return "0"
		}
	}
	return "gap"
}

// compare holds every day and month up to the last night against the table.
func (s *story) compare(c *store.Counter, want expected, when string) {
	s.t.Helper()
	from, to := s.span(c, want)
	names := slices.Clone(want.periods)
	for d := from; d < to; d++ {
		names = append(names, d.String(), d.String()[:len("2026-03")])
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		for _, m := range want.measures {
			expected, listed := want.figures[m][name]
			if !listed {
				expected = want.other(m)
			}
			if got := s.shown(c, m, name); expected != "-" && got != normal(expected, m) {
				s.t.Errorf("%s %s of %s is %s, want %s", when, m, name, got, expected)
			}
		}
	}
}

// span is all days that can have figures: from the month of the first order, or of the first day in the table, to the last complete
// day.
func (s *story) span(c *store.Counter, want expected) (from, to period.Day) {
	s.t.Helper()
	from, to = c.First(), c.Through()
	for _, p := range want.periods {
		if d, err := period.ParseDay(p); err == nil && (from == 0 || d < from) {
			from = d
		}
	}
	if to == 0 || from == 0 {
		s.t.Fatalf("nothing is complete: days %s to %s", from, to)
	}
	return period.Of(period.Monthly, from, c.Merchant().Calendar).From - 1, to
}

// shown is a figure as tables write it.
func (s *story) shown(c *store.Counter, m kpi.Measure, name string) string {
	s.t.Helper()
	f := s.figure(c, m, name)
	if f.Gap != "" {
		return "gap"
	}
	switch info, _ := kpi.Info(m); {
	case info.Money:
		return decimal(f.Int)
	case info.Shape == kpi.Histogram && len(f.Bins) > 0:
		return bins(f.Bins)
	}
	return strconv.FormatInt(f.Int, 10)
}

// bins writes a histogram: upper bounds in seconds, with how many there are up to each.
func bins(all []kpi.Bin) string {
	cells := make([]string, len(all))
	for i, b := range all {
		upper := "inf"
		if b.Upper != kpi.Infinite {
			upper = strconv.FormatInt(b.Upper, 10)
		}
		cells[i] = fmt.Sprintf("%s:%d", upper, b.Count)
	}
	return strings.Join(cells, ",")
}

// normal brings a cell of a table into the form of shown.
func normal(cell string, m kpi.Measure) string {
	info, _ := kpi.Info(m)
	if !info.Money || cell == "gap" {
		return cell
	}
	return decimal(amount(cell))
}

// decimal writes micros with three digits, since no currency here has more, and all six where that were not exact.
func decimal(micros int64) string {
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	if micros%1000 == 0 {
		return fmt.Sprintf("%s%d.%03d", sign, micros/1_000_000, micros/1000%1000)
	}
	return fmt.Sprintf("%s%d.%06d", sign, micros/1_000_000, micros%1_000_000)
}

// adds holds what is true of every store on every day: net sales are gross sales less discounts and reversals, and both bases of
// net sales come to the same in the end.
func (s *story) adds(c *store.Counter, when string) {
	s.t.Helper()
	var ledger, ordered int64
	for d := c.First(); d < c.Through(); d++ {
		of := func(m kpi.Measure) int64 { return s.figure(c, m, d.String()).Int }
		net := of(kpi.NetSales)
		if parts := of(kpi.GrossSales) - of(kpi.Discounts) - of(kpi.SalesReversals); parts != net {
			s.t.Errorf("%s net sales of %s are %s, and their parts come to %s", when, d, decimal(net), decimal(parts))
		}
		ledger += net
		ordered += of(kpi.NetByOrderDate)
	}
	if ledger != ordered {
		s.t.Errorf("%s net sales come to %s by the ledger, and to %s by order date", when, decimal(ledger), decimal(ordered))
	}
}
