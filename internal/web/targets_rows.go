package web

import (
	"math"
	"slices"
	"strings"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// targetsView is the page of targets.
type targetsView struct {
	Action         string
	Grain          period.Grain
	Scope          string // as an address has it
	ScopeTitle     string // "" for the whole
	All            bool
	AllAt, FewAt   string
	Editable       bool
	Grains, Scopes []choice
	Last, Before   period.Period // whose values are shown
	Bases          []string      // of suggestions, as columns
	Groups         []targetGroup
	Form           targetForm
	Faults         []string // of fields that are not shown
	Periods        []periodChoice
	Some           bool // some row can be changed
	Preview        *previewView
	File           string // the configuration's name, where it holds some
}

type targetGroup struct {
	Title string
	Rows  []targetRow
}

// periodChoice is a period that a target may be set for alone.
type periodChoice struct {
	Name, Title string
	Here        bool
}

// targetRow is one KPI.
type targetRow struct {
	ID, Title           string
	Sign, Better        string // of green: ≥, ≤, or none for a range; and in words
	At, History         string // its pages
	Last, Before, Usual export.Cell
	LastOf              string // the period of Last, where it is another one
	Status              kpi.Status
	Green, Red          string // in force
	Since               period.Day
	By                  string
	File                bool     // it comes from the configuration
	Coming              []string // versions that are not in force yet
	Stands              string   // by what it is judged for want of a target of its own
	Held                string   // why it cannot be changed here
	Fields              []targetField
	End                 targetField
	Ending, Ranged      bool
	Proposals           []proposalView // one for each basis, empty where there is none
}

// targetField is one number of a target.
type targetField struct{ Name, ID, Label, Short, Value, Fault string }

type proposalView struct{ Value, Text, Meaning string }

// shown lists the KPIs of the page: the starter set, what has a target and what was typed, then the rest if it was asked for.
func (d *desk) shown() []kpi.KPI {
	var some, rest []kpi.KPI
	for _, k := range kpi.Catalogue() {
		has := slices.ContainsFunc(d.versions, func(t kpi.Target) bool { return t.KPI == k.ID && t.Scope == d.scope }) ||
			slices.ContainsFunc(d.file, func(t kpi.Target) bool { return t.KPI == k.ID && t.Scope == d.scope && t.Grain == d.grain })
		switch {
		case !k.At(d.grain, d.scope):
		case has || k.Starter && k.Awaits == "" || d.typedOf[k.ID]:
			some = append(some, k)
		case d.all && k.Awaits == "":
			rest = append(rest, k)
		}
	}
	return append(some, rest...)
}

// show renders the page with what was typed, and with a preview if there is one.
func (d *desk) show(status int, form targetForm, preview *previewView) error {
	view := targetsView{
		Action: d.at("targets"), Grain: d.grain, Scope: d.scope.String(), All: d.all, AllAt: d.address(d.grain, d.scope, true), FewAt: d.address(d.grain, d.scope, false),
		Editable: d.role.May(store.Editor), Last: d.closed[len(d.closed)-1], Form: form, Preview: preview,
		Bases: []string{"Usual", "Best quarter", "Last year, grown"}, // as kpi.Bases are
	}
	view.Before = d.yearBefore(view.Last)
	for _, g := range period.Grains {
		view.Grains = append(view.Grains, choice{string(g), d.address(g, d.scope, d.all), g == d.grain})
	}
	for _, s := range d.scopes {
		view.Scopes = append(view.Scopes, choice{scopeTitle(d.scopes, s.Scope), d.address(d.grain, s.Scope, d.all), s.Scope == d.scope})
	}
	if d.scope != kpi.Whole {
		view.ScopeTitle = scopeTitle(d.scopes, d.scope)
	}
	shown := map[string]bool{"": true, "from": true, "period": true, "reason": true}
	for _, k := range d.shown() {
		row := d.row(k, form)
		for _, f := range append(row.Fields, row.End) {
			shown[f.Name] = row.Held == ""
		}
		view.Some = view.Some || row.Held == ""
		if row.File {
			view.File = d.fileName
		}
		i := slices.IndexFunc(view.Groups, func(g targetGroup) bool { return g.Title == k.Perspective.Title() })
		if i < 0 {
			i = len(view.Groups)
			view.Groups = append(view.Groups, targetGroup{Title: k.Perspective.Title()})
		}
		view.Groups[i].Rows = append(view.Groups[i].Rows, row)
	}
	if text := form.Faults[""]; text != "" {
		view.Faults = append(view.Faults, text)
	}
	for name, text := range form.Faults {
		if !shown[name] {
			id, _, _ := strings.Cut(name, ".")
			k, _ := kpi.Find(kpi.Catalogue(), kpi.ID(id))
			view.Faults = append(view.Faults, k.Title+": "+text)
		}
	}
	slices.Sort(view.Faults)
	view.Periods = d.periods(form.Period)
	return d.render(status, "targets", page{Title: "Targets", Tab: "targets", Wide: true}, view)
}

// periods are those that a target may be set for alone: the running one and a year of them ahead. What was typed is among them.
func (d *desk) periods(typed string) []periodChoice {
	const ahead = 12
	var all []periodChoice
	for p := period.Of(d.grain, d.today, d.merchant.Calendar); len(all) <= ahead; p = p.Next(d.merchant.Calendar) {
		all = append(all, periodChoice{p.Name, d.locale.Period(p), p.Name == typed})
	}
	if typed != "" && !slices.ContainsFunc(all, func(c periodChoice) bool { return c.Here }) {
		all = append(all, periodChoice{typed, typed, true})
	}
	return all
}

var signs = map[kpi.Direction]string{kpi.Up: "≥", kpi.Down: "≤"}

func (d *desk) row(k kpi.KPI, form targetForm) targetRow {
	last := d.closed[len(d.closed)-1]
	r := targetRow{ID: string(k.ID), Title: k.Title, Sign: signs[k.Better], Better: k.Better.Text(), Proposals: make([]proposalView, len(kpi.Bases)), Ranged: k.Better == kpi.InRange, Status: kpi.Grey,
		At: d.at(last.Name+"/"+string(k.ID)) + scopeQuery(d.scope), History: d.at("targets/" + string(k.ID))}
	d.figures(&r, k, last)
	d.standing(&r, k)
	if err := d.held(k); err != nil {
		r.Held = faultOf(k.ID, err)
		return r
	}
	labels := map[string][2]string{
		partGreen: {"green starts", ""}, partRed: {"red starts", ""}, partRedLow: {"red below", "<"}, partGreenLow: {"green from", "from"},
		partGreenHigh: {"green to", "to"}, partRedHigh: {"red above", ">"},
	}
	for _, part := range partsOf(k) {
		name := fieldOf(k.ID, part)
		r.Fields = append(r.Fields, targetField{Name: name, ID: string(k.ID) + "-" + part, Label: k.Title + ": " + labels[part][0], Short: labels[part][1], Value: form.Fields[name], Fault: form.Faults[name]})
	}
	end := fieldOf(k.ID, partEnd)
	r.End = targetField{Name: end, ID: string(k.ID) + "-" + partEnd, Label: "End the target of " + k.Title, Value: form.Fields[end], Fault: form.Faults[end]}
	r.Ending = r.Green != "" || r.End.Value != ""
	at := d.firstFor(form)
	for _, p := range d.propose(k, at) {
		r.Proposals[slices.Index(kpi.Bases, p.Basis)] = d.proposal(k, p, at)
	}
	return r
}

// figures are what the KPI came to: the last closed period that is fit to be scored, the one a year before, and what is usual.
func (d *desk) figures(r *targetRow, k kpi.KPI, last period.Period) {
	for i := len(d.closed) - 1; i >= 0; i-- {
		if p := d.closed[i]; !math.IsNaN(d.scored(k, p)) {
			sn := d.kept[k.ID][p]
			r.Last, r.Status = export.ValueOf(k, sn.Value, sn.Currency), sn.Status
			if p != last {
				r.LastOf = d.locale.Period(p)
			}
			last = p
			break
		}
	}
	if before := d.yearBefore(last); !math.IsNaN(d.scored(k, before)) {
		sn := d.kept[k.ID][before]
		r.Before = export.ValueOf(k, sn.Value, sn.Currency)
	}
	if usual := kpi.Median(d.past(k, last).Values); !math.IsNaN(usual) {
		r.Usual = export.InUnit(k.Unit, usual, d.merchant.Currency)
	}
}

// standing says what is in force, where it comes from, and what is to come.
func (d *desk) standing(r *targetRow, k kpi.KPI) {
	series := d.series(k.ID)
	if t, ok := kpi.InForce(series, d.today); ok {
		r.Green, r.Red = d.say(k, t.Anchors)
		r.Since, r.By = t.From, t.By
		r.File = d.fromFile(t)
	} else {
		month := kpi.Series(d.versions, kpi.Target{KPI: k.ID, Scope: d.scope, Grain: period.Monthly})
		_, has := kpi.InForce(month, d.today)
		switch {
		case !has || d.grain == period.Monthly:
		case k.Additive():
			r.Stands = "made of the months' targets, day by day"
		case k.Lasting() && d.grain != period.Daily:
			r.Stands = "the month's target stands for it"
		}
	}
	for i, t := range series {
		if t.From <= d.today || i+1 < len(series) && series[i+1].From == t.From {
			continue
		}
		text := "from " + d.locale.Day(t.From) + ": "
		if t.Ends() {
			text += "none"
		} else {
			green, red := d.say(k, t.Anchors)
			text += green + ", red " + red
		}
		r.Coming = append(r.Coming, text)
	}
	if !r.File && slices.ContainsFunc(d.file, func(t kpi.Target) bool {
		return t.KPI == k.ID && t.Scope == d.scope && t.Grain == d.grain && t.From == 0
	}) {
		r.File = true
	}
}

// fromFile says whether a version is one that the configuration holds.
func (d *desk) fromFile(t kpi.Target) bool {
	return t.By == "" && slices.ContainsFunc(d.file, func(o kpi.Target) bool {
		return o.SameSeries(t) && o.Anchors == t.Anchors && (o.From == 0 || o.From == t.From)
	})
}
