package kpi

// minScored is the share of the weight that must be scored before a parent has a score.
const minScored = 0.6

// capWeight is the share of the scored weight at which one red child keeps its parent from being green.
const capWeight = 0.25

// child is one member of a mean.
type child struct {
	weight float64
	score  *float64
	status Status
}

// mean is the weighted mean of the scored children, and the share of the weight they hold. With less than 0.6 of it there is no
// score: a parent must not speak for children it has not heard. A red child with a quarter of the weight caps the parent at amber,
// because scores make up for one another and colours must not.
func mean(children []child) (score *float64, coverage float64, status Status) {
	var total, scored, sum float64
	for _, c := range children {
		total += c.weight
		if c.score != nil {
			scored += c.weight
			sum += c.weight * *c.score
		}
	}
	if total > 0 {
		coverage = scored / total
	}
	const hair = 1e-9
	if scored == 0 || coverage < minScored-hair {
		return nil, coverage, Grey
	}
	m := sum / scored
	status = statusOf(m)
	for _, c := range children {
		if c.score != nil && c.status == Red && c.weight/scored >= capWeight-hair && status == Green {
			status = Amber
		}
	}
	return &m, coverage, status
}

// part is the mean of one role's children; it needs no coverage, being shown beside the score it is part of.
func part(children []child) *float64 {
	var scored, sum float64
	for _, c := range children {
		if c.score != nil {
			scored += c.weight
			sum += c.weight * *c.score
		}
	}
	if scored == 0 {
		return nil
	}
	m := sum / scored
	return &m
}

// worst is the KPI with the lowest score, which a mean would hide.
type worst struct {
	id    ID
	score float64
	found bool
}

func (w *worst) see(id ID, score float64) {
	if !w.found || score < w.score {
		*w = worst{id, score, true}
	}
}

// rollUp judges the objectives of a plan by the entries, and the perspectives by their objectives. All four perspectives are
// shown, even empty; an objective is shown where at least one of its KPIs is kept for the period.
func rollUp(plan Plan, entries map[ID]*Entry) []Rollup {
	var all []Rollup
	for _, p := range Perspectives {
		r := Rollup{ID: string(p), Title: p.Title(), Weight: 1}
		if w, ok := plan.Weights[p]; ok {
			r.Weight = w
		}
		var members, leading, lagging []child
		var low worst
		for _, o := range plan.Objectives {
			if o.Perspective != p {
				continue
			}
			c, lowest := objective(o, entries)
			if len(c.KPIs) == 0 {
				continue
			}
			r.Children = append(r.Children, c)
			r.Reds += c.Reds
			if lowest.found {
				low.see(lowest.id, lowest.score)
			}
			members = append(members, child{c.Weight, c.Score, c.Status})
			leading = append(leading, child{c.Weight, c.Leading, ""})
			lagging = append(lagging, child{c.Weight, c.Lagging, ""})
		}
		r.Score, r.Coverage, r.Status = mean(members)
		r.Leading, r.Lagging, r.Worst = part(leading), part(lagging), low.id
		all = append(all, r)
	}
	return all
}

func objective(o Objective, entries map[ID]*Entry) (Rollup, worst) {
	r := Rollup{ID: o.ID, Title: o.Title, Weight: o.Weight}
	var members, leading, lagging []child
	var low worst
	for _, s := range o.KPIs {
		e, ok := entries[s.KPI]
		if !ok {
			continue
		}
		r.KPIs = append(r.KPIs, s.KPI)
		c := child{s.Weight, e.Score, e.Status}
		members = append(members, c)
		if e.KPI.Role == Leading {
			leading = append(leading, c)
		} else {
			lagging = append(lagging, c)
		}
		if e.Status == Red {
			r.Reds++
		}
		if e.Score != nil {
			low.see(s.KPI, *e.Score)
		}
	}
	r.Score, r.Coverage, r.Status = mean(members)
	r.Leading, r.Lagging, r.Worst = part(leading), part(lagging), low.id
	return r, low
}

// Title is the perspective's name for people.
func (p Perspective) Title() string {
	switch p {
	case Financial:
		return "Financial"
	case CustomerView:
		return "Customer"
	case InternalProcess:
		return "Internal process"
	case LearningGrowth:
		return "Learning and growth"
	}
	return string(p)
}
