package export

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"fourfold/internal/period"
	"fourfold/kpi"
)

var cardColumns = []Column{
	{Key: "scope", Shown: Programs},
	{Key: "period", Shown: Programs},
	{Key: "level", Shown: Programs},
	{Key: "perspective", Shown: Programs},
	{Key: "objective", Shown: Programs},
	{Key: "kpi", Shown: Programs},
	{Key: "title", Title: "Objective and KPI", Width: 43},
	{Key: "value", Title: "Value", Width: 15, Align: "right"},
	{Key: "unit", Title: "Unit", Width: 7},
	{Key: "target", Title: "Target", Width: 17, Align: "right"},
	{Key: "change", Title: "Change", Width: 10, Align: "right"},
	{Key: "change_in", Shown: Programs},
	{Key: "trend", Title: "Trend", Width: 17, Shown: People, Align: "center"},
	{Key: "status", Title: "Status", Width: 10, Align: "center"},
	{Key: "score", Title: "Score", Width: 7, Align: "right"},
	{Key: "coverage", Title: "Coverage", Width: 9.5, Align: "right"},
	{Key: "leading", Shown: Programs},
	{Key: "lagging", Shown: Programs},
	{Key: "worst", Shown: Programs},
	{Key: "reds", Shown: Programs},
	{Key: "gap", Shown: Programs},
	{Key: "note", Title: "Note", Width: 46, Wrap: true},
	{Key: "signal", Shown: Programs},
}

// Scorecard lays the first sheet alone: the scorecard of the first card.
func Scorecard(b Book) Sheet { return layScorecard(b, newHistory(b)) }

func layScorecard(b Book, h history) Sheet {
	s := Sheet{Key: "scorecard", Name: ScorecardSheet, Columns: cardColumns, Title: b.Merchant, Foot: b.Notes}
	if len(b.Cards) == 0 {
		s.Rows = func(func(Row) bool) {}
		return s
	}
	card := b.Cards[0]
	s.Lines = headLines(b, card.Scorecard)
	s.Rows = func(yield func(Row) bool) { cardRows(b, h, card, yield) }
	return s
}

func layScopes(b Book, h history) Sheet {
	return Sheet{Key: "scopes", Name: ScopesSheet, Columns: cardColumns, Title: b.Merchant + ": stores and channels", Lines: headLines(b, b.Cards[1].Scorecard),
		Rows: func(yield func(Row) bool) {
			for _, card := range b.Cards[1:] {
				row := blank(SectionRow, card.Scorecard.Scope.String(), cardColumns)
				set(row, cardColumns, "scope", Text(b.scope(card.Scorecard.Scope)))
				set(row, cardColumns, "level", Text(SectionRow))
				set(row, cardColumns, "title", Text(b.scope(card.Scorecard.Scope)))
				if !yield(row) || !cardRows(b, h, card, yield) {
					return
				}
			}
		}}
}

// headLines say which period this is and how far it can be trusted.
func headLines(b Book, card kpi.Scorecard) []string {
	first := fmt.Sprintf("Scorecard of %s · %s to %s", sayPeriod(card.Period), card.Period.From, card.Period.To-1)
	if b.Currency != "" {
		first += " · amounts in " + b.Currency
	}
	var second []string
	switch {
	case card.Running && card.Through > card.Period.From:
		second = append(second, fmt.Sprintf("Running: counted through %s", card.Through-1))
	case card.Running:
		second = append(second, "Running: no day of it has passed")
	}
	if b.CompleteTo.IsZero() {
		second = append(second, "Data not complete yet")
	} else {
		second = append(second, "Data complete to "+sayInstant(b.CompleteTo, b.zone()))
	}
	if !b.TakenAt.IsZero() {
		second = append(second, "Taken "+sayInstant(b.TakenAt, b.zone())+" ("+b.zone().String()+")")
	}
	return []string{first, strings.Join(second, " · ")}
}

// cardRows are a scorecard's rows: each perspective with its objectives, their KPIs, and what belongs to none. It says whether
// to go on.
func cardRows(b Book, h history, card Card, yield func(Row) bool) bool {
	entries := make(map[kpi.ID]kpi.Entry, len(card.Scorecard.Entries))
	for _, e := range card.Scorecard.Entries {
		entries[e.KPI.ID] = e
	}
	for _, p := range kpi.Perspectives {
		roll := kpi.Rollup{ID: string(p), Title: p.Title(), Status: kpi.Grey}
		for _, r := range card.Scorecard.Perspectives {
			if r.ID == string(p) {
				roll = r
			}
		}
		w := cardWriter{b, h, card, p, entries}
		if !yield(w.rollup(PerspectiveRow, roll)) || !w.objectives(roll, yield) {
			return false
		}
	}
	return true
}

type cardWriter struct {
	Book
	history
	card        Card
	perspective kpi.Perspective
	entries     map[kpi.ID]kpi.Entry
}

func (w cardWriter) objectives(roll kpi.Rollup, yield func(Row) bool) bool {
	seen := map[kpi.ID]bool{}
	for _, o := range roll.Children {
		if !yield(w.rollup(ObjectiveRow, o)) {
			return false
		}
		for _, id := range o.KPIs {
			e, ok := w.entries[id]
			if !ok || seen[id] {
				continue
			}
			seen[id] = true
			if !yield(w.entry(e, o.ID)) {
				return false
			}
		}
	}
	if !w.All && len(w.card.Scorecard.Perspectives) > 0 {
		return true
	}
	var rest []kpi.Entry
	for _, e := range w.card.Scorecard.Entries {
		if e.KPI.Perspective == w.perspective && !seen[e.KPI.ID] {
			rest = append(rest, e)
		}
	}
	if len(rest) == 0 {
		return true
	}
	if len(roll.Children) > 0 {
		row := blank(ObjectiveRow, "", cardColumns)
		set(row, cardColumns, "title", Text("Further KPIs"))
		w.place(row, "")
		if !yield(row) {
			return false
		}
	}
	for _, e := range rest {
		if !yield(w.entry(e, "")) {
			return false
		}
	}
	return true
}

func (w cardWriter) place(row Row, objective string) {
	set(row, cardColumns, "scope", Text(w.scope(w.card.Scorecard.Scope)))
	set(row, cardColumns, "period", Text(w.card.Scorecard.Period.Name))
	set(row, cardColumns, "level", Text(row.Level))
	set(row, cardColumns, "perspective", Text(w.perspective))
	set(row, cardColumns, "objective", text(objective))
}

func (w cardWriter) rollup(level Level, r kpi.Rollup) Row {
	row := blank(level, r.ID, cardColumns)
	objective := ""
	if level == ObjectiveRow {
		objective = r.ID
	}
	w.place(row, objective)
	title := r.Title
	if title == "" && level == PerspectiveRow {
		title = w.perspective.Title()
	}
	set(row, cardColumns, "title", text(title))
	set(row, cardColumns, "status", Light(r.Status))
	set(row, cardColumns, "score", known(points(r.Score)))
	set(row, cardColumns, "coverage", Ratio(r.Coverage))
	set(row, cardColumns, "leading", points(r.Leading))
	set(row, cardColumns, "lagging", points(r.Lagging))
	set(row, cardColumns, "worst", text(string(r.Worst)))
	set(row, cardColumns, "reds", Count(r.Reds))
	if level == PerspectiveRow {
		set(row, cardColumns, "note", text(w.rollupNote(r)))
	}
	return row
}

// rollupNote says what a mean would hide.
func (w cardWriter) rollupNote(r kpi.Rollup) string {
	var parts []string
	if e, ok := w.entries[r.Worst]; ok && e.Score != nil {
		parts = append(parts, fmt.Sprintf("Worst: %s (%s, %s)", e.KPI.Title, e.Status, Say(Points(*e.Score))))
	}
	if r.Reds > 0 {
		parts = append(parts, fmt.Sprintf("%d red", r.Reds))
	}
	if r.Leading != nil && r.Lagging != nil {
		parts = append(parts, fmt.Sprintf("leading %s, lagging %s", Say(Points(*r.Leading)), Say(Points(*r.Lagging))))
	}
	if r.Score == nil && r.Coverage > 0 {
		parts = append(parts, "too small a part of it is scored")
	}
	return strings.Join(parts, " · ")
}

func (w cardWriter) entry(e kpi.Entry, objective string) Row {
	row := blank(KPIRow, string(e.KPI.ID), cardColumns)
	w.place(row, objective)
	set(row, cardColumns, "kpi", Text(e.KPI.ID))
	set(row, cardColumns, "title", Text(e.KPI.Title))
	set(row, cardColumns, "value", ValueOf(e.KPI, e.Value, w.Currency))
	set(row, cardColumns, "unit", Text(unitOf(e.KPI.Unit, w.Currency)))
	set(row, cardColumns, "target", GoalOf(e.KPI, e.Target, w.Currency))
	if before, ok := w.before(e, w.card); ok {
		if c, ok := changeOf(e.KPI.Unit, e.Value, before).(Change); ok {
			set(row, cardColumns, "change", c)
			set(row, cardColumns, "change_in", Text(c.In))
		}
	}
	set(row, cardColumns, "trend", w.trend(e.KPI, w.card.Scorecard))
	set(row, cardColumns, "signal", text(w.signal(e, w.card.Scorecard)))
	set(row, cardColumns, "status", Light(e.Status))
	set(row, cardColumns, "score", points(e.Score))
	if e.Value.Has {
		set(row, cardColumns, "coverage", Ratio(e.Value.Coverage))
	}
	set(row, cardColumns, "gap", text(string(e.Value.Gap)))
	set(row, cardColumns, "note", text(w.note(e)))
	return row
}

// note says of an entry what a reader must know: why there is no value or no score, and until when sources may change what there is.
func (b *Book) note(e kpi.Entry) string {
	note := entryNote(e)
	if !e.Value.Has || e.Final <= period.On(b.TakenAt, b.zone()) {
		return note
	}
	provisional := "Provisional until " + e.Final.String()
	if note == "" {
		return provisional
	}
	return note + ". " + provisional
}

// entryNote says why there is no value or no score.
func entryNote(e kpi.Entry) string {
	switch {
	case e.Value.Gap != "":
		return capital(e.Value.Why())
	case e.Target == nil && e.KPI.Role != kpi.Base:
		return "No target"
	case e.Target != nil && e.Target.How == kpi.Elapsed:
		return "Target of the part that has passed"
	case e.Target != nil && e.Target.How == kpi.Spread:
		return "Target made of the months' targets"
	}
	return ""
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sayPeriod names a period as people do, and keeps its own name where that is shorter.
func sayPeriod(p period.Period) string {
	switch p.Grain {
	case period.Monthly:
		return p.From.UTC().Format("January 2006")
	case period.Daily:
		return p.From.UTC().Format("Monday, 2 January 2006")
	case period.Weekly:
		year, week, _ := strings.Cut(p.Name, "-W")
		return "week " + strings.TrimPrefix(week, "0") + " of " + year
	case period.Quarterly:
		year, quarter, _ := strings.Cut(p.Name, "-Q")
		return "quarter " + quarter + " of " + year
	default:
		return p.Name
	}
}

func blank(level Level, id string, columns []Column) Row {
	return Row{Level: level, ID: id, Cells: make([]Cell, len(columns))}
}

func set(row Row, columns []Column, key string, c Cell) {
	row.Cells[slices.IndexFunc(columns, func(col Column) bool { return col.Key == key })] = c
}

// rows makes the rows of a flat sheet from a list.
func rows[T any](list []T, one func(T) []Cell) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for _, x := range list {
			if !yield(Row{Cells: one(x)}) {
				return
			}
		}
	}
}
