package export

import "fourfold/kpi"

var kpiColumns = []Column{
	{Key: "kpi", Title: "KPI", Width: 30},
	{Key: "title", Title: "Title", Width: 42},
	{Key: "perspective", Title: "Perspective", Width: 19},
	{Key: "theme", Title: "Theme", Width: 22},
	{Key: "role", Title: "Role", Width: 9},
	{Key: "unit", Title: "Unit", Width: 7},
	{Key: "value", Title: "Value", Width: 16, Align: "right"},
	{Key: "target", Title: "Target", Width: 14, Align: "right"},
	{Key: "target_high", Title: "Target to", Width: 14, Align: "right"},
	{Key: "red", Title: "Red from", Width: 14, Align: "right"},
	{Key: "red_high", Title: "Red above", Width: 14, Align: "right"},
	{Key: "change", Title: "Change", Width: 10, Align: "right"},
	{Key: "change_in", Title: "Change in", Width: 18},
	{Key: "status", Title: "Status", Width: 10, Align: "center"},
	{Key: "score", Title: "Score", Width: 7, Align: "right"},
	{Key: "coverage", Title: "Coverage", Width: 9.5, Align: "right"},
	{Key: "sample", Title: "Sample", Width: 10, Align: "right"},
	{Key: "gap", Title: "Gap", Width: 21},
	{Key: "note", Title: "Note", Width: 46},
}

// layKPIs lists every KPI of the catalogue for the current period of the whole merchant, one row each whether it has a value
// or not. The names in the workbook point here, so that choosing other KPIs for the scorecard breaks nobody's formula.
func layKPIs(b Book, h history) Sheet {
	s := Sheet{Key: "kpis", Name: KPISheet, Title: "Every KPI of the period", Columns: kpiColumns, Flat: true}
	s.Lines = []string{"One row a KPI, for the whole business. The names of docs/workbook.md point here: use them in formulas of your own."}
	var card Card
	if len(b.Cards) > 0 {
		card = b.Cards[0]
		s.Stamps = []Stamp{
			{"period", "Period", Text(card.Scorecard.Period.Name)},
			{"from", "First day", Date(card.Scorecard.Period.From)},
			{"to", "Last day", Date(card.Scorecard.Period.To - 1)},
			{"running", "Running", Flag(card.Scorecard.Running)},
			{"currency", "Currency", known(text(b.Currency))},
			{"complete_to", "Complete to", known(instant(b.CompleteTo))},
			{"taken_at", "Taken at", known(instant(b.TakenAt))},
		}
	}
	entries := make(map[kpi.ID]kpi.Entry, len(card.Scorecard.Entries))
	for _, e := range card.Scorecard.Entries {
		entries[e.KPI.ID] = e
	}
	s.Rows = func(yield func(Row) bool) {
		for _, k := range b.KPIs {
			e, ok := entries[k.ID]
			if !ok {
				e = kpi.Entry{KPI: k, Status: kpi.Grey}
			}
			row := kpiRow(b, h, card, e)
			if !ok {
				set(row, kpiColumns, "note", Text("Not counted for periods of this length"))
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

func kpiRow(b Book, h history, card Card, e kpi.Entry) Row {
	row := blank(KPIRow, string(e.KPI.ID), kpiColumns)
	put := func(key string, c Cell) { set(row, kpiColumns, key, c) }
	put("kpi", Text(e.KPI.ID))
	put("title", Text(e.KPI.Title))
	put("perspective", Text(e.KPI.Perspective.Title()))
	put("theme", text(theme(e.KPI)))
	put("role", text(string(e.KPI.Role)))
	put("unit", Text(unitOf(e.KPI.Unit, b.Currency)))
	put("value", ValueOf(e.KPI, e.Value, b.Currency))
	put("target", Absent{})
	if e.Target != nil {
		green, greenHigh, red, redHigh := anchorsOf(e.KPI, e.Target.Anchors, b.Currency)
		put("target", green)
		put("target_high", greenHigh)
		put("red", red)
		put("red_high", redHigh)
	}
	if before, ok := h.before(e, card); ok {
		if c, ok := changeOf(e.KPI.Unit, e.Value, before).(Change); ok {
			put("change", c)
			put("change_in", Text(c.In))
		}
	}
	put("status", Light(e.Status))
	put("score", known(points(e.Score)))
	if e.Value.Has {
		put("coverage", Ratio(e.Value.Coverage))
		if e.Value.N > 0 {
			put("sample", Count(e.Value.N))
		}
	}
	put("gap", text(string(e.Value.Gap)))
	put("note", text(b.note(e)))
	return row
}
