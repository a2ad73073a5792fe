package web

import (
	"fmt"
	"math"
	"strings"

	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// say writes where green and red start, with all their digits.
func (d *desk) say(k kpi.KPI, a kpi.Anchors) (green, red string) {
	n := func(v float64) string { return threshold(d.locale, k, v, d.merchant.Currency) }
	switch {
	case a.Range:
		return n(a.GreenLow) + " – " + n(a.GreenHigh), "< " + n(a.RedLow) + ", > " + n(a.RedHigh)
	case a.Green > a.Red:
		return "≥ " + n(a.Green), "≤ " + n(a.Red)
	}
	return "≤ " + n(a.Green), "≥ " + n(a.Red)
}

func (d *desk) proposal(k kpi.KPI, p kpi.Proposal, at period.Period) proposalView {
	green, red := d.say(k, p.Anchors)
	v := proposalView{Value: string(k.ID) + ":" + string(p.Basis)}
	switch p.Basis {
	case kpi.Usual:
		v.Meaning = fmt.Sprintf("what is usual in %d periods", p.Periods)
	case kpi.Best:
		v.Meaning = fmt.Sprintf("what the best quarter of %d periods reached", p.Periods)
	case kpi.Growth:
		v.Meaning = fmt.Sprintf("%s and %s, as %d periods grew", d.locale.Period(d.yearBefore(at)), d.locale.Change(export.Change{By: p.Growth, In: export.Relative}), p.Periods)
	}
	v.Text = strings.TrimLeft(green, "≥≤ ")
	v.Meaning = "Green " + green + ", red " + red + ": " + v.Meaning
	return v
}

// threshold writes a number of a target in the KPI's unit, so that no two differ that look the same.
func threshold(l locale.Locale, k kpi.KPI, v float64, currency string) string {
	if k.Unit == kpi.Money {
		a := money.Amount{Micros: money.Micros(math.RoundToEven(v * float64(money.Unit))), Currency: currency}
		if math.Abs(v) >= 1000 && v == math.Trunc(v) {
			return l.Round(a)
		}
		return l.Money(a)
	}
	text := l.Typed(v, asPercent(k))
	switch k.Unit {
	case kpi.Days:
		return text + "\u00a0d"
	case kpi.Hours:
		return text + "\u00a0h"
	default:
		return text
	}
}
