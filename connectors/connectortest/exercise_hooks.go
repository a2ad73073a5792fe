package connectortest

import (
	"fmt"
	"slices"
	"testing"

	"fourfold/connectors"
)

// ExerciseHooks runs the part of the suite that a connector with webhooks passes besides.
func ExerciseHooks(t *testing.T, c Case, h HooksCase) {
	if faults := checkHooksDeclared(c.Connector); c.Connector.Hooks == nil || len(faults) > 0 {
		t.Fatal("the connector's webhooks are not declared as they should be:", faults)
	}
	for i, d := range h.Deliveries {
		t.Run(fmt.Sprint("delivery ", i), func(t *testing.T) { report(t, checkDelivery(c.Connector, h, d)) })
	}
	acc := c.Account(t)
	caps, err := c.Connector.Probe(t.Context(), acc)
	if err != nil {
		t.Fatal(err)
	}
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(p connectors.Capability) bool { return p.ID == id && p.Granted })
	}
	for _, s := range c.Connector.Streams {
		if s.Fetch == nil || !allowed(s, has) {
			continue
		}
		r := &rig{stream: s, version: c.Connector.Version, since: c.Since, has: has, rest: c.Rest, open: func() connectors.Account { return c.Account(t) }}
		t.Run("fetch "+s.ID, func(t *testing.T) {
			var whole *outcome
			if len(h.Whole[s.ID]) > 0 {
				var faults []error
				if whole, faults = r.checkWhole(t.Context()); len(faults) > 0 {
					report(t, faults)
					return
				}
			}
			report(t, checkFetch(t.Context(), r, whole, h.Whole[s.ID], h.Gone[s.ID]))
		})
	}
	t.Run("subscribe", func(t *testing.T) {
		for range 2 {
			if err := c.Connector.Hooks.Subscribe(t.Context(), acc, "https://hooks.example/hooks"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
