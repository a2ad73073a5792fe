package shapes

import "fourfold/kpi"

// KPI is one of the catalogue.
type KPI struct {
	ID          kpi.ID          `json:"id"`
	Title       string          `json:"title"`
	Perspective kpi.Perspective `json:"perspective"`
	Theme       string          `json:"theme"`
	Role        kpi.Role        `json:"role"`
	Unit        kpi.Unit        `json:"unit"`
	Better      kpi.Direction   `json:"better" doc:"which way is better"`
	Formula     string          `json:"formula"`
	Grains      []string        `json:"grains" doc:"lengths of period that it is counted for; null while it awaits a source"`
	Maturity    int             `json:"maturity_days,omitempty" doc:"how many days after a period's end it is scored"`
	Starter     bool            `json:"starter" doc:"of the starter set"`
	Version     int             `json:"version" doc:"of the definition; a changed one starts a new line"`
	Note        string          `json:"note,omitempty"`
	Measures    []string        `json:"measures" doc:"what it counts; null while it awaits a source"`
}

// KPIs describes definitions.
func KPIs(defs []kpi.KPI) []KPI {
	all := make([]KPI, 0, len(defs))
	for _, k := range defs {
		d := KPI{ID: k.ID, Title: k.Title, Perspective: k.Perspective, Theme: k.Theme, Role: k.Role, Unit: k.Unit, Better: k.Better,
			Formula: k.Formula.String(), Maturity: k.Maturity, Starter: k.Starter, Version: k.Version, Note: k.Note}
		for _, g := range k.Grains {
			d.Grains = append(d.Grains, string(g))
		}
		for _, m := range k.Measures() {
			d.Measures = append(d.Measures, string(m.Measure))
		}
		all = append(all, d)
	}
	return all
}
