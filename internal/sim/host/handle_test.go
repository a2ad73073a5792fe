package host

import (
	"maps"
	"testing"
)

type faults struct{ Broken, Busy int }

func TestHandleCountsAndStrikes(t *testing.T) {
	var h Handle[faults]
	broken := func(f *faults) *int { return &f.Broken }
	if h.Strikes(broken) || len(h.Requests()) != 0 {
		t.Error("something goes wrong before it was said to, or was asked")
	}
	h.SetFaults(faults{Broken: 2, Busy: 1})
	h.Asked("list")
	struck := 0
	for h.Strikes(broken) {
		struck++
	}
	if struck != 2 || h.Faults() != (faults{Busy: 1}) {
		t.Errorf("struck %d times, and %+v are left", struck, h.Faults())
	}
	h.Asked("list")
	h.Asked("report")
	told := h.Requests()
	told["list"] = 7
	if want := map[string]int{"list": 2, "report": 1}; !maps.Equal(h.Requests(), want) {
		t.Errorf("counted %v, want %v", h.Requests(), want)
	}
	h.Forget()
	if len(h.Requests()) != 0 {
		t.Errorf("%v were not forgotten", h.Requests())
	}
}
