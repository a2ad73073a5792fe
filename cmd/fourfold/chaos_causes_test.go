package main

import (
	"slices"
	"testing"
)

// Lines agree where both name a deletion and one names some of the other's causes, and only there.
func TestAgreeOnCauses(t *testing.T) {
	line := func(cause, v string) string { return "backfilled=1 cause=" + cause + " complete_to=7 v=" + v }
	both, one, other := line("deletion: 2026-06-11; unit cost change: 2026-06-11", "1"), line("deletion: 2026-06-11", "1"), line("late refund: 2026-06-11", "1")
	for _, x := range []struct {
		here, there string
		agree       bool
	}{
		{both, one, true}, {one, both, true}, {both, both, true}, {one, other, false}, {other, both, false},
		{line("late refund: 2026-06-11; unit cost change: 2026-06-11", "1"), other, false}, {both, line("unit cost change: 2026-06-11", "1"), false},
		{both, line("deletion: 2026-06-11", "2"), false}, {line("", "1"), one, false},
	} {
		here, there := []string{x.here}, []string{x.there}
		agreeOnCauses(here, there)
		if got := slices.Equal(here, there); got != x.agree {
			t.Errorf("%s and %s agree: %t", x.here, x.there, got)
		}
	}
}
