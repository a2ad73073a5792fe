package store

import (
	"context"

	"gorm.io/gorm"

	"fourfold/connectors"
)

type grantRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	MerchantID int64
	Connector  string
	Auth       string
	Fields     map[string]string `gorm:"serializer:json"`
	Scopes     []string          `gorm:"serializer:json"`
	Asked      []string          `gorm:"serializer:json"`
	Sealed     []byte
	State      string
	Reason     string
	UpdatedAt  instant `gorm:"autoUpdateTime:false"`
}

func (grantRow) TableName() string { return "grants" }

func (g Grant) row() grantRow {
	return grantRow{g.ID, g.MerchantID, g.Connector, string(g.Auth), orEmpty(g.Fields), append([]string{}, g.Scopes...), append([]string{}, g.Asked...), g.Sealed, g.State, g.Reason, at(g.UpdatedAt)}
}

// orEmpty is {} in the database where nothing is set, never null.
func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func (r grantRow) grant() Grant {
	return Grant{ID: r.ID, MerchantID: r.MerchantID, Connector: r.Connector, Auth: connectors.AuthKind(r.Auth), Fields: r.Fields, Scopes: r.Scopes,
		Asked: r.Asked, Sealed: r.Sealed, State: r.State, Reason: r.Reason, UpdatedAt: r.UpdatedAt.Time}
}

// SaveGrant adds a grant, or changes the one with its ID.
func (s *Store) SaveGrant(ctx context.Context, g Grant) (Grant, error) {
	if g.State == "" {
		g.State = StateActive
	}
	g.UpdatedAt = s.now()
	r := g.row()
	err := s.config(ctx, "save the grant", func(db *gorm.DB) error {
		if r.ID == 0 {
			return createFor(db, r.MerchantID, &r)
		}
		return updateGrant(db, r)
	})
	return r.grant(), err
}

func updateGrant(db *gorm.DB, r grantRow) error {
	return changed(db.Model(&grantRow{}).Where("merchant_id = ? AND id = ?", r.MerchantID, r.ID).
		Select("connector", "auth", "fields", "scopes", "asked", "sealed", "state", "reason", "updated_at").Updates(&r), "grant", r.ID)
}

// Grants lists a merchant's grants, by ID.
func (s *Store) Grants(ctx context.Context, merchantID int64) ([]Grant, error) {
	var rows []grantRow
	err := s.read(ctx, "read the grants", func(db *gorm.DB) error {
		return db.Where("merchant_id = ?", merchantID).Order("id").Find(&rows).Error
	})
	all := make([]Grant, len(rows))
	for i, r := range rows {
		all[i] = r.grant()
	}
	return all, err
}

// GrantsAt lists the grants of all merchants at a connector from which an account is pulled, by merchant, without their secrets.
func (s *Store) GrantsAt(ctx context.Context, connector string) ([]Grant, error) {
	var rows []grantRow
	err := s.read(ctx, "read the grants", func(db *gorm.DB) error {
		pulled := db.Table("connections").Select("1").Where("connections.merchant_id = grants.merchant_id AND connections.grant_id = grants.id AND connections.state = ?", StateActive)
		return db.Omit("sealed").Where("connector = ? AND EXISTS (?)", connector, pulled).Order("merchant_id, id").Find(&rows).Error
	})
	all := make([]Grant, len(rows))
	for i, r := range rows {
		all[i] = r.grant()
	}
	return all, err
}

func (s *Store) grant(ctx context.Context, merchantID, grantID int64) (Grant, error) {
	var r grantRow
	err := s.read(ctx, "read the grant", func(db *gorm.DB) error {
		return missing(db.Where("merchant_id = ? AND id = ?", merchantID, grantID).Take(&r).Error, "grant", grantID)
	})
	return r.grant(), err
}
