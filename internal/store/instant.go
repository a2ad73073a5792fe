package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instant is a moment as both databases keep it: timestamptz on Postgres, milliseconds since 1970 on SQLite, null for the zero
// time. Use it for arguments and for scanning; it is exact to the millisecond on both, so that both agree.
type instant struct{ time.Time }

// at makes an argument of a moment.
func at(t time.Time) instant { return instant{t} }

// Value is the moment in UTC, whole milliseconds; the SQLite driver is told to write times as milliseconds.
func (i instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UTC().Truncate(time.Millisecond), nil
}

// Scan reads what either database gives.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		i.Time = time.Time{}
	case int64:
		i.Time = time.UnixMilli(v).UTC()
	case time.Time:
		i.Time = v.UTC()
	default:
		return fmt.Errorf("cannot read an instant from %T", src)
	}
	return nil
}

// instantOrNil is an instant as a bulk insert wants it.
func instantOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Millisecond)
}
