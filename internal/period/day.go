package period

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Day is a civil day: whole days since 1970-01-01. It reads and writes as text, 2026-11-21, in JSON and in both databases.
type Day int32

const layout = "2006-01-02"

// On is the civil day of an instant in a zone.
func On(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	return Date(y, m, d)
}

// Date is the day of a calendar date; values out of range roll over as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// ParseDay reads 2026-11-21.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a day: expected YYYY-MM-DD, such as 2026-11-21", s)
	}
	return Date(t.Date()), nil
}

// UTC is midnight UTC of the day, for calendar arithmetic. For the instant a merchant's day begins use Start.
func (d Day) UTC() time.Time { return time.Unix(int64(d)*86_400, 0).UTC() }

// Start is the instant the day begins in a zone; where the clocks skip midnight, the first instant of the day.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, n := d.UTC().Date()
	t := time.Date(y, m, n, 0, 0, 0, 0, loc)
	for On(t, loc) < d {
		t = t.Add(30 * time.Minute)
	}
	return t
}

// Weekday of the day.
func (d Day) Weekday() time.Weekday { return d.UTC().Weekday() }

func (d Day) String() string { return d.UTC().Format(layout) }

// MarshalText writes 2026-11-21.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-11-21.
func (d *Day) UnmarshalText(b []byte) error {
	parsed, err := ParseDay(string(b))
	*d = parsed
	return err
}

// Value stores the day as text.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads the day from text.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		*d = Date(v.Date())
		return nil
	}
	return fmt.Errorf("cannot read a day from %T", src)
}

// Days is a run of days from From up to, but without, To.
type Days struct{ From, To Day }

// Len is how many days the run holds; zero if it is empty.
func (r Days) Len() int { return max(0, int(r.To-r.From)) }

// Has says whether the run holds d.
func (r Days) Has(d Day) bool { return d >= r.From && d < r.To }

// Before cuts the run off at d.
func (r Days) Before(d Day) Days {
	if r.To > d {
		r.To = max(d, r.From)
	}
	return r
}

// Overlaps says whether two runs share a day.
func (r Days) Overlaps(o Days) bool { return r.From < o.To && o.From < r.To }

func (r Days) String() string { return r.From.String() + ".." + (r.To - 1).String() }
