package shopify

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Chance is how often a fault strikes: the next Count occasions for certain, and after them each with probability P.
type Chance struct {
	P     float64
	Count int
}

// Faults are what can go wrong at the provider. All are drawn from one generator, so that a seed gives one course of events as long
// as requests come in one order.
type Faults struct {
	Seed uint64

	TooMany   Chance // HTTP 429 with Retry-After
	Broken    Chance // HTTP 500, 502, 503 with an HTML body
	Reset     Chance // the connection is reset before the reply
	CutReply  Chance // the reply ends in the middle
	Throttled Chance // THROTTLED whatever the bucket holds
	Internal  Chance // INTERNAL_SERVER_ERROR, HTTP 200, no data
	Partial   Chance // data with one field null and an error beside it
	Slow      Chance // the reply waits for SlowBy
	SlowBy    time.Duration

	BulkFailed   Chance // a bulk operation ends FAILED, with part of its data
	BulkCanceled Chance // a bulk operation ends CANCELED without anyone asking
	BulkTimeout  Chance // a bulk operation ends FAILED with TIMEOUT and no data
	CutDownload  Chance // a download ends in the middle, in the middle of a line
	ShortFile    Chance // a bulk result is shorter than its counts promise, and its download is whole

	LostRefresh Chance // a token pair is rotated, and the reply is lost
	TokenBroken Chance // HTTP 503 from the token endpoint, nothing rotated

	Frozen   bool // HTTP 402: the merchant owes Shopify
	Inactive bool // HTTP 200 with SHOP_INACTIVE
	Locked   bool // HTTP 423
	Gone     bool // HTTP 404: no such shop
}

// faultBox draws.
type faultBox struct {
	mu  sync.Mutex
	f   Faults
	rng *rand.Rand
}

// SetFaults switches faults on and off, from the next request on.
func (s *Server) SetFaults(f Faults) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.f = f
	s.faults.rng = rand.New(rand.NewPCG(f.Seed, 0x5eed))
}

func (b *faultBox) now() Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.f
}

// strikes draws one fault.
func (b *faultBox) strikes(which func(*Faults) *Chance) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := which(&b.f)
	if c.Count > 0 {
		c.Count--
		return true
	}
	return c.P > 0 && b.rng.Float64() < c.P
}

// pick draws a number below n.
func (b *faultBox) pick(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rng == nil {
		b.rng = rand.New(rand.NewPCG(0, 0x5eed))
	}
	return b.rng.IntN(n)
}
