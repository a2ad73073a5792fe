package worker

import (
	"context"
	"fmt"
	"time"
)

// Grace is how long what is under way may take to finish its page once it was asked to stop.
const Grace = 8 * time.Second

// errStopped ends a piece of work that was asked to stop, after its page.
var errStopped = fmt.Errorf("asked to stop: %w", context.Canceled)

// StopOn has everything under way end after its page once stop is closed, and begin nothing more. It is set before work begins.
func (w *Worker) StopOn(stop <-chan struct{}) { w.stopping = stop }

func (w *Worker) stopped() bool {
	select {
	case <-w.stopping:
		return true
	default:
		return false
	}
}

// graceful is a context that lives a while longer than ctx, so that a page which is under way is stored.
func graceful(ctx context.Context) (lasting context.Context, release func()) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan struct{})
	go func() {
		defer cancel()
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		t := time.NewTimer(Grace)
		defer t.Stop()
		select {
		case <-over:
		case <-t.C:
		}
	}()
	return lasting, func() { close(over) }
}

// pause waits, unless it is asked to stop.
func (w *Worker) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopping:
		return errStopped
	case <-t.C:
		return nil
	}
}
