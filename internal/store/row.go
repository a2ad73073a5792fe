package store

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// row takes the values of one row of a table, each with its column's name, always in the same order. It writes them as the
// database at hand wants them, without boxing them where that is Postgres: a backfill writes a hundred million values.
type row struct {
	names *[]string // where set, only the names of the columns are asked for
	args  []any     // arguments of a statement
	wire  []byte    // Postgres's binary COPY format
	copy  bool
}

// columnsOf asks write for the columns it writes.
func columnsOf(write func(*row)) []string {
	var names []string
	write(&row{names: &names})
	return names
}

func (r *row) text(column, v string) {
	switch {
	case r.names != nil:
		*r.names = append(*r.names, column)
	case r.copy:
		v = storable(v)
		r.wire = binary.BigEndian.AppendUint32(r.wire, uint32(len(v)))
		r.wire = append(r.wire, v...)
	default:
		r.args = append(r.args, storable(v))
	}
}

// day writes a civil day, "" for the zero one.
func (r *row) day(column string, v period.Day) {
	r.text(column, dayText(v))
}

func dayText(d period.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func (r *row) int(column string, v int64) {
	switch {
	case r.names != nil:
		*r.names = append(*r.names, column)
	case r.copy:
		r.wire = binary.BigEndian.AppendUint32(r.wire, 8)
		r.wire = binary.BigEndian.AppendUint64(r.wire, uint64(v))
	default:
		r.args = append(r.args, v)
	}
}

func (r *row) money(column string, v money.Micros) { r.int(column, int64(v)) }

func (r *row) bool(column string, v bool) {
	switch {
	case r.names != nil:
		*r.names = append(*r.names, column)
	case r.copy:
		r.wire = binary.BigEndian.AppendUint32(r.wire, 1)
		if v {
			r.wire = append(r.wire, 1)
		} else {
			r.wire = append(r.wire, 0)
		}
	default:
		r.args = append(r.args, v)
	}
}

var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// at writes an instant, null for the zero time.
func (r *row) at(column string, v time.Time) {
	switch {
	case r.names != nil:
		*r.names = append(*r.names, column)
	case r.copy && v.IsZero():
		r.wire = binary.BigEndian.AppendUint32(r.wire, null)
	case r.copy:
		r.wire = binary.BigEndian.AppendUint32(r.wire, 8)
		r.wire = binary.BigEndian.AppendUint64(r.wire, uint64((v.UnixMilli()-postgresEpoch)*1000))
	default:
		r.args = append(r.args, instantOrNil(v))
	}
}

const null = 1<<32 - 1

// storable is the text without what Postgres cannot keep: NUL, and bytes that are no UTF-8. A provider that sends such a thing
// in a name must not stop a stream for good.
func storable(v string) string {
	if strings.IndexByte(v, 0) >= 0 {
		v = strings.ReplaceAll(v, "\x00", "")
	}
	if !utf8.ValidString(v) {
		v = strings.ToValidUTF8(v, "\uFFFD")
	}
	return v
}

func (r *row) float(column string, v float64) { r.floatOrNull(column, &v) }

func (r *row) floatOrNull(column string, v *float64) {
	switch {
	case r.names != nil:
		*r.names = append(*r.names, column)
	case r.copy && v == nil:
		r.wire = binary.BigEndian.AppendUint32(r.wire, null)
	case r.copy:
		r.wire = binary.BigEndian.AppendUint32(r.wire, 8)
		r.wire = binary.BigEndian.AppendUint64(r.wire, math.Float64bits(*v))
	case v == nil:
		r.args = append(r.args, nil)
	default:
		r.args = append(r.args, *v)
	}
}
