package kpi

import (
	"fmt"
	"strings"
)

// meanOfScores is a KPI made of other KPIs' scores, never of their values: they have different units. It is worked out when
// the others have been scored.
type meanOfScores []Share

// Composite says whether the KPI is made of other KPIs, which must then be judged together with it.
func (k KPI) Composite() bool {
	_, composite := k.Formula.(meanOfScores)
	return composite
}

// Parts are the KPIs that a KPI made of others is made of; nil for any other.
func (k KPI) Parts() []ID {
	mean, _ := k.Formula.(meanOfScores)
	var ids []ID
	for _, share := range mean {
		ids = append(ids, share.KPI)
	}
	return ids
}

// Eval knows no scores: the formula takes part in the second pass of Build only.
func (meanOfScores) Eval(Measures) Result { return Result{Gap: NotConnected} }

// Needs nothing of its own.
func (meanOfScores) Needs() []Term { return nil }

func (c meanOfScores) String() string {
	names := make([]string, len(c))
	for i, w := range c {
		names[i] = string(w.KPI)
	}
	return fmt.Sprintf("mean of the scores of %s", strings.Join(names, ", "))
}

// value is the mean over the components that have a score, and the share of the weight they hold. With none, the gravest of
// the components' gaps says why; a component without a target is one nobody has entered.
func (c meanOfScores) value(entries map[ID]*Entry) Value {
	var scored, total, sum float64
	var worst Gap
	for _, w := range c {
		total += w.Weight
		e, ok := entries[w.KPI]
		switch {
		case !ok:
			worst = graver(worst, NotConnected)
		case e.Score == nil && e.Value.Gap == "":
			worst = graver(worst, NotEntered)
		case e.Score == nil:
			worst = graver(worst, e.Value.Gap)
		default:
			scored += w.Weight
			sum += w.Weight * *e.Score
		}
	}
	if scored == 0 {
		return Value{Gap: worst}
	}
	return Value{Num: roughly(sum), Den: scored, N: scored, Coverage: scored / total, Has: true, V: sum / scored}
}

// absent is a formula that cannot be worked out until something else exists; it says what.
type absent struct {
	gap  Gap
	text string
}

func (a absent) Eval(Measures) Result { return Result{Gap: a.gap} }
func (a absent) Needs() []Term        { return nil }
func (a absent) String() string       { return a.text }
