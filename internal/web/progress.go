package web

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Step is how far one stream, or one job, of a pull in this process has come.
type Step struct {
	Merchant, Connection int64  // Connection is zero for what is of all of the merchant
	Job                  string // the stream's ID, derive or snapshots
	Text                 string
	Records              int64
	Done, Total          int64 // in the job's own unit; Total is zero while unknown
	Finished             bool

	began, at time.Time // when it was first told of, and last
}

// Progress keeps how far the pulls of this process have come, for the pages that show it. The zero value is ready.
type Progress struct {
	mu      sync.Mutex
	steps   map[stepKey]Step
	asked   map[int64]asking
	changed map[chan struct{}]int64 // those who watch, and the merchant they watch
}

type stepKey struct {
	merchant, connection int64
	job                  string
}

// stale is for how long a step is kept that nothing more was told of: a page of a bulk operation may take as long.
const stale = time.Hour

// Tell notes a step and wakes whoever watches the merchant.
func (p *Progress) Tell(s Step, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.steps == nil {
		p.steps = map[stepKey]Step{}
	}
	k := stepKey{s.Merchant, s.Connection, s.Job}
	s.began, s.at = now, now
	if old, ok := p.steps[k]; ok && !old.Finished && s.Records >= old.Records {
		s.began = old.began
	}
	p.steps[k] = s
	maps.DeleteFunc(p.steps, func(_ stepKey, s Step) bool { return now.Sub(s.at) > stale })
	for watcher, merchant := range p.changed {
		if merchant == s.Merchant {
			select {
			case watcher <- struct{}{}:
			default:
			}
		}
	}
}

// of lists a merchant's steps.
func (p *Progress) of(merchantID int64) []Step {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(p.steps)), func(s Step) bool { return s.Merchant != merchantID })
}

// asking is that a pull was asked for: when, and which run of the merchant's was then the last. Whether it has begun is told by a later run and
// not by the time, since the run may begin within the same millisecond, or on a machine whose clock is behind.
type asking struct {
	at  time.Time
	run int64
}

// ask notes that a pull was asked for here, where lastRun is the merchant's last; zero if there is none.
func (p *Progress) ask(merchantID, lastRun int64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked == nil {
		p.asked = map[int64]asking{}
	}
	p.asked[merchantID] = asking{now, lastRun}
}

// waits says whether a pull was asked for here and lately, and no run has begun since; lastRun is the merchant's last.
func (p *Progress) waits(merchantID, lastRun int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.asked[merchantID]
	return ok && lastRun <= a.run && now.Sub(a.at) < quietAfter
}

// watch has something put into changed where a merchant's steps move on, until done is called.
func (p *Progress) watch(merchantID int64) (changed <-chan struct{}, done func()) {
	c := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed == nil {
		p.changed = map[chan struct{}]int64{}
	}
	p.changed[c] = merchantID
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.changed, c)
	}
}
