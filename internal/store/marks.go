package store

import (
	"context"
	"iter"
	"time"

	"fourfold/internal/period"
)

// Marks are days whose totals changed. There are hundreds of thousands after a first history, so each takes little room.
type Marks struct {
	names []Mark // what marks share: all but the day and when it was marked
	days  []marked
}

type marked struct {
	name  int32
	day   int32
	at    int64 // milliseconds
	times int64
}

// MarksOf gathers marks.
func MarksOf(all ...Mark) Marks {
	var m Marks
	at := make(map[Mark]int32)
	for _, v := range all {
		m.add(v, at)
	}
	return m
}

func (m *Marks) add(v Mark, at map[Mark]int32) {
	name := Mark{Connection: v.Connection, Channel: v.Channel, Measure: v.Measure, Cause: v.Cause}
	i, ok := at[name]
	if !ok {
		i = int32(len(m.names))
		at[name] = i
		m.names = append(m.names, name)
	}
	m.days = append(m.days, marked{i, int32(v.Day), v.MarkedAt.UnixMilli(), v.times})
}

// Len is how many there are.
func (m Marks) Len() int { return len(m.days) }

// All yields the marks.
func (m Marks) All() iter.Seq[Mark] {
	return func(yield func(Mark) bool) {
		for i := range m.days {
			if !yield(m.mark(i)) {
				return
			}
		}
	}
}

func (m Marks) mark(i int) Mark {
	d := m.days[i]
	v := m.names[d.name]
	v.Day, v.MarkedAt, v.times = period.Day(d.day), time.UnixMilli(d.at).UTC(), d.times
	return v
}

// Marks lists the days whose totals changed, of marks set up to until.
func (s *Store) Marks(ctx context.Context, merchantID int64, until time.Time) (Marks, error) {
	var all Marks
	known := make(map[Mark]int32)
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var m Mark
			var set instant
			err := scan(&m.Connection, &m.Channel, &m.Measure, &m.Day, &set, &m.times, &m.Cause)
			m.MarkedAt = set.Time
			all.add(m, known)
			return err
		}, `SELECT connection_id, channel, measure, day, marked_at, times, cause FROM marks WHERE merchant_id = ? AND marked_at <= ?
			ORDER BY connection_id, channel, measure, day`, merchantID, at(until))
	})
	return all, err
}

// ClearMarks removes marks that Marks gave. One that was set again meanwhile stays.
func (s *Store) ClearMarks(ctx context.Context, merchantID int64, seen Marks) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		err := t.upsert(ctx, "marks", "(merchant_id, connection_id, channel, measure, day) DO UPDATE SET times = 0 WHERE marks.times = excluded.times",
			rowsOf(seen.Len(), func(i int, r *row) {
				m := seen.mark(i)
				r.int("merchant_id", merchantID)
				r.int("connection_id", m.Connection)
				r.text("channel", m.Channel)
				r.text("measure", string(m.Measure))
				r.text("day", m.Day.String())
				r.at("marked_at", m.MarkedAt)
				r.int("times", m.times)
			}))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "DELETE FROM marks WHERE merchant_id = ? AND times = 0", merchantID)
		return err
	})
}
