package store

import (
	"context"
	"math/bits"
	"strings"
)

// Postgres goes by what it knows of its tables, and its own look at new ones comes late: until then it takes a merchant for a few rows, and
// walks through all of them where it should go by the key. So it is told here, wherever a first history fills a table.

// gauge tells Postgres how much there is of what. It does so by itself, outside of any transaction: the locks that it takes would keep
// others from the same, merchants of theirs among them, until that ended. A table that somebody else looks through just now is left out,
// and what goes wrong costs time and no data.
func (s *Store) gauge(ctx context.Context, tables ...string) {
	if s.dialect != postgres || len(tables) == 0 {
		return
	}
	_, _ = s.writer.ExecContext(ctx, "ANALYZE (SKIP_LOCKED) "+strings.Join(tables, ", "))
}

// gaugeBackfill follows the tables of a page's records as a backfill fills them: after its 16th, 64th, 256th page and so on.
func (s *Store) gaugeBackfill(ctx context.Context, w *pageWriter, number int64) {
	page := uint64(number)
	power := bits.OnesCount64(page) == 1 && bits.TrailingZeros64(page)%2 == 0
	if !w.page.Backfill || page < 16 || !power {
		return
	}
	var tables []string
	for _, g := range w.sorted.groups() {
		tables = append(tables, g.name())
	}
	s.gauge(ctx, tables...)
}

// gaugeSnapshots tells of what kind the snapshots are, once, when a first history begins to fill the table.
func (s *Store) gaugeSnapshots(ctx context.Context, fresh int) {
	if s.dialect != postgres || fresh < fewRows {
		return
	}
	var never bool
	err := s.reader.QueryRowContext(ctx, "SELECT reltuples < 0 FROM pg_class WHERE oid = 'snapshots'::regclass").Scan(&never)
	if err == nil && never {
		s.gauge(ctx, "snapshots")
	}
}
