package kpi

import (
	"fmt"
	"math"
)

// quantileOf is the duration that a share of the observations did not exceed, in hours, to the resolution of the bins.
//
// What has not ended counts as infinite, because leaving it out would drop the slow and the lost. Where the quantile falls among
// those there is no value yet: it is too early to tell, however late it is.
type quantileOf struct {
	q    float64
	term Term
}

func quantile(q float64, m Measure, w Window) Expr { return quantileOf{q, Term{m, w}} }

func (e quantileOf) Eval(m Measures) Result {
	n, gap := observed(m, e.term)
	switch {
	case gap != "":
		return Result{Gap: gap}
	case n == 0:
		return Result{Gap: NoDenominator}
	}
	rank, seen := int64(math.Ceil(e.q*float64(n))), int64(0)
	for _, b := range m[e.term].Bins {
		if seen += b.Count; seen >= rank {
			if b.Upper == Infinite {
				break
			}
			return Result{Num: exactly(b.Upper), Den: 3600}
		}
	}
	return Result{Gap: ImmatureCohort}
}

func (e quantileOf) Needs() []Term { return []Term{e.term} }

func (e quantileOf) String() string {
	if e.q == 0.5 {
		return fmt.Sprintf("median of %s, in hours", e.term)
	}
	return fmt.Sprintf("%gth percentile of %s, in hours", e.q*100, e.term)
}

// observations counts what a histogram holds.
type observations Term

func (o observations) Eval(m Measures) Result {
	n, gap := observed(m, Term(o))
	return Result{Num: exactly(n), Den: 1, Gap: gap}
}

func (o observations) Needs() []Term  { return []Term{Term(o)} }
func (o observations) String() string { return "observations of " + Term(o).String() }

func observed(m Measures, t Term) (int64, Gap) {
	f, ok := m[t]
	if !ok {
		return 0, NotConnected
	}
	var n int64
	for _, b := range f.Bins {
		n += b.Count
	}
	return n, f.Gap
}
