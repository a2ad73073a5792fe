package kpi

// Recall puts a scorecard together again from snapshots, one per KPI of the period: values, scores and status as they were
// kept, and the roll-up of them. KPIs of defs that are kept for the period's grain and scope but have no snapshot are gaps,
// stale_source. Nothing is judged anew: a target that changed since does not recolour the past.
func Recall(defs []KPI, at At, kept map[ID]Snapshot, plan Plan) Scorecard {
	card, entries := blank(defs, at)
	for id, e := range entries {
		s, ok := kept[id]
		if !ok {
			e.Value.Gap = StaleSource
			continue
		}
		e.Value, e.Score, e.Status, e.Final, e.Running = s.Value, s.Score, s.Status, s.Final, s.Running
		if s.TargetID != 0 {
			e.Target = &Target{ID: s.TargetID, KPI: id, Scope: at.Scope, Grain: at.Period.Grain, Anchors: s.Anchors}
		}
	}
	card.Perspectives = rollUp(plan.or(card.Entries), entries)
	return card
}
