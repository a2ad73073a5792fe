package kpi

import (
	"fmt"
	"strconv"
	"strings"
)

// The closed set of formulas. Each node answers with a fraction, so that the parts can be stored and added up again later; a
// node whose parts mean nothing by themselves (a product of ratios) answers with its value over one.

// of is a measure over the period, over is a measure over another window.
func of(m Measure) Expr             { return Term{m, InPeriod} }
func over(m Measure, w Window) Expr { return Term{m, w} }

// Eval looks the figure up: a figure is its whole number unless it has a fraction.
func (t Term) Eval(m Measures) Result {
	f, ok := m[t]
	switch {
	case !ok:
		return Result{Gap: NotConnected}
	case f.Gap != "":
		return Result{Gap: f.Gap}
	case f.Float != 0:
		return Result{Num: roughly(f.Float), Den: 1}
	}
	return Result{Num: exactly(f.Int), Den: 1}
}

// Needs is the term itself.
func (t Term) Needs() []Term { return []Term{t} }

// sum adds, minus takes the later ones from the first.
type sum struct {
	parts    []Expr
	negative []bool
}

func plus(parts ...Expr) Expr { return sum{parts, make([]bool, len(parts))} }

func minus(first Expr, less ...Expr) Expr {
	s := sum{append([]Expr{first}, less...), make([]bool, 1+len(less))}
	for i := range less {
		s.negative[i+1] = true
	}
	return s
}

func (s sum) Eval(m Measures) Result {
	results, gap := evalAll(m, s.parts)
	if gap != "" {
		return Result{Gap: gap}
	}
	total := Result{Num: exactly(0), Den: 1}
	for i, r := range results {
		n := r.Num
		if s.negative[i] {
			n = n.times(-1)
		}
		if r.Den == total.Den {
			total.Num = total.Num.plus(n)
			continue
		}
		total = Result{Num: roughly(total.Num.AsFloat()*r.Den + n.AsFloat()*total.Den), Den: total.Den * r.Den}
	}
	return total
}

func (s sum) Needs() []Term { return needsOf(s.parts...) }

func (s sum) String() string {
	var b strings.Builder
	for i, p := range s.parts {
		switch {
		case i == 0:
			b.WriteString(p.String())
			continue
		case s.negative[i]:
			b.WriteString(" − ")
		default:
			b.WriteString(" + ")
		}
		b.WriteString(inner(p))
	}
	return b.String()
}

// scaled is a whole multiple: of a numerator (days of the year) or of a share (points).
type scaled struct {
	k int64
	e Expr
}

func times(k int64, e Expr) Expr { return scaled{k, e} }

func (s scaled) Eval(m Measures) Result {
	r := s.e.Eval(m)
	r.Num = r.Num.times(s.k)
	return r
}

func (s scaled) Needs() []Term  { return s.e.Needs() }
func (s scaled) String() string { return strconv.FormatInt(s.k, 10) + " × " + inner(s.e) }

// product multiplies values; its parts are not kept.
type product []Expr

func (p product) Eval(m Measures) Result {
	results, gap := evalAll(m, p)
	if gap != "" {
		return Result{Gap: gap}
	}
	value := 1.0
	for _, r := range results {
		value *= r.Num.AsFloat() / r.Den
	}
	return Result{Num: roughly(value), Den: 1}
}

func (p product) Needs() []Term { return needsOf(p...) }

func (p product) String() string {
	texts := make([]string, len(p))
	for i, e := range p {
		texts[i] = inner(e)
	}
	return strings.Join(texts, " × ")
}

// quotient divides sums. A whole of zero or less is nothing to divide by: no share of it means anything.
type quotient struct{ num, den Expr }

func ratio(num, den Expr) Expr { return quotient{num, den} }

func (q quotient) Eval(m Measures) Result {
	results, gap := evalAll(m, []Expr{q.num, q.den})
	if gap != "" {
		return Result{Gap: gap}
	}
	a, b := results[0], results[1]
	if b.Num.AsFloat()/b.Den <= 0 {
		return Result{Gap: NoDenominator}
	}
	num := a.Num
	if b.Den != 1 {
		num = roughly(num.AsFloat() * b.Den)
	}
	return Result{Num: num, Den: a.Den * b.Num.AsFloat()}
}

func (q quotient) Needs() []Term  { return needsOf(q.num, q.den) }
func (q quotient) String() string { return inner(q.num) + " ÷ " + inner(q.den) }

// change is how much more there is now than then, as a share of then. From a base of zero or less nothing grows.
type change struct{ now, then Expr }

func growth(now, then Expr) Expr { return change{now, then} }

func (c change) Eval(m Measures) Result {
	return ratio(minus(c.now, c.then), c.then).Eval(m)
}

func (c change) Needs() []Term  { return needsOf(c.now, c.then) }
func (c change) String() string { return inner(c.now) + " ÷ " + inner(c.then) + " − 1" }

// bounded keeps a value from falling below a floor that the trade sets.
type bounded struct {
	floor float64
	e     Expr
}

func atLeast(floor float64, e Expr) Expr { return bounded{floor, e} }

func (b bounded) Eval(m Measures) Result {
	r := b.e.Eval(m)
	if r.Gap == "" && r.Num.AsFloat()/r.Den < b.floor {
		return Result{Num: roughly(b.floor), Den: 1}
	}
	return r
}

func (b bounded) Needs() []Term { return b.e.Needs() }
func (b bounded) String() string {
	return fmt.Sprintf("max(%s, %s)", strconv.FormatFloat(b.floor, 'f', -1, 64), b.e)
}

// positive guards a figure that cannot be zero where there is anything: zero says that there is nothing to relate.
type positive struct{ e Expr }

func (p positive) Eval(m Measures) Result {
	r := p.e.Eval(m)
	if r.Gap == "" && r.Num.AsFloat()/r.Den <= 0 {
		return Result{Gap: NoDenominator}
	}
	return r
}

func (p positive) Needs() []Term  { return p.e.Needs() }
func (p positive) String() string { return p.e.String() }

// covered is the share of a whole that is known, for coverage: nothing to cover is covered.
type covered struct{ part, whole Expr }

func (c covered) Eval(m Measures) Result {
	results, gap := evalAll(m, []Expr{c.part, c.whole})
	if gap != "" {
		return Result{Gap: gap}
	}
	part, whole := results[0].Num.AsFloat()/results[0].Den, results[1].Num.AsFloat()/results[1].Den
	if whole == 0 {
		if part == 0 {
			return Result{Num: exactly(1), Den: 1}
		}
		return Result{Num: exactly(0), Den: 1}
	}
	return Result{Num: roughly(min(1, max(0, part/whole))), Den: 1}
}

func (c covered) Needs() []Term  { return needsOf(c.part, c.whole) }
func (c covered) String() string { return inner(c.part) + " ÷ " + inner(c.whole) }

// constant is a fixed number, such as the days of a trailing window.
type constant int64

func (c constant) Eval(Measures) Result { return Result{Num: exactly(int64(c)), Den: 1} }
func (c constant) Needs() []Term        { return nil }
func (c constant) String() string       { return strconv.FormatInt(int64(c), 10) }

func evalAll(m Measures, parts []Expr) ([]Result, Gap) {
	results := make([]Result, len(parts))
	var worst Gap
	for i, e := range parts {
		results[i] = e.Eval(m)
		worst = graver(worst, results[i].Gap)
	}
	return results, worst
}

func needsOf(parts ...Expr) []Term {
	var all []Term
	for _, e := range parts {
		all = append(all, e.Needs()...)
	}
	return all
}

// inner writes a part of a larger formula, in brackets where it would be misread without.
func inner(e Expr) string {
	if p, ok := e.(positive); ok {
		return inner(p.e)
	}
	switch e.(type) {
	case sum, quotient, change, scaled, product, covered:
		return "(" + e.String() + ")"
	}
	return e.String()
}
