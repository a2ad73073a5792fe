package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"fourfold/connectors"
)

type connectionRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	MerchantID int64
	GrantID    int64
	Connector  string
	AccountID  string
	Name       string
	Currency   string
	Zone       string
	Since      instant
	Settings   map[string]string `gorm:"serializer:json"`
	State      string
	DerivedAt  instant
	CreatedAt  instant `gorm:"autoCreateTime:false"`
}

func (connectionRow) TableName() string { return "connections" }

func (c Connection) row() connectionRow {
	return connectionRow{ID: c.ID, MerchantID: c.MerchantID, GrantID: c.GrantID, Connector: c.Connector, AccountID: c.AccountID, Name: c.Name,
		Currency: c.Currency, Zone: c.Zone, Since: at(c.Since), Settings: orEmpty(c.Settings), State: c.State, CreatedAt: at(c.CreatedAt)}
}

func (r connectionRow) connection() Connection {
	return Connection{ID: r.ID, MerchantID: r.MerchantID, GrantID: r.GrantID, Connector: r.Connector, AccountID: r.AccountID, Name: r.Name,
		Currency: r.Currency, Zone: r.Zone, Since: r.Since.Time, Settings: r.Settings, State: r.State, Derived: !r.DerivedAt.IsZero(), CreatedAt: r.CreatedAt.Time}
}

// SaveConnection adds a connection, or changes the one with its ID. An account that was linked before is the same connection again,
// with its facts, whatever its state had become. Derived and CreatedAt are the store's own.
func (s *Store) SaveConnection(ctx context.Context, c Connection) (Connection, error) {
	if c.State == "" {
		c.State = StateActive
	}
	r := c.row()
	err := s.config(ctx, "save the connection", func(db *gorm.DB) error {
		return db.Transaction(func(tx *gorm.DB) error {
			find := tx.Where("merchant_id = ? AND connector = ? AND account_id = ?", c.MerchantID, c.Connector, c.AccountID)
			if c.ID != 0 {
				find = tx.Where("merchant_id = ? AND id = ?", c.MerchantID, c.ID)
			}
			var old connectionRow
			err := find.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&old).Error
			switch {
			case err == nil:
				r.ID, r.CreatedAt, r.DerivedAt = old.ID, old.CreatedAt, old.DerivedAt
				if err := s.noteConnection(tx, old, r); err != nil {
					return err
				}
				return tx.Model(&connectionRow{}).Where("merchant_id = ? AND id = ?", r.MerchantID, r.ID).
					Select("grant_id", "connector", "account_id", "name", "currency", "zone", "since", "settings", "state").Updates(&r).Error
			case errors.Is(err, gorm.ErrRecordNotFound) && c.ID == 0:
				r.CreatedAt = at(s.now())
				return createFor(tx, c.MerchantID, &r)
			}
			return missing(err, "connection", c.ID)
		})
	})
	return r.connection(), err
}

// Connections lists a merchant's connections, by ID.
func (s *Store) Connections(ctx context.Context, merchantID int64) ([]Connection, error) {
	var rows []connectionRow
	err := s.read(ctx, "read the connections", func(db *gorm.DB) error {
		return db.Where("merchant_id = ?", merchantID).Order("id").Find(&rows).Error
	})
	all := make([]Connection, len(rows))
	for i, r := range rows {
		all[i] = r.connection()
	}
	return all, err
}

type capabilityRow struct {
	MerchantID   int64  `gorm:"primaryKey"`
	ConnectionID int64  `gorm:"primaryKey"`
	Capability   string `gorm:"primaryKey"`
	Place        int
	Granted      bool
	Detail       string
	Costs        string
	Remedy       string
	Since        instant
	ProbedAt     instant
}

func (capabilityRow) TableName() string { return "capabilities" }

// SaveCapabilities keeps what a probe found, in place of what was found before.
func (s *Store) SaveCapabilities(ctx context.Context, merchantID, connectionID int64, found []connectors.Capability) error {
	rows := make([]capabilityRow, len(found))
	for i, c := range found {
		rows[i] = capabilityRow{merchantID, connectionID, c.ID, i, c.Granted, c.Detail, c.Costs, c.Remedy, at(c.Since), at(s.now())}
	}
	return s.config(ctx, "save what the grant allows", func(db *gorm.DB) error {
		return db.Transaction(func(tx *gorm.DB) error {
			ours := tx.Where("merchant_id = ? AND connection_id = ?", merchantID, connectionID).Session(&gorm.Session{})
			held := tx.Clauses(clause.Locking{Strength: "KEY SHARE"}).Select("id").Where("merchant_id = ? AND id = ?", merchantID, connectionID).Take(&connectionRow{})
			if held.Error != nil {
				return missing(held.Error, "connection", connectionID) // forgotten meanwhile
			}
			var before []capabilityRow
			var orders streamRow
			if err := ours.Find(&before).Error; err != nil {
				return err
			}
			if err := ours.Where("stream = ?", ordersStream).Limit(1).Find(&orders).Error; err != nil {
				return err
			}
			keepReach(rows, before, orders.CompleteTo.Time)
			err := ours.Delete(&capabilityRow{}).Error
			if err != nil || len(rows) == 0 {
				return err
			}
			return tx.Create(&rows).Error
		})
	})
}

// keepReach keeps how far back facts reach where the provider shows only its last days: what was pulled while it could be seen is
// still here when the wall has moved on, as long as the orders were pulled without a hole.
func keepReach(now, before []capabilityRow, complete time.Time) {
	for i := range now {
		for _, old := range before {
			earlier := old.Capability == now[i].Capability && !old.Since.IsZero() && old.Since.Before(now[i].Since.Time)
			if earlier && !complete.Before(now[i].Since.Time) {
				now[i].Since = old.Since
			}
		}
	}
}

// streamRow is what of a stream tells whether there is a hole.
type streamRow struct{ CompleteTo instant }

func (streamRow) TableName() string { return "streams" }

// Capabilities lists what the last probe found, in the connector's order.
func (s *Store) Capabilities(ctx context.Context, merchantID, connectionID int64) ([]connectors.Capability, error) {
	var rows []capabilityRow
	err := s.read(ctx, "read what the grant allows", func(db *gorm.DB) error {
		return db.Where("merchant_id = ? AND connection_id = ?", merchantID, connectionID).Order("place").Find(&rows).Error
	})
	all := make([]connectors.Capability, len(rows))
	for i, r := range rows {
		all[i] = connectors.Capability{ID: r.Capability, Granted: r.Granted, Detail: r.Detail, Costs: r.Costs, Remedy: r.Remedy, Since: r.Since.Time}
	}
	return all, err
}
