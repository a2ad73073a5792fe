package shopify

import (
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"fourfold/connectors/transport"
)

// maxWalk is the most objects that one paginated walk gives.
const maxWalk = 25_000

// maxCost is what one query may ask for. It is what an unknown query is expected to cost: too high a guess waits once, too low
// a guess is throttled.
const maxCost = 1_000

// mutationCost is what a mutation is charged.
const mutationCost = 10

// cost is what Shopify said of the points: Requested is held against the bucket before, Actual is charged afterwards.
type cost struct {
	Requested float64  `json:"requestedQueryCost"`
	Actual    *float64 `json:"actualQueryCost"`
	Throttle  struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Restore   float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// budget in the transport's words. A throttled query is not charged.
func (c *cost) budget() transport.Budget {
	b := transport.Budget{Available: c.Throttle.Available, Maximum: c.Throttle.Maximum, Restore: c.Throttle.Restore}
	if c.Actual != nil {
		b.Charged = *c.Actual
	}
	return b
}

// wait is how long until the bucket holds what the query asks for.
func (c *cost) wait() time.Duration {
	short := min(c.Requested, c.Throttle.Maximum) - c.Throttle.Available
	if short <= 0 || c.Throttle.Restore <= 0 {
		return 0
	}
	return time.Duration(short / c.Throttle.Restore * float64(time.Second))
}

// prices remembers what queries asked for, so that the next of the same shape waits for exactly that. Shopify reckons it by the query's
// text, so that it is the same in all shops, and one pull learns it for all that come after.
type prices struct {
	mu   sync.Mutex
	seed maphash.Seed
	by   map[uint64]float64
}

func newPrices() *prices { return &prices{seed: maphash.MakeSeed(), by: map[uint64]float64{}} }

// key of a document with the variables that set its price: its page sizes, and how many IDs it names.
func (p *prices) key(document string, vars map[string]any) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	h.WriteString(document)
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		switch v := vars[name].(type) {
		case int:
			fmt.Fprintf(&h, " %s=%d", name, v)
		case []string:
			fmt.Fprintf(&h, " %s:%d", name, len(v))
		}
	}
	return h.Sum64()
}

func (p *prices) expect(key uint64, document string) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.by[key]; ok {
		return c
	}
	if isMutation(document) {
		return mutationCost
	}
	return maxCost
}

func (p *prices) learn(key uint64, requested float64) {
	if requested <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by[key] = requested
}

// isMutation tells by the document's first word, comments aside.
func isMutation(document string) bool {
	for line := range strings.Lines(document) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		return strings.HasPrefix(line, "mutation")
	}
	return false
}
