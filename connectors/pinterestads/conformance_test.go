package pinterestads

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
)

func TestConformance(t *testing.T) {
	w := simulate(t, prepares)
	l := w.link(t)
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return w.open(t, l, mainAccount) },
		Since:     simStart.AddDate(0, -13, 0),
		// Reports are prepared while the clock moves on, but not into another day, of which other things would be told.
		Rest: func(_ context.Context, after time.Duration) {
			if w.clock.now().Add(after).Day() != simStart.Day() {
				t.Error("the tests take longer than a day")
			}
			w.clock.advance(after)
		},
	})
	if n := w.Leaked(); n != 0 {
		t.Errorf("the token went to the storage %d times", n)
	}
}
