package shopify

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	sim "fourfold/internal/sim/shopify"
)

func TestConformance(t *testing.T) {
	s := simulate(t, generated(t, 300), sim.Options{Now: clock, Protected: 2})
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(*testing.T) connectors.Account { return s.acc },
		Rest: func(ctx context.Context, _ time.Duration) {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		},
	})
	if n := s.Stats().TokensLeaked; n != 0 {
		t.Errorf("the token went to the storage host %d times", n)
	}
}
