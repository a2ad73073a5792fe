package shopify

import (
	"sync"
	"time"
)

// bucket holds the points of one app on one shop. It refills by the restore rate; a query takes what it requested and gets back what
// it did not use.
type bucket struct {
	mu    sync.Mutex
	rate  float64
	size  float64
	level float64
	last  time.Time
	now   func() time.Time
}

// throttleStatus is the bucket as a reply tells it.
type throttleStatus struct {
	MaximumAvailable   float64 `json:"maximumAvailable"`
	CurrentlyAvailable int     `json:"currentlyAvailable"`
	RestoreRate        float64 `json:"restoreRate"`
}

func (b *bucket) fill() {
	now := b.now()
	if b.last.IsZero() {
		b.level = b.size
	} else {
		b.level = min(b.size, b.level+now.Sub(b.last).Seconds()*b.rate)
	}
	b.last = now
}

// take holds the cost, or refuses where there is too little.
func (b *bucket) take(cost int) (throttleStatus, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	if b.level < float64(cost) {
		return b.status(), false
	}
	b.level -= float64(cost)
	return b.status(), true
}

func (b *bucket) giveBack(points int) throttleStatus {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill()
	b.level = min(b.size, b.level+float64(points))
	return b.status()
}

// status must be called with the lock held.
func (b *bucket) status() throttleStatus { return throttleStatus{b.size, int(b.level), b.rate} }
