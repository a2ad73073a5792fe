package main

import (
	"slices"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
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
			if database.nightly && !x.own && !testing.Short() {
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
