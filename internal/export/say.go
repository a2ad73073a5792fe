package export

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Say writes a cell for a person: amounts with their currency's digits, thousands apart and the code behind, ratios in per cent,
// lengths of time with their unit. Instants are in UTC.
func Say(c Cell) string {
	switch c := c.(type) {
	case Text:
		return string(c)
	case Money:
		return sayAmount(c, money.Digits(c.Currency)) + " " + c.Currency
	case Ratio:
		return grouped(float64(c)*100, 1) + "%"
	case Count:
		return grouped(float64(c), Decimals(c))
	case Days:
		return grouped(float64(c), 1) + " days"
	case Hours:
		return grouped(float64(c), 1) + " h"
	case Number:
		return grouped(float64(c), Decimals(c))
	case Points:
		return grouped(float64(c), 0)
	case Date:
		return period.Day(c).String()
	case Instant:
		return sayInstant(time.Time(c), time.UTC)
	case Light:
		return shapeOf(kpi.Status(c)) + " " + string(c)
	case Flag:
		if c {
			return "yes"
		}
		return "no"
	case Absent:
		return "–"
	case Change:
		return sayChange(c)
	case Goal:
		return goalPrefix(c) + sayGoal(c, Say)
	case Trend:
		return sparkline(c)
	}
	return ""
}

// sayAmount rounds half to even, as amounts are everywhere, to the given digits.
func sayAmount(m Money, digits int) string {
	if digits == money.Digits(m.Currency) {
		return group(money.Amount(m).Decimal())
	}
	return grouped(m.Micros.Float(), digits)
}

// sayShort leaves the minor unit out: for amounts too wide for their column.
func sayShort(c Cell) string {
	switch c := c.(type) {
	case Money:
		return sayAmount(c, 0) + " " + c.Currency
	case Goal:
		return goalPrefix(c) + sayGoal(c, sayShort)
	}
	return Say(c)
}

func sayGoal(g Goal, say func(Cell) string) string {
	if g.High == nil {
		return say(g.Low)
	}
	low, high := say(g.Low), say(g.High)
	if _, unit, ok := strings.Cut(high, " "); ok {
		low = strings.TrimSuffix(low, " "+unit)
	}
	return low + "–" + high
}

func goalPrefix(g Goal) string {
	switch g.Better {
	case kpi.Up:
		return "≥ "
	case kpi.Down:
		return "≤ "
	default:
		return ""
	}
}

func sayChange(c Change) string {
	unit, v, decimals := "%", c.By*100, 1
	switch c.In {
	case Percentage:
		unit = " pp"
	case Difference:
		unit, v, decimals = "", c.By, 2
	case Relative:
	}
	if math.Abs(v) >= 1000 {
		decimals = 0
	}
	s := grouped(v, decimals)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		s = "+" + s
	}
	return s + unit
}

// sayInstant writes a moment in a zone to the minute.
func sayInstant(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04")
}

// Decimals is how many decimals a figure without a unit needs to be told from its neighbours.
func Decimals[T ~float64](v T) int {
	switch a := math.Abs(float64(v)); {
	case a == math.Trunc(a):
		return 0
	case a < 1:
		return 3
	default:
		return 2
	}
}

// grouped writes a number with its thousands apart. Nothing is written as minus zero.
func grouped(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return group(strconv.FormatFloat(v, 'f', decimals, 64))
}

func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
		if strings.Trim(s, "0.") == "" {
			sign = ""
		}
	}
	whole, fraction, has := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if has {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}

// shapeOf tells a light apart without its colour.
func shapeOf(s kpi.Status) string {
	switch s {
	case kpi.Green:
		return "●"
	case kpi.Amber:
		return "▲"
	case kpi.Red:
		return "◆"
	default:
		return "○"
	}
}

const bars = "▁▂▃▄▅▆▇█"

// sparkline draws a trend in one line of text, blank where there is no value. A level run is drawn in the middle.
func sparkline(t Trend) string {
	lo, hi, ok := t.bounds()
	if !ok {
		return ""
	}
	steps := []rune(bars)
	var b strings.Builder
	for _, v := range t {
		switch {
		case math.IsNaN(v):
			b.WriteByte(' ')
		case hi == lo:
			b.WriteRune(steps[3])
		default:
			b.WriteRune(steps[int(math.Round((v-lo)/(hi-lo)*float64(len(steps)-1)))])
		}
	}
	return b.String()
}
