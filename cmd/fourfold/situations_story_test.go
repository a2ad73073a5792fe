package main

import (
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/shopify"
)

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

// customer makes one, on the day the store was opened.
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
