package store

import (
	"context"
	"slices"
	"strings"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// line is what the revisions of one snapshot have in common.
type line struct {
	scope      kpi.Scope
	period     string
	kpi        kpi.ID
	definition int
}

func lineOf(sn kpi.Snapshot) line { return line{sn.Scope, sn.Period.Name, sn.KPI, sn.Definition} }

// Saved says what SaveSnapshots came to.
type Saved struct {
	Appended int // revisions
	Restated int // of them, revisions after a published one
}

// SaveSnapshots appends a revision of each snapshot that says something else than the last of its line; the moments it was taken at
// and rests on alone are no change. Revisions are numbered here. A line is published once: what comes after that is a restatement,
// the only kind of revision to keep its Cause. Of a merchant or a store that is no more nothing is kept: the error is ErrMissing.
func (s *Store) SaveSnapshots(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot) (Saved, error) {
	return s.appendSnapshots(ctx, merchantID, snapshots, func(h head, sn kpi.Snapshot) (kpi.Snapshot, bool) {
		if h.published {
			sn.Published = false
		} else {
			sn.Cause = ""
		}
		return sn, true
	})
}

// SaveScores appends a revision of each snapshot's line that is scored by the snapshot's target, and is otherwise the last one as it stands:
// whoever keeps other values meanwhile loses nothing by it. A line that has none, or has gone on to another part of its period, is left alone,
// and so is one that was published and is not to be judged again.
func (s *Store) SaveScores(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot) (Saved, error) {
	return s.appendSnapshots(ctx, merchantID, snapshots, func(h head, sn kpi.Snapshot) (kpi.Snapshot, bool) {
		last := h.last
		if last.Revision == 0 || last.Running != sn.Running || last.Through != sn.Through || !last.Judgeable(h.published) {
			return last, false
		}
		last = last.JudgedBy(kpi.Target{ID: sn.TargetID, Anchors: sn.Anchors}, sn.TargetID != 0)
		last.TakenAt, last.Published, last.Cause = sn.TakenAt, false, ""
		if h.published {
			last.Cause = sn.Cause
		}
		return last, true
	})
}

// appendSnapshots appends what next makes of each snapshot and the end of its line.
func (s *Store) appendSnapshots(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot, next func(head, kpi.Snapshot) (kpi.Snapshot, bool)) (Saved, error) {
	var saved Saved
	appendAll := func(ctx context.Context, t *tx) error {
		stores := map[int64]bool{}
		for i := range snapshots {
			stores[snapshots[i].Scope.Connection] = true
		}
		if err := t.scopesThere(ctx, merchantID, stores); err != nil {
			return err
		}
		heads, err := t.heads(ctx, merchantID, snapshots)
		if err != nil {
			return err
		}
		saved = Saved{}
		var fresh []kpi.Snapshot
		for _, sn := range snapshots {
			head := heads[lineOf(sn)]
			sn, ok := next(head, sn)
			if !ok || head.last.Revision > 0 && sameSnapshot(head.last, sn) {
				continue
			}
			if sn.TakenAt.IsZero() {
				sn.TakenAt = s.now()
			}
			sn.Revision = head.last.Revision + 1
			heads[lineOf(sn)] = head.after(sn)
			fresh = append(fresh, sn)
			saved.Appended++
			if head.published {
				saved.Restated++
			}
		}
		return t.insert(ctx, "snapshots", rowsOf(len(fresh), func(i int, r *row) { writeSnapshot(r, merchantID, &fresh[i]) }))
	}
	var err error
	for range 5 { // somebody else may append to the same line first
		if err = s.change(ctx, appendAll); !duplicate(err) {
			break
		}
	}
	if err != nil {
		return Saved{}, err
	}
	s.gaugeSnapshots(ctx, saved.Appended)
	return saved, nil
}

// sameSnapshot says whether b would be no news after a. What was published stays so.
func sameSnapshot(a, b kpi.Snapshot) bool {
	score := a.Score == b.Score || a.Score != nil && b.Score != nil && *a.Score == *b.Score
	return score && a.Value == b.Value && a.Currency == b.Currency && a.TargetID == b.TargetID && a.Anchors == b.Anchors && a.Status == b.Status &&
		a.Running == b.Running && a.Estimated == b.Estimated && a.Period == b.Period && (a.Published || !b.Published)
}

// head is the end of a line: its last revision, and whether any was published.
type head struct {
	last      kpi.Snapshot
	published bool
}

func (h head) after(sn kpi.Snapshot) head { return head{sn, h.published || sn.Published} }

// heads loads the ends of all lines of the scopes and periods at hand.
func (t *tx) heads(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot) (map[line]head, error) {
	periods := map[kpi.Scope]set{}
	for _, sn := range snapshots {
		names := periods[sn.Scope]
		names.add(sn.Period.Name)
		periods[sn.Scope] = names
	}
	heads := map[line]head{}
	for scope, names := range periods {
		for part := range slices.Chunk(names.list(), 100) {
			where, arg := t.oneOf("period", part)
			err := t.each(ctx, func(scan func(...any) error) error {
				var h head
				var err error
				h.last, err = scanSnapshot(func(dest ...any) error { return scan(append(dest, &h.published)...) })
				heads[lineOf(h.last)] = h
				return err
			}, "SELECT "+snapshotColumns+", EXISTS (SELECT 1 FROM snapshots p WHERE p.merchant_id = s.merchant_id AND p.scope = s.scope AND p.period = s.period"+
				" AND p.kpi = s.kpi AND p.definition = s.definition AND p.published) FROM snapshots s WHERE merchant_id = ? AND scope = ? AND "+where+" AND "+isLast(""),
				merchantID, scope.String(), arg)
			if err != nil {
				return nil, err
			}
		}
	}
	return heads, nil
}

// isLast is the condition of being the last revision, or the last of those that meet also. It is looked up by key row by row: as a join
// it hangs on what Postgres believes of a table that has just grown.
func isLast(also string) string {
	return `s.revision = (SELECT MAX(l.revision) FROM snapshots l WHERE l.merchant_id = s.merchant_id AND l.scope = s.scope AND l.period = s.period
		AND l.kpi = s.kpi AND l.definition = s.definition` + also + ")"
}

// Snapshots lists what a query selects, by scope, period, KPI, definition and revision.
func (s *Store) Snapshots(ctx context.Context, merchantID int64, q SnapshotQuery) ([]kpi.Snapshot, error) {
	where, args := []string{"merchant_id = ?"}, []any{merchantID}
	add := func(condition string, arg any) {
		where = append(where, condition)
		args = append(args, arg)
	}
	if q.Scope != nil {
		add("scope = ?", q.Scope.String())
	}
	if q.Period != "" {
		add("period = ?", q.Period)
	}
	if len(q.Periods) > 0 {
		one, arg := s.dialect.oneOf("period", q.Periods)
		add(one, arg)
	}
	if len(q.KPIs) > 0 {
		ids := make([]string, len(q.KPIs))
		for i, id := range q.KPIs {
			ids[i] = string(id)
		}
		one, arg := s.dialect.oneOf("kpi", ids)
		add(one, arg)
	}
	if q.Grain != "" {
		add("grain = ?", string(q.Grain))
	}
	if q.KPI != "" {
		add("kpi = ?", string(q.KPI))
	}
	if q.From != 0 {
		add("period_from >= ?", q.From.String())
	}
	if q.To != 0 {
		add("period_from < ?", q.To.String())
	}
	also := ""
	if q.PublishedOnly {
		where = append(where, "published")
		also = " AND l.published"
	}
	if q.Latest {
		where = append(where, isLast(also))
	}
	var all []kpi.Snapshot
	err := s.each(ctx, func(scan func(...any) error) error {
		sn, err := scanSnapshot(scan)
		all = append(all, sn)
		return err
	}, "SELECT "+snapshotColumns+" FROM snapshots s WHERE "+strings.Join(where, " AND ")+" ORDER BY scope, period_from, period, kpi, definition, revision", args...)
	return all, err
}

// ThinSnapshots deletes revisions of running periods that were taken before a day, where a later one of the same line exists.
// Closed periods, and whatever was published, are never thinned. It returns how many it deleted.
func (s *Store) ThinSnapshots(ctx context.Context, merchantID int64, before period.Day) (deleted int64, err error) {
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		deleted, err = t.exec(ctx, "DELETE FROM snapshots AS s WHERE merchant_id = ? AND taken_at < ? AND running AND NOT published AND NOT "+isLast(""),
			merchantID, at(before.UTC()))
		return err
	})
	return deleted, err
}
