package transport

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Pacer is a connectors.Pacer in memory, for one process: a leaky bucket that fills at the provider's own rate and is set right
// by what the provider says of it. It is safe for concurrent use, and serves those who wait in the order they came, so that a
// dear request is not starved by cheap ones.
//
// A request waits until the bucket holds what it asks for, exactly (needed − available) ÷ restore. What is under way counts as
// spent until its answer says what was charged. Before the first answer, one request goes at a time.
type Pacer struct {
	now  func() time.Time
	turn chan struct{} // held by the one who is next

	mu      sync.Mutex
	known   bool
	level   float64 // at the time `at`, what is under way not yet taken off
	at      time.Time
	maximum float64
	restore float64
	flights []flight
	changed chan struct{} // closed and renewed at each report
}

// flight is a request under way.
type flight struct {
	cost  float64
	sent  time.Time
	alone bool    // nothing else was under way at the same time
	since float64 // charged to others that came back meanwhile
}

// rounding is kept free: providers tell their level in whole points.
const rounding = 1

// NewPacer makes a pacer that knows nothing of the bucket yet. A nil clock is time.Now.
func NewPacer(now func() time.Time) *Pacer {
	if now == nil {
		now = time.Now
	}
	return &Pacer{now: now, turn: make(chan struct{}, 1), changed: make(chan struct{})}
}

// Wait blocks until cost may be spent, or returns the context's error. Each nil must be followed by one Report.
func (p *Pacer) Wait(ctx context.Context, cost float64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case p.turn <- struct{}{}:
	}
	defer func() { <-p.turn }()
	for {
		short, ok, changed := p.take(cost)
		if ok {
			return nil
		}
		if err := idle(ctx, short, changed); err != nil {
			return err
		}
	}
}

// take spends cost if the bucket holds it. If not, short is how long it takes to fill that far; zero if only a report can help.
func (p *Pacer) take(cost float64) (short time.Duration, ok bool, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.flights) > 0 && !p.known {
		return 0, false, p.changed
	}
	if p.known {
		// A request dearer than the whole bucket goes when it is full: the provider refuses it by name.
		need := min(cost+rounding, p.maximum)
		missing := need - p.levelNow()
		for _, f := range p.flights {
			missing += f.cost
		}
		if missing > 0 && (p.restore > 0 || len(p.flights) > 0) {
			if p.restore > 0 {
				short = time.Duration(missing/p.restore*float64(time.Second)) + time.Microsecond
			}
			return short, false, p.changed
		}
	}
	for i := range p.flights {
		p.flights[i].alone = false
	}
	p.flights = append(p.flights, flight{cost: cost, sent: p.now(), alone: len(p.flights) == 0})
	return 0, true, nil
}

// levelNow is what the bucket has filled to since it was last looked at.
func (p *Pacer) levelNow() float64 {
	return min(p.maximum, p.level+p.restore*max(0, p.now().Sub(p.at).Seconds()))
}

// Report ends what Wait(requested) began. Where the provider said nothing, maximum is zero, and the request counts as charged
// in full.
//
// Of a request that was alone, the provider's word is the level. Where requests overlap, their answers may arrive in another
// order than they were charged: then our own reckoning stands, within the bounds that the provider's word sets.
func (p *Pacer) Report(requested, actual, available, maximum, restorePerSecond float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	charged := actual
	if maximum <= 0 {
		charged = requested
	}
	f := p.land(requested, charged)
	reckoned := p.levelNow() - charged
	switch {
	case maximum <= 0:
		p.level = reckoned
	case !p.known || f.alone:
		p.level = available
	default:
		lower := available - f.since                                            // all others were charged after the provider looked
		upper := available + restorePerSecond*max(0, now.Sub(f.sent).Seconds()) // it looked as soon as we asked
		p.level = min(max(reckoned, lower), upper)
	}
	p.at = now
	if maximum > 0 {
		p.known, p.maximum, p.restore = true, maximum, restorePerSecond
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// land takes the request off those under way.
func (p *Pacer) land(requested, charged float64) flight {
	i := slices.IndexFunc(p.flights, func(f flight) bool { return f.cost == requested })
	if i < 0 {
		return flight{sent: p.now()}
	}
	f := p.flights[i]
	p.flights = slices.Delete(p.flights, i, i+1)
	for i := range p.flights {
		p.flights[i].since += charged
	}
	return f
}

// idle waits for time to pass or for a report, whichever is first.
func idle(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	var tick <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		tick = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick:
	case <-changed:
	}
	return nil
}
