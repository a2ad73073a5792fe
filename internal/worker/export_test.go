package worker

import (
	"testing"
	"time"

	"fourfold/internal/store"
)

// Files are owed once for each night that ended; what failed or was cut off is tried again some times, an hour apart.
func TestOwedExports(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	at := func(hours float64) time.Time { return now.Add(time.Duration(hours * float64(time.Hour))) }
	night := store.Run{StartedAt: at(-6), EndedAt: at(-5)}
	done := func(h float64) store.Run { return store.Run{StartedAt: at(h), EndedAt: at(h)} }
	failed := func(h float64) store.Run { return store.Run{StartedAt: at(h), EndedAt: at(h), Error: "full"} }
	cutOff := func(h float64) store.Run { return store.Run{StartedAt: at(h)} }
	runs := func(r ...store.Run) []store.Run { return r }
	for name, x := range map[string]struct {
		nights, exports []store.Run
		owed            bool
	}{
		"no night so far":               {nil, nil, false},
		"a night under way":             {runs(store.Run{StartedAt: at(-1)}, night), nil, false},
		"a night that failed":           {runs(failed(-2)), nil, true},
		"never exported":                {runs(night), nil, true},
		"exported before it":            {runs(night), runs(done(-20)), true},
		"exported since":                {runs(night), runs(done(-4.9)), false},
		"failed just now":               {runs(night), runs(failed(-0.5), done(-20)), false},
		"failed an hour ago":            {runs(night), runs(failed(-1), done(-20)), true},
		"cut off just now":              {runs(night), runs(cutOff(-0.1)), false},
		"cut off an hour ago":           {runs(night), runs(cutOff(-1.5)), true},
		"came right the second time":    {runs(night), runs(done(-2), failed(-4)), false},
		"failed four times":             {runs(night), runs(failed(-1), failed(-2), failed(-3), failed(-4)), false},
		"failed four times before it":   {runs(night), runs(failed(-7), failed(-8), failed(-9), failed(-10)), true},
		"failed often before, and once": {runs(night), runs(failed(-1), failed(-8), failed(-9), failed(-10)), true},
	} {
		if owed := owesExport(x.nights, x.exports, now); owed != x.owed {
			t.Errorf("%s: owed %t, want %t", name, owed, x.owed)
		}
	}
}
