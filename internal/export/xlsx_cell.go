package export

import (
	"math"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

func (x *workbook) text(s string, l look) (excelize.Cell, error) {
	if isFormula(s) {
		l.format = textFormat
	}
	id, err := x.styles.id(l)
	return excelize.Cell{StyleID: id, Value: s}, err
}

// cell is the value and the look of a typed cell.
func (x *workbook) cell(c Cell, l look) (excelize.Cell, error) {
	id, err := x.styles.id(l.of(c))
	return excelize.Cell{StyleID: id, Value: x.value(c)}, err
}

// of is the look with what the cell itself adds to it.
func (l look) of(c Cell) look {
	l.format = formatOf(c)
	if light, ok := c.(Light); ok {
		l.status = kpi.Status(light)
	}
	if _, ok := c.(Absent); ok {
		l.faint = true
	}
	return l
}

func (x *workbook) value(c Cell) any {
	switch c := c.(type) {
	case Text:
		return string(c)
	case Money:
		// The nearest float to the amount as it is written: sums in the sheet stay exact to 15 digits.
		f, _ := strconv.ParseFloat(money.Amount(c).Decimal(), 64)
		return f
	case Ratio:
		return float64(c)
	case Count:
		return float64(c)
	case Days:
		return float64(c)
	case Hours:
		return float64(c)
	case Number:
		return float64(c)
	case Points:
		return float64(c)
	case Date:
		return serial(period.Day(c).UTC())
	case Instant:
		t := time.Time(c).In(x.book.zone())
		_, offset := t.Zone()
		return serial(t.UTC().Add(time.Duration(offset) * time.Second))
	case Light:
		return string(c)
	case Flag:
		return Say(c)
	case Absent:
		return "–"
	case Change:
		switch c.In {
		case Percentage:
			return shownAs(c.By*100, 1)
		case Difference:
			return shownAs(c.By, 2)
		default:
			return shownAs(c.By, 3)
		}
	case Goal:
		if c.High != nil {
			return sayGoal(c, x.bare)
		}
		return x.value(c.Low)
	}
	return nil
}

// bare is a figure as text without its currency, which the Unit column names.
func (x *workbook) bare(c Cell) string {
	if m, ok := c.(Money); ok {
		return sayAmount(m, money.Digits(m.Currency))
	}
	return Say(c)
}

// shownAs takes the sign off what would be shown as minus zero.
func shownAs(v float64, decimals int) float64 {
	if math.Abs(v)*math.Pow10(decimals) < 0.5 {
		return 0
	}
	return v
}

// serial is a date as spreadsheets count: days since the end of 1899, of the clock on the wall.
func serial(t time.Time) float64 {
	return t.Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

// lines estimates how many lines a text takes in a column: Excel opens a file with the heights written in it.
func lines(s string, width float64) int {
	n := 0
	for _, paragraph := range splitLines(s) {
		n += wrapped(paragraph, int(width*1.2))
	}
	return max(n, 1)
}
