package export

import (
	"fmt"
	"slices"
	"strings"

	"fourfold/kpi"
)

var definitionColumns = []Column{
	{Key: "kpi", Title: "KPI", Width: 30},
	{Key: "title", Title: "Title", Width: 34, Wrap: true},
	{Key: "perspective", Title: "Perspective", Width: 18},
	{Key: "theme", Title: "Theme", Width: 22},
	{Key: "role", Title: "Role", Width: 9},
	{Key: "unit", Title: "Unit", Width: 7},
	{Key: "better", Title: "Better", Width: 8},
	{Key: "formula", Title: "Formula", Width: 44, Wrap: true},
	{Key: "counts", Title: "What is counted", Width: 60, Wrap: true},
	{Key: "sources", Title: "Read from", Width: 18, Wrap: true},
	{Key: "grains", Title: "Periods", Width: 22, Wrap: true},
	{Key: "min_sample", Title: "Least sample", Width: 9, Align: "right"},
	{Key: "min_coverage", Title: "Least coverage", Width: 10, Align: "right"},
	{Key: "maturity", Title: "Matures after days", Width: 12, Align: "right"},
	{Key: "starter", Title: "Starter set", Width: 8, Align: "center"},
	{Key: "version", Title: "Version", Width: 8, Align: "right"},
	{Key: "name", Title: "Name in the workbook", Width: 36},
	{Key: "note", Title: "Note", Width: 60, Wrap: true},
}

// layDefinitions is the dictionary of the book.
func layDefinitions(b Book) Sheet {
	return Sheet{Key: "definitions", Name: DefinitionsSheet, Title: "Definitions", Columns: definitionColumns, Flat: true,
		Lines: []string{"What each KPI means, what it is made of and where that is read."},
		Rows: rows(b.KPIs, func(k kpi.KPI) []Cell {
			formula, counts, sources := "", "", ""
			if k.Formula != nil {
				formula = k.Formula.String()
				counts, sources = termsOf(k)
			}
			grains := make([]string, len(k.Grains))
			for i, g := range k.Grains {
				grains[i] = string(g)
			}
			var minN, minCoverage, maturity Cell
			if k.MinN > 0 {
				minN = Count(k.MinN)
			}
			if k.MinCoverage > 0 {
				minCoverage = Ratio(k.MinCoverage)
			}
			if k.Maturity > 0 {
				maturity = Count(k.Maturity)
			}
			return []Cell{
				Text(k.ID), Text(k.Title), Text(k.Perspective.Title()), text(theme(k)), text(string(k.Role)),
				Text(unitOf(k.Unit, b.Currency)), text(string(k.Better)), text(formula), text(counts), text(sources), text(strings.Join(grains, ", ")),
				minN, minCoverage, maturity, Flag(k.Starter), Count(k.Version), Text(NameOf(k.ID, "value")), text(k.Note),
			}
		})}
}

// termsOf explains each measure behind a KPI once, and names the streams they are read from.
func termsOf(k kpi.KPI) (counts, sources string) {
	var lines, streams []string
	for _, info := range k.Measures() {
		lines = append(lines, fmt.Sprintf("%s: %s", info.Measure, info.Text))
		for _, s := range info.Streams {
			if !slices.Contains(streams, s) {
				streams = append(streams, s)
			}
		}
	}
	return strings.Join(lines, "\n"), strings.Join(streams, ", ")
}

func theme(k kpi.KPI) string { return capital(strings.ReplaceAll(k.Theme, "_", " ")) }
