//go:build bench

package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

// pageRate is how many scorecards are asked for in a second.
const pageRate = 50

// TestBenchPages asks for scorecards, 50 a second, each of a merchant and a month left to chance, for a minute and then for as long as another
// merchant's store is backfilled in the same process. On Postgres the snapshots of one store are there a thousand times ($FOURFOLD_BENCH_READERS), of the last
// fourteen months, and those of the last hundred days.
func TestBenchPages(t *testing.T) {
	begin(t)
	tune()
	shop := shopOf(t, benchOrders(t), enterprise)
	srv := spawn(t, "simulator", shop)
	var state benchState
	srv.ask(benchWish{}, &state)
	var once sync.Once
	for _, db := range benchDatabases {
		t.Run(db.name, func(t *testing.T) {
			dsn := db.dsn(t)
			if db.name == "postgres" { // set up as one is that serves so many: what is asked for daily stays in memory
				dsn = storetest.NewServer(t, "shared_buffers=4GB").DSN()
			}
			job := newBenchJob(t, dsn, state)
			once.Do(func() { prepareBulk(t, job) })
			judged(t, job)
			readers := 1
			if db.name == "postgres" {
				readers = benchSize(t, "READERS", 1000)
				multiply(t, dsn, readers)
			}
			linkStores(t, job, benchUntil, benchDomain)
			at := newStopwatch(t, job)
			at.months = min(12, int(benchUntil.Sub(shop.Since).Hours()/24/31))
			_ = at.ask(t, at.signIn(t), readers, pageRate*5, nil) // nobody's first page is the one to measure
			quiet := at.measure(t, readers, nil)
			at.app.only = benchDomain
			busy := at.measure(t, readers, at.app)
			var r report
			r.add("merchants, rows of snapshots", "%d, %d", readers, benchNumber(t, openBench(t, dsn), "SELECT COUNT(*) FROM snapshots"))
			for _, m := range []measured{quiet, busy} {
				r.add(m.name+", requests", "%d, largest answer %.0f KB", len(m.took), float64(m.largest)/1000)
				for _, q := range []float64{.5, .95, .99, 1} {
					r.add(fmt.Sprintf("  at the server, %g of 100 within", q*100), "%s", m.took[min(int(q*float64(len(m.took))), len(m.took)-1)].Round(100*time.Microsecond))
				}
			}
			r.add("  the backfill meanwhile", "%s", busy.note)
			r.print(t)
		})
	}
}

// multiply gives many merchants the snapshots of the first.
func multiply(t *testing.T, dsn string, merchants int) {
	t.Helper()
	db := openBench(t, dsn)
	began := time.Now()
	columns := func(table string) string {
		var list []string
		rows, err := db.QueryContext(t.Context(), "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND column_name <> 'merchant_id' AND NOT (table_name = 'targets' AND column_name = 'id')", table)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var c string
			if err := rows.Scan(&c); err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, ", ")
	}
	statements := []string{fmt.Sprintf("INSERT INTO merchants (name, currency, zone, week_shift, fiscal_start, costs_history, created_at) SELECT 'Merchant ' || g, currency, zone, week_shift, fiscal_start, costs_history, created_at FROM merchants, generate_series(2, %d) g WHERE merchants.id = 1", merchants)}
	for _, table := range []string{"grants", "connections", "streams", "capabilities", "targets", "snapshots"} {
		c := columns(table)
		if table != "snapshots" {
			statements = append(statements, fmt.Sprintf("INSERT INTO %s (merchant_id, %s) SELECT g, %s FROM %s, generate_series(2, %d) g WHERE merchant_id = 1", table, c, c, table, merchants))
			continue
		}
		// One merchant's after the other's: what was taken in one night lies together.
		const kept = "CREATE TEMP TABLE kept AS SELECT * FROM snapshots WHERE merchant_id = 1 AND period_from >= '%s' AND (grain <> 'day' OR period_from >= '%s') ORDER BY period_to, scope, period, kpi"
		statements = append(statements, fmt.Sprintf(kept, benchUntil.AddDate(0, -14, 0).Format(time.DateOnly), benchUntil.AddDate(0, 0, -100).Format(time.DateOnly)))
		for g := 2; g <= merchants; g++ {
			statements = append(statements, fmt.Sprintf("INSERT INTO snapshots (merchant_id, %s) SELECT %d, %s FROM kept", c, g, c))
		}
	}
	conn, err := db.Conn(t.Context()) // which has the temporary table
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, s := range append(statements, "VACUUM ANALYZE snapshots", "CHECKPOINT") {
		if _, err := conn.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d merchants in %s", merchants, time.Since(began).Round(time.Second))
}

// stopwatch is the pages, with a look at how long each answer takes at the server.
type stopwatch struct {
	app *app
	srv *httptest.Server
	url string // for the first password

	months int // of the past that are asked for: those with sales, a year at most

	mu      sync.Mutex
	took    []time.Duration
	largest int64
}

func newStopwatch(t *testing.T, job benchJob) *stopwatch {
	t.Helper()
	s := &stopwatch{app: benchApp(job, func() time.Time { return benchUntil }, nil)}
	s.app.stderr = os.Stderr
	t.Cleanup(s.app.close)
	w, err := s.app.worker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.srv = httptest.NewUnstartedServer(nil)
	s.app.cfg.Listen = s.srv.Listener.Addr().String()
	site := s.app.site(t.Context(), w, *s.app.cfg, nil)
	handler := site.Handler()
	s.srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		handler.ServeHTTP(w, r)
		s.mu.Lock()
		s.took = append(s.took, time.Since(began))
		s.mu.Unlock()
	})
	s.srv.Start()
	t.Cleanup(s.srv.Close)
	if s.url, err = site.Begin(); err != nil {
		t.Fatal(err)
	}
	return s
}

// signIn is a browser of the admin's.
func (s *stopwatch) signIn(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"name": {"ada"}, "password": {"a long password"}, "again": {"a long password"}}
	address := s.url
	if s.url == "" {
		address = s.srv.URL + "/sign-in"
	}
	s.url = ""
	resp, err := c.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in: %s", resp.Status)
	}
	return c
}

// measured is what the requests came to.
type measured struct {
	name, note string
	took       []time.Duration
	largest    int64
}

// measure asks for a minute, or for as long as another's store is backfilled where there is one.
func (s *stopwatch) measure(t *testing.T, readers int, newcomer *app) (m measured) {
	t.Helper()
	m.name = "alone"
	c := s.signIn(t)
	s.took, s.largest = nil, 0
	if newcomer == nil {
		s.ask(t, c, readers, pageRate*60, nil)
	} else {
		m.name = "beside a backfill"
		began, ended := time.Now(), make(chan error, 1)
		go func() { ended <- backfill(t.Context(), newcomer) }()
		if err := s.ask(t, c, readers, pageRate*600, ended); err != nil {
			t.Error(err)
		}
		m.note = time.Since(began).Round(time.Second).String()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.took, m.largest = slices.Sorted(slices.Values(s.took)), s.largest
	return m
}

// backfill pulls all of a merchant that was linked just now.
func backfill(ctx context.Context, a *app) error {
	_, who, err := a.linked(ctx)
	if err != nil {
		return err
	}
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	return w.Pull(ctx, who)
}

// ask asks for n scorecards at the rate, or for fewer where what goes on meanwhile ends before; it returns how that ended.
func (s *stopwatch) ask(t *testing.T, c *http.Client, readers, n int, ended <-chan error) (err error) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	tick := time.NewTicker(time.Second / pageRate)
	defer tick.Stop()
	last := period.Of(period.Monthly, period.On(benchUntil, time.UTC), period.Calendar{})
	var all sync.WaitGroup
	for on := true; on && n > 0; n-- {
		select {
		case err = <-ended:
			on = false
		case <-tick.C:
		}
		at := last
		for range 1 + rng.IntN(s.months) {
			at = at.Prev(period.Calendar{})
		}
		address := fmt.Sprintf("%s/m/%d/%s", s.srv.URL, 1+rng.IntN(readers), at.Name)
		all.Go(func() {
			resp, err := c.Get(address)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			size, _ := io.Copy(io.Discard, resp.Body)
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", address, resp.Status)
			}
			s.mu.Lock()
			s.largest = max(s.largest, size)
			s.mu.Unlock()
		})
	}
	all.Wait()
	return err
}
