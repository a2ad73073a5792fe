package shopify

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	sim "fourfold/internal/sim/shopify"
)

// inside calls the simulator without a network, so that both live on a clock that only the test moves.
type inside struct {
	token string
	srv   *sim.Server
	back  time.Duration
}

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	r.Header.Set(tokenHeader, i.token)
	w := httptest.NewRecorder()
	i.srv.ServeHTTP(w, r)
	time.Sleep(i.back)
	return w.Result(), nil
}

// Paging lives on what the bucket gives: a standard one holds 2,000 points and fills by 100 a second.
func TestPagingUsesTheBucket(t *testing.T) {
	for _, walkers := range []int{1, 3, 8} {
		synctest.Test(t, func(t *testing.T) {
			shop, err := sim.Generate(sim.Config{Seed: 7, Orders: 150, Until: time.Now(), Zone: "Europe/Berlin", Currency: "EUR"})
			if err != nil {
				t.Fatal(err)
			}
			srv := sim.New(shop, sim.Options{Latency: 120 * time.Millisecond})
			acc := connectors.Account{
				Grant: connectors.Grant{Fields: map[string]string{fieldShop: shop.Domain}, Client: &http.Client{Transport: inside{srv.IssueToken(), srv, 80 * time.Millisecond}}},
				Pacer: transport.NewPacer(nil), Now: time.Now,
			}
			begin := time.Now()
			var wg sync.WaitGroup
			for w := range walkers {
				wg.Go(func() {
					c, err := newClient(acc, nil) // each pull has a client of its own, and all share the pacer
					if err != nil {
						t.Error(err)
						return
					}
					name := []string{"page_orders", "page_products", "page_returns"}[w%3]
					text, err := document(name, everything)
					if err != nil {
						t.Error(err)
						return
					}
					for time.Since(begin) < 5*time.Minute {
						vars := map[string]any{"first": 10, "q": "updated_at:>='2000-01-01T00:00:00Z'"}
						if _, err := c.do(t.Context(), "page", text, vars, nil); err != nil {
							t.Errorf("%s: %v", name, err)
							return
						}
					}
				})
			}
			wg.Wait()
			stats := srv.Stats()
			used := float64(stats.PointsUsed) / (2000 + 100*time.Since(begin).Seconds())
			throttled := float64(stats.Throttled) / float64(stats.Requests)
			t.Logf("%d walkers: %d requests, %.1f %% of the bucket used, %.2f %% throttled", walkers, stats.Requests, 100*used, 100*throttled)
			if used < 0.9 {
				t.Errorf("%d walkers used %.1f %% of the bucket, want at least 90", walkers, 100*used)
			}
			if throttled > 0.01 {
				t.Errorf("%d walkers were throttled on %.2f %% of requests, want at most 1", walkers, 100*throttled)
			}
		})
	}
}
