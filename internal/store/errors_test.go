package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/store/storetest"
)

func TestADatabaseNewerThanTheBinaryIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		if _, err := s.writer.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)"); err != nil {
			t.Fatal(err)
		}
		_, err := Open(ctx, dsn, Options{})
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), "install the newer") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWrongAddresses(t *testing.T) {
	ctx := context.Background()
	notADatabase := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("these are notes, and no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{
		"fourfold.db":            "use sqlite:fourfold.db",
		"sqlite:":                "names no file",
		"sqlite:x.db?mode=rw":    "without parameters",
		"sqlite:/no/such/dir/db": "check that its folder exists",
		"sqlite:" + notADatabase: "no SQLite database",
		"postgres://u:hunter2@localhost:notaport/x":                      "write it as postgres://",
		"postgres://u:hunter2@127.0.0.1:9/x?connect_timeout=2":           "cannot be reached",
		"postgres://u:hunter2@/x?host=/no/such/socket&connect_timeout=2": "cannot be reached",
	} {
		s, err := Open(ctx, dsn, Options{})
		if err == nil {
			t.Errorf("%s was opened", dsn)
			_ = s.Close()
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q in it and no password", dsn, err, want)
		}
	}
	good, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	good.Path = "/nothere"
	if _, err := Open(ctx, good.String(), Options{}); err == nil || !strings.Contains(err.Error(), "createdb") {
		t.Errorf("a database that is not there: %v", err)
	}
}

func TestTablesThatAreNotThereYet(t *testing.T) {
	s := open(t, storetest.EmptyPostgres(t))
	if _, err := s.Merchants(context.Background()); err == nil || !strings.Contains(err.Error(), "brings it up to date") {
		t.Errorf("got %v", err)
	}
	s = open(t, storetest.EmptySQLite(t))
	if _, err := s.Merchants(context.Background()); err == nil || !strings.Contains(err.Error(), "brings it up to date") {
		t.Errorf("got %v", err)
	}
}

// A file that lost its end, as by a disk that broke or a copy that was cut off, wants the backup.
func TestADamagedFileWantsTheBackup(t *testing.T) {
	ctx, file := context.Background(), filepath.Join(t.TempDir(), "cut.db")
	s := open(t, "sqlite:"+file)
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, whole.Size()/2); err != nil {
		t.Fatal(err)
	}
	s, err = Open(ctx, "sqlite:"+file, Options{})
	if err == nil {
		defer func() { _ = s.Close() }()
		if err = s.Migrate(ctx); err == nil {
			_, err = s.Merchants(ctx)
		}
	}
	if err == nil || !strings.Contains(err.Error(), "malformed") || !strings.Contains(err.Error(), "put the backup in its place") {
		t.Errorf("got %v", err)
	}
}

func lines(from, n int) []fact.Record {
	all := make([]fact.Record, n)
	for i := range n {
		all[i] = fact.OrderLine{ID: fmt.Sprint(from + i), OrderID: "1", SKU: strings.Repeat("x", 200)}
	}
	return all
}

func TestAFullDiskLosesNothing(t *testing.T) {
	ctx := context.Background()
	s := openShop(t, storetest.SQLite(t))
	s.save("orders", page(hour(1), lines(0, 10)...))
	limit := func(pages int) {
		if _, err := s.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	var pages int
	if err := s.writer.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(pages + 2)
	for _, backfill := range []bool{false, true} {
		p := page(hour(2), lines(100, 2000)...)
		p.Backfill = backfill
		_, err := s.SavePage(ctx, s.merchant.ID, s.connection.ID, "orders", s.number["orders"], p)
		if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "free some space") {
			t.Fatalf("got %v", err)
		}
		s.want("10", "SELECT CAST(COUNT(*) AS TEXT) FROM order_lines")
	}
	limit(1 << 30)
	s.save("orders", page(hour(2), lines(100, 2000)...)) // and on it goes, with the number it had
	s.want("2010", "SELECT CAST(COUNT(*) AS TEXT) FROM order_lines")
}

// The database goes away in the middle of a page: while rows are being copied into it.
func TestADatabaseLostInMidPageLosesNothing(t *testing.T) {
	ctx := context.Background()
	dsn := storetest.Postgres(t)
	s := openShop(t, dsn)
	s.save("orders", page(hour(1), lines(0, 10)...))
	killer, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close()
	kill := func(pid int) {
		if _, err := killer.ExecContext(ctx, "SELECT pg_terminate_backend($1)", pid); err != nil {
			t.Error(err)
		}
	}
	for name, at := range map[string]func(t *tx) error{
		"in COPY": func(tx *tx) error {
			pid, err := backend(ctx, tx)
			if err != nil {
				return err
			}
			all := lines(100, 5000)
			return tx.insert(ctx, "order_lines", rows{len(all), lineKind.columns, func(i int, r *row) {
				if i == 2500 {
					kill(pid)
				}
				l := all[i].(fact.OrderLine)
				lineKind.write(&place{merchant: s.merchant.ID, connection: s.connection.ID, readAt: hour(2)}, &l, r)
			}})
		},
		"between statements": func(tx *tx) error {
			pid, err := backend(ctx, tx)
			if err != nil {
				return err
			}
			if _, err := tx.exec(ctx, "DELETE FROM order_lines"); err != nil {
				return err
			}
			kill(pid)
			_, err = tx.exec(ctx, "DELETE FROM orders")
			return err
		},
		"before the commit": func(tx *tx) error {
			pid, err := backend(ctx, tx)
			if err != nil {
				return err
			}
			_, err = tx.exec(ctx, "DELETE FROM order_lines")
			kill(pid)
			return err
		},
	} {
		err := s.change(ctx, func(_ context.Context, t *tx) error { return at(t) })
		if !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "run the same again") {
			t.Errorf("%s: %v", name, err)
		}
		s.want("10", "SELECT CAST(COUNT(*) AS TEXT) FROM order_lines")
	}
	s.save("orders", page(hour(2), lines(100, 300)...))
	s.want("310", "SELECT CAST(COUNT(*) AS TEXT) FROM order_lines")
}

func TestAnEndOfOurOwnIsNotTheDatabases(t *testing.T) {
	s := open(t, storetest.Postgres(t))
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := s.change(short, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "SELECT pg_sleep(10)")
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
}

func backend(ctx context.Context, t *tx) (pid int, err error) {
	_, err = t.one(ctx, []any{&pid}, "SELECT pg_backend_pid()")
	return pid, err
}

func TestErrorsTellNothingOfTheMerchant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		err := s.change(context.Background(), func(ctx context.Context, t *tx) error {
			if _, err := t.exec(ctx, "INSERT INTO rates (merchant_id, connection_id, from_currency, to_currency, day, billionths, read_at) VALUES (?, ?, 'private', ?, ?, 1, ?)",
				1, 1, "private", "private", at(hour(1))); err != nil {
				return err
			}
			_, err := t.exec(ctx, "INSERT INTO rates (merchant_id, connection_id, from_currency, to_currency, day, billionths, read_at) VALUES (?, ?, 'private', ?, ?, 1, ?)",
				1, 1, "private", "private", at(hour(1)))
			return err
		})
		if err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "'private'", ""), "private") {
			t.Errorf("got %v", err)
		}
	})
}
