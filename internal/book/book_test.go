package book

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// Pages tell a request that is wrong from a fault of ours, and show what is wrong with it in its own words.
func TestWhatIsAskedWrong(t *testing.T) {
	k := Maker{Now: func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }}
	m := store.Merchant{Zone: "Europe/Berlin"}
	_, plain := period.Parse("2026-13", period.Date(2026, 11, 1), m.Calendar)
	if plain == nil {
		t.Fatal("2026-13 is a period")
	}
	if _, err := k.Period(m, "2026-13"); !errors.Is(err, ErrAsked) || err.Error() != plain.Error() {
		t.Errorf("a period that is none: %v, want %v", err, plain)
	}
	if err := known([]store.Scope{{Scope: kpi.Scope{Connection: 3}}}, kpi.Scope{Connection: 4}); !errors.Is(err, ErrAsked) || !strings.HasSuffix(err.Error(), "there are: store:3") {
		t.Errorf("a scope that nothing is counted for: %v", err)
	}
	if p, err := k.Period(m, ""); err != nil || p.Name != "2026-10" {
		t.Errorf("by itself it is %s, %v", p, err)
	}
	m.Zone = "Nowhere/At-all"
	if _, err := k.Period(m, "2026-10"); err == nil || errors.Is(err, ErrAsked) {
		t.Errorf("a merchant without a zone is no fault of the request's: %v", err)
	}
}
