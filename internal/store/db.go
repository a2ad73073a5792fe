package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"fourfold/migrations"
)

// Store is one database. It is safe for use by many goroutines, and many processes may use one Postgres.
type Store struct {
	dialect
	now       func() time.Time
	writer    *sql.DB  // SQLite: the one connection that writes. Postgres: a pool
	reader    *sql.DB  // connections that only read, apart: a page does not wait until jobs have stored theirs
	locks     *sql.DB  // Postgres: connections that hold grants' locks, apart from the pool that their holders go on to use
	orm       *gorm.DB // on writer, for rows that are configuration
	ormReader *gorm.DB // on reader, likewise

	telling sync.Mutex // held by whoever tells people of alerts
}

// Options of Open.
type Options struct {
	Now func() time.Time // the clock; time.Now if nil
	// Connections is how many a Postgres pool that writes may hold, 8 if zero; the one that reads holds half as many.
	Connections int
}

// Open opens "sqlite:/path/to/file.db" or "postgres://user@host/database". It does not change the schema (Migrate does), and
// refuses a database that a newer version of Fourfold has migrated.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	switch scheme, rest, _ := strings.Cut(dsn, ":"); scheme {
	case "sqlite":
		s.dialect = sqlite
		err = s.openSQLite(rest)
	case "postgres", "postgresql":
		s.dialect = postgres
		err = s.openPostgres(dsn, o)
	default:
		err = errors.New(`the database's address begins with neither "sqlite:" nor "postgres://": use sqlite:fourfold.db for a file, or postgres://user@host/name`)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.check(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(path string) error {
	path, _, hasQuery := strings.Cut(strings.TrimPrefix(path, "//"), "?")
	if path == "" || hasQuery || path == ":memory:" {
		return fmt.Errorf("sqlite:%s names no file: use sqlite:fourfold.db or sqlite:/path/to/fourfold.db, without parameters", path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the database file: %w", err)
	}
	if err := private(path); err != nil {
		return err
	}
	file := (&url.URL{Scheme: "file", Path: path}).String() // escapes what a path may hold
	common := "?_time_integer_format=unix_milli&_pragma=busy_timeout(10000)"
	s.writer, err = sql.Open("sqlite", file+common+
		"&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-32000)&_pragma=journal_size_limit(67108864)&_pragma=secure_delete(1)")
	if err != nil {
		return fmt.Errorf("open the database file %s: %w", path, err)
	}
	s.writer.SetMaxOpenConns(1)
	s.reader, err = sql.Open("sqlite", file+common+"&mode=ro&_pragma=query_only(1)&_pragma=cache_size(-8000)")
	if err != nil {
		return fmt.Errorf("open the database file %s: %w", path, err)
	}
	s.reader.SetMaxOpenConns(4)
	if s.orm, err = ormSQLite(s.writer, s.now); err != nil {
		return err
	}
	s.ormReader, err = ormSQLite(s.reader, s.now)
	return err
}

// private makes the file for this user alone if it is not there yet: it will hold sealed tokens and the merchant's figures.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the database file cannot be written: check that its folder exists and belongs to this user: %w", err)
	}
	return f.Close()
}

func (s *Store) openPostgres(dsn string, o Options) error {
	most := cmp.Or(o.Connections, 8)
	open := func(idle time.Duration, most, kept int) (*sql.DB, error) {
		db, err := pool(dsn, idle)
		if err != nil {
			return nil, s.explain("open the database", err)
		}
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(kept)
		db.SetConnMaxIdleTime(5 * time.Minute)
		return db, nil
	}
	var err error
	if s.writer, err = open(idleLimit, most, most); err != nil {
		return err
	}
	if s.reader, err = open(idleLimit, (most+1)/2, (most+1)/2); err != nil {
		return err
	}
	if s.locks, err = open(renewLimit+idleLimit, most, 1); err != nil {
		return err
	}
	if s.orm, err = ormPostgres(s.writer, s.now); err != nil {
		return err
	}
	s.ormReader, err = ormPostgres(s.reader, s.now)
	return err
}

// idleLimit is how long a transaction may lie open without a word from its process: one that was frozen, or whose machine is gone, must
// not keep others from the rows it holds. Between two statements of ours there are seconds at the most.
const idleLimit = time.Minute

// pool opens connections whose transactions the database ends once they were idle for so long, unless the address says otherwise.
func pool(dsn string, idle time.Duration) (*sql.DB, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	const limit = "idle_in_transaction_session_timeout"
	if c.RuntimeParams[limit] == "" {
		c.RuntimeParams[limit] = fmt.Sprint(idle.Milliseconds())
	}
	return stdlib.OpenDB(*c), nil
}

// Close ends all connections.
func (s *Store) Close() error {
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	if s.locks != nil {
		errs = append(errs, s.locks.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.writer.PingContext(ctx); err != nil {
		return s.explain("reach the database", err)
	}
	return nil
}

// Dialect names the database: sqlite or postgres.
func (s *Store) Dialect() string { return s.dialect.String() }

// Migrate brings the schema up to this version of Fourfold. Of several processes that try at once one does it.
func (s *Store) Migrate(ctx context.Context) error {
	p, err := s.provider(true)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return s.explain("bring the database's tables up to date", err)
	}
	return nil
}

// Version says which schema the database has and which this binary knows.
func (s *Store) Version(ctx context.Context) (database, binary int64, err error) {
	p, err := s.provider(false)
	if err != nil {
		return 0, 0, err
	}
	for _, src := range p.ListSources() {
		binary = max(binary, src.Version)
	}
	found, err := s.hasTable(ctx, "goose_db_version")
	if err != nil || !found {
		return 0, binary, err
	}
	row := s.writer.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied")
	if err := row.Scan(&database); err != nil {
		return 0, 0, s.explain("read the database's version", err)
	}
	return database, binary, nil
}

// check refuses a database newer than the binary, before anything is read or written.
func (s *Store) check(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	database, binary, err := s.Version(ctx)
	if err != nil {
		return err
	}
	if database > binary {
		return fmt.Errorf("%w: the database is at schema %d, this fourfold knows up to %d: "+
			"install the newer fourfold that last used it, or restore a copy from before the upgrade", ErrNewer, database, binary)
	}
	return nil
}

func (s *Store) hasTable(ctx context.Context, name string) (bool, error) {
	q := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if s.dialect == postgres {
		q = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = CURRENT_SCHEMA() AND tablename = ?"
	}
	var n int
	if err := s.writer.QueryRowContext(ctx, s.rewrite(q), name).Scan(&n); err != nil {
		return false, s.explain("read the database's version", err)
	}
	return n > 0, nil
}

func (s *Store) provider(locked bool) (*goose.Provider, error) {
	files, name, kind := fs.FS(migrations.SQLite), "sqlite", goose.DialectSQLite3
	var opts []goose.ProviderOption
	if s.dialect == postgres {
		files, name, kind = migrations.Postgres, "postgres", goose.DialectPostgres
		if locked {
			locker, err := lock.NewPostgresSessionLocker()
			if err != nil {
				return nil, fmt.Errorf("prepare the migration lock: %w", err)
			}
			opts = append(opts, goose.WithSessionLocker(locker))
		}
	}
	sub, err := fs.Sub(files, name)
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	p, err := goose.NewProvider(kind, s.writer, sub, opts...)
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	return p, nil
}
