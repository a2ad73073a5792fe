package worker

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"fourfold/internal/store"
)

// AskNight has a merchant's night worked soon, whatever the schedule says: somebody waits for it. It returns at once. Where a night of theirs is
// under way, another follows it, since what was linked just now is in none before; asked twice meanwhile, still one. It is for the engine
// that works this process's nights: Run, unless Asked is set.
func (w *Worker) AskNight(ctx context.Context, merchantID int64) error {
	if w.Asked != nil {
		return w.Asked(ctx, merchantID)
	}
	w.asked.put(merchantID)
	select {
	case w.asked.woken() <- struct{}{}:
	default: // somebody asked, and Run has not looked yet
	}
	return nil
}

// askedNight works the night that was asked for, unless the merchant was paused or removed meanwhile.
func (w *Worker) askedNight(ctx context.Context, merchantID int64) {
	m, err := w.Store.Merchant(ctx, merchantID)
	if err != nil || m.State != store.StateActive {
		w.Log.Info("a night that was asked for is left out", "job", NightKind, "merchant", merchantID, "error", err)
		return
	}
	w.logged(ctx, Night{Merchant: m})
}

// asked are the merchants whose night somebody asked for, and that Run has not begun yet. The zero value is ready.
type asked struct {
	mu   sync.Mutex
	all  map[int64]bool
	wake chan struct{}
}

func (a *asked) put(merchantID int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[int64]bool{}
	}
	a.all[merchantID] = true
}

func (a *asked) take() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.Sorted(maps.Keys(a.all))
	clear(a.all)
	return all
}

func (a *asked) any() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.all) > 0
}

func (a *asked) woken() chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.wake == nil {
		a.wake = make(chan struct{}, 1)
	}
	return a.wake
}

// wait waits until somebody asks, until something ended that may have kept an asked night waiting, or for so long.
func (a *asked) wait(ctx context.Context, ended <-chan struct{}, longest time.Duration) error {
	if !a.any() {
		ended = nil
	}
	t := time.NewTimer(longest)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
	case <-a.woken():
	case <-ended:
	}
	return nil
}
