package amazonads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/amazonads"
)

func shop(currency, zone string, unit money.Micros) *ads.Account {
	return ads.Generate(ads.Account{ID: "2501234", Name: "Shop", Currency: currency, Zone: zone, Seed: 7, Settles: 20, Unit: unit},
		kinds, period.Date(2026, time.July, 1), period.Date(2026, time.November, 20), 30*money.Unit)
}

func TestConformance(t *testing.T) {
	s := simulate(t, sim.Options{Polls: 1}, shop("EUR", "Europe/Paris", money.Unit/100))
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return s.Open(t, "2501234") },
		Since:     begin.AddDate(0, -13, 0),
	})
	if s.Leaked() > 0 {
		t.Errorf("a token went to where reports are fetched %d times", s.Leaked())
	}
}
