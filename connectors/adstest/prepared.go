package adstest

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
)

// Anew is a run that finds a report which came to nothing, for the reason that is said, and one more, which reads what was ordered anew.
func (h *Held) Anew(t *testing.T, s connectors.Stream, acc connectors.Account, since time.Time, says string) {
	t.Helper()
	_ = Fault(t, h.Once(t, s, acc, since), connectors.Unavailable, says)
	if h.HeldDays() > 0 {
		t.Errorf("%d days are held of a report that came to nothing", h.HeldDays())
	}
	if err := h.Once(t, s, acc, since); err != nil || h.HeldDays() < 15 {
		t.Fatalf("then %d days are held: %v", h.HeldDays(), err)
	}
}

// CallsForAPerson runs a stream whose report is never done, hour after hour, until a person is told: after it was ordered a few times, and not before.
func (h *Held) CallsForAPerson(t *testing.T, c *Clock, s connectors.Stream, acc connectors.Account, since time.Time) {
	t.Helper()
	given := 0
	for range 24 * 7 {
		err := h.Once(t, s, acc, since)
		switch f, _ := connectors.FaultOf(err); f {
		case connectors.Throttled:
			c.Pass(max(connectors.RetryAfter(err), 10*time.Minute))
		case connectors.Unavailable:
			if given++; !strings.Contains(err.Error(), "not finished the report after") {
				t.Fatal(err)
			}
		default:
			_ = Fault(t, err, connectors.Malformed, "ordered 3 times", "not finished the report after")
			if given != 2 || h.HeldDays() > 0 {
				t.Errorf("it was given up %d times before, and %d days are held", given, h.HeldDays())
			}
			return
		}
	}
	t.Fatal("it is waited for, for ever")
}
