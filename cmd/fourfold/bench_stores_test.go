//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
)

// benchStores says which stores are simulated by one process, beside each other: small ones, and a large one if it has orders. At is where
// their clock begins; it stands still but for the point buckets', each of which is its store's own.
type benchStores struct {
	Small   int // how many
	Orders  int // of each
	At      time.Time
	BulkDir string // with a folder for each small store
	Large   benchShop
}

// smallDomain is where the nth small store is.
func smallDomain(n int) string { return fmt.Sprintf("small-%04d.myshopify.com", n) }

// benchStreet is a process that simulates several stores.
type benchStreet struct {
	all   *sim.Several
	small []*sim.Server
	every []*sim.Server
	clock *sim.Clock
}

func newBenchStores(settings json.RawMessage) (answerer, error) {
	var s benchStores
	if err := json.Unmarshal(settings, &s); err != nil {
		return nil, err
	}
	b := &benchStreet{clock: sim.NewClock(s.At)}
	for i := range s.Small {
		shop, err := sim.Generate(sim.Config{
			Seed: uint64(1000 + i), Orders: s.Orders, Since: s.At.AddDate(0, 0, -90), Until: s.At, Domain: smallDomain(i),
			Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{"USD"}, TaxesIncluded: true,
		})
		if err != nil {
			return nil, err
		}
		b.small = append(b.small, sim.New(shop, sim.Options{Now: b.clock.Now, RestoreRate: standard, BulkDir: filepath.Join(s.BulkDir, fmt.Sprint(i))}))
	}
	b.every = b.small
	if s.Large.Orders > 0 {
		shop, err := s.Large.generate()
		if err != nil {
			return nil, err
		}
		b.every = append(b.every, sim.New(shop, sim.Options{Now: b.clock.Now, RestoreRate: s.Large.Restore, BulkDir: s.Large.BulkDir}))
	}
	b.all = sim.NewSeveral(b.every...)
	return b, b.all.Start(context.Background())
}

// benchStreetWish is what is to happen in the small stores, and how far they are away from now on.
type benchStreetWish struct {
	At      time.Time // where the clock is put; zero leaves it
	Changes int       // how many orders of each are new or change
	Latency time.Duration
}

func (b *benchStreet) answer(line json.RawMessage) (any, error) {
	var wish benchStreetWish
	if err := json.Unmarshal(line, &wish); err != nil {
		return nil, err
	}
	b.all.SetLatency(wish.Latency)
	if !wish.At.IsZero() {
		b.clock.Advance(wish.At.Sub(b.clock.Now()))
	}
	if wish.Changes > 0 {
		for _, srv := range b.small {
			err := srv.Change(func(shop *sim.Shop) error { return aDay(shop, sim.At(b.clock.Now()), wish.Changes) })
			if err != nil {
				return nil, err
			}
		}
	}
	state := benchState{Addr: b.all.Addr(), CA: b.all.CA(), CPU: ownCPU()}
	for _, srv := range b.every {
		s := srv.Stats()
		state.Stats.Requests += s.Requests
		state.Stats.Throttled += s.Throttled
		state.Stats.PointsUsed += s.PointsUsed
		srv.View(func(shop *sim.Shop) { state.Orders += len(shop.Orders) })
	}
	return state, nil
}

// benchApp is the program on the simulated stores of another process.
func benchApp(job benchJob, now func() time.Time, set func(*config.Config)) *app {
	a := newApp(func(string) string { return "" }, nil, io.Discard, io.Discard)
	c := config.Default()
	c.Database, c.Key = job.DSN, secret.New(job.Key)
	c.Costs.History = "current"
	c.Schedule = benchSchedule
	c.SetApp("shopify", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
	c.Targets = sampleTargets(12_000)
	if set != nil {
		set(&c)
	}
	a.cfg, a.now = &c, now
	a.transport = sim.TransportTo(job.Addr, job.CA)
	return a
}

// benchSchedule has the nights begin when the benchmarks do: three in the morning, in the stores' zone.
const benchSchedule = "0 3 * * *"

// linkStores adds a merchant for each store, and links it.
func linkStores(t *testing.T, job benchJob, at time.Time, domains ...string) {
	t.Helper()
	a := benchApp(job, func() time.Time { return at }, nil)
	defer a.close()
	for _, domain := range domains {
		for _, args := range [][]string{{"merchant", "add", domain}, {"link", "shopify", "--merchant", domain, "--shop", domain, "--mode", "client"}} {
			root := rootCommand(a)
			root.SetArgs(args)
			root.SetOut(io.Discard)
			root.SetErr(io.Discard)
			if err := root.ExecuteContext(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// linkSmallStores links so many of the small stores.
func linkSmallStores(t *testing.T, job benchJob, at time.Time, n int) {
	t.Helper()
	domains := make([]string, n)
	for i := range domains {
		domains[i] = smallDomain(i)
	}
	linkStores(t, job, at, domains...)
}
