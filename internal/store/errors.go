package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
)

// Errors that callers tell apart.
var (
	// ErrFenced: the page comes from a pull that was overtaken (another worker stored a page, or the stream was cleared).
	// Nothing of it was stored. The pull ends; whoever overtook it goes on.
	ErrFenced = errors.New("the stream has moved on since this pull began: nothing of this page was stored")
	// ErrNewer: the database was migrated by a newer Fourfold.
	ErrNewer = errors.New("the database is newer than this fourfold")
	// ErrFull: there is no room left for the database. What was not stored is read again once there is.
	ErrFull = errors.New("the disk that holds the database is full")
	// ErrLost: the database did not answer, or went away. What was under way was not stored.
	ErrLost = errors.New("the database cannot be reached")
	// ErrMissing: there is no such row.
	ErrMissing = errors.New("not found")
	// ErrTaken: another merchant has that name.
	ErrTaken = errors.New("another merchant has that name")
)

// SQLite's primary result codes.
const (
	sqliteError    = 1
	sqliteBusy     = 5
	sqliteReadOnly = 8
	sqliteCorrupt  = 11
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteNotADB   = 26
)

// explain adds what to do to an error of the database. doing may be "".
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if doing != "" {
		err = fmt.Errorf("%s: %w", doing, err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrLost) || errors.Is(err, ErrFull) {
		return err
	}
	var lite *sqlitedriver.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqliteFull:
			return fmt.Errorf("%w: free some space and run the same again, it goes on where the last page ended (%w)", ErrFull, err)
		case sqliteBusy:
			return fmt.Errorf("another process holds the database file: end it, or use Postgres if several are to run at once (%w)", err)
		case sqliteCorrupt:
			return fmt.Errorf("the database file is damaged: stop fourfold, put the backup in its place, remove the files -wal and -shm beside it and start again; without a backup, move it away and link again (%w)", err)
		case sqliteReadOnly, sqliteCantOpen:
			return fmt.Errorf("the database file cannot be written: check that its folder exists and belongs to this user (%w)", err)
		case sqliteError:
			if strings.Contains(lite.Error(), "no such table") {
				return fmt.Errorf("the database lacks tables of ours: start fourfold again, which brings it up to date (%w)", err)
			}
		case sqliteNotADB:
			return fmt.Errorf("the file is no SQLite database: check the address in the config file (%w)", err)
		}
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return explainPostgres(pg, err)
	}
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("the database's address cannot be read: write it as postgres://user:password@host:5432/database")
	}
	var connect *pgconn.ConnectError
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &connect) {
		return err // our own limit, not the database's doing
	}
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) || s.gone(err) {
		return fmt.Errorf("%w: check that it runs and that its address is right, then run the same again, it goes on where the last page ended (%w)", ErrLost, err)
	}
	return err
}

func explainPostgres(pg *pgconn.PgError, err error) error {
	switch {
	case pg.Code == "53100":
		return fmt.Errorf("%w: free some space and run the same again, it goes on where the last page ended (%w)", ErrFull, err)
	case pg.Code[:2] == "57" && pg.Code != "57014", pg.Code[:2] == "08", pg.Code == "25P03": // or this process hung in a transaction
		return fmt.Errorf("%w: it was shut down or ended the connection; run the same again, it goes on where the last page ended (%w)", ErrLost, err)
	case pg.Code[:2] == "28":
		return fmt.Errorf("the database refused the login: check user and password in its address (%w)", err)
	case pg.Code == "40P01":
		return fmt.Errorf("two things that were done at once waited for each other, and this one was undone: run the same again (%w)", err)
	case pg.Code == "3D000":
		return fmt.Errorf("there is no such database: create it with createdb, or check the address (%w)", err)
	case pg.Code == "42501":
		return fmt.Errorf("the database user may not do this: grant it the rights of the database's owner (%w)", err)
	case pg.Code == "42P01":
		return fmt.Errorf("the database lacks tables of ours: start fourfold again, which brings it up to date (%w)", err)
	}
	return err
}

// gone says whether the error is that of a connection which ended under a statement.
func (s *Store) gone(err error) bool {
	return s.dialect == postgres && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, sql.ErrConnDone))
}
