package store

import (
	"context"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// SnapshotState is how far the snapshots of a scope have come.
type SnapshotState struct {
	Through   period.Day // the first day that was not complete when they were taken
	Catalogue string     // names the set of definitions they were made with; "" before the first
}

// SnapshotState reads the state of a scope's snapshots; the zero state before the first.
func (s *Store) SnapshotState(ctx context.Context, merchantID int64, scope kpi.Scope) (SnapshotState, error) {
	var state SnapshotState
	_, err := s.one(ctx, []any{&state.Through, &state.Catalogue}, "SELECT through, catalogue FROM snapshot_states WHERE merchant_id = ? AND scope = ?", merchantID, scope.String())
	return state, err
}

// SaveSnapshotState keeps the state once all snapshots up to it are stored.
func (s *Store) SaveSnapshotState(ctx context.Context, merchantID int64, scope kpi.Scope, state SnapshotState) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if err := t.scopesThere(ctx, merchantID, map[int64]bool{scope.Connection: true}); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO snapshot_states (merchant_id, scope, through, catalogue) VALUES (?, ?, ?, ?)
			ON CONFLICT (merchant_id, scope) DO UPDATE SET through = excluded.through, catalogue = excluded.catalogue`,
			merchantID, scope.String(), state.Through, state.Catalogue)
		return err
	})
}

// OpenSnapshot is a period of a KPI that has snapshots, none of them published yet.
type OpenSnapshot struct {
	KPI   kpi.ID
	Grain period.Grain
	From  period.Day
}

// OpenSnapshots lists what a scope has not published yet.
func (s *Store) OpenSnapshots(ctx context.Context, merchantID int64, scope kpi.Scope) ([]OpenSnapshot, error) {
	var all []OpenSnapshot
	err := s.each(ctx, func(scan func(...any) error) error {
		var o OpenSnapshot
		err := scan(&o.KPI, &o.Grain, &o.From)
		all = append(all, o)
		return err
	}, `SELECT kpi, grain, period_from FROM snapshots WHERE merchant_id = ? AND scope = ?
		GROUP BY kpi, grain, period_from HAVING MAX(CASE WHEN published THEN 1 ELSE 0 END) = 0`, merchantID, scope.String())
	return all, err
}
