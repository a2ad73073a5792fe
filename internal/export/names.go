package export

import (
	"fmt"
	"io"
	"strings"

	"fourfold/kpi"
)

// Name is a name of the workbook that a merchant's own formulas may use. Names never change their meaning; the cells they
// point to may move.
type Name struct {
	Name    string
	Sheet   string
	Row     string // ID of the row, or key of the stamp
	Column  string // key of the column; "" for a stamp
	Meaning string
}

// NameOf is the name of a KPI's figure: ff_net_sales_value.
func NameOf(id kpi.ID, figure string) string { return "ff_" + string(id) + "_" + figure }

// figures are the columns of the KPIs' sheet that have names, with what they hold.
var figures = []struct{ key, meaning string }{
	{"value", "the value; – if there is none"},
	{"target", "where green starts; of a range its lower edge; – if there is no target"},
	{"score", "0 to 100; – if it is not scored"},
	{"status", "green, amber, red or grey"},
}

// Names lists the names of a workbook with these KPIs, in the order of the catalogue.
func Names(defs []kpi.KPI) []Name {
	stamps := []struct{ key, meaning string }{
		{"period", "the period, such as 2026-11 or 2026-W47"},
		{"from", "its first day"},
		{"to", "its last day"},
		{"running", "yes while it is not over, else no"},
		{"currency", "the currency of all amounts"},
		{"complete_to", "how far the data are complete, in the merchant's time zone"},
		{"taken_at", "when the figures were taken, in the merchant's time zone"},
	}
	var all []Name
	for _, s := range stamps {
		all = append(all, Name{"ff_" + s.key, KPISheet, s.key, "", s.meaning})
	}
	for _, p := range kpi.Perspectives {
		title := p.Title()
		all = append(all,
			Name{"ff_" + string(p) + "_perspective_score", ScorecardSheet, string(p), "score", title + ": 0 to 100; – if too little of it is scored"},
			Name{"ff_" + string(p) + "_perspective_status", ScorecardSheet, string(p), "status", title + ": green, amber, red or grey"},
			Name{"ff_" + string(p) + "_perspective_coverage", ScorecardSheet, string(p), "coverage", title + ": the share of its weight that is scored"},
		)
	}
	for _, k := range defs {
		for _, f := range figures {
			all = append(all, Name{NameOf(k.ID, f.key), KPISheet, string(k.ID), f.key, k.Title + ": " + f.meaning})
		}
	}
	return all
}

// WriteNames writes docs/workbook.md for a catalogue.
func WriteNames(w io.Writer, defs []kpi.KPI) error {
	var b strings.Builder
	b.WriteString(workbookIntro)
	b.WriteString("\n### The period and the whole\n\n| name | what it holds |\n|---|---|\n")
	names := Names(nil)
	for _, n := range names {
		fmt.Fprintf(&b, "| `%s` | %s |\n", n.Name, n.Meaning)
	}
	b.WriteString("\n### Each KPI\n\n")
	for _, f := range figures {
		fmt.Fprintf(&b, "- `ff_<KPI>_%s`: %s.\n", f.key, f.meaning)
	}
	b.WriteString("\nFor every KPI of the catalogue, whether it is on the scorecard or not:\n")
	for _, p := range kpi.Perspectives {
		fmt.Fprintf(&b, "\n#### %s\n\n| KPI | value | target | score | status |\n|---|---|---|---|---|\n", p.Title())
		for _, k := range defs {
			if k.Perspective != p {
				continue
			}
			fmt.Fprintf(&b, "| %s", strings.ReplaceAll(k.Title, "|", `\|`))
			for _, f := range figures {
				fmt.Fprintf(&b, " | `%s`", NameOf(k.ID, f.key))
			}
			b.WriteString(" |\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const workbookIntro = `# The workbook

This page is generated from the code, and a test holds it: ` + "`go test ./internal/export -run WorkbookPage -update`" + ` writes it anew.

| sheet | what it holds |
|---|---|
| Scorecard | the current period by perspective and objective: value, target, change, trend, status, score, coverage, and why a value or a score is missing; one chart a perspective |
| Scopes | the same for each store and channel; left out where there is only the whole |
| KPIs | every KPI of the catalogue for the current period, one row each; the names below point here |
| Trends | values and scores of the last closed periods, KPIs by periods |
| Snapshots | the history, one row a snapshot, as an Excel table named ` + "`ff_snapshots`" + ` and made for pivot tables |
| Targets | every version of every target |
| Definitions | the dictionary: formula, what is counted, where it is read |
| Completeness | what was read and proven, what is not granted, and our figures against the provider's own |

## Formulas of your own

An export writes a new file. Keep formulas in a workbook of your own and refer to the export by names, not by cells: rows move
when the catalogue grows or other KPIs are chosen, names stay.

` + "```" + `
='scorecard.xlsx'!ff_net_sales_value
=IF(ISNUMBER('scorecard.xlsx'!ff_aov_value),'scorecard.xlsx'!ff_aov_value,"not known")
=IF('scorecard.xlsx'!ff_aov_status="red","look at it","")
` + "```" + `

In the spreadsheet that Fourfold keeps up to date in Google Sheets the names are the same, and your formulas stand in it, on tabs of your own:

` + "```" + `
=ff_net_sales_value
=IF(ISNUMBER(ff_aov_value),ff_aov_value,"not known")
=QUERY(ff_snapshots,"select F, I where A = 'net_sales' and E = 'month'",1)
` + "```" + `

There ` + "`ff_snapshots`, `ff_kpis`, `ff_targets` and `ff_definitions`" + ` name the tables with their heads, and ` + "`ff_kpis_sheet`" + ` and the like all that is
Fourfold's on a tab.

- **Unknown is not zero.** A figure that is not known is the text ` + "`–`" + `, so that a sum leaves it out and a product of it is an error instead of a
  quiet zero. Ask with ISNUMBER. In Snapshots it is blank, as pivot tables like it.
- **Amounts** are in the reporting currency, with its digits. **Ratios** are fractions: 0.25 is shown as 25.0%.
- **Ratios over several rows** of Snapshots are the sum of numerators divided by the sum of denominators, never the mean of values.
- The same snapshot gives the same file, byte for byte.
- Names begin with ` + "`ff_`" + `. A KPI is never renamed and a name never gets another meaning.

## Names
`
