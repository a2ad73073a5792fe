package shopify

import (
	"context"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	sim "fourfold/internal/sim/shopify"
)

// till notes what is asked of the budget.
type till struct {
	*transport.Pacer
	mu    sync.Mutex
	asked []float64
}

func (p *till) Wait(ctx context.Context, cost float64) error {
	p.mu.Lock()
	p.asked = append(p.asked, cost)
	p.mu.Unlock()
	return p.Pacer.Wait(ctx, cost)
}

// What a query asks for is learned once, not by each pull: one that expects too much keeps others of its account waiting for nothing.
func TestPricesAreLearnedOnce(t *testing.T) {
	c := Connector()
	for i, shop := range []*sim.Shop{generated(t, 60), generated(t, 60)} {
		s := simulate(t, shop, sim.Options{Now: clock, Protected: 2})
		p := &till{Pacer: transport.NewPacer(nil)}
		s.acc.Pacer = p
		for _, stream := range c.Streams {
			if stream.ID != "products" && stream.ID != sessions.id {
				continue
			}
			var k kept
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			s.follow(t, ctx, stream, &k, 0)
			cancel()
			if len(k.proofs) == 0 {
				t.Fatalf("%s was not read", stream.ID)
			}
		}
		unknown := 0
		for _, cost := range p.asked {
			if cost == maxCost {
				unknown++
			}
		}
		switch {
		case len(p.asked) < 5:
			t.Errorf("%d requests: the test shows nothing", len(p.asked))
		case i == 0 && (unknown == 0 || unknown > 4):
			t.Errorf("of %d requests to the first shop %d were of an unknown price", len(p.asked), unknown)
		case i > 0 && unknown > 0:
			t.Errorf("of %d requests to another shop %d were of an unknown price, want none", len(p.asked), unknown)
		}
	}
}

var _ connectors.Pacer = (*till)(nil)
