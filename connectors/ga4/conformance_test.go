package ga4

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	sim "fourfold/internal/sim/ga4"
)

func TestConformance(t *testing.T) {
	r := rigged(t, sim.Options{})
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(), Since: time.Date(2026, time.May, 20, 0, 0, 0, 0, time.UTC),
		Account: func(*testing.T) connectors.Account { return r.account(sites()[1]) },
	})
}
