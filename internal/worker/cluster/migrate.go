package cluster

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"fourfold/internal/store"
)

// Migrate brings the queue's own tables up to this version. Of several processes that try at once one does it.
func Migrate(ctx context.Context, dsn string) error {
	pool, err := connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	if todo, err := pending(ctx, pool); err != nil || !todo {
		return err
	}
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("bring the queue's tables up to date: %w", err)
	}
	defer lock.Release()
	const name = "hashtextextended('fourfold queue', 0)"
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock("+name+")"); err != nil {
		return fmt.Errorf("bring the queue's tables up to date: %w", err)
	}
	defer func() { _, _ = lock.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+name+")") }()
	m, err := migrator(pool)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bring the queue's tables up to date: %w", err)
	}
	return nil
}

// pending says whether the queue's tables are older than this version. Newer ones are an error.
func pending(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	m, err := migrator(pool)
	if err != nil {
		return false, err
	}
	var found bool
	database, binary := 0, 0
	// Another process may be at it: its first steps know no lines yet.
	const there = "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('river_migration') AND attname = 'line' AND NOT attisdropped)"
	if err = pool.QueryRow(ctx, there).Scan(&found); err == nil && found {
		err = pool.QueryRow(ctx, "SELECT COALESCE(MAX(version), 0) FROM river_migration WHERE line = 'main'").Scan(&database)
	}
	if err != nil {
		return false, fmt.Errorf("read the version of the queue's tables: %w", err)
	}
	for _, v := range m.AllVersions() {
		binary = max(binary, v.Version)
	}
	if database > binary {
		return false, fmt.Errorf("%w: its queue is at schema %d, this fourfold knows up to %d: install the newer fourfold that last used it",
			store.ErrNewer, database, binary)
	}
	return database < binary, nil
}

func migrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return nil, fmt.Errorf("prepare the queue's migrations: %w", err)
	}
	return m, nil
}
