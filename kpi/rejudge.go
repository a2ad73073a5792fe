package kpi

// Judgeable says whether a target that is set now may still judge what was kept last of a period: one that is running or not published yet,
// or one that was backfilled and had none. Nothing else is ever recoloured.
func (s Snapshot) Judgeable(published bool) bool {
	return !published || s.Backfilled && s.TargetID == 0
}

// JudgedBy is the snapshot with its value as it was kept, scored by a target; by none where ok is false.
func (s Snapshot) JudgedBy(t Target, ok bool) Snapshot {
	s.TargetID, s.Anchors, s.Score, s.Status = 0, Anchors{}, nil, Grey
	if !ok || !t.Anchors.parted() {
		return s
	}
	s.TargetID, s.Anchors = t.ID, t.Anchors
	if s.Value.Has && s.Value.Gap == "" {
		score := t.Anchors.Score(s.Value.V)
		s.Score, s.Status = &score, t.Anchors.Status(s.Value.V)
	}
	return s
}
