package amazonads

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// What is larger is asked for in halves.
const (
	maxFile = 32 << 20
	maxJSON = 512 << 20
)

var errLarge = fmt.Errorf("the report is larger than %d bytes", maxJSON)

// read fetches a report, an array of JSON that is packed, and hands over its rows while it arrives.
func read(ctx context.Context, a daily.Ask, address string, each func(row) error) error {
	doing := op(a, "read")
	var bad error
	err := rest.Download(ctx, a.Grant, doing, address, maxFile, func(packed io.Reader) error {
		bad = rows(packed, each)
		return bad
	})
	switch {
	case err == nil || err != bad: //nolint:errorlint // whether it is another is the question
		return err
	case errors.Is(err, errLarge):
		return connectors.Errorf(connectors.TooLarge, doing, "%w", errLarge)
	}
	return connectors.Errorf(connectors.Malformed, doing, "%w", err)
}

// rows unpacks the file, unless the way here has unpacked it.
func rows(packed io.Reader, each func(row) error) error {
	in := bufio.NewReader(packed)
	text := io.Reader(in)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("unpack the report: %w", err)
		}
		text = z
	}
	limit := &io.LimitedReader{R: text, N: maxJSON}
	d := json.NewDecoder(limit)
	shape := func(err error) error {
		if limit.N <= 0 {
			return errLarge
		}
		return err
	}
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return shape(errors.New("the report is no list of rows"))
	}
	for n := 1; d.More(); n++ {
		var r row
		if err := d.Decode(&r); err != nil {
			return shape(fmt.Errorf("row %d cannot be read", n))
		}
		if err := each(r); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return shape(errors.New("the report breaks off"))
	}
	// What follows the list is the file's checksum.
	if _, err := io.Copy(io.Discard, limit); err != nil {
		return shape(fmt.Errorf("unpack the report: %w", err))
	}
	return nil
}

// figures reads the numbers of a row. The first that cannot be read is its error. Nothing happened where there is none.
type figures struct{ err error }

func (f *figures) fail(column string, err error) {
	if f.err == nil {
		f.err = fmt.Errorf("%s: %w", column, err)
	}
}

func (f *figures) money(column string, n json.Number) money.Micros {
	if n == "" {
		return 0
	}
	m, err := money.Nearest(n.String())
	if err != nil {
		f.fail(column, err)
	}
	return m
}

// currency is the profile's, which keeps its own for life.
func (f *figures) currency(said, want string) string {
	if said != "" && said != want {
		f.fail("campaignBudgetCurrencyCode", fmt.Errorf("it is %q, and the profile is in %s", said, want))
	}
	return want
}

func (f *figures) campaign(id json.Number) string {
	if id == "" {
		f.fail("campaignId", errors.New("there is none"))
	}
	return id.String()
}

func (f *figures) count(column string, n json.Number) int64 {
	if n == "" {
		return 0
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil {
		f.fail(column, errors.New("it is not a whole number"))
	}
	return i
}

func (f *figures) day(text string, asked period.Days) period.Day {
	d, err := period.ParseDay(text)
	if err != nil {
		f.fail("date", errors.New("it is not a day such as 2026-11-21"))
	} else if !asked.Has(d) {
		f.fail("date", fmt.Errorf("%s was not asked for", d))
	}
	return d
}
