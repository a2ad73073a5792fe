// Package storetest gives every storage test real databases: a SQLite file and a Postgres of the test binary's own.
//
// The Postgres is the one named by $FOURFOLD_TEST_POSTGRES (an address whose user may create databases), else one started from
// the binaries found on this machine, else the test is skipped, or fails where CI is set.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"fourfold/migrations"
)

// Each runs test once on each database, with the address of one that is migrated, empty and the test's own.
func Each(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

var liteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fourfold-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	if err := migrate(db, goose.DialectSQLite3, migrations.SQLite, "sqlite"); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite is the address of a migrated, empty file that goes with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	content, err := liteTemplate()
	if err != nil {
		t.Fatalf("make a SQLite database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// EmptySQLite is the address of a file that does not exist yet.
func EmptySQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "empty.db")
}

// Postgres is the address of a migrated, empty database that goes with the test.
func Postgres(t testing.TB) string { return createDatabase(t, "TEMPLATE "+templateName) }

// EmptyPostgres is the address of a database without tables.
func EmptyPostgres(t testing.TB) string { return createDatabase(t, "TEMPLATE template0") }

func migrate(db *sql.DB, dialect goose.Dialect, files fs.FS, folder string) error {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		return err
	}
	if _, err := p.Up(context.Background()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
