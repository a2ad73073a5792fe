package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Restatement is a published value that came out differently later.
type Restatement struct {
	Published, Latest kpi.Snapshot // at close, and now
	Revisions         int          // how often it was restated
	First             time.Time    // when it was restated for the first time; Latest.TakenAt is the last
	Causes            []kpi.Cause  // of all those revisions; the one that is told first at first
	Because           []string     // what the revisions say of themselves, oldest first
}

// Difference is what the value changed by since its close; ok is false where one of the two has none.
func (r Restatement) Difference() (by float64, ok bool) {
	return r.Latest.Value.V - r.Published.Value.V, r.Latest.Value.Has && r.Published.Value.Has && r.Latest.Currency == r.Published.Currency
}

// RestatementQuery selects restatements. Zero fields select everything.
type RestatementQuery struct {
	Scope    *kpi.Scope
	Period   string     // a period's name
	From, To period.Day // periods that begin on or after From, and before To where To is not zero
}

// Restatements lists the published values that came out differently since, the latest period first, by scope, period and KPI. One that
// went back to what it was published with is none.
func (s *Store) Restatements(ctx context.Context, merchantID int64, q RestatementQuery) ([]Restatement, error) {
	where, args := "merchant_id = ?", []any{merchantID}
	add := func(condition string, arg any) {
		where += " AND " + condition
		args = append(args, arg)
	}
	if q.Scope != nil {
		add("scope = ?", q.Scope.String())
	}
	if q.Period != "" {
		add("period = ?", q.Period)
	}
	if q.From != 0 {
		add("period_from >= ?", q.From.String())
	}
	if q.To != 0 {
		add("period_from < ?", q.To.String())
	}
	// A line that was restated has revisions after the one it was published with. Its period may have begun on another day at first, when
	// weeks or fiscal years did, and keeps its name.
	query := "SELECT s." + strings.ReplaceAll(snapshotColumns, ", ", ", s.") + ` FROM (
			SELECT scope, period, kpi, definition, MIN(CASE WHEN published THEN revision END) AS revision, MAX(period_from) AS period_from, MAX(period_to) AS period_to
			FROM snapshots WHERE ` + where + `
			GROUP BY scope, period, kpi, definition HAVING MAX(revision) > MIN(CASE WHEN published THEN revision END)) c
		CROSS JOIN snapshots s WHERE s.merchant_id = ? AND s.scope = c.scope AND s.period = c.period AND s.kpi = c.kpi AND s.definition = c.definition
		AND s.revision >= c.revision ORDER BY s.scope, c.period_from DESC, c.period_to, s.period, s.kpi, s.definition, s.revision`
	args = append(args, merchantID)
	var all []Restatement
	err := s.each(ctx, func(scan func(...any) error) error {
		sn, err := scanSnapshot(scan)
		if n := len(all); n > 0 && lineOf(all[n-1].Published) == lineOf(sn) {
			all[n-1].add(sn)
		} else {
			all = append(all, Restatement{Published: sn, Latest: sn})
		}
		return err
	}, query, args...)
	return slices.DeleteFunc(all, func(r Restatement) bool { return !r.moved() }), err
}

// add takes in the next revision.
func (r *Restatement) add(sn kpi.Snapshot) {
	if r.Revisions == 0 {
		r.First = sn.TakenAt
	}
	r.Latest = sn
	r.Revisions++
	if sn.Cause != "" && !slices.Contains(r.Because, sn.Cause) {
		r.Because = append(r.Because, sn.Cause)
	}
	for _, c := range kpi.ParseCauses(sn.Cause) {
		if !slices.Contains(r.Causes, c) {
			r.Causes = append(r.Causes, c)
		}
	}
	slices.SortFunc(r.Causes, func(a, b kpi.Cause) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
}

// moved says whether a reader sees something else than was published.
func (r *Restatement) moved() bool {
	a, b := r.Published, r.Latest
	return a.Value.Has != b.Value.Has || a.Value.V != b.Value.V || a.Value.Gap != b.Value.Gap || a.Currency != b.Currency || a.Status != b.Status
}
