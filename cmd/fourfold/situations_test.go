package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// situation is something that happens to orders, with what it comes to by day and by month, worked out by hand beside it.
type situation struct {
	name string
	// shop says what differs from a store in Berlin that sells in euros and adds taxes to its prices; nil for nothing.
	shop func(*sim.Shop)
	// configure is what the merchant configures, and options how the provider is; nil for nothing.
	configure func(*config.Config)
	options   func(*sim.Options)
	// own says that the story's own nights are its point. All others are told once more with a night after every day on which
	// something happened, and must come to the same.
	own   bool
	story func(*story)
}

// situations lists all of them, one list a file.
func situations() []situation {
	return slices.Concat(pricing, additions, markets, refunds, returnsAndExchanges, editsAndCancellations, daysAndZones, customersOverTime,
		deliveries, unitCosts, foundLater, vectors)
}

// TestSituations runs every situation through a simulated store, the link, bulk operations and pages, and both databases.
func TestSituations(t *testing.T) {
	names := map[string]bool{}
	for _, x := range situations() {
		if names[x.name] {
			t.Fatalf("two situations are called %q", x.name)
		}
		names[x.name] = true
	}
	if len(names) < 40 {
		t.Errorf("only %d situations", len(names))
	}
	// Most of a run is waiting for the provider, so that many go at once whatever the machine has. Night by night is told on one
	// database alone: what a night does to the other is held by the stories that have nights of their own.
	var all sync.WaitGroup
	for _, database := range []struct {
		name    string
		address func(testing.TB) string
		nightly bool
	}{{"sqlite", storetest.SQLite, true}, {"postgres", storetest.Postgres, false}} {
		room := make(chan struct{}, 6)
		tell := func(name string, x situation, nightly bool) {
			all.Go(func() {
				room <- struct{}{}
				defer func() { <-room }()
				t.Run(database.name+"/"+name, func(t *testing.T) { x.tell(t, database.address(t), nightly) })
			})
		}
		for _, x := range situations() {
			tell(x.name, x, false)
			if database.nightly && !x.own {
				tell(x.name+", night by night", x, true)
			}
		}
	}
	all.Wait()
}

// opened is when the store of every situation was opened.
var opened = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

func (x *situation) tell(t *testing.T, dsn string, nightly bool) {
	shop := &sim.Shop{ID: 7, Domain: "situation.myshopify.com", Name: "Situation", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: sim.At(opened)}
	if x.shop != nil {
		x.shop(shop)
	}
	zone, err := time.LoadLocation(shop.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{zone: zone, nightly: nightly}
	o := rigOptions{Now: opened, Configure: x.configure}
	if x.options != nil {
		x.options(&o.Sim)
	}
	s.rig = newRig(t, dsn, shop, o)
	x.story(s)
	if len(s.wanted) == 0 {
		t.Error("the story ends without saying what it comes to")
	}
	// Whatever was derived page by page, worked out from the facts once more, is the same.
	s.rebuild()
	for _, check := range s.wanted {
		check("rebuilt")
	}
}

// story tells a situation: events on the shop, nights, and what they come to. Times are the shop's own: "2026-03-10 12:00"; those
// with a zone are taken as they are.
type story struct {
	*rig
	zone    *time.Location
	nightly bool
	last    time.Time // event that no night has seen yet
	pulled  time.Time // the last night
	wanted  []func(when string)
}

func (s *story) time(text string) time.Time {
	s.t.Helper()
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, s.zone)
	s.must(err)
	return at
}

// at is an instant of the shop's.
func (s *story) at(text string) sim.Instant { s.t.Helper(); return sim.At(s.time(text)) }

// event alters the shop at a time. Told night by night, what happened on days before is pulled first.
func (s *story) event(when string, f func(shop *sim.Shop, at sim.Instant) error) {
	s.t.Helper()
	at := s.time(when)
	if s.nightly && !s.last.IsZero() {
		if night := nextNight(s.last, s.zone); night.Before(at) {
			s.pullAt(night)
		}
	}
	if at.After(s.last) {
		s.last = at
	}
	s.change(func(shop *sim.Shop) error { return f(shop, sim.At(at)) })
}

// nextNight is half past three of the day after t.
func nextNight(t time.Time, zone *time.Location) time.Time {
	day := (period.On(t, zone) + 1).Start(zone)
	return day.Add(3*time.Hour + 30*time.Minute)
}

// pullAt pulls at a time, and on the way there often enough that the login stays alive.
func (s *story) pullAt(at time.Time) {
	s.t.Helper()
	if s.pulled.IsZero() {
		s.clock.set(at.Add(-time.Hour))
		s.link()
		s.pulled = at
	}
	for ; at.Sub(s.pulled) > 80*24*time.Hour; s.pull(s.pulled) {
		s.pulled = s.pulled.AddDate(0, 0, 80)
	}
	s.pull(at)
	s.last, s.pulled, s.wanted = time.Time{}, at, nil
}

// night pulls at half past three of a day.
func (s *story) night(day string) {
	s.t.Helper()
	s.pullAt(s.time(day + " 03:30"))
}

func (s *story) place(when string, p sim.Purchase) (o *sim.Order) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) (err error) {
		p.At = at
		o, err = shop.Place(p)
		return err
	})
	return o
}

// customer makes one, an hour before anything else of the story may happen.
func (s *story) customer() (c *sim.Customer) {
	s.t.Helper()
	s.change(func(shop *sim.Shop) error {
		c = shop.AddCustomer(sim.At(opened))
		return nil
	})
	return c
}

func (s *story) refund(o *sim.Order, when string, r sim.Refunding) (id int64) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) (err error) {
		id, err = shop.Refund(o, at, r)
		return err
	})
	return id
}

func (s *story) edit(o *sim.Order, when string, e sim.Edit) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error { return shop.Edit(o, at, e) })
}

func (s *story) cancel(o *sim.Order, when string, c sim.Cancellation) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error { return shop.Cancel(o, at, c) })
}

func (s *story) fulfil(o *sim.Order, when string) (id int64) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) (err error) {
		id, err = shop.Fulfil(o, at, sim.Shipment{})
		return err
	})
	return id
}

// sendBack asks for a return that is open at once.
func (s *story) sendBack(o *sim.Order, when string, r sim.Returning) (id int64) {
	s.t.Helper()
	r.Approved = true
	s.event(when, func(shop *sim.Shop, at sim.Instant) (err error) {
		id, err = shop.RequestReturn(o, at, r)
		return err
	})
	return id
}

func (s *story) process(o *sim.Order, when string, id int64, p sim.Processing) {
	s.t.Helper()
	s.event(when, func(shop *sim.Shop, at sim.Instant) error { return shop.ProcessReturn(o, at, id, p) })
}

// amount reads an amount of any currency into micros.
func amount(text string) int64 {
	n, err := money.Parse(text)
	if err != nil {
		panic(err)
	}
	return int64(n)
}

// goods is one line of a purchase that needs no more than this.
func goods(quantity int, price string) sim.Item {
	return sim.Item{Title: "Goods", Quantity: quantity, Price: amount(price)}
}

// vat is a tax of n per cent.
func vat(percent float64) []sim.Rate { return []sim.Rate{{Title: "VAT", Rate: percent / 100}} }

// parcel is a delivery of a price; only what has one is there to be shipped.
func parcel(price string) []sim.Carriage {
	return []sim.Carriage{{Title: "Parcel", Price: amount(price)}}
}

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
