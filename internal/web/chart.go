package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"fourfold/internal/export"
	"fourfold/kpi"
)

// chart is a KPI's values over time: drawn on the server, so that it prints and needs no script.
type chart struct {
	SVG    template.HTML
	limits *kpi.Limits
}

// The chart's size and margins, in units of its own.
const (
	chartW, chartH        = 920.0, 270.0
	chartLeft, chartRight = 74.0, 12.0
	chartTop, chartBottom = 12.0, 26.0
	chartLines            = 4
	chartLabels           = 13 // at most, below the axis
	headroom              = 0.06
)

// draw draws the rows of a view, oldest at the left: the target as a band, natural limits as dashed lines, values as known now as a line, and
// what was published, where it differs, as rings.
func (v *visit) draw(view kpiView) chart {
	c := view.Chart
	rows := slices.Clone(view.Rows)
	slices.Reverse(rows)
	low, high := math.Inf(1), math.Inf(-1)
	reach := func(x float64) {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	for _, r := range rows {
		reach(r.value)
		reach(r.published)
		if r.anchors != nil {
			for _, x := range edges(*r.anchors) {
				reach(x)
			}
		}
	}
	if len(rows) < 2 || low > high {
		return c
	}
	if c.limits != nil {
		reach(c.limits.Lower)
		reach(c.limits.Upper)
	}
	d := drawing{n: len(rows)}
	d.low, d.high = breadth(low, high)
	d.scale(v, view.KPI.Unit, view.currency())
	d.bands(rows)
	if c.limits != nil {
		for _, x := range []float64{c.limits.Lower, c.limits.Upper} {
			d.level(x, "limit")
		}
		d.level(c.limits.Mean, "mean")
	}
	d.line(rows)
	d.points(v, rows)
	c.SVG = template.HTML(fmt.Sprintf(`<svg class="chart" viewBox="0 0 %g %g" role="img" aria-labelledby="chart-title"><title id="chart-title">%s</title>%s</svg>`,
		chartW, chartH, template.HTMLEscapeString(view.KPI.Title+" over "+fmt.Sprint(len(rows))+" periods; the table below holds the figures"), d.b.String()))
	return c
}

// breadth is from where to where a scale goes that shows values between low and high, and does not go below zero where they do not. What
// differs in the last digits only, as sums that were rounded do, is level.
func breadth(low, high float64) (from, to float64) {
	const level, step = 1e-6, 0.1
	room := (high - low) * headroom
	if size := max(math.Abs(low), math.Abs(high)); high-low <= size*level || size < level {
		if room = size * step; size < level {
			room = 1
		}
	}
	if low >= 0 && low-room < 0 {
		return 0, high + room
	}
	return low - room, high + room
}

// edges are where green begins and ends.
func edges(a kpi.Anchors) []float64 {
	if a.Range {
		return []float64{a.GreenLow, a.GreenHigh}
	}
	return []float64{a.Green}
}

type drawing struct {
	b         strings.Builder
	low, high float64
	n         int
}

func (d *drawing) x(i int) float64 {
	return chartLeft + (chartW-chartLeft-chartRight)*(float64(i)+0.5)/float64(d.n)
}

func (d *drawing) y(v float64) float64 {
	return chartTop + (chartH-chartTop-chartBottom)*(d.high-v)/(d.high-d.low)
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

// scale draws lines at round values with what they stand for.
func (d *drawing) scale(v *visit, unit kpi.Unit, currency string) {
	factor := 1.0
	if unit == kpi.Ratio || unit == kpi.Percent {
		factor = 100
	}
	step := roundStep((d.high-d.low)*factor/chartLines) / factor
	for x := math.Ceil(d.low/step) * step; x <= d.high; x += step {
		if math.Abs(x) < step/1e6 {
			x = 0
		}
		y := d.y(x)
		d.put(`<path class="grid" d="M%g %.1fH%g"/><text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft, y, chartW-chartRight, chartLeft-8, y+3.5,
			template.HTMLEscapeString(v.locale.Cell(export.InUnit(unit, x, currency), nil, true)))
	}
}

// roundStep is the next of 1, 2, 2.5 and 5 times a power of ten.
func roundStep(x float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 2.5, 5} {
		if x <= f*p {
			return f * p
		}
	}
	return 10 * p
}

// bands colours where green is, period by period.
func (d *drawing) bands(rows []pastRow) {
	w := (chartW - chartLeft - chartRight) / float64(d.n)
	for i, r := range rows {
		if r.anchors == nil {
			continue
		}
		top, bottom := d.high, r.anchors.Green
		switch {
		case r.anchors.Range:
			top, bottom = r.anchors.GreenHigh, r.anchors.GreenLow
		case r.anchors.Green < r.anchors.Red:
			top, bottom = r.anchors.Green, d.low
		}
		y := d.y(min(top, d.high))
		d.put(`<rect class="band" x="%.1f" y="%.1f" width="%.2f" height="%.1f"/>`, d.x(i)-w/2, y, w+.3, max(d.y(max(bottom, d.low))-y, 0))
	}
}

func (d *drawing) level(x float64, class string) {
	if x < d.low || x > d.high {
		return
	}
	d.put(`<path class="%s" d="M%g %.1fH%g"/>`, class, chartLeft, d.y(x), chartW-chartRight)
}

func (d *drawing) line(rows []pastRow) {
	var path strings.Builder
	pen := 'M'
	for i, r := range rows {
		if math.IsNaN(r.value) {
			pen = 'M'
			continue
		}
		fmt.Fprintf(&path, "%c%.1f %.1f", pen, d.x(i), d.y(r.value))
		pen = 'L'
	}
	d.put(`<path class="line" d="%s"/>`, path.String())
}

func (d *drawing) points(v *visit, rows []pastRow) {
	every := (len(rows) + chartLabels - 1) / chartLabels
	for i, r := range rows {
		if (len(rows)-1-i)%every == 0 {
			d.put(`<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>`, d.x(i), chartH-8, template.HTMLEscapeString(v.locale.Short(r.Period)))
		}
		if math.IsNaN(r.value) {
			continue
		}
		says := v.locale.Period(r.Period) + ": " + v.locale.Cell(r.Value, nil, false)
		if r.Restated {
			says += ", published as " + v.locale.Cell(r.Published, nil, false)
			if !math.IsNaN(r.published) {
				d.put(`<path class="moved" d="M%.1f %.1fV%.1f"/><circle class="published" cx="%.1f" cy="%.1f" r="3.6"/>`, d.x(i), d.y(r.published), d.y(r.value), d.x(i), d.y(r.published))
			}
		}
		class := "ink-" + string(r.Status)
		if r.Running {
			class += " running"
		}
		d.put(`<circle class="point %s" cx="%.1f" cy="%.1f" r="3.4"><title>%s</title></circle>`, class, d.x(i), d.y(r.value), template.HTMLEscapeString(says))
	}
}
