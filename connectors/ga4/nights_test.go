package ga4

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/ga4"
)

// Thirty nights over the days on which clocks change in Berlin and Los Angeles, after a first pull of thirteen months. What is held then is the truth, for
// every channel group's day that Google no longer changes; and what Google says at the last night, for those read in it.
func TestAfterThirtyNightsWhatIsHeldIsTheTruth(t *testing.T) {
	r := rigged(t, sim.Options{})
	all := sites()
	r.Clock.Set(time.Date(2026, time.October, 20, 4, 30, 0, 0, time.UTC))
	byID, ids := map[string]*sim.Property{}, []string{}
	for _, p := range all {
		byID[p.ID], ids = p, append(ids, p.ID)
	}
	before := 0
	held := adstest.Nights{Count: 30,
		Open:   func(_ *testing.T, id string) connectors.Account { return r.account(byID[id]) },
		Before: func(int) bool { r.Use(r.Token()); return true },
		After: func(night int) {
			asked := r.Requests()["runReport"]
			if n := asked - before; night == 0 && n != 13*len(all) || night > 0 && n != len(all) {
				t.Errorf("night %d took %d requests", night, n)
			}
			before = asked
		}}.Run(t, r.Login, ids...)
	for _, p := range all {
		h, today := held[p.ID], period.On(r.Clock.Now(), p.Location())
		looked, nothing := 0, 0
		for day := period.On(p.Created, p.Location()); day < today; day++ {
			for _, g := range sim.Groups {
				want := p.Truth(g, day)
				if day >= today-21 {
					want, _ = p.Told(g, day, r.Clock.Now())
					if day < today-6 {
						continue // it may have changed since the last weekly reading
					}
				}
				looked++
				got, held := h.Visits[adstest.Key{Day: day, Name: g}]
				if want.Sessions == 0 {
					nothing++
				}
				if held != (want.Sessions > 0) || got.Sessions != want.Sessions || got.Engaged != want.Engaged || got.Users != want.Users || got.NewUsers != want.NewUsers ||
					got.Carts != want.Carts || got.Checkouts != want.Checkouts || got.Purchases != want.Purchases || got.Revenue != want.Revenue {
					t.Fatalf("%s, %s, %s: held %+v, want %+v", p.Name, g, day, got, want)
				}
				if held && (got.Currency != p.Currency || got.Zone != p.Zone || got.Quality != fact.QualityOK || got.Final != day+21 || got.Channel == "") {
					t.Fatalf("%s: %+v", p.Name, got)
				}
			}
		}
		if looked < 4000 || nothing < 200 || h.Whole["visits"] != today {
			t.Errorf("%s: looked at %d, %d of nothing, whole up to %s", p.Name, looked, nothing, h.Whole["visits"])
		}
	}
}
