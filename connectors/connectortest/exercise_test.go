package connectortest

import (
	"strings"
	"testing"
	"testing/synctest"
)

func TestExercise(t *testing.T) {
	y := &toy{}
	Exercise(t, Case{Connector: y.connector(), Account: y.account})
}

func TestExerciseOfAPullThatIsToldToWait(t *testing.T) {
	y := &toy{flaw: "is told to wait"}
	r := y.rig()
	whole, faults := r.checkWhole(t.Context())
	faults = append(faults, r.checkCut(t.Context(), whole)...)
	faults = append(faults, r.checkLost(t.Context(), whole)...)
	report(t, faults)
	if n := len(whole.holdings.records); n != toyCustomers {
		t.Errorf("held %d customers, want %d", n, toyCustomers)
	}
}

// A suite that finds nothing proves nothing: each flaw must be found, and by its name.
func TestFlawsAreFound(t *testing.T) {
	for flaw, want := range map[string]string{
		"leaves one out when resumed": "was left out",
		"takes any cursor":            "a cursor of a newer version gave",
		"errors of its own":           "gave it did not work",
		"tells the address":           "tells an address",
		"hides a stop":                "want the context's error",
		"no key":                      "lacks a part of its key",
		"one record twice":            "in one page twice",
		"another each time":           "differs",
		"no time of reading":          "at no time",
		"no proof":                    "without a proof",
		"proof of too little":         "47 of 48",
		"proof of another version":    "is pinned",
		"never complete":              "complete to nowhere",
		"no cursor":                   "is not JSON",
	} {
		t.Run(flaw, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := (&toy{flaw: flaw}).rig()
				whole, faults := r.checkWhole(t.Context())
				if len(faults) == 0 {
					faults = append(faults, r.checkCut(t.Context(), whole)...)
					faults = append(faults, r.checkLost(t.Context(), whole)...)
					faults = append(faults, r.checkAgain(t.Context(), whole)...)
					faults = append(faults, r.checkCursors(t.Context(), whole)...)
					faults = append(faults, r.checkStopped(t.Context())...)
					faults = append(faults, r.checkFaults(t.Context(), r.open())...)
				}
				var said []string
				for _, err := range faults {
					said = append(said, err.Error())
				}
				if all := strings.Join(said, "\n"); !strings.Contains(all, want) {
					t.Errorf("it was not found; the suite said:\n%s", all)
				}
			})
		})
	}
}

func TestFlawsOfTheDeclarationAreFound(t *testing.T) {
	y := &toy{}
	c := y.connector()
	c.Auth[0].Authorise = authoriseAnybody
	if faults := checkAccounts(t.Context(), c, y.account(t)); len(faults) != 1 {
		t.Errorf("a token for anybody was not found: %v", faults)
	}
	c.Streams = append(c.Streams, c.Streams[0])
	c.Auth[0].Kind = "magic"
	c.Version = ""
	if faults := checkDeclaration(c); len(faults) != 3 {
		t.Errorf("found %v", faults)
	}
}
