package store

import (
	"context"
	"time"

	"fourfold/kpi"
)

// Marks lists the days whose totals changed, of marks set up to until.
func (s *Store) Marks(ctx context.Context, merchantID int64, until time.Time) ([]Mark, error) {
	var all []Mark
	names := map[string]string{} // one copy of each: there are hundreds of thousands of marks after a first history
	one := func(name string) string {
		if own, ok := names[name]; ok {
			return own
		}
		names[name] = name
		return name
	}
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var m Mark
			var marked instant
			err := scan(&m.Connection, &m.Channel, &m.Measure, &m.Day, &marked, &m.times)
			m.MarkedAt, m.Channel, m.Measure = marked.Time, one(m.Channel), kpi.Measure(one(string(m.Measure)))
			all = append(all, m)
			return err
		}, `SELECT connection_id, channel, measure, day, marked_at, times FROM marks WHERE merchant_id = ? AND marked_at <= ?
			ORDER BY connection_id, channel, measure, day`, merchantID, at(until))
	})
	return all, err
}

// ClearMarks removes marks that Marks gave. One that was set again meanwhile stays.
func (s *Store) ClearMarks(ctx context.Context, merchantID int64, seen []Mark) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		err := t.upsert(ctx, "marks", "(merchant_id, connection_id, channel, measure, day) DO UPDATE SET times = 0 WHERE marks.times = excluded.times",
			rowsOf(len(seen), func(i int, r *row) {
				r.int("merchant_id", merchantID)
				r.int("connection_id", seen[i].Connection)
				r.text("channel", seen[i].Channel)
				r.text("measure", string(seen[i].Measure))
				r.text("day", seen[i].Day.String())
				r.at("marked_at", seen[i].MarkedAt)
				r.int("times", seen[i].times)
			}))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "DELETE FROM marks WHERE merchant_id = ? AND times = 0", merchantID)
		return err
	})
}
