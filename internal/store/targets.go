package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"fourfold/internal/period"
	"fourfold/kpi"
)

type targetRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	MerchantID int64
	KPI        string `gorm:"column:kpi"`
	Scope      string
	Grain      string
	Version    int
	ValidFrom  period.Day
	Green      float64
	Red        float64
	RedLow     float64
	GreenLow   float64
	GreenHigh  float64
	RedHigh    float64
	InRange    bool
	Ended      bool
	Reason     string
	CreatedAt  instant `gorm:"autoCreateTime:false"`
	SetBy      string
}

func (targetRow) TableName() string { return "targets" }

func (r targetRow) target() (kpi.Target, error) {
	scope, err := kpi.ParseScope(r.Scope)
	return kpi.Target{ID: r.ID, KPI: kpi.ID(r.KPI), Scope: scope, Grain: period.Grain(r.Grain), From: r.ValidFrom, Version: r.Version, Reason: r.Reason, By: r.SetBy, At: r.CreatedAt.Time,
		Anchors: kpi.Anchors{Green: r.Green, Red: r.Red, RedLow: r.RedLow, GreenLow: r.GreenLow, GreenHigh: r.GreenHigh, RedHigh: r.RedHigh, Range: r.InRange}}, err
}

// PutTarget adds a version of a target and returns it; earlier ones stay as they are, for the periods they judged. Where the last
// version already says the same from the same day or earlier, or the last of those valid from that day does, it is returned and nothing is
// added: so a list of versions can be put again and again.
func (s *Store) PutTarget(ctx context.Context, merchantID int64, t kpi.Target) (kpi.Target, error) {
	return s.putTarget(ctx, merchantID, t, false)
}

// RemoveTarget ends the target of t's KPI, scope and grain from t.From on, by a version whose Anchors are the zero value.
func (s *Store) RemoveTarget(ctx context.Context, merchantID int64, t kpi.Target) error {
	t.Anchors = kpi.Anchors{}
	_, err := s.putTarget(ctx, merchantID, t, true)
	return err
}

func (s *Store) putTarget(ctx context.Context, merchantID int64, t kpi.Target, ended bool) (put kpi.Target, err error) {
	a := t.Anchors
	r := targetRow{MerchantID: merchantID, KPI: string(t.KPI), Scope: t.Scope.String(), Grain: string(t.Grain), ValidFrom: t.From, Green: a.Green, Red: a.Red,
		RedLow: a.RedLow, GreenLow: a.GreenLow, GreenHigh: a.GreenHigh, RedHigh: a.RedHigh, InRange: a.Range, Ended: ended, Reason: t.Reason, CreatedAt: at(s.now()), SetBy: t.By}
	for range 5 { // another process may take the version first
		err = s.config(ctx, "save the target", func(db *gorm.DB) error { return db.Transaction(r.next) })
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			break
		}
	}
	if err != nil {
		return kpi.Target{}, err
	}
	return r.target()
}

// next makes r the version after the last one, or the last one itself where they say the same.
func (r *targetRow) next(tx *gorm.DB) error {
	var last targetRow
	err := tx.Where("merchant_id = ? AND kpi = ? AND scope = ? AND grain = ?", r.MerchantID, r.KPI, r.Scope, r.Grain).Order("version DESC").Take(&last).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		if r.Ended {
			return nil // there is nothing to end
		}
	case err != nil:
		return err
	case last.says(*r) && last.ValidFrom <= r.ValidFrom:
		*r = last
		return nil
	}
	var sameDay targetRow
	err = tx.Where("merchant_id = ? AND kpi = ? AND scope = ? AND grain = ? AND valid_from = ?", r.MerchantID, r.KPI, r.Scope, r.Grain, r.ValidFrom).
		Order("version DESC").Take(&sameDay).Error
	switch {
	case err == nil && sameDay.says(*r):
		*r = sameDay
		return nil
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound):
		return err
	}
	r.ID, r.Version = 0, last.Version+1
	return createFor(tx, r.MerchantID, r)
}

func (r targetRow) says(o targetRow) bool {
	return r.Ended == o.Ended && r.InRange == o.InRange && r.Green == o.Green && r.Red == o.Red && r.RedLow == o.RedLow &&
		r.GreenLow == o.GreenLow && r.GreenHigh == o.GreenHigh && r.RedHigh == o.RedHigh
}

// Targets lists all versions of all targets, by KPI, scope, grain and version. One that was removed has zero Anchors from its day on.
func (s *Store) Targets(ctx context.Context, merchantID int64) ([]kpi.Target, error) {
	var rows []targetRow
	err := s.config(ctx, "read the targets", func(db *gorm.DB) error {
		return db.Where("merchant_id = ?", merchantID).Order("kpi, scope, grain, version").Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	all := make([]kpi.Target, len(rows))
	for i, r := range rows {
		if all[i], err = r.target(); err != nil {
			return nil, err
		}
	}
	return all, nil
}
