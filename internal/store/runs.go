package store

import (
	"context"

	"gorm.io/gorm"
)

type runRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	MerchantID int64
	Kind       string
	StartedAt  instant
	EndedAt    instant
	Error      string
	Note       string
	Night      string
}

func (runRow) TableName() string { return "runs" }

func (r runRow) run() Run {
	return Run{r.ID, r.MerchantID, r.Kind, r.StartedAt.Time, r.EndedAt.Time, r.Error, r.Note, r.Night}
}

// StartRun records that work on a merchant begins; night is the local date of the night it belongs to, or "". Proofs stored until EndRun
// belong to it. Of a merchant who was removed there is none: the error is ErrMissing.
func (s *Store) StartRun(ctx context.Context, merchantID int64, kind, night string) (Run, error) {
	r := runRow{MerchantID: merchantID, Kind: kind, StartedAt: at(s.now()), Night: night}
	err := s.config(ctx, "record the run", func(db *gorm.DB) error { return createFor(db, merchantID, &r) })
	return r.run(), err
}

// EndRun records how a run ended: failed is nil where all went well; note says how far it came.
func (s *Store) EndRun(ctx context.Context, run Run, failed error, note string) error {
	r := runRow{EndedAt: at(s.now()), Note: note}
	if failed != nil {
		r.Error = failed.Error()
	}
	return s.config(ctx, "record the run", func(db *gorm.DB) error {
		return changed(db.Model(&runRow{}).Where("merchant_id = ? AND id = ?", run.MerchantID, run.ID).Select("ended_at", "note", "error").Updates(&r), "run", run.ID)
	})
}

// Runs lists a merchant's runs, the latest first, at most limit of them.
func (s *Store) Runs(ctx context.Context, merchantID int64, limit int) ([]Run, error) {
	var rows []runRow
	err := s.read(ctx, "read the runs", func(db *gorm.DB) error {
		return db.Where("merchant_id = ?", merchantID).Order("id DESC").Limit(limit).Find(&rows).Error
	})
	all := make([]Run, len(rows))
	for i, r := range rows {
		all[i] = r.run()
	}
	return all, err
}

// RunsOf lists a merchant's runs of the kinds, the latest first, at most limit of them.
func (s *Store) RunsOf(ctx context.Context, merchantID int64, limit int, kinds ...string) ([]Run, error) {
	var rows []runRow
	err := s.read(ctx, "read the runs", func(db *gorm.DB) error {
		return db.Where("merchant_id = ? AND kind IN ?", merchantID, kinds).Order("id DESC").Limit(limit).Find(&rows).Error
	})
	all := make([]Run, len(rows))
	for i, r := range rows {
		all[i] = r.run()
	}
	return all, err
}
