package shopify

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"fourfold/internal/reference"
)

// sharedFile opens a file of the reference material.
func sharedFile(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(reference.Path(t, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFromCSVReadsCDNOW(t *testing.T) {
	s, err := FromCSV(sharedFile(t, "data/cdnow/CDNOW_master.txt"), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var value, ledger, original, spent int64
	var units, zero, extra int
	for i, o := range s.Orders {
		if o.ID != int64(i+1) || o.Number != 1001+i {
			t.Fatalf("order %d has ID %d and number %d", i+1, o.ID, o.Number)
		}
		if o.FinancialStatus != "PAID" || o.CreatedAt != o.ProcessedAt || len(o.Lines) != 1 {
			t.Fatalf("order %d: %s, created %d, processed %d, %d lines", o.ID, o.FinancialStatus, o.CreatedAt, o.ProcessedAt, len(o.Lines))
		}
		if h, m, sec := o.CreatedAt.Time().Clock(); h != 12 || m != 0 || sec > 15 {
			t.Fatalf("order %d was placed at %s", o.ID, o.CreatedAt.Time())
		} else if sec > 0 {
			extra++
		}
		value += o.Totals.Total
		original += o.Lines[0].OriginalTotal()
		for _, v := range o.Agreements[0].Sales {
			ledger += v.Total - v.Tax
			units += v.Quantity
		}
		if o.Totals.Total == 0 {
			zero++
		}
	}
	for _, c := range s.Customers {
		spent += c.Spent
	}
	const want = 2_500_315_630_000
	if len(s.Orders) != 69_659 || len(s.Customers) != 23_570 || units != 167_881 || zero != 80 || extra != 69_659-67_591 {
		t.Errorf("%d orders, %d customers, %d units, %d of nothing, %d extra lines of a day", len(s.Orders), len(s.Customers), units, zero, extra)
	}
	if value != want || ledger != want || original != want || spent != want {
		t.Errorf("orders %d, ledger %d, lines %d, spent %d; want %d each", value, ledger, original, spent, int64(want))
	}
	first, last := s.Customers[1], s.Customers[len(s.Customers)-1]
	if first.ID != 2 || first.Orders != 2 || first.LastOrder.ID != 3 || first.Spent != 89_000_000 {
		t.Errorf("customer 2: %+v", first)
	}
	if last.ID != 23_570 {
		t.Errorf("last customer is %d", last.ID)
	}
	if o := s.Orders[2]; o.CreatedAt != At(time.Date(1997, 1, 12, 12, 0, 1, 0, time.UTC)) || o.CustomerIndex != 2 {
		t.Errorf("second order of the day: %s, index %d", o.CreatedAt.Time(), o.CustomerIndex)
	}
}

func TestFromCSVShiftsDatesAndClock(t *testing.T) {
	const file = "00007 19970101 2 29.33\n00007 19980630 1 5.00\n"
	s, err := FromCSV(strings.NewReader(file), CSVOptions{ShiftDays: 10_227, Clock: 30 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Time{time.Date(2025, 1, 1, 0, 30, 0, 0, time.UTC), time.Date(2026, 6, 30, 0, 30, 0, 0, time.UTC)} {
		if got := s.Orders[i].ProcessedAt.Time(); !got.Equal(want) {
			t.Errorf("order %d: %s, want %s", i+1, got, want)
		}
	}
	if l := s.Orders[0].Lines[0]; l.UnitPrice != 14_670_000 || l.OriginalTotal() != 29_330_000 || l.Quantity != 2 {
		t.Errorf("line: %+v", l)
	}
}

func TestFromCSVWithHeader(t *testing.T) {
	const file = "Value, customer,date,note\n10.50,b,2026-03-02,x\n0,,20260301,\n4,a,2026-03-01T23:30:00+01:00,\n7.25,b,2026-03-01,\n"
	s, err := FromCSV(strings.NewReader(file), CSVOptions{Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Orders) != 4 || len(s.Customers) != 2 || s.Currency != "EUR" {
		t.Fatalf("%d orders, %d customers, %s", len(s.Orders), len(s.Customers), s.Currency)
	}
	if o := s.Orders[1]; o.Customer != nil || o.FinancialStatus != "PAID" || len(o.Transactions) != 0 {
		t.Errorf("guest order of nothing: %+v", o)
	}
	if got := s.Orders[2].CreatedAt.Time(); !got.Equal(time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC)) {
		t.Errorf("timed order at %s", got)
	}
	if a, b := s.Orders[0], s.Orders[3]; a.CustomerIndex != 2 || b.CustomerIndex != 1 || a.Customer.LastOrder != a {
		t.Errorf("a customer's orders count in time: %d then %d", b.CustomerIndex, a.CustomerIndex)
	}
}

func TestFromCSVNamesLineAndField(t *testing.T) {
	for _, c := range []struct {
		file  string
		line  int
		field string
	}{
		{"00001 19970101 1 11.77\n00002 19971301 1 11.77\n", 2, "date"},
		{"00001 19970101 x 11.77\n", 1, "units"},
		{"00001 19970101 0 11.77\n", 1, "units"},
		{"00001 19970101 1 11.7.7\n", 1, "value"},
		{"00001 19970101 1 11.775\n", 1, "value"},
		{"00001 19970101 1 -1\n", 1, "value"},
		{"jane 19970101 1 1\n", 1, "customer"},
		{"00001 19970101 1\n", 1, "count"},
		{"date,units,value\n2026-01-01,1,1\n", 1, "customer"},
		{"date,customer,date,value\n", 1, "date"},
		{"date,customer,units,value\n2026-01-01,jane,1,1\n2026-01-02,jane,1,abc\n", 3, "value"},
	} {
		_, err := FromCSV(strings.NewReader(c.file), CSVOptions{})
		var fault *CSVError
		if !errors.As(err, &fault) || fault.Line != c.line || fault.Field != c.field {
			t.Errorf("%q: %v; want line %d, field %s", c.file, err, c.line, c.field)
		} else if strings.Contains(err.Error(), "jane") {
			t.Errorf("%q: the message names a customer: %v", c.file, err)
		}
	}
}

func TestFromCSVRefusesUnknownCurrencyAndZone(t *testing.T) {
	for _, o := range []CSVOptions{{Currency: "QQQ"}, {Zone: "Mars/Base"}} {
		if _, err := FromCSV(strings.NewReader(""), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// Whatever a file holds, it becomes a shop with one order a row, or an error.
func FuzzFromCSV(f *testing.F) {
	f.Add("00001 19970101 1 11.77\n")
	f.Add("date,customer,units,value\n2026-01-01,a,1,1.00\n")
	f.Add("date,customer,value\n20260101,,9000000000000\n\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		s, err := FromCSV(strings.NewReader(file), CSVOptions{})
		if err != nil {
			return
		}
		if len(s.Orders) > strings.Count(file, "\n")+strings.Count(file, "\r")+1 {
			t.Fatalf("%d orders", len(s.Orders))
		}
		for _, o := range s.Orders {
			if o.Totals.Total != o.Lines[0].OriginalTotal() || o.FinancialStatus != "PAID" {
				t.Fatalf("order %d: %+v", o.ID, o.Totals)
			}
		}
	})
}
