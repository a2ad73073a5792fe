package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// What a merchant's first night marks is cleared by the key, though Postgres has looked at the table when only another's were in it and
// expects one row. A join of all with all would take hours: it is given up after two minutes, of which one that goes by the key needs none.
func TestMarksOfAMerchantWhomPostgresDoesNotKnow(t *testing.T) {
	s := withMerchants(t, open(t, storetest.Postgres(t)), 2)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	mark := func(merchant, n int) {
		t.Helper()
		_, err := s.writer.ExecContext(ctx, `INSERT INTO marks (merchant_id, connection_id, channel, measure, day, marked_at, times)
			SELECT $1::bigint, 1, '', 'measure ' || i % 20, to_char(DATE '2020-01-01' + i / 20, 'YYYY-MM-DD'), $3::timestamptz, 1 FROM generate_series(0, $2::int - 1) i`,
			merchant, n, testNow)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.writer.ExecContext(ctx, "ALTER TABLE marks SET (autovacuum_enabled = false)"); err != nil {
		t.Fatal(err)
	}
	mark(1, 20_000)
	if _, err := s.writer.ExecContext(ctx, "ANALYZE marks"); err != nil {
		t.Fatal(err)
	}
	const theirs = 6000 // more than one statement's
	mark(2, theirs)
	seen, err := s.Marks(ctx, 2, testNow)
	if err != nil || seen.Len() != theirs {
		t.Fatalf("%d marks, want %d: %v", seen.Len(), theirs, err)
	}
	again := seen.mark(17)
	if _, err := s.writer.ExecContext(ctx, "UPDATE marks SET times = 2 WHERE merchant_id = 2 AND measure = $1 AND day = $2", string(again.Measure), again.Day.String()); err != nil {
		t.Fatal(err)
	}
	if err := s.ClearMarks(ctx, 2, seen); errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatal("clearing them does not come to an end")
	} else if err != nil {
		t.Fatal(err)
	}
	for merchant, want := range map[int64]int{1: 20_000, 2: 1} {
		if left, err := s.Marks(ctx, merchant, testNow); err != nil || left.Len() != want {
			t.Errorf("merchant %d has %d marks left, want %d: %v", merchant, left.Len(), want, err)
		}
	}
}
