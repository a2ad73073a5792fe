package kpi

import (
	"testing"

	"fourfold/internal/period"
)

func TestWindowsOfAPeriod(t *testing.T) {
	day := func(s string) period.Day {
		d, err := period.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	of := func(name string) period.Period {
		p, err := period.Parse(name, 0, cal)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		window  Window
		period  string
		through string
		want    string
	}{
		{InPeriod, "2025-06", "2025-09-01", "2025-06-01..2025-06-30"},
		{InPeriod, "2025-06", "2025-06-11", "2025-06-01..2025-06-10"},
		{LastYear, "2025-06", "2025-09-01", "2024-06-01..2024-06-30"},
		{LastYear, "2025-06", "2025-06-11", "2024-06-01..2024-06-10"},
		{LastYear, "2024-02", "2024-06-01", "2023-02-01..2023-02-28"},
		{LastYear, "2025-W23", "2025-09-01", "2024-06-03..2024-06-09"},
		{Previous, "2025-06", "2025-09-01", "2025-05-01..2025-05-31"},
		{Previous, "2025-06", "2025-06-11", "2025-05-01..2025-05-10"},
		{Previous, "2025-03", "2025-03-31", "2025-02-01..2025-02-28"}, // thirty days of March against a whole February
		{Trailing(365), "2025-06", "2025-09-01", "2024-07-01..2025-06-30"},
		{Trailing(28), "2025-06", "2025-06-11", "2025-05-14..2025-06-10"},
		{Prior(365), "2025-06", "2025-09-01", "2023-07-02..2024-06-30"},
		{AtEnd, "2025-06", "2025-09-01", "2025-06-30..2025-06-30"},
		{AtEnd, "2025-06", "2025-06-11", "2025-06-10..2025-06-10"},
		{Cohort(90), "2025-06", "2025-09-01", "2025-06-01..2025-06-30"},
	} {
		if got := c.window.Days(of(c.period), day(c.through), cal).String(); got != c.want {
			t.Errorf("%s of %s, complete to %s: %s, want %s", c.window, c.period, c.through, got, c.want)
		}
	}
}
