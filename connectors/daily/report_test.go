package daily

import (
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

func TestMonthsOfAnAskAreCutOffAtItsEnds(t *testing.T) {
	a := Ask{Days: period.Days{From: period.Date(2026, 10, 17), To: period.Date(2027, 1, 1)}}
	var got []string
	for _, m := range a.Months() {
		got = append(got, m.String())
	}
	if want := []string{"2026-10-17..2026-10-31", "2026-11-01..2026-11-30", "2026-12-01..2026-12-31"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if m := (Ask{}).Months(); len(m) != 0 {
		t.Errorf("no days are %v", m)
	}
}

// In the evening of New York it is tomorrow in Berlin.
func TestSinceIsTheFirstMidnightThatTheProviderTellsOf(t *testing.T) {
	acc := connectors.Account{AccountInfo: connectors.AccountInfo{Zone: "America/New_York"}, Now: func() time.Time { return at("2026-11-21T02:00:00Z") }}
	for _, c := range []struct {
		report Report
		want   string
	}{
		{Report{Keeps: 30}, "2026-10-21T04:00:00Z"}, // summer time, and the 20th of November over there
		{Report{Keeps: 30, Zone: "Europe/Berlin"}, "2026-10-21T22:00:00Z"},
	} {
		if got := c.report.Since(acc); !got.Equal(at(c.want)) {
			t.Errorf("since %s, want %s", got.UTC(), c.want)
		}
	}
	if got := (Report{}).Since(acc); !got.IsZero() {
		t.Errorf("what is kept for ever is told since %s", got)
	}
}
