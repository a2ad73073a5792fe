package shapes

import (
	"time"

	"fourfold/internal/export"
	"fourfold/kpi"
)

// Scorecard is the scorecard of a scope and period.
type Scorecard struct {
	Merchant   string         `json:"merchant"`
	Currency   string         `json:"currency" doc:"of all amounts, ISO 4217"`
	Scope      string         `json:"scope" doc:"empty for the whole merchant; store:1, or channel:1/pos"`
	Period     string         `json:"period" doc:"its name, such as 2026-11 or 2026-W47"`
	From       string         `json:"from" doc:"its first day"`
	To         string         `json:"to" doc:"the first day after the period"`
	Running    bool           `json:"running" doc:"the period is not over"`
	CompleteTo time.Time      `json:"complete_to" doc:"how far the slowest stream is proven complete; year 1 while a first pull is under way"`
	KPIs       []ScorecardKPI `json:"kpis" doc:"the starter set and what has a target, or every KPI; null where none of them is counted for such a period"`
	Rollups    []Rollup       `json:"perspectives"`
}

// ScorecardKPI is one KPI on a scorecard.
type ScorecardKPI struct {
	ID       kpi.ID     `json:"id"`
	Title    string     `json:"title"`
	Value    *float64   `json:"value" doc:"null where there is none; see gap. Money is in major units, a ratio is a fraction"`
	Unit     kpi.Unit   `json:"unit"`
	Gap      kpi.Gap    `json:"gap,omitempty" doc:"why there is no value, or why it is not scored"`
	GapText  string     `json:"gap_text,omitempty" doc:"the same for people"`
	Final    string     `json:"provisional_until,omitempty" doc:"the first day on which sources no longer change the value"`
	Coverage float64    `json:"coverage" doc:"the share of the population that the value rests on"`
	Status   kpi.Status `json:"status"`
	Score    *float64   `json:"score" doc:"0 to 100; null where it is not scored"`
	Green    *float64   `json:"green,omitempty" doc:"where green starts; left out of ranges"`
	Red      *float64   `json:"red,omitempty" doc:"where red starts; left out of ranges"`
}

// Rollup is a perspective's score.
type Rollup struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Score    *float64   `json:"score" doc:"0 to 100; null where too little of it is scored"`
	Status   kpi.Status `json:"status"`
	Coverage float64    `json:"coverage" doc:"the share of its weight that is scored"`
	Worst    kpi.ID     `json:"worst,omitempty" doc:"the KPI with the lowest score"`
	Reds     int        `json:"reds" doc:"how many KPIs are red"`
}

// ScorecardOf is the first scorecard of a book: the starter set and what has a target, or all of it where the book says so.
func ScorecardOf(b export.Book) Scorecard {
	card := b.Cards[0].Scorecard
	out := Scorecard{
		Merchant: b.Merchant, Currency: b.Currency, Scope: card.Scope.String(), Period: card.Period.Name,
		From: card.Period.From.String(), To: card.Period.To.String(), Running: card.Running, CompleteTo: b.CompleteTo,
	}
	for _, e := range card.Entries {
		if !b.All && !e.KPI.Starter && e.Target == nil {
			continue
		}
		k := ScorecardKPI{ID: e.KPI.ID, Title: e.KPI.Title, Unit: e.KPI.Unit, Gap: e.Value.Gap, GapText: e.Value.Why(), Coverage: e.Value.Coverage, Status: e.Status, Score: e.Score}
		if e.Value.Has {
			k.Value = &e.Value.V
		}
		if e.Final != 0 {
			k.Final = e.Final.String()
		}
		if e.Target != nil && !e.Target.Anchors.Range {
			k.Green, k.Red = &e.Target.Anchors.Green, &e.Target.Anchors.Red
		}
		out.KPIs = append(out.KPIs, k)
	}
	for _, r := range card.Perspectives {
		out.Rollups = append(out.Rollups, Rollup{ID: r.ID, Title: r.Title, Score: r.Score, Status: r.Status, Coverage: r.Coverage, Worst: r.Worst, Reds: r.Reds})
	}
	return out
}
