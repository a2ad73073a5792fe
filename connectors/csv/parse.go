package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// column is one of a file's.
type column struct {
	name     string
	required bool // every line has a value in it
}

// line is one of a file's, with what is wrong with it.
type line struct {
	number int
	cells  map[string]string
	comma  bool // of decimals: the file separates by semicolons or tabs, as spreadsheets do where the comma is taken
	today  period.Day
	faults []string
	days   period.Days
}

func (l *line) fail(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// told is how many faults are told at once.
const told = 20

// parse reads a file whole. Its error tells what is wrong by line.
func parse(text []byte, k *kind, acc connectors.Account) ([]fact.Record, period.Days, error) {
	lines, err := linesOf(text, k, today(acc))
	if err != nil {
		return nil, period.Days{}, err
	}
	records := k.build(acc, lines)
	var faults []string
	days := period.Days{}
	for _, l := range lines {
		for _, f := range l.faults {
			faults = append(faults, fmt.Sprintf("line %d: %s", l.number, f))
		}
		if l.days.Len() > 0 {
			if days.Len() == 0 {
				days = l.days
			}
			days = period.Days{From: min(days.From, l.days.From), To: max(days.To, l.days.To)}
		}
	}
	if len(faults) > told {
		faults = append(faults[:told], fmt.Sprintf("and %d more", len(faults)-told))
	}
	if len(faults) > 0 {
		return nil, days, errors.New(strings.Join(faults, "; "))
	}
	return records, days, nil
}

// linesOf reads the header and the lines below it. Lines without any cell are nothing, and so are columns without a name.
func linesOf(text []byte, k *kind, today period.Day) ([]*line, error) {
	text, err := plain(text)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true
	r.Comma = separator(text)
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty: its first line is to name columns: %s", k.names())
	}
	if err != nil {
		return nil, fmt.Errorf("line 1: expected the names of columns: %s", k.names())
	}
	if err := k.knows(header); err != nil {
		return nil, err
	}
	var lines []*line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		number, _ := r.FieldPos(0)
		l := &line{number: number, cells: map[string]string{}, comma: r.Comma != ',', today: today}
		lines = append(lines, l)
		if errors.Is(err, csv.ErrFieldCount) {
			l.fail("it has %d cells, and the header %d", len(cells), len(header))
			continue
		}
		if err != nil {
			var p *csv.ParseError
			if errors.As(err, &p) {
				l.number = p.Line
				err = p.Err
			}
			l.fail("it cannot be read: %v", err)
			break
		}
		l.fill(k, header, cells)
	}
	return lines, nil
}

// knows refuses a header that names a column that is not known or twice, or leaves out one that is needed. It lower-cases the names in place.
func (k *kind) knows(header []string) error {
	var strangers []string
	for i, name := range header {
		header[i] = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
		switch {
		case header[i] == "":
		case !slices.ContainsFunc(k.columns, func(c column) bool { return c.name == header[i] }):
			strangers = append(strangers, strconv.Quote(short(name)))
		case slices.Contains(header[:i], header[i]):
			return fmt.Errorf("line 1: the column %s is there twice", header[i])
		}
	}
	if len(strangers) > 0 {
		return fmt.Errorf("line 1: there is no column %s; there are: %s", strings.Join(strangers[:min(len(strangers), told)], ", "), k.names())
	}
	for _, c := range k.columns {
		if c.required && !slices.Contains(header, c.name) {
			return fmt.Errorf("line 1: the column %s is missing; needed are: %s", c.name, k.needed())
		}
	}
	return nil
}

func (l *line) fill(k *kind, header, cells []string) {
	for i, name := range header {
		switch cell := strings.TrimSpace(cells[i]); {
		case name != "":
			l.cells[name] = cell
		case cell != "":
			l.fail("cell %d is in a column without a name", i+1)
		}
	}
	for _, c := range k.columns {
		if c.required && l.cells[c.name] == "" {
			l.fail("%s is empty", c.name)
		}
	}
}

func (k *kind) names() string {
	names := make([]string, len(k.columns))
	for i, c := range k.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

func (k *kind) needed() string {
	var names []string
	for _, c := range k.columns {
		if c.required {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, ", ")
}

// short is what may be told of a cell: files may hold anything, people's addresses too.
func short(s string) string {
	if strings.Contains(s, "@") {
		return "[address]"
	}
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// amount is money; zero where the cell is empty.
func (l *line) amount(name string) money.Micros {
	s := l.decimal(name)
	if s == "" {
		return 0
	}
	m, err := money.Parse(s)
	if err != nil {
		l.fail("%s: %q is not an amount: expected digits such as 12.50", name, short(l.cells[name]))
	}
	return m
}

func (l *line) decimal(name string) string {
	s := l.cells[name]
	if l.comma && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	return s
}

// count is a whole number.
func (l *line) count(name string) int64 {
	m := l.amount(name)
	if m%money.Unit != 0 {
		l.fail("%s: %q is not a whole number", name, short(l.cells[name]))
	}
	return int64(m / money.Unit)
}

// share is a percentage in millionths: 1.4 and 1.4% are 14,000.
func (l *line) share(name string) int64 {
	s := strings.TrimSpace(strings.TrimSuffix(l.decimal(name), "%"))
	if s == "" {
		return 0
	}
	m, err := money.Parse(s)
	if err != nil || m < 0 || m > 100*money.Unit || m%100 != 0 {
		l.fail("%s: %q is not a percentage such as 1.4", name, short(l.cells[name]))
	}
	return int64(m / 100)
}

// What a file may be about: dates beyond are slips of the hand, and one in the year 206 would make a history of two thousand years.
var earliest = period.Date(1990, 1, 1)

const ahead = 3 * 366

// day is a civil day; zero and a fault where there is none.
func (l *line) day(name string) period.Day {
	s := l.cells[name]
	if s == "" {
		return 0
	}
	d, err := period.ParseDay(s)
	switch {
	case err != nil:
		l.fail("%s: %q is not a day such as 2026-11-21", name, short(s))
		return 0
	case d < earliest:
		l.fail("%s: %s is before %s: look at the year", name, d, earliest)
		return 0
	case d > l.today+ahead:
		l.fail("%s: %s is more than three years ahead: look at the year", name, d)
		return 0
	}
	return d
}

// currency is the line's, or else the file's.
func (l *line) currency(acc connectors.Account) string {
	s := strings.ToUpper(l.cells["currency"])
	if s == "" {
		return acc.Currency
	}
	if !money.Known(s) {
		l.fail("currency: %q is not an ISO 4217 code such as EUR", short(s))
	}
	return s
}

// on notes the days that the line is about.
func (l *line) on(from, to period.Day) {
	if from != 0 && to > from {
		l.days = period.Days{From: from, To: to}
	}
}

func location(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone such as Europe/Berlin", name)
	}
	return loc, nil
}
