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
	w.Link(t)
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return w.Open(t, mainAccount) },
		Since:     simStart.AddDate(0, -13, 0),
		// Reports are prepared while the clock moves on, but not into another day, of which other things would be told.
		Rest: func(_ context.Context, after time.Duration) {
			if w.Clock.Now().Add(after).Day() != simStart.Day() {
				t.Error("the tests take longer than a day")
			}
			w.Clock.Pass(after)
		},
	})
	if n := w.Leaked(); n != 0 {
		t.Errorf("the token went to the storage %d times", n)
	}
}
