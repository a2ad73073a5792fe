package cluster_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"fourfold/connectors"
)

// A store that refuses its login is told at once, and once: its job rests, and the night goes on for as long as another store of the same
// merchant has it wait.
func TestWhoIsDeniedIsToldOnce(t *testing.T) {
	var released atomic.Bool
	b := newBench(t, map[string]answers{"orders": func(shop string, _ int) error {
		if shop == "slow" && !released.Load() {
			return fault(connectors.Throttled, 0)
		}
		return onlyFor("dead", shop, fault(connectors.Denied, 0))
	}})
	m := b.merchant("dead")
	b.link(m, "slow")
	told := 0
	tell := func() {
		t.Helper()
		for range 2 { // each process asks every minute what to tell
			w := b.worker()
			w.Tell = func(_ context.Context, subject, text string) error {
				if !strings.Contains(text, "refused the login") || !strings.Contains(text, "fourfold link toy") {
					t.Errorf("told %q: %s", subject, text)
				}
				told++
				return nil
			}
			if err := w.Alert(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	done := b.work()
	defer done()
	b.until("an alert", func() bool {
		tell()
		return told > 0
	})
	if n := len(b.nights(m)); n > 0 {
		t.Errorf("%d nights have ended", n)
	}
	slow := b.begun("slow/orders")
	b.until("the other store's turn", func() bool { return b.begun("slow/orders") > slow })
	tell()
	released.Store(true)
	b.until("the night", func() bool { return len(b.nights(m)) > 0 })
	b.until("rest", func() bool { return b.alive() == 0 })
	tell()
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
}
