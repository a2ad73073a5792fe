package store

import (
	"context"
	"iter"
	"slices"
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
	err := s.each(ctx, func(scan func(...any) error) error {
		var m Mark
		var set instant
		err := scan(&m.Connection, &m.Channel, &m.Measure, &m.Day, &set, &m.times, &m.Cause)
		m.MarkedAt = set.Time
		all.add(m, known)
		return err
	}, `SELECT connection_id, channel, measure, day, marked_at, times, cause FROM marks WHERE merchant_id = ? AND marked_at <= ?
		ORDER BY connection_id, channel, measure, day`, merchantID, at(until))
	return all, err
}

// ClearMarks removes marks that Marks gave. One that was set again meanwhile stays, be it after somebody else had cleared it.
func (s *Store) ClearMarks(ctx context.Context, merchantID int64, seen Marks) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if t.dialect == postgres {
			return t.clearMarks(ctx, merchantID, seen)
		}
		for m := range seen.All() {
			_, err := t.exec(ctx, `DELETE FROM marks WHERE merchant_id = ? AND connection_id = ? AND channel = ? AND measure = ? AND day = ?
				AND times = ? AND marked_at = ?`, merchantID, m.Connection, m.Channel, string(m.Measure), m.Day.String(), m.times, at(m.MarkedAt))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// clearMarks deletes many marks with one statement. It waits for nobody: a mark that another transaction holds is being set again, or
// cleared by somebody else. Each is looked up by its key and deleted where it was found, whatever Postgres knows of the table: of a merchant
// whom it does not know yet it expects one mark, and any join of all with all would not come to an end.
func (t *tx) clearMarks(ctx context.Context, merchantID int64, seen Marks) error {
	for part := range slices.Chunk(seen.days, 5000) {
		var connections, times []int64
		var channels, measures, days []string
		var marked []time.Time
		for m := range (Marks{seen.names, part}).All() {
			connections, times = append(connections, m.Connection), append(times, m.times)
			channels, measures, days = append(channels, m.Channel), append(measures, string(m.Measure)), append(days, m.Day.String())
			marked = append(marked, m.MarkedAt)
		}
		_, err := t.exec(ctx, `DELETE FROM marks WHERE merchant_id = ? AND ctid = ANY (ARRAY(SELECT l.ctid
			FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::timestamptz[]) AS k (connection_id, channel, measure, day, times, marked_at)
			CROSS JOIN LATERAL (SELECT m.ctid FROM marks m WHERE m.merchant_id = ? AND m.connection_id = k.connection_id AND m.channel = k.channel
				AND m.measure = k.measure AND m.day = k.day AND m.times = k.times AND m.marked_at = k.marked_at FOR UPDATE SKIP LOCKED) l))`,
			merchantID, connections, channels, measures, days, times, marked, merchantID)
		if err != nil {
			return err
		}
	}
	return nil
}
