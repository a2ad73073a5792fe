package snapchatads

import (
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
)

func TestConformance(t *testing.T) {
	w := simulate(t)
	w.Link(t)
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return w.Open(t, mainAccount) },
		Since:     simStart.AddDate(0, -13, 0),
	})
}
