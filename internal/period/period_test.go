package period

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestOnCutsByTheMerchantsClock(t *testing.T) {
	for _, c := range []struct{ instant, zone, want string }{
		{"2026-03-29T00:59:59Z", "Europe/Berlin", "2026-03-29"},
		{"2026-10-24T22:30:00Z", "Europe/Berlin", "2026-10-25"},
		{"2026-11-21T04:30:00Z", "America/New_York", "2026-11-20"},
		{"2026-11-20T22:30:00Z", "Asia/Tokyo", "2026-11-21"},
		{"1969-12-31T23:00:00Z", "UTC", "1969-12-31"},
	} {
		at, err := time.Parse(time.RFC3339, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := On(at, zone(t, c.zone)).String(); got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.instant, c.zone, got, c.want)
		}
	}
}

func TestStartWhereTheClocksSkipMidnight(t *testing.T) {
	beirut := zone(t, "Asia/Beirut") // 2026-03-29 00:00 does not exist there
	d := Date(2026, time.March, 29)
	if got := d.Start(beirut); On(got, beirut) != d || On(got.Add(-time.Second), beirut) == d {
		t.Errorf("%s starts at %s", d, got)
	}
}

func TestNames(t *testing.T) {
	sunday := Calendar{WeekShift: 6}
	april := Calendar{FiscalStart: time.April}
	for _, c := range []struct {
		grain Grain
		day   Day
		cal   Calendar
		name  string
		days  string
	}{
		{Daily, Date(2026, 11, 21), Calendar{}, "2026-11-21", "2026-11-21..2026-11-21"},
		{Weekly, Date(2026, 11, 21), Calendar{}, "2026-W47", "2026-11-16..2026-11-22"},
		{Weekly, Date(2026, 11, 22), sunday, "2026-W48", "2026-11-22..2026-11-28"},
		{Weekly, Date(2027, 1, 2), Calendar{}, "2026-W53", "2026-12-28..2027-01-03"},
		{Monthly, Date(2024, 2, 29), Calendar{}, "2024-02", "2024-02-01..2024-02-29"},
		{Quarterly, Date(2026, 11, 21), Calendar{}, "2026-Q4", "2026-10-01..2026-12-31"},
		{Yearly, Date(2026, 11, 21), Calendar{}, "2026", "2026-01-01..2026-12-31"},
		{Quarterly, Date(2026, 2, 3), april, "FY2026-Q4", "2026-01-01..2026-03-31"},
		{Yearly, Date(2026, 4, 1), april, "FY2027", "2026-04-01..2027-03-31"},
	} {
		p := Of(c.grain, c.day, c.cal)
		if p.Name != c.name || p.Days.String() != c.days {
			t.Errorf("%s of %s = %s %s, want %s %s", c.grain, c.day, p.Name, p.Days, c.name, c.days)
		}
		if back, err := Parse(c.name, c.day, c.cal); err != nil || back != p {
			t.Errorf("Parse(%q) = %v, %v", c.name, back, err)
		}
	}
	for _, bad := range []string{"", "2026-13", "2026-W54", "2026-Q5", "last-decade", "2026-02-30", "W47"} {
		if p, err := Parse(bad, 0, Calendar{}); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", bad, p)
		}
	}
}

func TestYearBefore(t *testing.T) {
	week := Of(Weekly, Date(2026, 11, 21), Calendar{})
	if got := week.YearBefore().String(); got != "2025-11-17..2025-11-23" {
		t.Errorf("the week a year before is %s", got)
	}
	february := Of(Monthly, Date(2025, 2, 1), Calendar{})
	if got := february.YearBefore().String(); got != "2024-02-01..2024-02-29" {
		t.Errorf("February a year before is %s", got)
	}
}

func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := Calendar{WeekShift: rapid.IntRange(0, 6).Draw(t, "week"), FiscalStart: time.Month(rapid.IntRange(1, 12).Draw(t, "fiscal"))}
		g := rapid.SampledFrom(Grains).Draw(t, "grain")
		d := Day(rapid.Int32Range(0, 40_000).Draw(t, "day"))
		p := Of(g, d, cal)
		if !p.Has(d) || p.Next(cal).From != p.To || p.Prev(cal).To != p.From {
			t.Fatalf("%v around %s does not tile", p, d)
		}
		if back, err := Parse(p.Name, d, cal); err != nil || back != p {
			t.Fatalf("Parse(%q) = %v, %v, want %v", p.Name, back, err, p)
		}
	})
}
