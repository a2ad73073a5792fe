package export

import (
	"math"
)

// Figures of the trends' rows.
const (
	valueFigure = "value"
	scoreFigure = "score"
)

// layTrends is a table of KPIs by periods, values first and scores below: what sparklines and charts draw, and what a person
// copies into a presentation.
func layTrends(b Book, h history) Sheet {
	s := Sheet{Key: "trends", Name: TrendsSheet, Title: "Trends", Rows: func(func(Row) bool) {}}
	s.Columns = []Column{
		{Key: "kpi", Shown: Programs},
		{Key: "title", Title: "KPI", Width: 42},
		{Key: "unit", Title: "Unit", Width: 7},
		{Key: "figure", Title: "Figure", Width: 8, Align: "center"},
	}
	if len(b.Cards) == 0 {
		return s
	}
	card := b.Cards[0].Scorecard
	periods := h.periods(card)
	for _, p := range periods {
		s.Columns = append(s.Columns, Column{Key: p.Name, Title: p.Name, Width: 14, Align: "right"})
	}
	s.Lines = []string{"Closed periods as known now, for the whole business. A blank has no snapshot, or a definition that has changed since."}
	s.Rows = func(yield func(Row) bool) {
		for _, figure := range []string{valueFigure, scoreFigure} {
			for _, e := range card.Entries {
				row := blank(KPIRow, string(e.KPI.ID), s.Columns)
				copy(row.Cells, []Cell{Text(e.KPI.ID), Text(e.KPI.Title), Text(unitOf(e.KPI.Unit, b.Currency)), Text(figure)})
				values, scores := h.run(e.KPI, card, periods)
				known := false
				for i := range periods {
					var c Cell
					if figure == scoreFigure {
						row.Cells[2] = nil
						c = points(scores[i])
					} else if values[i].Has {
						c = ValueOf(e.KPI, values[i], b.Currency)
					}
					row.Cells[4+i] = c
					known = known || c != nil
				}
				if known && !yield(row) {
					return
				}
			}
		}
	}
	return s
}

// bounds are the smallest and largest value of a trend; ok is false where it has none.
func (t Trend) bounds() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range t {
		if !math.IsNaN(v) {
			lo, hi, ok = min(lo, v), max(hi, v), true
		}
	}
	return lo, hi, ok
}
