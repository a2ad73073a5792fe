package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"fourfold/internal/period"
)

type merchantRow struct {
	ID           int64 `gorm:"primaryKey;autoIncrement"`
	Name         string
	Currency     string
	Zone         string
	WeekShift    int
	FiscalStart  int
	CostsHistory string
	CreatedAt    instant `gorm:"autoCreateTime:false"`
	Schedule     string
	State        string
	Since        string
}

func (merchantRow) TableName() string { return "merchants" }

func (m Merchant) row() merchantRow {
	since := ""
	if m.Since != 0 {
		since = m.Since.String()
	}
	state := m.State
	if state == "" {
		state = StateActive
	}
	return merchantRow{m.ID, m.Name, m.Currency, m.Zone, m.Calendar.WeekShift, int(m.Calendar.FiscalStart), m.CostsHistory, at(m.CreatedAt),
		m.Schedule, state, since}
}

func (r merchantRow) merchant() Merchant {
	since, _ := period.ParseDay(r.Since) // "" is none
	return Merchant{r.ID, r.Name, r.Currency, r.Zone, period.Calendar{WeekShift: r.WeekShift, FiscalStart: time.Month(r.FiscalStart)},
		r.CostsHistory, r.CreatedAt.Time, r.Schedule, r.State, since}
}

// Merchants lists all merchants of the installation, by ID.
func (s *Store) Merchants(ctx context.Context) ([]Merchant, error) {
	var rows []merchantRow
	if err := s.read(ctx, "read the merchants", func(db *gorm.DB) error { return db.Order("id").Find(&rows).Error }); err != nil {
		return nil, err
	}
	all := make([]Merchant, len(rows))
	for i, r := range rows {
		all[i] = r.merchant()
	}
	return all, nil
}

// SeveralMerchants says whether there is more than one.
func (s *Store) SeveralMerchants(ctx context.Context) (several bool, err error) {
	n := 0
	_, err = s.one(ctx, []any{&n}, "SELECT COUNT(*) FROM (SELECT 1 FROM merchants LIMIT 2) AS two")
	return n > 1, err
}

// Merchant is one merchant by ID.
func (s *Store) Merchant(ctx context.Context, id int64) (Merchant, error) {
	var r merchantRow
	err := s.read(ctx, "read the merchant", func(db *gorm.DB) error {
		return missing(db.Where("id = ?", id).Take(&r).Error, "merchant", id)
	})
	return r.merchant(), err
}

// CreateMerchant adds a merchant and returns it with its ID. A name that another merchant has is ErrTaken.
func (s *Store) CreateMerchant(ctx context.Context, m Merchant) (Merchant, error) {
	if _, err := m.Location(); err != nil {
		return Merchant{}, err
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = s.now()
	}
	r := m.row()
	err := s.config(ctx, "add the merchant", func(db *gorm.DB) error {
		return db.Transaction(func(tx *gorm.DB) error {
			return s.named(tx, m.Name, func() error { return tx.Create(&r).Error })
		})
	})
	if err != nil {
		return Merchant{}, err
	}
	return r.merchant(), nil
}

// UpdateMerchant sets of a merchant what now has otherwise than was. What is alike in both stays as it is kept: somebody else may have changed
// it since was was read. Days that were cut stay as they are. A name that another merchant has is ErrTaken.
func (s *Store) UpdateMerchant(ctx context.Context, was, now Merchant) error {
	if _, err := now.Location(); err != nil {
		return err
	}
	return s.config(ctx, "change the merchant", func(db *gorm.DB) error {
		return db.Transaction(func(tx *gorm.DB) error {
			return s.named(tx, now.Name, func() error {
				var kept merchantRow
				if err := tx.Where("id = ?", now.ID).Take(&kept).Error; err != nil {
					return missing(err, "merchant", now.ID)
				}
				r := kept.with(was.row(), now.row())
				if err := s.noteMerchant(tx, kept.merchant(), r.merchant()); err != nil {
					return err
				}
				return changed(tx.Model(&r).Select("name", "currency", "zone", "week_shift", "fiscal_start", "costs_history", "schedule", "state", "since").Updates(&r), "merchant", now.ID)
			})
		})
	})
}

// with is the row with what now has otherwise than was.
func (r merchantRow) with(was, now merchantRow) merchantRow {
	carry(&r.Name, was.Name, now.Name)
	carry(&r.Currency, was.Currency, now.Currency)
	carry(&r.Zone, was.Zone, now.Zone)
	carry(&r.WeekShift, was.WeekShift, now.WeekShift)
	carry(&r.FiscalStart, was.FiscalStart, now.FiscalStart)
	carry(&r.CostsHistory, was.CostsHistory, now.CostsHistory)
	carry(&r.Schedule, was.Schedule, now.Schedule)
	carry(&r.State, was.State, now.State)
	carry(&r.Since, was.Since, now.Since)
	return r
}

func carry[T comparable](kept *T, was, now T) {
	if was != now {
		*kept = now
	}
}

// named runs write, which gives a merchant its name, and undoes it where two then have that name, in whatever case it is written. The
// first merchant has none until its first store gives it one.
func (s *Store) named(tx *gorm.DB, name string, write func() error) error {
	if s.dialect == postgres {
		if err := tx.Exec("LOCK TABLE merchants IN SHARE ROW EXCLUSIVE MODE").Error; err != nil { // one at a time; readers do not wait
			return err
		}
	}
	if err := write(); err != nil || name == "" {
		return err
	}
	var names []string
	if err := tx.Model(&merchantRow{}).Pluck("name", &names).Error; err != nil {
		return err
	}
	have := 0
	for _, other := range names {
		if strings.EqualFold(other, name) {
			have++
		}
	}
	if have > 1 {
		return fmt.Errorf("%q: %w", name, ErrTaken)
	}
	return nil
}

// createFor adds a row of a merchant's, unless the merchant was removed.
func createFor(db *gorm.DB, merchantID int64, row any) error {
	return db.Transaction(func(tx *gorm.DB) error {
		held := tx.Clauses(clause.Locking{Strength: "KEY SHARE"}).Select("id").Where("id = ?", merchantID).Take(&merchantRow{})
		if held.Error != nil {
			return missing(held.Error, "merchant", merchantID)
		}
		return tx.Create(row).Error
	})
}

// config runs fn on rows that are configuration.
func (s *Store) config(ctx context.Context, doing string, fn func(db *gorm.DB) error) error {
	return s.explain(doing, fn(s.orm.WithContext(ctx)))
}

// read is config for who changes nothing: on SQLite it does not wait for whoever writes just now.
func (s *Store) read(ctx context.Context, doing string, fn func(db *gorm.DB) error) error {
	return s.explain(doing, fn(s.ormReader.WithContext(ctx)))
}

// changed turns an update that met no row into an error.
func changed(result *gorm.DB, what string, id int64) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return fmt.Errorf("%s %d: %w", what, id, ErrMissing)
	}
	return result.Error
}

// missing names the row that a query did not find.
func missing(err error, what string, id int64) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("%s %d: %w", what, id, ErrMissing)
	}
	return err
}
