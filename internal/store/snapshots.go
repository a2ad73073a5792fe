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

// SaveSnapshots appends a revision of each snapshot that says something else than the last of its line; the moments it was taken at
// and rests on alone are no change. It sets the revisions itself, and returns how many it added.
func (s *Store) SaveSnapshots(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot) (added int, err error) {
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		last, err := t.lastRevisions(ctx, merchantID, snapshots)
		if err != nil {
			return err
		}
		var fresh []kpi.Snapshot
		for _, sn := range snapshots {
			if sn.TakenAt.IsZero() {
				sn.TakenAt = s.now()
			}
			before, again := last[lineOf(sn)]
			if again && sameSnapshot(before, sn) {
				continue
			}
			sn.Revision = before.Revision + 1
			last[lineOf(sn)] = sn
			fresh = append(fresh, sn)
		}
		added = len(fresh)
		return t.insert(ctx, "snapshots", rowsOf(len(fresh), func(i int, r *row) { writeSnapshot(r, merchantID, &fresh[i]) }))
	})
	return added, err
}

// sameSnapshot says whether b would be no news after a. What was published stays published.
func sameSnapshot(a, b kpi.Snapshot) bool {
	score := a.Score == b.Score || a.Score != nil && b.Score != nil && *a.Score == *b.Score
	return score && a.Value == b.Value && a.Currency == b.Currency && a.TargetID == b.TargetID && a.Anchors == b.Anchors && a.Status == b.Status &&
		a.Running == b.Running && a.Estimated == b.Estimated && a.Period == b.Period && (a.Published || !b.Published)
}

// lastRevisions loads the last revision of every line of the scopes and periods at hand.
func (t *tx) lastRevisions(ctx context.Context, merchantID int64, snapshots []kpi.Snapshot) (map[line]kpi.Snapshot, error) {
	periods := map[kpi.Scope][]string{}
	for _, sn := range snapshots {
		if !slices.Contains(periods[sn.Scope], sn.Period.Name) {
			periods[sn.Scope] = append(periods[sn.Scope], sn.Period.Name)
		}
	}
	last := map[line]kpi.Snapshot{}
	for scope, names := range periods {
		for part := range slices.Chunk(names, 100) {
			where, arg := t.oneOf("period", part)
			err := t.each(ctx, func(scan func(...any) error) error {
				sn, err := scanSnapshot(scan)
				last[lineOf(sn)] = sn
				return err
			}, "SELECT "+snapshotColumns+" FROM snapshots s WHERE merchant_id = ? AND scope = ? AND "+where+" AND "+isLast(""), merchantID, scope.String(), arg)
			if err != nil {
				return nil, err
			}
		}
	}
	return last, nil
}

// isLast is the condition that no later revision meets also.
func isLast(also string) string {
	return `NOT EXISTS (SELECT 1 FROM snapshots l WHERE l.merchant_id = s.merchant_id AND l.scope = s.scope AND l.period = s.period
		AND l.kpi = s.kpi AND l.definition = s.definition AND l.revision > s.revision` + also + ")"
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
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			sn, err := scanSnapshot(scan)
			all = append(all, sn)
			return err
		}, "SELECT "+snapshotColumns+" FROM snapshots s WHERE "+strings.Join(where, " AND ")+" ORDER BY scope, period_from, period, kpi, definition, revision", args...)
	})
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
