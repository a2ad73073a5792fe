package web

import (
	"math"
	"strings"

	"fourfold/kpi"
)

// readAnchors reads the numbers of one KPI. some says whether there was one; ok is false where one is at fault.
func (d *desk) readAnchors(f *targetForm, k kpi.KPI) (a kpi.Anchors, some, ok bool) {
	parts := partsOf(k)
	given := make([]bool, len(parts))
	ok = true
	a.Range = k.Better == kpi.InRange
	for i, at := range anchorPlaces(k, &a) {
		name := fieldOf(k.ID, parts[i])
		if strings.TrimSpace(f.Fields[name]) == "" {
			continue
		}
		n, err := d.locale.Parse(f.Fields[name], d.currencyOf(k))
		if err != nil {
			f.Faults[name] = faultOf(k.ID, err)
			ok = false
		}
		*at, given[i], some = n, true, true
	}
	if !ok || !some {
		return a, some, ok
	}
	for i, has := range given {
		switch {
		case has:
		case a.Range:
			f.Faults[fieldOf(k.ID, parts[i])] = "A range needs all four numbers."
			ok = false
		case parts[i] == partGreen:
			f.Faults[fieldOf(k.ID, partGreen)] = "Red is given and green is not: state where green starts."
			ok = false
		default:
			red, err := kpi.DefaultRed(k, a.Green)
			if err != nil {
				f.Faults[fieldOf(k.ID, partRed)] = faultOf(k.ID, err)
				ok = false
			}
			a.Red = red
		}
	}
	return a, true, ok
}

func (d *desk) currencyOf(k kpi.KPI) string {
	if k.Unit == kpi.Money {
		return d.merchant.Currency
	}
	return ""
}

// sameAnchors says whether two anchors say the same, but for what is lost in writing them down.
func sameAnchors(a, b kpi.Anchors) bool {
	x := []float64{a.Green, a.Red, a.RedLow, a.GreenLow, a.GreenHigh, a.RedHigh}
	y := []float64{b.Green, b.Red, b.RedLow, b.GreenLow, b.GreenHigh, b.RedHigh}
	for i := range x {
		if math.Abs(x[i]-y[i]) > 1e-8*max(1, math.Abs(x[i])) {
			return false
		}
	}
	return a.Range == b.Range
}

// faultOf is an error as it stands beside a field of a KPI, which need not be named there.
func faultOf(id kpi.ID, err error) string {
	text := strings.TrimPrefix(err.Error(), string(id)+": ")
	if id == "" || !strings.HasPrefix(text, string(id)) {
		text = capital(text)
	}
	return strings.TrimSuffix(text, ".") + "."
}
