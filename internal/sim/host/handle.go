package host

import (
	"maps"
	"sync"
)

// Handle is what tests hold a simulated provider by: what it was asked, and what goes wrong in it, in its own words F. A provider embeds it. The zero
// value was asked nothing, and nothing goes wrong. It is safe for concurrent use.
type Handle[F any] struct {
	mu     sync.Mutex
	faults F
	asked  map[string]int
	leaked int
}

// SetFaults says what goes wrong from now on; the zero value heals all.
func (h *Handle[F]) SetFaults(f F) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = f
}

// Faults is what goes wrong now. Maps in it are only read.
func (h *Handle[F]) Faults() F {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.faults
}

// Strikes takes one of a fault that comes so many times; false where none is left.
func (h *Handle[F]) Strikes(which func(f *F) *int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := which(&h.faults)
	if *n <= 0 {
		return false
	}
	*n--
	return true
}

// Asked counts a request of a kind.
func (h *Handle[F]) Asked(kind string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asked == nil {
		h.asked = map[string]int{}
	}
	h.asked[kind]++
}

// Requests counts what was asked so far by kinds, which are the provider's own; what was refused is counted too.
func (h *Handle[F]) Requests() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.asked)
}

// Forget begins to count anew.
func (h *Handle[F]) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = nil
}

// Leak counts a request that carried a token to where it does not belong.
func (h *Handle[F]) Leak() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leaked++
}

// Leaked is how often that was.
func (h *Handle[F]) Leaked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.leaked
}
