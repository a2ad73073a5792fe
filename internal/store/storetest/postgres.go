package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"fourfold/migrations"
)

var (
	templateName = "fourfold_template_" + schemaName()
	serial       atomic.Int64
	errNone      = errors.New("no Postgres: set FOURFOLD_TEST_POSTGRES, or install the package postgresql")
)

// admin is the address of a server's own database, with our template made.
var admin = sync.OnceValues(func() (string, error) {
	dsn := os.Getenv("FOURFOLD_TEST_POSTGRES")
	if dsn == "" {
		var err error
		if dsn, err = start(); err != nil {
			return "", err
		}
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return "", err
	}
	defer db.Close()
	for range 100 {
		if err = db.Ping(); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		return "", fmt.Errorf("reach Postgres: %w", err)
	}
	return dsn, makeTemplate(db, dsn)
})

// schemaName tells one state of the migrations from another, so that a server which is kept keeps the template too.
func schemaName() string {
	h := sha256.New()
	err := fs.WalkDir(migrations.Postgres, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := migrations.Postgres.ReadFile(path)
		h.Write(content)
		return err
	})
	if err != nil {
		panic(err) // they are embedded
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// makeTemplate makes the migrated database that tests copy, unless another process has.
func makeTemplate(db *sql.DB, dsn string) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", templateName); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock(hashtext($1))", templateName) }()
	var there bool
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", templateName).Scan(&there)
	if err != nil || there {
		return err
	}
	building := templateName + "_building" // a half-made one is never copied
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + building, "CREATE DATABASE " + building + " TEMPLATE template0"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	address, err := named(dsn, building)
	if err != nil {
		return err
	}
	target, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(target, goose.DialectPostgres, migrations.Postgres, "postgres"), target.Close()); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+building+" RENAME TO "+templateName)
	return err
}

// named is the address of another database of the same server.
func named(dsn, database string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("FOURFOLD_TEST_POSTGRES is no address: use postgres://user@host/postgres")
	}
	u.Path = "/" + database
	return u.String(), nil
}

var creating sync.Mutex // a template cannot be copied twice at once

func createDatabase(t testing.TB, from string) string {
	t.Helper()
	dsn, err := admin()
	if errors.Is(err, errNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("fourfold_test_%d_%d", os.Getpid(), serial.Add(1))
	do := func(statement string) error {
		creating.Lock()
		defer creating.Unlock()
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.ExecContext(context.Background(), statement)
		return err
	}
	if err := do("CREATE DATABASE " + name + " " + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	own, err := named(dsn, name)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// start runs a server that ends with the test binary, and says where its own database is.
func start() (string, error) {
	s, err := newServer("synchronous_commit=off")
	if err != nil {
		return "", err
	}
	return s.address("postgres"), s.start()
}
