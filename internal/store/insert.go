package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// batch is a number of rows to be written: fill puts the i-th row's values into row, one per column. Moments are handed over as
// instantOrNil gives them, civil days as text. row is used again for the next one.
type batch struct {
	n    int
	fill func(i int, row []any)
}

// Below this many rows, one statement of many rows is quicker on Postgres than COPY with a staging table.
const fewRows = 200

// insert writes rows that are not there yet: by COPY on Postgres, by statements of many rows on SQLite. A row that is there is
// a unique violation, after which a Postgres transaction is lost unless insert runs in an attempt.
func (t *tx) insert(ctx context.Context, table string, columns []string, b batch) error {
	switch {
	case b.n == 0:
		return nil
	case t.dialect == postgres && b.n >= fewRows:
		return t.copyInto(ctx, table, columns, b)
	default:
		return t.insertValues(ctx, table, columns, "", b)
	}
}

// upsert writes rows, and onConflict says what becomes of one that is there already, such as
// "(merchant_id, …) DO UPDATE SET amount = totals.amount + excluded.amount". Two rows of a batch must not have the same key.
func (t *tx) upsert(ctx context.Context, table string, columns []string, onConflict string, b batch) error {
	switch {
	case b.n == 0:
		return nil
	case t.dialect == postgres && b.n >= fewRows:
		stage, err := t.stage(ctx, table)
		if err != nil {
			return err
		}
		if err := t.copyInto(ctx, stage, columns, b); err != nil {
			return err
		}
		list := strings.Join(columns, ", ")
		_, err = t.exec(ctx, "INSERT INTO "+table+" ("+list+") SELECT "+list+" FROM "+stage+" ON CONFLICT "+onConflict)
		return err
	default:
		return t.insertValues(ctx, table, columns, " ON CONFLICT "+onConflict, b)
	}
}

// stage makes an empty temporary table of the same shape, gone with the transaction.
func (t *tx) stage(ctx context.Context, table string) (string, error) {
	name := "stage_" + table
	if t.staged[name] {
		_, err := t.exec(ctx, "TRUNCATE "+name)
		return name, err
	}
	if t.staged == nil {
		t.staged = map[string]bool{}
	}
	t.staged[name] = true
	_, err := t.exec(ctx, "CREATE TEMP TABLE "+name+" (LIKE "+table+" INCLUDING DEFAULTS) ON COMMIT DROP")
	return name, err
}

func (t *tx) copyInto(ctx context.Context, table string, columns []string, b batch) error {
	src := &copySource{batch: b, row: make([]any, len(columns))}
	return t.raw(func(c *pgx.Conn) error {
		if _, err := c.CopyFrom(ctx, pgx.Identifier{table}, columns, src); err != nil {
			return queryError("COPY "+table, err)
		}
		return nil
	})
}

type copySource struct {
	batch
	i   int
	row []any
}

func (c *copySource) Next() bool { return c.i < c.n }

func (c *copySource) Values() ([]any, error) {
	c.fill(c.i, c.row)
	c.i++
	return c.row, nil
}

func (c *copySource) Err() error { return nil }

// insertValues writes statements of many rows each; all but the last are the same text, so that it is compiled once.
func (t *tx) insertValues(ctx context.Context, table string, columns []string, suffix string, b batch) error {
	per := 50
	if t.dialect == postgres {
		per = fewRows
	}
	width := len(columns)
	args := make([]any, 0, per*width)
	for from := 0; from < b.n; from += per {
		n := min(per, b.n-from)
		args = args[:n*width]
		for i := range n {
			b.fill(from+i, args[i*width:(i+1)*width])
		}
		if _, err := t.exec(ctx, valuesStatement(table, columns, suffix, n), args...); err != nil {
			return err
		}
	}
	return nil
}

func valuesStatement(table string, columns []string, suffix string, n int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(row+", ", n), ", ") + suffix
}
