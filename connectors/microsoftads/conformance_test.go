package microsoftads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/microsoftads"
)

func account1(currency, zone string, unit money.Micros) *ads.Account {
	return ads.Generate(ads.Account{ID: "1501234", Name: "Shop " + currency, Currency: currency, Zone: zone, Seed: 7, Settles: 20, Unit: unit},
		kinds, period.Date(2025, time.August, 1), period.Date(2026, time.November, 20), 30*money.Unit)
}

func TestConformance(t *testing.T) {
	s := simulate(t, sim.Options{Polls: 1}, account1("EUR", "Europe/Berlin", money.Unit/100))
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(t *testing.T) connectors.Account { return s.Open(t, "1501234") },
		Since:     begin.AddDate(0, -13, 0),
	})
	if s.Leaked() > 0 {
		t.Errorf("a token went to where reports are fetched %d times", s.Leaked())
	}
}
