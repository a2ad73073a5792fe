//go:build bench

package main

import (
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/ecb"
	"fourfold/internal/sim/ga4"
	"fourfold/internal/sim/google"
	"fourfold/internal/sim/googleads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/microsoftads"
	"fourfold/internal/store/storetest"
)

// distant is a network on which every request takes a while, and which counts them by host.
type distant struct {
	base  http.RoundTripper
	delay time.Duration
	mu    sync.Mutex
	asked map[string]int
}

func (d *distant) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.asked[r.URL.Host]++
	d.mu.Unlock()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(d.delay):
	}
	return d.base.RoundTrip(r)
}

// take gives the counts so far, and begins anew.
func (d *distant) take() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked := d.asked
	d.asked = map[string]int{}
	return asked
}

// TestBenchMarketing works the first pull and a night of a merchant who has linked a small store and everything that tells what it cost to win its
// customers, at 150 ms a request. Reports are ready when they are first asked for.
func TestBenchMarketing(t *testing.T) {
	begin(t)
	w := newWeek(t, storetest.SQLite(t), "2026-10-02 03:30")
	today := period.Date(2026, 10, 2)
	desk := google.NewDesk(w.clock.now, "client-id", "client-secret") // one login for both of Google's products
	hosts := []*host.Host{ecb.New(w.clock.now).Host, ga4.New(ga4.Options{Now: w.clock.now, Desk: desk, Accounts: []*ga4.Account{{ID: "900", Name: "Week", Properties: []*ga4.Property{
		{ID: "123456", Name: "week.example", Currency: "EUR", Zone: "Europe/Berlin", Seed: 7, Settles: 3, Created: w.clock.now().AddDate(-2, 0, 0)}}}}}).Host}
	file := filepath.Join(t.TempDir(), "spend.csv")
	w.must(os.WriteFile(file, []byte("date,until,campaign,spend\n2026-01-01,2026-12-31,Studio,12000\n"), 0o600))
	links := [][]string{{"link", "ecb"}, {"link", "ga4", "--accounts", "all"}, {"link", "csv", "--set", "kind=spend", "--set", "file=" + file}}
	for _, p := range platforms {
		a := ads.Generate(ads.Account{ID: p.accounts[0], Name: p.name, Currency: "USD", Zone: "America/New_York", Seed: 3, Settles: p.settles, Unit: p.micro}, p.kinds, today-420, today+60, 90*money.Unit)
		if p.name == "google-ads" {
			hosts = append(hosts, googleads.New(googleads.Options{Now: w.clock.now, Desk: desk, Accounts: []*ads.Account{a}}).Host)
		} else {
			hosts = append(hosts, p.host(w.clock.now, []*ads.Account{a}))
		}
		w.app.cfg.SetApp(connectorID(p.name), config.App{ClientID: p.id, ClientSecret: secret.New(p.secret), DeveloperToken: secret.New(microsoftads.DeveloperToken), Callback: "http://127.0.0.1:0/callback"})
		links = append(links, append([]string{"link", p.name, "--accounts", "all"}, p.link...))
	}
	w.app.cfg.SetApp("ga4", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
	for _, h := range hosts {
		w.must(h.Start(t.Context()))
		t.Cleanup(h.Close)
	}
	w.app.cfg.Since = today - 395
	w.app.transport = host.Together(w.srv.Transport(), hosts...)
	w.app.browse = func(ctx context.Context, address string) { agree(ctx, w.app.transport, address) }
	w.link()
	for _, args := range links {
		w.must(w.command(args...))
	}

	far := &distant{base: w.app.transport, delay: 150 * time.Millisecond, asked: map[string]int{}}
	w.app.transport = far
	var r report
	for i, name := range []string{"first pull, thirteen months", "a night", "the night of the weekly reading"} {
		began := time.Now()
		w.rig.night(w.time("2026-10-02 03:30").AddDate(0, 0, []int{0, 1, 8}[i]))
		r.add(name, "%.1f s", time.Since(began).Seconds())
		asked := far.take()
		for _, host := range slices.Sorted(maps.Keys(asked)) {
			r.add("  "+host, "%d requests", asked[host])
		}
	}
	r.print(t)
}
