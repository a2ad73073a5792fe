package microsoftads

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// What is larger is asked for in halves.
const (
	maxFile = 32 << 20
	maxCSV  = 256 << 20
)

// read downloads a report, a ZIP file with one CSV file in it, and hands over its rows.
func (k kind) read(ctx context.Context, a daily.Ask, address string, each func(row) error) error {
	op := "read the report " + a.Days.String() + " of account " + a.ID
	var packed []byte
	err := rest.Download(ctx, a.Grant, op, address, maxFile, func(r io.Reader) (err error) {
		packed, err = io.ReadAll(r)
		return err
	})
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(z.File) != 1 {
		return connectors.Errorf(connectors.Malformed, op, "the file is not a ZIP file with one report in it")
	}
	if z.File[0].UncompressedSize64 > maxCSV {
		return connectors.Errorf(connectors.TooLarge, op, "the report is larger than %d bytes", maxCSV)
	}
	f, err := z.File[0].Open()
	if err != nil {
		return connectors.Errorf(connectors.Malformed, op, "open the report: %w", err)
	}
	defer f.Close()
	if err := k.rows(f, a.Days, each); err != nil {
		return connectors.Errorf(connectors.Malformed, op, "%w", err)
	}
	return nil
}

const byteOrderMark = "\ufeff"

// rows reads the CSV file. Its first line names the columns, in whatever order.
func (k kind) rows(f io.Reader, days period.Days, each func(row) error) error {
	text := bufio.NewReader(f)
	if mark, _ := text.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = text.Discard(len(mark))
	}
	in := csv.NewReader(text)
	in.ReuseRecord = true
	names, err := in.Read()
	if err != nil {
		return fmt.Errorf("the report has no line of column names: %w", err)
	}
	at := map[string]int{}
	for i, name := range names {
		at[strings.Clone(name)] = i
	}
	for _, name := range k.columns {
		if _, ok := at[name]; !ok {
			return fmt.Errorf("the report lacks the column %s", name)
		}
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := in.FieldPos(0)
		if err := each(row{at: at, cells: cells, days: days, failed: new(error)}); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// row is one line of a report. The first cell that cannot be read is its error.
type row struct {
	at     map[string]int
	cells  []string
	days   period.Days
	failed *error
}

func (r row) err() error { return *r.failed }

func (r row) fail(column string, err error) {
	if *r.failed == nil {
		*r.failed = fmt.Errorf("column %s: %w", column, err)
	}
}

func (r row) text(column string) string { return strings.Clone(r.cells[r.at[column]]) }

// figure is a cell that holds a number. Nothing happened where it is empty.
func (r row) figure(column string) string {
	if s := r.cells[r.at[column]]; s != "" && s != "--" {
		return s
	}
	return "0"
}

func (r row) day(column string) period.Day {
	d, err := period.ParseDay(r.cells[r.at[column]])
	if err != nil {
		r.fail(column, errors.New("it is not a day such as 2026-11-21"))
	} else if !r.days.Has(d) {
		r.fail(column, fmt.Errorf("%s was not asked for", d))
	}
	return d
}

// currency is the account's, which keeps its own for life.
func (r row) currency(want string) string {
	if c := r.text(colCurrency); c != want {
		r.fail(colCurrency, fmt.Errorf("it is %q, and the account is in %s", c, want))
	}
	return want
}

func (r row) campaign() string {
	id := r.text(colCampaign)
	if id == "" {
		r.fail(colCampaign, errors.New("there is none"))
	}
	return id
}

func (r row) money(column string) money.Micros {
	m, err := money.Parse(r.figure(column))
	if err != nil {
		r.fail(column, err)
	}
	return m
}

// nearest is for columns that Microsoft reckons in floating point.
func (r row) nearest(column string) money.Micros {
	m, err := money.Nearest(r.figure(column))
	if err != nil {
		r.fail(column, err)
	}
	return m
}

func (r row) count(column string) int64 {
	n, err := strconv.ParseInt(r.figure(column), 10, 64)
	if err != nil {
		r.fail(column, errors.New("it is not a whole number"))
	}
	return n
}
