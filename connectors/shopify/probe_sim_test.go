package shopify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	sim "fourfold/internal/sim/shopify"
)

func without(scopes ...string) []string {
	return slices.DeleteFunc(slices.Clone(sim.AllScopes), func(s string) bool { return slices.Contains(scopes, s) })
}

func TestProbe(t *testing.T) {
	young := generated(t, 5)
	young.CreatedAt = sim.At(simNow.Add(-10 * 24 * time.Hour))
	cases := []struct {
		name    string
		shop    *sim.Shop
		opts    sim.Options
		refused []string // capabilities, all others being granted
		walled  bool
	}{
		{"everything", nil, sim.Options{Protected: 2}, nil, false},
		{"no second level of protected data", nil, sim.Options{}, []string{canReports}, false},
		{"no protected data", nil, sim.Options{Protected: sim.None}, []string{canOrders, canCustomers, canProtected, canReturns, canPromises, canDisputes, canReports}, false},
		{"60 days", nil, sim.Options{Protected: 2, Scopes: without(scopeAllOrders)}, []string{canAllOrders}, true},
		{"60 days of a young shop", young, sim.Options{Protected: 2, Scopes: without(scopeAllOrders)}, nil, false},
		{"no customers", nil, sim.Options{Protected: 2, Scopes: without(scopeCustomers)}, []string{canCustomers}, false},
		{"no products", nil, sim.Options{Protected: 2, Scopes: without(scopeProducts)}, []string{canProducts}, false},
		{"no inventory", nil, sim.Options{Protected: 2, Scopes: without(scopeInventory)}, []string{canInventory}, false},
		{"no locations", nil, sim.Options{Protected: 2, Scopes: without(scopeLocations)}, []string{canLocations}, false},
		{"no returns", nil, sim.Options{Protected: 2, Scopes: without(scopeReturns)}, []string{canReturns}, false},
		{"no promises", nil, sim.Options{Protected: 2, Scopes: without(scopeMerchantPromises)}, []string{canPromises}, false},
		{"no reports", nil, sim.Options{Protected: 2, Scopes: without(scopeReports)}, []string{canReports}, false},
		{"hidden costs", nil, sim.Options{Protected: 2, HideCosts: true}, []string{canUnitCost}, false},
		{"writing implies reading", nil, sim.Options{Protected: 2, Scopes: append(without(scopeOrders), "write_orders")}, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			shop := c.shop
			if shop == nil {
				shop = generated(t, 40)
			}
			c.opts.Now = clock
			s := simulate(t, shop, c.opts)
			caps, err := probe(t.Context(), s.acc)
			if err != nil {
				t.Fatal(err)
			}
			if len(caps) != len(abilities) {
				t.Errorf("told of %d capabilities, want %d", len(caps), len(abilities))
			}
			for _, p := range caps {
				if p.Granted == slices.Contains(c.refused, p.ID) {
					t.Errorf("%s: granted is %v (%s)", p.ID, p.Granted, p.Detail)
				}
				if !p.Granted && p.Detail == "" {
					t.Errorf("%s is withheld and does not say why", p.ID)
				}
				if walled := !p.Since.IsZero(); walled != (c.walled && slices.Contains(behindWall, p.ID)) {
					t.Errorf("%s reaches back to %s", p.ID, p.Since)
				}
				if c.name == "60 days of a young shop" && p.ID == canAllOrders && !strings.Contains(p.Detail, "younger than 60 days") {
					t.Errorf("a young shop is told %q", p.Detail)
				}
			}
		})
	}
}

func TestProbeThatCannotBeMade(t *testing.T) {
	for name, c := range map[string]struct {
		faults sim.Faults
		want   connectors.Fault
	}{
		"frozen": {sim.Faults{Frozen: true}, connectors.Unavailable},
		"locked": {sim.Faults{Locked: true}, connectors.Unavailable},
		"gone":   {sim.Faults{Gone: true}, connectors.Malformed},
	} {
		s := simulate(t, generated(t, 5), sim.Options{Now: clock})
		s.SetFaults(c.faults)
		if caps, err := probe(t.Context(), s.acc); !isFaultOf(err, c.want) || caps != nil {
			t.Errorf("%s gave %v, %v", name, caps, err)
		}
	}
	s := simulate(t, generated(t, 5), sim.Options{Now: clock})
	s.Uninstall()
	if _, err := probe(t.Context(), s.acc); !isDenied(err) {
		t.Errorf("a dead token gave %v", err)
	}
}
