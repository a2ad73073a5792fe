package shapes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/internal/store"
	"fourfold/kpi"
)

// Restatements is what came out differently after it was published.
type Restatements struct {
	Merchant string           `json:"merchant"`
	Currency string           `json:"currency"`
	Scope    string           `json:"scope" doc:"empty for the whole merchant"`
	Periods  []RestatedPeriod `json:"periods" doc:"the latest first; null where there are none"`
}

// RestatedPeriod sums up what of a period was restated. A KPI that was restated for several causes is counted under each of them.
type RestatedPeriod struct {
	Period  string        `json:"period"`
	From    string        `json:"from" doc:"its first day"`
	To      string        `json:"to" doc:"the first day after the period"`
	First   time.Time     `json:"first" doc:"when the first of it was restated"`
	Last    time.Time     `json:"last"`
	ByCause []CauseCount  `json:"by_cause"`
	KPIs    []RestatedKPI `json:"kpis"`
}

// CauseCount is how many KPIs were restated for a cause.
type CauseCount struct {
	Cause kpi.Cause `json:"cause" doc:"empty where it is not known"`
	KPIs  int       `json:"kpis"`
}

// RestatedKPI is a published value beside what came out later.
type RestatedKPI struct {
	ID         kpi.ID      `json:"id"`
	Title      string      `json:"title"`
	Unit       kpi.Unit    `json:"unit"`
	Published  *float64    `json:"published" doc:"null where there was none"`
	Now        *float64    `json:"now"`
	Difference *float64    `json:"difference" doc:"null where one of the two is missing, or in another currency"`
	Closed     time.Time   `json:"published_at"`
	Restated   time.Time   `json:"restated_at" doc:"the last time"`
	Times      int         `json:"times"`
	Causes     []kpi.Cause `json:"causes" doc:"null where none is known"`
	Because    []string    `json:"because" doc:"the same for people; null where none is known"`

	Row store.Restatement `json:"-"`
	Def kpi.KPI           `json:"-"`
}

// RestatedPeriods sums up by period what was found, which is in the order of periods. Of a definition that is none any more nothing is told.
func RestatedPeriods(found []store.Restatement) (periods []RestatedPeriod) {
	for _, r := range found {
		def, ok := kpi.Find(kpi.Catalogue(), r.Published.KPI)
		if !ok || def.Version != r.Published.Definition {
			continue
		}
		if n := len(periods); n == 0 || periods[n-1].Period != r.Published.Period.Name {
			p := r.Published.Period
			periods = append(periods, RestatedPeriod{Period: p.Name, From: p.From.String(), To: p.To.String(), First: r.First})
		}
		periods[len(periods)-1].add(r, def)
	}
	return periods
}

func (p *RestatedPeriod) add(r store.Restatement, def kpi.KPI) {
	v := RestatedKPI{ID: def.ID, Title: def.Title, Unit: def.Unit, Closed: r.Published.TakenAt, Restated: r.Latest.TakenAt, Times: r.Revisions,
		Causes: r.Causes, Because: r.Because, Row: r, Def: def}
	if r.Published.Value.Has {
		v.Published = &r.Published.Value.V
	}
	if r.Latest.Value.Has {
		v.Now = &r.Latest.Value.V
	}
	if by, ok := r.Difference(); ok {
		v.Difference = &by
	}
	p.KPIs = append(p.KPIs, v)
	if r.First.Before(p.First) {
		p.First = r.First
	}
	if r.Latest.TakenAt.After(p.Last) {
		p.Last = r.Latest.TakenAt
	}
	causes := r.Causes
	if len(causes) == 0 {
		causes = []kpi.Cause{""}
	}
	for _, c := range causes {
		i := slices.IndexFunc(p.ByCause, func(n CauseCount) bool { return n.Cause == c })
		if i < 0 {
			i = len(p.ByCause)
			p.ByCause = append(p.ByCause, CauseCount{Cause: c})
		}
		p.ByCause[i].KPIs++
	}
	slices.SortStableFunc(p.ByCause, func(a, b CauseCount) int { return b.KPIs - a.KPIs })
}

// Causes says how many KPIs were restated for what.
func (p *RestatedPeriod) Causes() string {
	told := make([]string, len(p.ByCause))
	for i, n := range p.ByCause {
		told[i] = fmt.Sprintf("%s %d", word(n.Cause), n.KPIs)
	}
	return strings.Join(told, ", ")
}

// word is a cause as people read it.
func word(c kpi.Cause) string {
	if c == "" {
		return "not known"
	}
	return string(c)
}
