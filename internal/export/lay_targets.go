package export

import (
	"cmp"
	"slices"

	"fourfold/kpi"
)

var targetColumns = []Column{
	{Key: "kpi", Title: "KPI", Width: 30},
	{Key: "title", Title: "Title", Width: 42},
	{Key: "scope", Title: "Scope", Width: 18},
	{Key: "grain", Title: "Grain", Width: 9},
	{Key: "from", Title: "Valid from", Width: 11, Align: "center"},
	{Key: "version", Title: "Version", Width: 9, Align: "right"},
	{Key: "better", Title: "Better", Width: 9},
	{Key: "unit", Title: "Unit", Width: 7},
	{Key: "target", Title: "Green from", Width: 15, Align: "right"},
	{Key: "target_high", Title: "Green to", Width: 15, Align: "right"},
	{Key: "red", Title: "Red from", Width: 15, Align: "right"},
	{Key: "red_high", Title: "Red above", Width: 15, Align: "right"},
	{Key: "reason", Title: "Reason", Width: 46, Wrap: true},
	{Key: "scope_id", Shown: Programs},
}

func layTargets(b Book) Sheet {
	def := byID(b.KPIs)
	order := make(map[kpi.ID]int, len(b.KPIs))
	for i, k := range b.KPIs {
		order[k.ID] = i + 1
	}
	sorted := slices.Clone(b.Targets)
	slices.SortStableFunc(sorted, func(x, y kpi.Target) int {
		return cmp.Or(
			cmp.Compare(order[x.KPI], order[y.KPI]), cmp.Compare(x.KPI, y.KPI),
			cmp.Compare(x.Scope.Connection, y.Scope.Connection), cmp.Compare(x.Scope.Channel, y.Scope.Channel),
			cmp.Compare(x.Grain, y.Grain), cmp.Compare(x.From, y.From), cmp.Compare(x.Version, y.Version),
		)
	})
	return Sheet{Key: "targets", Name: TargetsSheet, Title: "Targets", Columns: targetColumns, Flat: true,
		Lines: []string{"Every version of every target. A period keeps the colour of the version that was in force when it closed."},
		Rows: rows(sorted, func(t kpi.Target) []Cell {
			k := def(t.KPI)
			green, greenHigh, red, redHigh := anchorsOf(k, t.Anchors, b.Currency)
			return []Cell{
				Text(t.KPI), Text(k.Title), Text(b.scope(t.Scope)), Text(t.Grain), Date(t.From), Count(t.Version),
				Text(k.Better), Text(unitOf(k.Unit, b.Currency)), green, greenHigh, red, redHigh, text(t.Reason), text(t.Scope.String()),
			}
		})}
}
