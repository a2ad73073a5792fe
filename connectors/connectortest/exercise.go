package connectortest

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
)

// Case is what a connector's test hands in.
type Case struct {
	Connector connectors.Connector
	// Account opens the same account anew each time, against a provider whose data do not change between the calls.
	Account func(t *testing.T) connectors.Account
	// Streams to pull; empty for all that the account's capabilities allow.
	Streams []string
	// Since is how far back first pulls reach.
	Since time.Time
	// Rest is called where a pull is told to come back later. Nil waits a little and goes on.
	Rest func(ctx context.Context, after time.Duration)
}

// Exercise runs the suite as subtests.
func Exercise(t *testing.T, c Case) {
	t.Run("declaration", func(t *testing.T) {
		report(t, append(checkDeclaration(c.Connector), checkHooksDeclared(c.Connector)...))
	})

	var caps []connectors.Capability
	t.Run("accounts and probe", func(t *testing.T) {
		acc := c.Account(t)
		report(t, checkAccounts(t.Context(), c.Connector, acc))
		var faults []error
		caps, faults = checkProbe(t.Context(), c.Connector, acc)
		report(t, faults)
	})
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(p connectors.Capability) bool { return p.ID == id && p.Granted })
	}
	for _, s := range c.Connector.Streams {
		if len(c.Streams) > 0 && !slices.Contains(c.Streams, s.ID) {
			continue
		}
		if !allowed(s, has) {
			t.Logf("stream %s needs %v, which is not granted here", s.ID, s.Needs)
			continue
		}
		r := &rig{stream: s, version: c.Connector.Version, since: c.Since, has: has, rest: c.Rest}
		r.open = func() connectors.Account { return c.Account(t) }
		t.Run(s.ID, func(t *testing.T) { exerciseStream(t, r) })
	}
}

func exerciseStream(t *testing.T, r *rig) {
	whole, faults := r.checkWhole(t.Context())
	t.Run("uninterrupted", func(t *testing.T) {
		t.Logf("%d pages, %d records, %d proofs", whole.pages, len(whole.holdings.records), len(whole.proofs))
		report(t, faults)
	})
	if len(faults) > 0 {
		return
	}
	t.Run("cut after every page", func(t *testing.T) { report(t, r.checkCut(t.Context(), whole)) })
	t.Run("every page lost once", func(t *testing.T) { report(t, r.checkLost(t.Context(), whole)) })
	t.Run("pulled again", func(t *testing.T) { report(t, r.checkAgain(t.Context(), whole)) })
	t.Run("cursors", func(t *testing.T) { report(t, r.checkCursors(t.Context(), whole)) })
	t.Run("stopped", func(t *testing.T) { report(t, r.checkStopped(t.Context())) })
	t.Run("faults", func(t *testing.T) {
		acc := r.open()
		// Nothing reaches the network here, so that waiting between attempts need not take time.
		synctest.Test(t, func(t *testing.T) { report(t, r.checkFaults(t.Context(), acc)) })
	})
}

func allowed(s connectors.Stream, has func(string) bool) bool {
	return !slices.ContainsFunc(s.Needs, func(need string) bool { return !has(need) })
}

func report(t *testing.T, faults []error) {
	t.Helper()
	for i, err := range faults {
		if i == 10 {
			t.Errorf("and %d more", len(faults)-i)
			return
		}
		t.Error(err)
	}
}
