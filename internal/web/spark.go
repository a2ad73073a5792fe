package web

import (
	"fmt"
	"html/template"
	"strings"

	"fourfold/internal/export"
)

// spark draws a trend: a line over the periods, broken where there is no value, with a dot on the last.
func spark(t export.Trend) template.HTML {
	const w, h, pad = 72.0, 18.0, 2.5
	low, high, ok := bounds(t)
	if !ok || len(t) < 2 {
		return ""
	}
	var d strings.Builder
	x, y, pen := 0.0, 0.0, false
	for i, value := range t {
		if value != value { // NaN: no value
			pen = false
			continue
		}
		x, y = pad+(w-2*pad)*float64(i)/float64(len(t)-1), h/2
		if high > low {
			y = h - pad - (h-2*pad)*(value-low)/(high-low)
		}
		verb := 'L'
		if !pen {
			verb = 'M'
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", verb, x, y)
		pen = true
	}
	// Numbers alone: nothing of it is anybody's text.
	return template.HTML(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %g %g" aria-hidden="true"><path d="%s"/><circle cx="%.1f" cy="%.1f" r="2"/></svg>`, w, h, d.String(), x, y))
}

func bounds(t []float64) (low, high float64, ok bool) {
	for _, x := range t {
		if x != x {
			continue
		}
		if !ok {
			low, high, ok = x, x, true
		}
		low, high = min(low, x), max(high, x)
	}
	return low, high, ok
}
