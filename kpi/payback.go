package kpi

// payback is the age, in days, at which what a cohort has brought reaches what it cost to win: the first passage of the mean curve of its
// members, straight between the days that the curve is known for. Not reached so far is no number, but longer than the cohort was followed.
type payback struct {
	brought, cost, members Term
	known                  []Term // without which the curve would leave something out
}

func (p payback) Eval(m Measures) Result {
	parts := []Expr{p.cost, p.members}
	for _, t := range p.known {
		parts = append(parts, t)
	}
	results, gap := evalAll(m, parts)
	curve, ok := m[p.brought]
	if !ok {
		curve.Gap = NotConnected
	}
	if gap = graver(gap, curve.Gap); gap != "" {
		return Result{Gap: gap}
	}
	// Per member on both sides, which comes to the same.
	cost := results[0].Num.AsFloat()
	if cost <= 0 || results[1].Num.AsFloat() <= 0 {
		return Result{Gap: NoDenominator}
	}
	sum, last := 0.0, 0.0
	for _, b := range curve.Bins {
		if b.Upper > curve.N {
			break
		}
		step := float64(b.Count)
		if sum+step >= cost {
			age := float64(b.Upper)
			return Result{Num: roughly(last + (age-last)*(cost-sum)/step), Den: 1}
		}
		sum, last = sum+step, float64(b.Upper)
	}
	return Result{Num: exactly(curve.N), Den: 1, Gap: Censored}
}

func (p payback) Needs() []Term { return append([]Term{p.brought, p.cost, p.members}, p.known...) }
func (p payback) String() string {
	return "days until " + p.brought.String() + " ÷ " + p.members.String() + " reaches " + p.cost.String() + " ÷ " + p.members.String()
}
