package period

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Grain is the length of a period.
type Grain string

// The five grains a scorecard is kept for.
const (
	Daily     Grain = "day"
	Weekly    Grain = "week"
	Monthly   Grain = "month"
	Quarterly Grain = "quarter"
	Yearly    Grain = "year"
)

// Grains lists them from short to long.
var Grains = []Grain{Daily, Weekly, Monthly, Quarterly, Yearly}

// Calendar says how a merchant cuts weeks and fiscal years. The zero value stands for ISO weeks and calendar years.
type Calendar struct {
	WeekShift   int        // days from Monday to the week's first day: 0 Monday, 5 Saturday, 6 Sunday
	FiscalStart time.Month // first month of the fiscal year; zero means January
}

func (c Calendar) weekStart() time.Weekday { return time.Weekday((1 + c.WeekShift) % 7) }

func (c Calendar) fiscalStart() time.Month {
	if c.FiscalStart == 0 {
		return time.January
	}
	return c.FiscalStart
}

// Period is a named run of days: 2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026. Two periods are the same if they compare equal.
type Period struct {
	Grain Grain
	Name  string
	Days
}

// Of is the period of a grain that holds the day.
func Of(g Grain, d Day, c Calendar) Period {
	switch g {
	case Weekly:
		from := d - Day((int(d.Weekday())-int(c.weekStart())+7)%7)
		year, week := (from + 3).UTC().ISOWeek()
		return Period{g, fmt.Sprintf("%d-W%02d", year, week), Days{from, from + 7}}
	case Monthly:
		y, m, _ := d.UTC().Date()
		return Period{g, fmt.Sprintf("%04d-%02d", y, m), Days{Date(y, m, 1), Date(y, m+1, 1)}}
	case Quarterly:
		year, first := c.fiscalYear(d)
		_, m, _ := d.UTC().Date()
		q := (int(m) - int(c.fiscalStart()) + 12) % 12 / 3
		y, fm, _ := first.UTC().Date()
		from := Date(y, fm+time.Month(3*q), 1)
		to := Date(y, fm+time.Month(3*q+3), 1)
		return Period{g, fmt.Sprintf("%s%d-Q%d", c.prefix(), year, q+1), Days{from, to}}
	case Yearly:
		year, first := c.fiscalYear(d)
		y, m, _ := first.UTC().Date()
		return Period{g, fmt.Sprintf("%s%d", c.prefix(), year), Days{first, Date(y+1, m, 1)}}
	default:
		return Period{Daily, d.String(), Days{d, d + 1}}
	}
}

// fiscalYear names the fiscal year by the calendar year in which it ends, as accountants do.
func (c Calendar) fiscalYear(d Day) (name int, first Day) {
	y, m, _ := d.UTC().Date()
	if m < c.fiscalStart() {
		y--
	}
	name = y
	if c.fiscalStart() != time.January {
		name++
	}
	return name, Date(y, c.fiscalStart(), 1)
}

func (c Calendar) prefix() string {
	if c.fiscalStart() == time.January {
		return ""
	}
	return "FY"
}

// Next is the period after p.
func (p Period) Next(c Calendar) Period { return Of(p.Grain, p.To, c) }

// Prev is the period before p.
func (p Period) Prev(c Calendar) Period { return Of(p.Grain, p.From-1, c) }

// YearBefore is the run of days that p is compared with a year earlier. Days and weeks shift by 364 days, so that weekends
// meet weekends; months, quarters and years by the calendar.
func (p Period) YearBefore() Days {
	if p.Grain == Daily || p.Grain == Weekly {
		return Days{p.From - 364, p.To - 364}
	}
	return Days{p.From.yearBefore(), p.To.yearBefore()}
}

func (d Day) yearBefore() Day {
	y, m, n := d.UTC().Date()
	return Date(y-1, m, n)
}

// Closed says whether the period was over before the day began.
func (p Period) Closed(today Day) bool { return p.To <= today }

func (p Period) String() string { return p.Name }

// Parse reads the name of a period, or one of the words today, yesterday, this-week, last-week, this-month, last-month,
// this-quarter, last-quarter, this-year, last-year relative to today.
func Parse(s string, today Day, c Calendar) (Period, error) {
	switch s {
	case "today":
		return Of(Daily, today, c), nil
	case "yesterday":
		return Of(Daily, today-1, c), nil
	}
	for _, g := range Grains {
		if s == "this-"+string(g) {
			return Of(g, today, c), nil
		}
		if s == "last-"+string(g) {
			return Of(g, today, c).Prev(c), nil
		}
	}
	if p, ok := parseName(s, c); ok {
		return p, nil
	}
	var names []string // as they are by this calendar
	for _, g := range Grains {
		names = append(names, Of(g, today, c).Name)
	}
	return Period{}, fmt.Errorf("%q is not a period: use %s, or last-month and the like", s, strings.Join(names, ", "))
}

func parseName(s string, c Calendar) (Period, bool) {
	if d, err := ParseDay(s); err == nil {
		return Of(Daily, d, c), true
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return Of(Monthly, Date(t.Date()), c), true
	}
	head, tail, _ := strings.Cut(strings.TrimPrefix(s, c.prefix()), "-")
	year, err := strconv.Atoi(head)
	if err != nil || year < 1900 || year > 9999 {
		return Period{}, false
	}
	first := Date(year, time.January, 1)
	if c.fiscalStart() != time.January {
		first = Date(year-1, c.fiscalStart(), 1)
	}
	y, m, _ := first.UTC().Date()
	var p Period
	switch {
	case tail == "":
		p = Of(Yearly, first, c)
	case len(tail) == 2 && tail[0] == 'Q' && tail[1] >= '1' && tail[1] <= '4':
		p = Of(Quarterly, Date(y, m+time.Month(3*int(tail[1]-'1')), 1), c)
	case len(tail) == 3 && tail[0] == 'W':
		week, err := strconv.Atoi(tail[1:])
		if err != nil || week < 1 || week > 53 {
			return Period{}, false
		}
		p = Of(Weekly, Date(year, time.January, 4)+Day(7*(week-1)), c)
		for p.Name < s {
			p = p.Next(c)
		}
		for p.Name > s {
			p = p.Prev(c)
		}
	}
	return p, p.Name == s
}

// Within lists the periods of a grain that touch the run of days, oldest first.
func Within(g Grain, days Days, c Calendar) []Period {
	var all []Period
	if days.Len() == 0 {
		return nil
	}
	for p := Of(g, days.From, c); p.From < days.To; p = p.Next(c) {
		all = append(all, p)
	}
	return all
}
