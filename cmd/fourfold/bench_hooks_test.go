//go:build bench

package main

import (
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "fourfold/internal/sim/shopify"
)

// TestBenchHooks sends webhooks for a minute, 500 a second ($FOURFOLD_BENCH_HOOKS in all): a third of them come twice, a tenth are forged,
// and they come by many connections at one time and so out of order. Hints are followed meanwhile, against a Plus bucket. It measures how
// long answers take and what memory does, and compares what is held in the end with a fresh pull. Sender, proxy, store and program are
// one process here, so that the memory is that of all of them.
func TestBenchHooks(t *testing.T) {
	begin(t)
	deliveries := benchSize(t, "HOOKS", 30_000)
	const perSecond, together = 500, 64
	var rep report
	for _, database := range chaosDatabases {
		dsn := database.dsn(t)
		r := newHookRig(t, dsn, hookShop(t, 2000), sim.Webhooks{}, 1000)
		var ids []int64
		r.srv.View(func(m *sim.Shop) {
			for _, o := range m.Orders {
				ids = append(ids, o.ID)
			}
		})
		stop, followed := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(followed)
			for tick := time.NewTicker(2 * time.Second); ; {
				select {
				case <-stop:
					tick.Stop()
					return
				case <-tick.C:
				}
				chore := r.worker().Hints()
				pieces, err := chore.Find(t.Context())
				for _, p := range pieces {
					if err = chore.Do(t.Context(), p); err != nil {
						break
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
		var mu sync.Mutex
		var took []time.Duration
		inner := r.app.hooks(r.worker())
		r.proxy.leadTo(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			began := time.Now()
			inner.ServeHTTP(w, q)
			d := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, d)
		}))
		var heap []uint64
		began := time.Now()
		answers := flood(t, r, ids, deliveries, together, func(i int) error {
			if i%(5*perSecond) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				heap = append(heap, m.HeapAlloc)
			}
			timer := time.NewTimer(time.Until(began.Add(time.Duration(i) * time.Second / perSecond)))
			defer timer.Stop()
			select {
			case <-t.Context().Done():
				return t.Context().Err()
			case <-timer.C:
				return nil
			}
		})
		wall := time.Since(began)
		close(stop)
		<-followed
		r.follow()
		fresh := database.dsn(t)
		r.fresh(fresh)
		if diff := cmp.Diff(present(t, fresh), present(t, dsn)); diff != "" {
			t.Error(diff)
		}
		slices.Sort(took)
		at := func(p float64) time.Duration {
			return took[min(len(took)-1, int(p*float64(len(took))))].Round(100 * time.Microsecond)
		}
		rep.add(database.name, "%d deliveries in %.1f s, answers %v", deliveries, wall.Seconds(), answers)
		rep.add("  answers at the median, 99th percentile, longest", "%s, %s, %s", at(0.5), at(0.99), at(1))
		third := (len(heap) + 2) / 3
		rep.add("  live heap, mean of the first third and of the last", "%.1f MB, %.1f MB", mean(heap[:third]), mean(heap[len(heap)-third:]))
		rep.add("  live heap, every 5 s", "%.1f MB", megabytes(heap))
	}
	rep.print(t)
}

func megabytes(bytes []uint64) []float64 {
	all := make([]float64, len(bytes))
	for i, b := range bytes {
		all[i] = float64(b) / 1e6
	}
	return all
}

// mean in megabytes.
func mean(bytes []uint64) (mb float64) {
	for _, v := range megabytes(bytes) {
		mb += v / float64(len(bytes))
	}
	return mb
}
