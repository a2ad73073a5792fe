package cluster_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
)

// number asks the queue's own tables.
func (b *bench) number(query string) int {
	b.t.Helper()
	db, err := sql.Open("pgx", b.dsn)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(b.t.Context(), query).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *bench) count(kind string) int {
	return b.number("SELECT COUNT(*) FROM river_job WHERE kind = '" + kind + "'")
}

// alive counts the jobs that are not at rest.
func (b *bench) alive() int {
	return b.number("SELECT COUNT(*) FROM river_job WHERE finalized_at IS NULL")
}

// Many that start at the same moment make the queue's tables once; a database whose queue is newer is refused.
func TestMigrate(t *testing.T) {
	dsn := storetest.Postgres(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := cluster.Migrate(t.Context(), dsn); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO river_migration (line, version) VALUES ('main', 9999)"); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Migrate(t.Context(), dsn); !errors.Is(err, store.ErrNewer) {
		t.Errorf("got %v", err)
	}
	b := &bench{t: t, dsn: dsn}
	if _, err := cluster.Open(t.Context(), cluster.Config{DSN: b.dsn}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

// What waits in the queue is counted, and what is asked for twice once.
func TestQueues(t *testing.T) {
	dsn := storetest.Postgres(t)
	if err := cluster.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Open(t.Context(), cluster.Config{DSN: dsn, Worker: &worker.Worker{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if all, err := c.Queues(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("of an empty queue: %v, %v", all, err)
	}
	for _, merchant := range []int64{1, 2, 2} {
		if err := c.Ask(t.Context(), "hints", worker.Piece{Merchant: merchant}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.Queues(t.Context())
	if err != nil || len(all) != 1 || all[0].Name != "upkeep" || all[0].State != "available" || all[0].Jobs != 2 || time.Since(all[0].Oldest).Abs() > time.Hour {
		t.Errorf("got %+v, %v", all, err)
	}
}
