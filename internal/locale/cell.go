package locale

import (
	"math"
	"time"

	"fourfold/internal/export"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Cell writes a cell of a book; short leaves the minor unit of large amounts out.
func (l Locale) Cell(c export.Cell, zone *time.Location, short bool) string {
	switch c := c.(type) {
	case export.Text:
		return string(c)
	case export.Money:
		a := money.Amount(c)
		if short && math.Abs(a.Micros.Float()) >= 1000 {
			return l.Round(a)
		}
		return l.Money(a)
	case export.Ratio:
		return l.Percent(float64(c), 1)
	case export.Count:
		if short && math.Abs(float64(c)) >= 10 {
			return l.Number(float64(c), 0)
		}
		return l.Number(float64(c), export.Decimals(c))
	case export.Days:
		return l.Number(float64(c), 1) + nbsp + "d"
	case export.Hours:
		return l.Number(float64(c), 1) + nbsp + "h"
	case export.Number:
		return l.Number(float64(c), export.Decimals(c))
	case export.Points:
		return l.Number(float64(c), 0)
	case export.Date:
		return l.Day(period.Day(c))
	case export.Instant:
		return l.Instant(time.Time(c), zone)
	case export.Light:
		return string(c)
	case export.Flag:
		if c {
			return "yes"
		}
		return "no"
	case export.Absent:
		return "–"
	case export.Change:
		return l.Change(c)
	case export.Goal:
		return l.goal(c, zone, short)
	}
	return ""
}

// Change writes the difference to an earlier value with its sign.
func (l Locale) Change(c export.Change) string {
	v, unit, digits := c.By*100, l.percent, 1
	switch c.In {
	case export.Percentage:
		unit = nbsp + "pp"
	case export.Difference:
		v, unit, digits = c.By, "", 2
	case export.Relative:
	}
	if math.Abs(v) >= 1000 {
		digits = 0
	}
	sign := ""
	if math.Round(v*math.Pow10(digits)) > 0 {
		sign = "+"
	}
	return sign + l.Number(v, digits) + unit
}

func (l Locale) goal(g export.Goal, zone *time.Location, short bool) string {
	low := l.Cell(g.Low, zone, short)
	if g.High != nil {
		return low + "–" + l.Cell(g.High, zone, short)
	}
	switch g.Better {
	case kpi.Up:
		return "≥" + nbsp + low
	case kpi.Down:
		return "≤" + nbsp + low
	case kpi.InRange:
	}
	return low
}
