package kpi

import (
	"math"
	"slices"
	"strings"

	"fourfold/internal/period"
)

// At is the place of a scorecard: which part of the merchant, which period, and how far the data reach.
type At struct {
	Scope   Scope
	Period  period.Period
	Through period.Day // the first day that has not passed completely, or whose data are not complete
}

// Build judges one period of one scope: values from the measures, scores and status by the targets, then the KPIs that are made
// of other KPIs, then objectives and perspectives. The entries are those of defs that are kept for the period's grain and scope.
//
// A plan without objectives stands for the default: one objective per theme, over the starter set and whatever else has a target.
func Build(defs []KPI, at At, m Measures, targets Targets, plan Plan) Scorecard {
	card, entries := blank(defs, at)
	for i := range card.Entries {
		if e := &card.Entries[i]; !e.KPI.Composite() {
			e.judge(e.KPI.value(at, m), at, targets)
		}
	}
	for i := range card.Entries {
		e := &card.Entries[i]
		if c, composite := e.KPI.Formula.(meanOfScores); composite {
			e.judge(e.KPI.unscored(c.value(entries), at), at, targets)
		}
	}
	card.Perspectives = rollUp(plan.or(card.Entries), entries)
	return card
}

// blank is a scorecard with an unjudged entry for each of defs that is kept for the period's grain and scope, and the way to find them.
func blank(defs []KPI, at At) (Scorecard, map[ID]*Entry) {
	card := Scorecard{Scope: at.Scope, Period: at.Period, Through: at.Through, Running: at.Through < at.Period.To, Entries: make([]Entry, 0, len(defs))}
	entries := make(map[ID]*Entry, len(defs))
	for _, k := range defs {
		if k.At(at.Period.Grain, at.Scope) {
			card.Entries = append(card.Entries, Entry{KPI: k, Status: Grey})
			entries[k.ID] = &card.Entries[len(card.Entries)-1]
		}
	}
	return card, entries
}

// or is the default plan over the entries of the scored set, where no objectives were configured.
func (p Plan) or(entries []Entry) Plan {
	if len(p.Objectives) > 0 {
		return p
	}
	weights := p.Weights
	p = DefaultPlan(scoredSet(entries))
	p.Weights = weights
	return p
}

func scoredSet(entries []Entry) []KPI {
	var some []KPI
	for _, e := range entries {
		if e.KPI.Starter || e.Target != nil {
			some = append(some, e.KPI)
		}
	}
	return some
}

// value works a formula out, and says why the value is not to be scored, if so.
func (k KPI) value(at At, m Measures) Value {
	if at.Through <= at.Period.From {
		gap := graver(StaleSource, k.Formula.Eval(m).Gap)
		return Value{Gap: gap, Lacks: k.lacks(m, gap)}
	}
	r := k.Formula.Eval(m)
	coverage, uncovered := 1.0, false
	if k.Coverage != nil {
		known := k.Coverage.Eval(m)
		coverage = number(known)
		uncovered = known.Gap == "" && coverage == 0
	}
	if r.Gap == NoDenominator && uncovered { // there is something, of which nothing is known
		r.Gap = BelowCoverage
	}
	if r.Gap != "" && r.Gap != Censored {
		return Value{Gap: r.Gap, Lacks: k.lacks(m, r.Gap)}
	}
	v := Value{Num: r.Num, Den: r.Den, Coverage: coverage, Has: true, V: r.Num.AsFloat() / r.Den, Gap: r.Gap}
	if k.Unit == Money {
		v.V = r.Num.AsFloat() / 1e6 / r.Den
	}
	if math.IsNaN(v.V) || math.IsInf(v.V, 0) {
		return Value{Gap: NoDenominator}
	}
	if k.Sample != nil {
		v.N = number(k.Sample.Eval(m))
	}
	if uncovered { // a value that rests on nothing would be a zero for unknown
		return Value{Gap: BelowCoverage}
	}
	return k.unscored(v, at)
}

// lacks names the measures for want of which there is no value, where others are there.
func (k KPI) lacks(m Measures, gap Gap) string {
	if gap != NotConnected && gap != NoRate && gap != StaleSource {
		return ""
	}
	var missing []string
	all := k.Formula.Needs()
	named := false
	for _, t := range all {
		f, ok := m[t]
		if f.Gap != gap && (ok || gap != NotConnected) {
			continue
		}
		name := strings.ReplaceAll(string(t.Measure), "_", " ")
		if f.Lacks != "" {
			name, named = name+": "+f.Lacks, true
		}
		if !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == len(all) && !named || gap == StaleSource && !named {
		return ""
	}
	return strings.Join(missing, ", ")
}

// number is a result's value, zero where there is none: what is not known covers nothing and was not observed.
func number(r Result) float64 {
	if r.Gap != "" {
		return 0
	}
	return r.Num.AsFloat() / r.Den
}

// unscored says why a value is not to be scored, if so. What rests on too little is worth nothing, however mature it is.
func (k KPI) unscored(v Value, at At) Value {
	const hair = 1e-9
	if v.Has && v.Coverage < k.MinCoverage-hair {
		v.Gap = BelowCoverage
	}
	if !v.Has || v.Gap != "" {
		return v
	}
	switch {
	case k.Maturity > 0 && at.Through < at.Period.To+period.Day(k.Maturity):
		v.Gap = ImmatureCohort
	case v.N < float64(k.MinN):
		v.Gap = InsufficientSample
	}
	return v
}

// judge enters a value, and scores it where it may be scored and a target is in force.
func (e *Entry) judge(v Value, at At, targets Targets) {
	e.Value = v
	if targets == nil {
		return
	}
	t, ok := targets.For(e.KPI.ID, at.Scope, at.Period, at.Through)
	if !ok || !t.Anchors.parted() {
		return
	}
	e.Target = &t
	if v.Has && v.Gap == "" {
		score := t.Anchors.Score(v.V)
		e.Score, e.Status = &score, t.Anchors.Status(v.V)
	}
}
