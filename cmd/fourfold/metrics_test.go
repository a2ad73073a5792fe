package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"fourfold/config"
	"fourfold/internal/metrics"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// freeAddress is one on which nobody listens just now.
func freeAddress(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// scraped are the samples that an address serves, by name and labels, and the text itself; nil while nobody answers.
func scraped(t *testing.T, address string) (samples map[string]float64, text string) {
	t.Helper()
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return nil, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s %v", resp.StatusCode, b, err)
	}
	samples = map[string]float64{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		i := strings.LastIndex(line, " ")
		if samples[line[:i]], err = strconv.ParseFloat(strings.TrimSpace(line[i:]), 64); err != nil {
			t.Fatal(err)
		}
	}
	return samples, string(b)
}

var nightLine = regexp.MustCompile(`msg="night done" job=night merchant=1 night=2026-11-02 took=\d`)

// `fourfold run` works the first night of a store, and what /metrics says of it is what came about.
func TestMetricsOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		const orders, days = 15, 30
		shop, err := sim.Generate(sim.Config{Seed: 3, Orders: orders, Since: operatedAt.AddDate(0, 0, -days), Until: operatedAt, Zone: "Europe/Berlin", Currency: "EUR", Products: 3})
		if err != nil {
			t.Fatal(err)
		}
		hooks, watched := freeAddress(t), freeAddress(t)
		r := newRig(t, dsn, shop, rigOptions{Now: operatedAt, Sim: sim.Options{Protected: 2}, Configure: func(c *config.Config) {
			c.Listen, c.PublicURL, c.MetricsListen = hooks, publicURL, watched
		}})
		r.link()
		log := &output{}
		r.app.stderr = log
		ctx, cancel := context.WithCancel(t.Context())
		root := rootCommand(r.app)
		root.SetArgs([]string{"run"})
		ended := make(chan error, 1)
		go func() { ended <- root.ExecuteContext(ctx) }()
		defer func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if !nightLine.MatchString(log.String()) {
				t.Errorf("no line of the night in the log:\n%s", log)
			}
		}()
		merchant := r.merchant()
		for deadline := time.Now().Add(runPatience); ; time.Sleep(20 * time.Millisecond) {
			nights, err := r.app.db.RunsOf(t.Context(), merchant.ID, 1, worker.NightKind)
			r.must(err)
			if len(nights) > 0 && !nights[0].EndedAt.IsZero() {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the night does not end")
			}
		}
		resp, err := http.Post("http://"+hooks+"/hooks/shopify/1/1", "application/json", strings.NewReader("{}"))
		r.must(err)
		r.must(resp.Body.Close())

		const night = `fourfold_runs_total{kind="night",outcome="done"}`
		got, text := scraped(t, watched)
		for deadline := time.Now().Add(runPatience); got[night] == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			got, text = scraped(t, watched) // it is counted once it is on record
		}
		all, connection := r.snapshots(store.SnapshotQuery{}), r.connection()
		db := (&stage{t: t, dsn: dsn}).database()
		rows := func(tables ...string) (n float64) {
			for _, table := range tables {
				var of float64
				r.must(db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&of))
				n += of
			}
			if n == 0 {
				t.Errorf("%v hold nothing: the test sees too little", tables)
			}
			return n
		}
		want := map[string]float64{
			night: 1, `fourfold_webhooks_total{outcome="refused"}`: 1,
			`fourfold_snapshot_revisions_total{kind="new"}`: float64(len(all)), `fourfold_snapshot_revisions_total{kind="restatement"}`: 0,
			`fourfold_records_total{connector="shopify",stream="deliveries"}`:   rows("fulfillments"),
			`fourfold_records_total{connector="shopify",stream="sessions"}`:     rows("sessions_days"),
			`fourfold_records_total{connector="shopify",stream="sales_report"}`: rows("provider_sales_days"),
			`fourfold_standing_up`: 1,
		}
		for _, kind := range worker.NeedKinds {
			want[fmt.Sprintf("fourfold_needs{kind=%q}", kind)] = 0
		}
		for name, n := range want {
			if v, ok := got[name]; !ok || v != n {
				t.Errorf("%s is %v, want %v", name, v, n)
			}
		}
		for name, within := range map[string][2]float64{
			`fourfold_stream_lag_seconds{connector="shopify",stream="orders"}`: {0, runPatience.Seconds()},
			`fourfold_token_left_seconds`:                                      {89 * 24 * 3600, 90 * 24 * 3600},
			`fourfold_api_points_total{connector="shopify"}`:                   {1, 1e6},
			`fourfold_throttled_seconds_total{connector="shopify"}`:            {0, runPatience.Seconds()},
			`go_goroutines`: {1, 1e6},
		} {
			if v, ok := got[name]; !ok || v < within[0] || v > within[1] {
				t.Errorf("%s is %v (%t), want it within %v", name, v, ok, within)
			}
		}
		ours := strings.Join(regexp.MustCompile(`(?m)^fourfold_.*$`).FindAllString(text, -1), "\n")
		labels := []string{"connector", "stream", "kind", "outcome", "queue", "state"} // none says whose
		for _, m := range regexp.MustCompile(`[{,]([a-z_]+)="`).FindAllStringSubmatch(ours, -1) {
			if !slices.Contains(labels, m[1]) {
				t.Errorf("there is a label %s", m[1])
			}
		}
		for _, name := range []string{merchant.Name, connection.Name, connection.AccountID} {
			if name == "" || strings.Contains(text, name) {
				t.Errorf("%q stands in the metrics", name)
			}
		}
		problems, err := promlint.New(strings.NewReader(text)).Lint()
		r.must(err)
		if len(problems) > 0 {
			t.Errorf("promlint: %v", problems)
		}
	})
}

// A missed night is seen even where nobody is to be told of it.
func TestAMissedNightIsMeasured(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 5, Since: operatedAt.AddDate(0, 0, -5), Until: operatedAt, Zone: "Europe/Berlin", Currency: "EUR", Products: 3})
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, dsn, shop, rigOptions{Now: operatedAt})
		r.link()
		r.night(operatedAt.Add(time.Hour))
		missed := func() int {
			w := r.worker()
			r.must(w.Alert(t.Context()))
			st, err := w.Standing(t.Context())
			r.must(err)
			return st.Needs[worker.NeedNight]
		}
		if n := missed(); n != 0 {
			t.Errorf("%d nights are missed after one", n)
		}
		r.clock.set(operatedAt.AddDate(0, 0, 3))
		if n := missed(); n != 1 {
			t.Errorf("%d nights are missed after three days without, want 1", n)
		}
	})
}

// The guide says of every metric what it means, and of no other.
func TestTheGuideKnowsEveryMetric(t *testing.T) {
	m := metrics.New(time.Now, func(context.Context) (metrics.Standing, error) {
		now := time.Now()
		return metrics.Standing{Lags: []metrics.Lag{{CompleteTo: now}}, Needs: map[string]int{"key": 1}, Tokens: &now, Queues: []metrics.Queue{{Oldest: now}}}, nil
	})
	m.Run("night", false)
	m.Records("shopify", "orders", 1)
	m.Charged("shopify", 1)
	m.Waited("shopify", 1)
	m.Snapshots(1, 1)
	m.Webhook("taken")
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	guide, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	names := func(pattern, text string) (all []string) {
		for _, n := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			all = append(all, n[1])
		}
		slices.Sort(all)
		return all
	}
	is, said := names("(?m)^# HELP (fourfold_[a-z_]+)", w.Body.String()), names("(?m)^\\| `(fourfold_[a-z_]+)", string(guide))
	if len(is) == 0 || !slices.Equal(is, said) {
		t.Errorf("there are\n%v, the guide tells of\n%v", is, said)
	}
}
