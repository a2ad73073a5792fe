package kpi

// Recall puts a scorecard together again from snapshots, one per KPI of the period: values, scores and status as they were
// kept, and the roll-up of them. KPIs of defs that are kept for the period's grain and scope but have no snapshot are gaps,
// stale_source. Nothing is judged anew: a target that changed since does not recolour the past.
func Recall(defs []KPI, at At, kept map[ID]Snapshot, plan Plan) Scorecard {
	card := Scorecard{Scope: at.Scope, Period: at.Period, Through: at.Through, Running: at.Through < at.Period.To}
	entries := map[ID]Entry{}
	for _, k := range defs {
		if !k.At(at.Period.Grain, at.Scope) {
			continue
		}
		e := Entry{KPI: k, Value: Value{Gap: StaleSource}, Status: Grey}
		if s, ok := kept[k.ID]; ok {
			e.Value, e.Score, e.Status = s.Value, s.Score, s.Status
			if s.TargetID != 0 {
				e.Target = &Target{ID: s.TargetID, KPI: k.ID, Scope: at.Scope, Grain: at.Period.Grain, Anchors: s.Anchors}
			}
		}
		entries[k.ID] = e
		card.Entries = append(card.Entries, e)
	}
	card.Perspectives = rollUp(plan.or(card.Entries), entries)
	return card
}
