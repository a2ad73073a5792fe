package daily

import (
	"strings"
	"testing"

	"fourfold/internal/period"
)

func TestMonthsAreAskedForOneByOneOrTogether(t *testing.T) {
	day := func(s string) period.Day {
		d, err := period.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name   string
		report Report
		want   string
	}{
		{"no months", Report{Most: 40}, "01-20 03-01 04-10 05-11"},
		{"one by one", Report{Most: 31, Months: true}, "01-20 02-01 03-01 04-01 05-01 05-11"},
		{"all together", Report{Most: 400, Months: true, Joined: true}, "01-20 05-11"},
		{"as many as fit", Report{Most: 62, Months: true, Joined: true}, "01-20 03-01 05-01 05-11"},
		{"a month and no more fits", Report{Most: 31, Months: true, Joined: true}, "01-20 02-01 03-01 04-01 05-01 05-11"},
		{"less than a month fits", Report{Most: 20, Months: true, Joined: true}, "01-20 02-01 02-21 03-01 03-21 04-01 04-21 05-11"},
	} {
		at := &place{End: day("2026-05-11")}
		from := day("2026-01-20")
		cuts := []string{from.UTC().Format("01-02")}
		for from < at.End && len(cuts) < 20 {
			from = c.report.cut(at, from).To
			cuts = append(cuts, from.UTC().Format("01-02"))
		}
		if got := strings.Join(cuts, " "); got != c.want {
			t.Errorf("%s: cut at %s, want %s", c.name, got, c.want)
		}
	}
}
