package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// tx is one transaction on either database. Queries are written once, with ? for arguments; moments are handed over and
// scanned as instant, civil days as text or period.Day. Rows must be read and closed before the next query.
type tx struct {
	dialect
	conn     *sql.Conn
	sql      *sql.Tx
	prepared map[string]*sql.Stmt
	staged   []string
	writes   bool
}

// change runs fn in a transaction that may write: all of it is kept, or nothing.
func (s *Store) change(ctx context.Context, fn func(ctx context.Context, t *tx) error) error {
	return s.within(ctx, s.writer, nil, fn)
}

// erase is change for what the law or a person wants gone for good: of that the files of SQLite keep nothing either. Deleted rows are
// overwritten there always; the log that lies beside the file, and holds pages as they were, is emptied here. Whoever reads just now is
// waited for as for a lock; should that take too long, the log goes when the last process closes the file.
func (s *Store) erase(ctx context.Context, fn func(ctx context.Context, t *tx) error) error {
	if err := s.change(ctx, fn); err != nil || s.dialect != sqlite {
		return err
	}
	_, err := s.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(TRUNCATE)")
	return s.explain("empty the database's log", err)
}

// look runs fn in a transaction that reads one consistent state and writes nothing.
func (s *Store) look(ctx context.Context, fn func(ctx context.Context, t *tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.dialect == postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return s.within(ctx, s.reader, opts, fn)
}

// each calls fn for every row of a query; fn scans it. One statement sees one consistent state by itself, and needs no transaction for it.
func (s *Store) each(ctx context.Context, fn func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.reader.QueryContext(ctx, s.rewrite(query), args...)
	return s.explain("", scanEach(rows, err, fn, query))
}

// one scans the single row of a query; found is false where there is none.
func (s *Store) one(ctx context.Context, dest []any, query string, args ...any) (found bool, err error) {
	rows, err := s.reader.QueryContext(ctx, s.rewrite(query), args...)
	found, err = scanOne(rows, err, dest, query)
	return found, s.explain("", err)
}

func (s *Store) within(ctx context.Context, db *sql.DB, opts *sql.TxOptions, fn func(context.Context, *tx) error) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return s.explain("connect", err)
	}
	defer conn.Close()
	began, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return s.explain("begin", err)
	}
	defer func() { _ = began.Rollback() }() // says it is done already once committed
	t := &tx{dialect: s.dialect, conn: conn, sql: began, writes: opts == nil}
	if err := fn(ctx, t); err != nil {
		return s.explain("", err)
	}
	if err := began.Commit(); err != nil {
		return s.explain("commit", err)
	}
	return nil
}

// exec runs a statement and says how many rows it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if stmt, perr := t.prepare(ctx, query); perr != nil {
		return 0, queryError(query, perr)
	} else if stmt != nil {
		res, err = stmt.ExecContext(ctx, args...)
	} else {
		res, err = t.sql.ExecContext(ctx, t.rewrite(query), args...)
	}
	if err != nil {
		return 0, queryError(query, err)
	}
	return res.RowsAffected()
}

// query runs a query. The caller closes the rows, or uses each.
func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.prepare(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case stmt != nil:
		return stmt.QueryContext(ctx, args...)
	}
	return t.sql.QueryContext(ctx, t.rewrite(query), args...)
}

// each calls fn for every row of a query; fn scans it. Rows are closed before each returns.
func (t *tx) each(ctx context.Context, fn func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := t.query(ctx, query, args...)
	return scanEach(rows, err, fn, query)
}

// one scans the single row of a query; found is false where there is none.
func (t *tx) one(ctx context.Context, dest []any, query string, args ...any) (found bool, err error) {
	rows, err := t.query(ctx, query, args...)
	return scanOne(rows, err, dest, query)
}

func scanEach(rows *sql.Rows, err error, fn func(scan func(...any) error) error, query string) error {
	if err != nil {
		return queryError(query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return queryError(query, err)
	}
	return nil
}

func scanOne(rows *sql.Rows, err error, dest []any, query string) (found bool, _ error) {
	if err != nil {
		return false, queryError(query, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return false, queryError(query, err)
		}
		return false, nil
	}
	if err := rows.Scan(dest...); err != nil {
		return false, queryError(query, err)
	}
	return true, rows.Close()
}

// prepare keeps statements for the length of the transaction on SQLite, where compiling one costs as much as running it; on
// Postgres the driver does so itself for the length of the connection.
func (t *tx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if t.dialect != sqlite {
		return nil, nil
	}
	if stmt := t.prepared[query]; stmt != nil {
		return stmt, nil
	}
	if len(t.prepared) >= 100 {
		return nil, nil
	}
	stmt, err := t.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if t.prepared == nil {
		t.prepared = map[string]*sql.Stmt{}
	}
	t.prepared[query] = stmt
	return stmt, nil
}

// raw lends the Postgres connection under the transaction, for COPY.
func (t *tx) raw(fn func(*pgx.Conn) error) error {
	return t.conn.Raw(func(c any) error {
		pg, ok := c.(*stdlib.Conn)
		if !ok {
			return errors.New("COPY was asked of a database that is not Postgres")
		}
		return fn(pg.Conn())
	})
}

// attempt runs fn inside a savepoint: what it did is undone if it fails, and the transaction goes on.
func (t *tx) attempt(ctx context.Context, fn func() error) error {
	if _, err := t.exec(ctx, "SAVEPOINT attempt"); err != nil {
		return err
	}
	if err := fn(); err != nil {
		if _, undo := t.exec(ctx, "ROLLBACK TO SAVEPOINT attempt"); undo != nil {
			return errors.Join(err, undo)
		}
		return err
	}
	_, err := t.exec(ctx, "RELEASE SAVEPOINT attempt")
	return err
}

// queryError names the statement by its beginning. Arguments are never part of it: they may be a merchant's data.
func queryError(query string, err error) error {
	const most = 60
	if len(query) > most {
		query = query[:most] + "…"
	}
	return fmt.Errorf("%s: %w", query, err)
}
