package web

import (
	"sync"
	"time"
)

// pace lets each of many askers ask so often: a burst at once, and from then on once every so long. It is counted in this process alone.
type pace struct {
	every time.Duration
	burst int

	mu  sync.Mutex
	due map[string]time.Time // when an asker would have paid for all it asked
}

// pacedMost is how many askers are kept in mind before those who owe nothing are forgotten.
const pacedMost = 10_000

func newPace(every time.Duration, burst int) *pace {
	return &pace{every: every, burst: burst, due: map[string]time.Time{}}
}

// wait counts one asking, and is zero where it may be answered; otherwise it is not counted, and may come again after that long.
func (p *pace) wait(asker string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.due) >= pacedMost {
		for k, due := range p.due {
			if !due.After(now) {
				delete(p.due, k)
			}
		}
	}
	due := p.due[asker]
	if due.Before(now) {
		due = now
	}
	if early := due.Sub(now) - time.Duration(p.burst-1)*p.every; early > 0 {
		return early
	}
	p.due[asker] = due.Add(p.every)
	return 0
}
