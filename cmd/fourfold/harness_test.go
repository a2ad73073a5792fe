package main

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// testClock is a clock that is put where a test wants it and goes on from there as clocks do.
type testClock struct {
	mu        sync.Mutex
	at, since time.Time
}

func newTestClock(at time.Time) *testClock {
	c := &testClock{}
	c.set(at)
	return c
}

func (c *testClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since = at.UTC(), time.Now()
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(time.Since(c.since))
}

// rig is a simulated store behind HTTPS and the program that is linked to it through the code grant, on one clock.
type rig struct {
	t     testing.TB
	clock *testClock
	srv   *sim.Server
	app   *app
}

// rigOptions say what of a rig differs from the usual.
type rigOptions struct {
	Now       time.Time            // where the clock begins
	Sim       sim.Options          // the clock, the client and the point bucket are the rig's where they are left out
	Configure func(*config.Config) // nil for nothing
}

// newRig serves the shop and makes a program with a database of its own, which link links to it. Both end with the test.
func newRig(t testing.TB, dsn string, shop *sim.Shop, o rigOptions) *rig {
	t.Helper()
	r := &rig{t: t, clock: newTestClock(o.Now)}
	if o.Sim.Now == nil {
		o.Sim.Now = r.clock.now
	}
	if o.Sim.RestoreRate == 0 {
		o.Sim.RestoreRate = 2000
	}
	r.srv = sim.New(shop, o.Sim)
	if err := r.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.srv.Close)
	r.app = newApp(func(string) string { return "" }, nil, io.Discard, io.Discard)
	t.Cleanup(r.app.close)
	c := config.Default()
	c.Database, c.Key = dsn, vault.NewKey()
	c.SetApp("shopify", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
	if o.Configure != nil {
		o.Configure(&c)
	}
	r.app.cfg, r.app.now, r.app.transport = &c, r.clock.now, r.srv.Transport()
	r.app.browse = func(ctx context.Context, address string) { agree(ctx, r.srv.Transport(), address) }
	return r
}

// link goes through the code grant, on the clock as it stands. A login that is not used for 90 days is dead, as at Shopify.
func (r *rig) link() {
	r.t.Helper()
	var domain string
	r.srv.View(func(s *sim.Shop) { domain = s.Domain })
	r.must(r.command("link", "shopify", "--shop", domain))
}

// command runs a command of the program.
func (r *rig) command(args ...string) error {
	root := rootCommand(r.app)
	root.SetArgs(args)
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	return root.ExecuteContext(r.t.Context())
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// change lets f alter the shop.
func (r *rig) change(f func(*sim.Shop) error) {
	r.t.Helper()
	r.must(r.srv.Change(f))
}

func (r *rig) merchant() store.Merchant {
	r.t.Helper()
	_, m, err := r.app.linked(r.t.Context())
	r.must(err)
	return m
}

func (r *rig) connection() store.Connection {
	r.t.Helper()
	all, err := r.app.db.Connections(r.t.Context(), r.merchant().ID)
	r.must(err)
	if len(all) != 1 {
		r.t.Fatalf("%d connections, want one", len(all))
	}
	return all[0]
}

func (r *rig) worker() *worker.Worker {
	r.t.Helper()
	w, err := r.app.worker(r.t.Context())
	r.must(err)
	return w
}

// pull puts the clock to at and pulls what changed, without snapshots.
func (r *rig) pull(at time.Time) {
	r.t.Helper()
	r.clock.set(at)
	r.must(r.worker().Pull(r.t.Context(), r.merchant()))
}

// night puts the clock to at and works a night: what changed, and the snapshots.
func (r *rig) night(at time.Time) worker.Report {
	r.t.Helper()
	r.clock.set(at)
	report, err := r.worker().Night(r.t.Context(), r.merchant())
	r.must(err)
	return report
}

// rebuild works everything derived out of the facts again.
func (r *rig) rebuild() {
	r.t.Helper()
	c := r.connection()
	r.must(r.app.db.Rebuild(r.t.Context(), c.MerchantID, c.ID))
}

// counter counts for the whole merchant, or for one channel.
func (r *rig) counter(channel string) *store.Counter {
	r.t.Helper()
	scope := kpi.Whole
	if channel != "" {
		scope = kpi.Scope{Connection: r.connection().ID, Channel: channel}
	}
	c, err := r.app.db.Counter(r.t.Context(), r.merchant().ID, scope)
	r.must(err)
	return c
}

// figure is what a counter says of a measure in a period: a day, 2026-11-21, or a month, 2026-11.
func (r *rig) figure(c *store.Counter, m kpi.Measure, name string) kpi.Figure {
	r.t.Helper()
	p, err := period.Parse(name, 0, c.Merchant().Calendar)
	r.must(err)
	term := kpi.Term{Measure: m, Window: kpi.InPeriod}
	return c.Measures([]kpi.Term{term}, p)[term]
}

// snapshots are those that a query selects, over all scopes where it names none.
func (r *rig) snapshots(q store.SnapshotQuery) []kpi.Snapshot {
	r.t.Helper()
	all, err := r.app.db.Snapshots(r.t.Context(), r.merchant().ID, q)
	r.must(err)
	return all
}
