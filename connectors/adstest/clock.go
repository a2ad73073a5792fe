package adstest

import (
	"sync"
	"time"
)

// Clock is handed to the simulation and to the connector. It goes on when a test says so.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock is a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is where it stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set puts it to a time.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Pass lets time go by.
func (c *Clock) Pass(d time.Duration) { c.Set(c.Now().Add(d)) }
