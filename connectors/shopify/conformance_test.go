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
	c := connectortest.Case{
		Connector: Connector(),
		Account:   func(*testing.T) connectors.Account { return s.acc },
		Rest: func(ctx context.Context, _ time.Duration) {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
		},
	}
	for _, stream := range c.Connector.Streams {
		if stream.ID != sessions.id && stream.ID != salesReport.id {
			c.Streams = append(c.Streams, stream.ID)
		}
	}
	connectortest.Exercise(t, c)

	// Reports have a budget of a hundred queries a minute, which no test can wait for: so only the last weeks of them.
	c.Streams, c.Since = []string{sessions.id, salesReport.id}, simNow.AddDate(0, 0, -65)
	connectortest.Exercise(t, c)

	if n := s.Stats().TokensLeaked; n != 0 {
		t.Errorf("the token went to the storage host %d times", n)
	}
}
