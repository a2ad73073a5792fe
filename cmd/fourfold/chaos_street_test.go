package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// street is a stage with many small stores beside each other, each of which belongs to a merchant of its own.
type street struct {
	*stage
	stores []*sim.Server
	all    *sim.Several
}

const streetOrders = 150 // of each store

func streetDomain(n int) string { return fmt.Sprintf("street-%03d.myshopify.com", n) }

// newStreet opens the same stores each time, and links them.
func newStreet(t testing.TB, dsn string, merchants int) *street {
	t.Helper()
	s := &street{stage: emptyStage(t, dsn, linkAt)}
	for n := range merchants {
		s.stores = append(s.stores, sim.New(chaosShopAt(t, streetDomain(n), uint64(100+n), streetOrders), s.simulated()))
	}
	s.all = sim.NewSeveral(s.stores...)
	if err := s.all.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.all.Close)
	s.open(s.all.Addr(), s.all.CA(), anyConfig)
	s.link()
	s.clock.Advance(backfillAt.Sub(s.clock.Now()))
	return s
}

// link makes the merchants and links their stores, in this process: it is not what is tried here.
func (s *street) link() {
	s.t.Helper()
	network := sim.TransportTo(s.all.Addr(), s.all.CA())
	for n := range s.stores {
		name := fmt.Sprintf("Merchant %d", n+1)
		for _, args := range [][]string{{"merchant", "add", name}, {"link", "shopify", "--merchant", name, "--shop", streetDomain(n)}} {
			var output bytes.Buffer
			a := newApp(s.getenv, nil, io.Discard, &output)
			a.onStore(network, s.clock.Now)
			if code := a.main(context.Background(), args); code != exitOK {
				s.t.Fatalf("fourfold %s exits with %d:\n%s", strings.Join(args, " "), code, &output)
			}
		}
	}
}

func (s *street) getenv(name string) string {
	i := slices.IndexFunc(s.env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
	if i < 0 {
		return ""
	}
	return s.env[i][len(name)+1:]
}

// aMonthPasses lets the same month pass in all stores.
func (s *street) aMonthPasses() {
	s.t.Helper()
	for n, store := range s.stores {
		if err := store.Change(aMonthPasses); err != nil {
			s.t.Fatalf("store %d: %v", n, err)
		}
	}
	s.clock.Advance(nightAt.Sub(s.clock.Now()))
}

// undisturbed is what one process makes of both nights, on SQLite, with nobody else there.
func (s *street) undisturbed() *undisturbed {
	s.t.Helper()
	u := &undisturbed{}
	night := func(want int) (dumped, time.Duration) {
		db := s.database()
		began := time.Now()
		p := s.start("run")
		for had := s.ended(db); had < want; {
			s.until("another night's end", func() bool { return s.ended(db) > had }, p)
			had = s.ended(db)
		}
		took := time.Since(began)
		s.ask(p)
		return s.dump(db), took
	}
	u.first, u.firstTook = night(len(s.stores))
	s.aMonthPasses()
	u.second, u.secondTook = night(2 * len(s.stores))
	s.t.Logf("undisturbed, one process takes %s for the first pulls and %s for the night", u.firstTook.Round(time.Millisecond), u.secondTook.Round(time.Millisecond))
	return u
}
