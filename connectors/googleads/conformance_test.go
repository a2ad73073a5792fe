package googleads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	sim "fourfold/internal/sim/googleads"
)

func TestConformance(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all[:1], Managers: []sim.Manager{{ID: "9990001111", Name: "Agency", Accounts: all[1:]}}, Batch: 50})
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(), Since: time.Date(2025, time.November, 20, 0, 0, 0, 0, time.UTC),
		Account: func(*testing.T) connectors.Account { return r.account(all[1], "9990001111") },
	})
}
