package store

import (
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// rows is a number of rows to be written: write puts the i-th into a row.
type rows struct {
	n       int
	columns []string
	write   func(i int, r *row)
}

// rowsOf are n rows whose columns are those that write names.
func rowsOf(n int, write func(i int, r *row)) rows {
	if n == 0 {
		return rows{}
	}
	return rows{n, columnsOf(func(r *row) { write(0, r) }), write}
}

// Below this many rows, one statement of many rows is quicker on Postgres than COPY with a staging table.
const fewRows = 200

// insert writes rows that are not there yet: by COPY on Postgres, by statements of many rows on SQLite. A row that is there is
// a unique violation, after which a Postgres transaction is lost unless insert runs in an attempt.
func (t *tx) insert(ctx context.Context, table string, b rows) error {
	switch {
	case b.n == 0:
		return nil
	case t.dialect == postgres && b.n >= fewRows:
		return t.copyInto(ctx, table, b)
	default:
		return t.insertValues(ctx, table, "", b)
	}
}

// upsert writes rows, and onConflict says what becomes of one that is there already, such as
// "(merchant_id, …) DO UPDATE SET amount = totals.amount + excluded.amount". Two of the rows must not have the same key.
func (t *tx) upsert(ctx context.Context, table, onConflict string, b rows) error {
	switch {
	case b.n == 0:
		return nil
	case t.dialect == postgres && b.n >= fewRows:
		stage, err := t.stage(ctx, table)
		if err != nil {
			return err
		}
		if err := t.copyInto(ctx, stage, b); err != nil {
			return err
		}
		list := strings.Join(b.columns, ", ")
		_, err = t.exec(ctx, "INSERT INTO "+table+" ("+list+") SELECT "+list+" FROM "+stage+" ON CONFLICT "+onConflict)
		return err
	default:
		return t.insertValues(ctx, table, " ON CONFLICT "+onConflict, b)
	}
}

// stage gives an empty temporary table of the same shape. It is the session's and stays for the next transaction, empty: to make one
// takes longer than to fill it, and bloats the catalogue.
func (t *tx) stage(ctx context.Context, table string) (string, error) {
	name := "stage_" + table
	if slices.Contains(t.staged, name) {
		_, err := t.exec(ctx, "TRUNCATE "+name)
		return name, err
	}
	t.staged = append(t.staged, name)
	_, err := t.exec(ctx, "CREATE TEMP TABLE IF NOT EXISTS "+name+" (LIKE "+table+" INCLUDING DEFAULTS) ON COMMIT DELETE ROWS")
	return name, err
}

func (t *tx) copyInto(ctx context.Context, table string, b rows) error {
	src := &copyReader{rows: b}
	src.row.copy = true
	src.row.wire = append(make([]byte, 0, 1<<16), "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	return t.raw(func(c *pgx.Conn) error {
		_, err := c.PgConn().CopyFrom(ctx, src, "COPY "+table+" ("+strings.Join(b.columns, ", ")+") FROM STDIN BINARY")
		if err != nil {
			return queryError("COPY "+table, err)
		}
		return nil
	})
}

// copyReader gives the rows in Postgres's binary COPY format, making each as it is read.
type copyReader struct {
	rows
	row   row
	taken int // bytes of row.wire already read
	i     int
}

func (c *copyReader) Read(p []byte) (int, error) {
	if c.taken == len(c.row.wire) {
		if c.i > c.n {
			return 0, io.EOF
		}
		c.taken, c.row.wire = 0, c.row.wire[:0]
	}
	for c.i <= c.n && len(c.row.wire)-c.taken < len(p) {
		if c.i < c.n {
			c.row.wire = binary.BigEndian.AppendUint16(c.row.wire, uint16(len(c.columns)))
			c.write(c.i, &c.row)
		} else {
			c.row.wire = append(c.row.wire, 0xff, 0xff) // the end
		}
		c.i++
	}
	n := copy(p, c.row.wire[c.taken:])
	c.taken += n
	return n, nil
}

// insertValues writes statements of many rows each; all but the last are the same text, so that it is compiled once.
func (t *tx) insertValues(ctx context.Context, table, suffix string, b rows) error {
	per := 50
	if t.dialect == postgres {
		per = fewRows
	}
	r := row{args: make([]any, 0, min(per, b.n)*len(b.columns))}
	var statement string
	for from := 0; from < b.n; from += per {
		n := min(per, b.n-from)
		r.args = r.args[:0]
		for i := range n {
			b.write(from+i, &r)
		}
		if from == 0 || n != per {
			statement = valuesStatement(table, suffix, b.columns, n)
		}
		if _, err := t.exec(ctx, statement, r.args...); err != nil {
			return err
		}
	}
	return nil
}

func valuesStatement(table, suffix string, columns []string, n int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") + suffix
}
