package export

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// CSVName is the file name of a sheet.
func CSVName(s Sheet) string { return s.Key + ".csv" }

// CSV writes a sheet as RFC 4180 text in UTF-8: one line of stable column names, then rows that can be read without the lines
// before them. Numbers are plain, shares are fractions (0.25), amounts have their currency's digits, days are ISO and
// instants UTC. What is not known is empty. With bom the file begins with a byte order mark, which Excel needs to see UTF-8.
func CSV(w io.Writer, s Sheet, bom bool) error {
	if bom {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var kept []int
	var record []string
	for i, c := range s.Columns {
		if c.Shown != People {
			kept = append(kept, i)
			record = append(record, c.Key)
		}
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row := range s.Rows {
		if row.heading() {
			continue
		}
		for j, i := range kept {
			record[j] = plain(row.Cells[i])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// heading says that a row only heads others, for the eye.
func (r Row) heading() bool { return r.Level == SectionRow || (r.Level == ObjectiveRow && r.ID == "") }

// plain writes a cell for a program.
func plain(c Cell) string {
	switch c := c.(type) {
	case Text:
		return defuse(string(c))
	case Money:
		return money.Amount(c).Decimal()
	case Ratio:
		return number(float64(c))
	case Count:
		return number(float64(c))
	case Days:
		return number(float64(c))
	case Hours:
		return number(float64(c))
	case Number:
		return number(float64(c))
	case Points:
		return number(float64(c))
	case Date:
		return period.Day(c).String()
	case Instant:
		return time.Time(c).UTC().Format(time.RFC3339)
	case Light:
		return string(c)
	case Flag:
		return strconv.FormatBool(bool(c))
	case Change:
		return number(c.By)
	case Goal:
		if c.High != nil {
			return plain(c.Low) + ".." + plain(c.High)
		}
		return plain(c.Low)
	}
	return ""
}

func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// defuse keeps a spreadsheet from reading text as a formula: a product or campaign may be called =HYPERLINK(…).
func defuse(s string) string {
	if isFormula(s) {
		return "'" + s
	}
	return s
}

// isFormula says whether a spreadsheet may take a text for one: by its first letter, which some take full-width too.
func isFormula(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}
