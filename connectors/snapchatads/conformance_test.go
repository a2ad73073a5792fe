package snapchatads

import (
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
)

func TestConformance(t *testing.T) {
	w := simulate(t)
	l := w.link(t)
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return w.open(t, l, mainAccount) },
		Since:     simStart.AddDate(0, -13, 0),
	})
}
