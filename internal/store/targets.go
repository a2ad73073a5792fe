package store

import (
	"context"
	"errors"
	"fmt"

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

// PutTarget adds a version of a target and returns it; earlier ones stay as they are, for the periods they judged. Where what is in force
// on that day says the same already, that is returned and nothing is added: so a list of versions can be put again and again.
func (s *Store) PutTarget(ctx context.Context, merchantID int64, t kpi.Target) (kpi.Target, error) {
	put, err := s.putTargets(ctx, merchantID, "", []targetRow{rowOfTarget(merchantID, t, false)})
	if err != nil {
		return kpi.Target{}, err
	}
	return put[0], nil
}

// PutTargets puts versions in their order, all of them or none: those without anchors end their target. What it adds the audit log tells,
// with the actor. It returns them as they are kept; one that ended what never was is returned as it came, with no ID.
func (s *Store) PutTargets(ctx context.Context, merchantID int64, actor string, targets []kpi.Target) ([]kpi.Target, error) {
	rows := make([]targetRow, len(targets))
	for i, t := range targets {
		rows[i] = rowOfTarget(merchantID, t, t.Ends())
	}
	return s.putTargets(ctx, merchantID, actor, rows)
}

func rowOfTarget(merchantID int64, t kpi.Target, ended bool) targetRow {
	a := t.Anchors
	return targetRow{MerchantID: merchantID, KPI: string(t.KPI), Scope: t.Scope.String(), Grain: string(t.Grain), ValidFrom: t.From, Green: a.Green, Red: a.Red,
		RedLow: a.RedLow, GreenLow: a.GreenLow, GreenHigh: a.GreenHigh, RedHigh: a.RedHigh, InRange: a.Range, Ended: ended, Reason: t.Reason, SetBy: t.By}
}

// putTargets tells the audit log only where there is an actor.
func (s *Store) putTargets(ctx context.Context, merchantID int64, actor string, rows []targetRow) ([]kpi.Target, error) {
	var err error
	kept := make([]targetRow, len(rows))
	for range 5 { // another process may take the version first
		copy(kept, rows)
		err = s.config(ctx, "save the targets", func(db *gorm.DB) error {
			return db.Transaction(func(tx *gorm.DB) error {
				for i := range kept {
					kept[i].CreatedAt = at(s.now())
					added, err := kept[i].next(tx)
					if err == nil && added && actor != "" {
						err = tx.Exec(appendAudit, merchantID, kept[i].CreatedAt, actor, AuditTarget, kept[i].told()).Error
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		})
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	all := make([]kpi.Target, len(kept))
	for i, r := range kept {
		if all[i], err = r.target(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// next makes r the version after the last one, or the one that says the same already. added is false where nothing was.
func (r *targetRow) next(tx *gorm.DB) (added bool, err error) {
	var series []targetRow // in the order of their coming
	err = tx.Where("merchant_id = ? AND kpi = ? AND scope = ? AND grain = ?", r.MerchantID, r.KPI, r.Scope, r.Grain).Order("version").Find(&series).Error
	if err != nil || len(series) == 0 && r.Ended {
		return false, err // there is nothing to end
	}
	var inForce *targetRow
	last := 0
	for i := range series {
		v := &series[i]
		last = v.Version
		if v.ValidFrom <= r.ValidFrom && (inForce == nil || v.ValidFrom >= inForce.ValidFrom) {
			inForce = v
		}
	}
	if inForce != nil && inForce.says(*r) {
		*r = *inForce
		return false, nil
	}
	r.ID, r.Version = 0, last+1
	return true, createFor(tx, r.MerchantID, r)
}

// told is a version as the audit log has it.
func (r targetRow) told() string {
	text := fmt.Sprintf("%s, %s", r.KPI, r.Grain)
	if r.Scope != "" {
		text += ", " + r.Scope
	}
	text += fmt.Sprintf(", from %s: ", r.ValidFrom)
	switch {
	case r.Ended:
		text += "ended"
	case r.InRange:
		text += fmt.Sprintf("red below %g, green %g to %g, red above %g", r.RedLow, r.GreenLow, r.GreenHigh, r.RedHigh)
	default:
		text += fmt.Sprintf("green %g, red %g", r.Green, r.Red)
	}
	if r.Reason != "" {
		text += " (" + r.Reason + ")"
	}
	return text
}

func (r targetRow) says(o targetRow) bool {
	return r.Ended == o.Ended && r.InRange == o.InRange && r.Green == o.Green && r.Red == o.Red && r.RedLow == o.RedLow &&
		r.GreenLow == o.GreenLow && r.GreenHigh == o.GreenHigh && r.RedHigh == o.RedHigh
}

// Targets lists all versions of all targets, by KPI, scope, grain and version. One that was removed has zero Anchors from its day on.
func (s *Store) Targets(ctx context.Context, merchantID int64) ([]kpi.Target, error) {
	var rows []targetRow
	err := s.read(ctx, "read the targets", func(db *gorm.DB) error {
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
