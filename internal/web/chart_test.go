package web

import (
	"strings"
	"testing"
	"time"

	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Values that differ by no more than their last digit, as sums that are rounded do, are a level line: the scale has an end.
func TestAChartOfHardlyAnyDifference(t *testing.T) {
	v := &visit{locale: locale.Of("en")}
	for _, c := range []struct {
		unit      kpi.Unit
		low, high float64
	}{{kpi.Ratio, 0.3, 0.30000000000000004}, {kpi.Ratio, 0.1, 0.1}, {kpi.Money, 1e12, 1e12 + 1.0/8192}, {kpi.Count, 0, 0}, {kpi.Count, -5e15, -5e15 + 1}, {kpi.Count, 0, 5e-324}} {
		view := kpiView{KPI: kpi.KPI{Title: "Level", Unit: c.unit}}
		for i := range 12 {
			value := c.low
			if i%2 == 0 {
				value = c.high
			}
			from := period.Date(2026, time.Month(12-i), 1)
			view.Rows = append(view.Rows, pastRow{Period: period.Of(period.Monthly, from, period.Calendar{}), Value: export.InUnit(c.unit, value, "EUR"), value: value, published: value})
		}
		drawn := make(chan chart, 1)
		go func() { drawn <- v.draw(view) }()
		select {
		case made := <-drawn:
			svg := string(made.SVG)
			if ticks := strings.Count(svg, `class="grid"`); ticks < 2 || ticks > 12 || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Errorf("%v to %v: %d lines: %s", c.low, c.high, ticks, svg)
			}
			if c.low > 0 && strings.Contains(svg, "−") {
				t.Errorf("%v: the scale goes below zero", c.low)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%v to %v: it is never done", c.low, c.high)
		}
	}
}
