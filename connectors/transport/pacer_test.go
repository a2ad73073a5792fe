package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// provider is a bucket as a provider keeps it: it must hold what is asked for, and is charged what was used.
type provider struct {
	mu                        sync.Mutex
	level, maximum, restore   float64
	at                        time.Time
	asked, throttled, charged float64
}

func (b *provider) ask(requested, actual float64) (charged, available float64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.level = min(b.maximum, b.level+b.restore*now.Sub(b.at).Seconds())
	b.at = now
	b.asked++
	if b.level < requested {
		b.throttled++
		return 0, float64(int(b.level)), false
	}
	b.level -= actual
	b.charged += actual
	return actual, float64(int(b.level + 0.5)), true
}

// send is one request: there, and back over another time, so that answers overtake one another.
func send(t *testing.T, p *Pacer, b *provider, requested, actual float64, there, back time.Duration) {
	t.Helper()
	for {
		if err := p.Wait(t.Context(), requested); err != nil {
			t.Error(err)
			return
		}
		time.Sleep(there)
		charged, available, ok := b.ask(requested, actual)
		time.Sleep(back)
		p.Report(requested, charged, available, b.maximum, b.restore)
		if ok {
			return
		}
	}
}

func TestPacerUsesTheBucketAndIsHardlyThrottled(t *testing.T) {
	for _, workers := range []int{1, 2, 5, 16} {
		synctest.Test(t, func(t *testing.T) {
			b := &provider{level: 2000, maximum: 2000, restore: 100, at: time.Now()}
			p := NewPacer(nil)
			begin := time.Now()
			const length = 30 * time.Minute
			var wg sync.WaitGroup
			for w := range workers {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(uint64(w), 7))
					for time.Since(begin) < length {
						requested := 50 + 700*r.Float64()
						actual := float64(int(requested * (0.3 + 0.7*r.Float64())))
						there := time.Duration(r.IntN(150)) * time.Millisecond
						back := time.Duration(20+r.IntN(600)) * time.Millisecond
						send(t, p, b, float64(int(requested)), actual, there, back)
					}
				})
			}
			wg.Wait()
			allowed := 2000 + 100*time.Since(begin).Seconds()
			used, throttled := b.charged/allowed, b.throttled/b.asked
			t.Logf("%d workers: %.0f requests, %.1f %% of the bucket used, %.2f %% throttled", workers, b.asked, 100*used, 100*throttled)
			if used < 0.9 {
				t.Errorf("%d workers used %.1f %% of the bucket, want at least 90", workers, 100*used)
			}
			if throttled > 0.01 {
				t.Errorf("%d workers were throttled on %.2f %% of requests, want at most 1", workers, 100*throttled)
			}
		})
	}
}

func TestPacerWaitsExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(nil)
		if err := p.Wait(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		p.Report(100, 60, 140, 2000, 50)
		begin := time.Now()
		if err := p.Wait(t.Context(), 639); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d.Round(time.Millisecond) != 10*time.Second {
			t.Errorf("waited %s for 640 points with 140 there at 50 a second, want 10s", d)
		}
	})
}

func TestPacerFollowsOthersWhoUseTheBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &provider{level: 2000, maximum: 2000, restore: 100, at: time.Now()}
		p := NewPacer(nil)
		begin := time.Now()
		for time.Since(begin) < 10*time.Minute {
			send(t, p, b, 300, 300, 50*time.Millisecond, 50*time.Millisecond)
			b.ask(100, 100) // another program of the same app
		}
		if share := b.throttled / b.asked; share > 0.5 {
			t.Errorf("%.0f of %.0f requests throttled", b.throttled, b.asked)
		}
	})
}

func TestPacerBeforeTheFirstAnswerSendsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(nil)
		if err := p.Wait(t.Context(), 900); err != nil {
			t.Fatal(err)
		}
		second := make(chan time.Time, 1)
		begin := time.Now()
		go func() {
			if err := p.Wait(t.Context(), 900); err == nil {
				second <- time.Now()
			}
		}()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		select {
		case <-second:
			t.Fatal("a second request went before the first was answered")
		default:
		}
		p.Report(900, 10, 1990, 2000, 100)
		if d := (<-second).Sub(begin); d != 3*time.Second {
			t.Errorf("the second request went after %s, want 3s", d)
		}
	})
}

func TestPacerServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(nil)
		_ = p.Wait(t.Context(), 1)
		p.Report(1, 1, 0, 1000, 100)
		var mu sync.Mutex
		var order []float64
		var wg sync.WaitGroup
		for _, cost := range []float64{900, 1, 2, 3} {
			wg.Go(func() {
				if err := p.Wait(t.Context(), cost); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, cost)
				mu.Unlock()
				p.Report(cost, cost, 500, 1000, 100)
			})
			synctest.Wait()
		}
		wg.Wait()
		for i, want := range []float64{900, 1, 2, 3} {
			if order[i] != want {
				t.Fatalf("served %v, want the dear one first, as it came first", order)
			}
		}
	})
}

func TestPacerStopsAtOnceWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(nil)
		_ = p.Wait(t.Context(), 1)
		p.Report(1, 1, 0, 1000, 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		for range 2 {
			go func() { ended <- p.Wait(ctx, 900) }()
		}
		time.Sleep(time.Second)
		begin := time.Now()
		cancel()
		for range 2 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the context's error", err)
			}
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("took %s to stop", d)
		}
	})
}

func TestPacerForgivesSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(nil)
		for range 3 {
			if err := p.Wait(t.Context(), 700); err != nil {
				t.Fatal(err)
			}
			p.Report(700, 0, 0, 0, 0) // no answer came
		}
		_ = p.Wait(t.Context(), 700)
		p.Report(700, 700, 1300, 2000, 100)
		_ = p.Wait(t.Context(), 1299)
		p.Report(1299, 0, 0, 0, 0)
		begin := time.Now()
		if err := p.Wait(t.Context(), 500); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d.Round(time.Second) != 5*time.Second {
			t.Errorf("waited %s after a request that was not answered, want 5s: it counts as charged", d)
		}
	})
}
