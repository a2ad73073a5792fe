package shopify

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	iso "fourfold/internal/money"
)

// CSVOptions say what a file of orders leaves open.
type CSVOptions struct {
	Currency  string        // empty means USD
	Zone      string        // of the shop, IANA; empty means America/New_York
	Domain    string        // empty means csv-store.myshopify.com
	ShiftDays int           // added to every date; 10,227 days (1,461 whole weeks) bring 1997 to 2025
	Clock     time.Duration // time of day in UTC of a date without one; zero means noon, which is the same date in nearly every zone
}

// Noon is when an order of a date without a time is placed.
const Noon = 12 * time.Hour

// CSVError says what is wrong with which field of which line of a file. It never quotes a customer.
type CSVError struct {
	Line  int
	Field string
	Msg   string
}

func (e *CSVError) Error() string {
	return fmt.Sprintf("line %d, field %s: %s", e.Line, e.Field, e.Msg)
}

// csvRow is one order of a file.
type csvRow struct {
	id       int64 // number of the row, from 1: the order's ID
	at       time.Time
	timed    bool // at has a time of day of its own
	customer int64
	units    int
	value    int64
}

// FromCSV makes a shop of a file of orders, one a line, in one of two layouts, told apart by the first line:
//
//   - the CDNOW master file: customer, yyyymmdd, units, value, parted by blanks;
//   - comma-separated with a header naming date, customer, units and value in any order; units may be left out (one each), a customer
//     may be empty (a guest), a date is 2026-11-21, 20261121 or an RFC 3339 time.
//
// Order IDs are the row's number, names count from #1001. An order is one line item worth exactly the value, paid in full, without
// tax, shipping, discount or fulfilment (its line needs no shipping). Orders of the same customer and day are a second apart, in the order of the file.
func FromCSV(r io.Reader, opts CSVOptions) (*Shop, error) {
	if opts.Currency == "" {
		opts.Currency = "USD"
	}
	if opts.Zone == "" {
		opts.Zone = "America/New_York"
	}
	if opts.Domain == "" {
		opts.Domain = "csv-store.myshopify.com"
	}
	if opts.Clock == 0 {
		opts.Clock = Noon
	}
	if !iso.Known(opts.Currency) {
		return nil, fmt.Errorf("read orders: %q is not an ISO 4217 currency", opts.Currency)
	}
	if _, err := time.LoadLocation(opts.Zone); err != nil {
		return nil, fmt.Errorf("read orders: %q is not an IANA time zone", opts.Zone)
	}
	rows, err := readCSV(bufio.NewReader(r), grainOf(opts.Currency))
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	return shopOf(rows, opts)
}

func readCSV(r *bufio.Reader, g grain) ([]csvRow, error) {
	head, err := r.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	first, _, _ := strings.Cut(string(head), "\n")
	if strings.Contains(first, ",") {
		return readHeadered(r, g)
	}
	return readCDNOW(r, g)
}

// readCDNOW reads the layout of the CDNOW master file; its first line may be a heading.
func readCDNOW(r io.Reader, g grain) ([]csvRow, error) {
	var rows []csvRow
	in := bufio.NewScanner(r)
	for line := 1; in.Scan(); line++ {
		f := strings.Fields(in.Text())
		if len(f) == 0 || (line == 1 && strings.HasPrefix(f[0], "customer")) {
			continue
		}
		if len(f) != 4 {
			return nil, &CSVError{line, "count", fmt.Sprintf("has %d fields, expected customer, yyyymmdd, units, value", len(f))}
		}
		row := csvRow{id: int64(len(rows) + 1)}
		var err error
		if row.customer, err = strconv.ParseInt(f[0], 10, 64); err != nil || row.customer < 1 {
			return nil, &CSVError{line, "customer", "is not a positive number"}
		}
		if err := row.fill(g, f[1], f[2], f[3]); err != nil {
			err.Line = line
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, in.Err()
}

// readHeadered reads comma-separated values with a header.
func readHeadered(r io.Reader, g grain) ([]csvRow, error) {
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil {
		return nil, err
	}
	column := map[string]int{"date": -1, "customer": -1, "units": -1, "value": -1}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if at, known := column[name]; known && at >= 0 {
			return nil, &CSVError{1, name, "is there twice"}
		} else if known {
			column[name] = i
		}
	}
	for _, name := range []string{"date", "customer", "value"} {
		if column[name] < 0 {
			return nil, &CSVError{1, name, "is missing from the header; expected date,customer,units,value"}
		}
	}
	known := map[string]int64{}
	var rows []csvRow
	for {
		f, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		row := csvRow{id: int64(len(rows) + 1)}
		if c := strings.TrimSpace(f[column["customer"]]); c != "" {
			if known[c] == 0 {
				known[c] = int64(len(known) + 1)
			}
			row.customer = known[c]
		}
		units := "1"
		if column["units"] >= 0 {
			units = strings.TrimSpace(f[column["units"]])
		}
		if err := row.fill(g, strings.TrimSpace(f[column["date"]]), units, strings.TrimSpace(f[column["value"]])); err != nil {
			err.Line = line
			return nil, err
		}
		rows = append(rows, row)
	}
}

func (r *csvRow) fill(g grain, date, units, value string) *CSVError {
	var err error
	for _, layout := range []string{"20060102", time.DateOnly, time.RFC3339} {
		if r.at, err = time.Parse(layout, date); err == nil {
			r.timed = layout == time.RFC3339
			break
		}
	}
	if err != nil {
		return &CSVError{Field: "date", Msg: fmt.Sprintf("%q is not a date such as 2026-11-21", date)}
	}
	if r.units, err = strconv.Atoi(units); err != nil || r.units < 1 {
		return &CSVError{Field: "units", Msg: fmt.Sprintf("%q is not a whole number of at least 1", units)}
	}
	v, err := iso.Parse(value)
	switch {
	case err != nil:
		return &CSVError{Field: "value", Msg: err.Error()}
	case v < 0:
		return &CSVError{Field: "value", Msg: fmt.Sprintf("%s is negative; refunds cannot be told in this layout", value)}
	case int64(v)%int64(g) != 0:
		return &CSVError{Field: "value", Msg: fmt.Sprintf("%s has more decimals than the currency", value)}
	}
	r.value = int64(v)
	return nil
}

// shopOf places the rows' orders, in the order of their instants so that customers' lifetimes come out right, and then puts them in
// the order of the file.
func shopOf(rows []csvRow, opts CSVOptions) (*Shop, error) {
	s := &Shop{ID: 1, Domain: opts.Domain, Name: strings.TrimSuffix(opts.Domain, ".myshopify.com"), Currency: opts.Currency, Zone: opts.Zone,
		Plan: Plan{Name: "Basic"}}
	type day struct {
		customer int64
		at       time.Time
	}
	extra := map[day]int{}
	for i := range rows {
		r := &rows[i]
		if !r.timed {
			k := day{r.customer, r.at}
			r.at = r.at.Add(opts.Clock + time.Duration(extra[k])*time.Second)
			extra[k]++
		}
		r.at = r.at.AddDate(0, 0, opts.ShiftDays)
	}
	slices.SortStableFunc(rows, func(a, b csvRow) int { return a.at.Compare(b.at) })
	customers := map[int64]*Customer{}
	s.Orders = make([]*Order, len(rows))
	orders := make([]Order, len(rows))
	for i, r := range rows {
		p := Purchase{At: At(r.at), ID: r.id, Number: int(1000 + r.id),
			Items: []Item{{Title: "Order line", Quantity: r.units, Free: true, Digital: true, Total: r.value, Price: grainOf(s.Currency).part(r.value, 1, int64(r.units))}}}
		if r.customer != 0 {
			if customers[r.customer] == nil {
				customers[r.customer] = &Customer{ID: r.customer}
				s.Customers = append(s.Customers, customers[r.customer])
			}
			p.Customer = customers[r.customer]
		}
		o := &orders[r.id-1]
		if err := s.place(o, &p); err != nil {
			return nil, err
		}
		s.Orders[r.id-1] = o
		if i == 0 {
			s.CreatedAt = o.CreatedAt
		}
	}
	slices.SortFunc(s.Customers, func(a, b *Customer) int { return cmp.Compare(a.ID, b.ID) })
	return s, nil
}
