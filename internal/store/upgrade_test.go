package store

import (
	"context"
	"strings"
	"testing"

	"fourfold/internal/store/storetest"
)

// Every release's database is taken over as it is: it migrates, keeps its snapshots and targets, and what was derived equals what
// its facts give today.
func TestEveryReleaseIsTakenOver(t *testing.T) {
	storetest.EachRelease(t, "testdata/releases", takeOver)
}

func takeOver(t *testing.T, dsn string) {
	ctx := context.Background()
	s, err := Open(ctx, dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	merchants, err := s.Merchants(ctx)
	if err != nil || len(merchants) != 1 {
		t.Fatalf("merchants: %v, %v", merchants, err)
	}
	m := merchants[0].ID
	conns, err := s.Connections(ctx, m)
	if err != nil || len(conns) != 1 {
		t.Fatalf("connections: %v, %v", conns, err)
	}
	// Where more is counted than the release did, its totals are worked out anew.
	if err := s.Derive(ctx, m, conns[0].ID); err != nil {
		t.Fatal(err)
	}
	if conns, err = s.Connections(ctx, m); err != nil || !conns[0].Derived {
		t.Fatalf("connections: %v, %v", conns, err)
	}
	snapshots, err := s.Snapshots(ctx, m, SnapshotQuery{})
	if err != nil || len(snapshots) < 1000 {
		t.Fatalf("%d snapshots, %v", len(snapshots), err)
	}
	targets, err := s.Targets(ctx, m)
	if err != nil || len(targets) != 1 {
		t.Fatalf("targets: %v, %v", targets, err)
	}
	const totals = "SELECT channel, measure, day, part, currency, amount FROM totals ORDER BY 1, 2, 3, 4, 5"
	before := totalLines(t, s, totals)
	if err := s.Rebuild(ctx, m, conns[0].ID); err != nil {
		t.Fatal(err)
	}
	after := totalLines(t, s, totals)
	if len(before) == 0 || strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("%d totals before the rebuild, %d after, or others", len(before), len(after))
	}
}

func totalLines(t *testing.T, s *Store, query string) []string {
	t.Helper()
	var all []string
	err := s.look(context.Background(), func(ctx context.Context, tx *tx) error {
		return tx.each(ctx, func(scan func(...any) error) error {
			var channel, measure, day, part, currency, amount string
			err := scan(&channel, &measure, &day, &part, &currency, &amount)
			all = append(all, strings.Join([]string{channel, measure, day, part, currency, amount}, "|"))
			return err
		}, query)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
