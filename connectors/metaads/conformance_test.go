package metaads

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	sim "fourfold/internal/sim/metaads"
)

func TestConformance(t *testing.T) {
	for name, faults := range map[string]sim.Faults{
		"at once": {EmptyPages: true},
		// The first question is too large, so that the rest are ordered as reports.
		"as reports": {MostCells: 90 * 5 * 20, EmptyPages: true},
		// Nothing but single campaigns is small enough, and not with all of their metrics.
		"in parts": {MostCells: 19, MostReport: 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulate(t, func(o *sim.Options) { o.MostRows, o.Prepares = 150, 40*time.Second })
			r.SetFaults(faults)
			since := firstRun.AddDate(0, 0, -200)
			if name == "in parts" {
				since = firstRun.AddDate(0, 0, -6)
			}
			// Not east of Greenwich: no midnight passes while reports are waited for.
			connectortest.Exercise(t, connectortest.Case{Connector: Connector(), Since: since,
				Account: func(*testing.T) connectors.Account { return r.account(r.opts.Accounts[1]) },
				Rest:    func(_ context.Context, after time.Duration) { r.Clock.Pass(after) }})
			t.Log(r.Requests())
		})
	}
}
