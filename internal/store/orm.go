package store

import (
	"database/sql"
	"fmt"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

func ormConfig(now func() time.Time) *gorm.Config {
	return &gorm.Config{SkipDefaultTransaction: true, TranslateError: true, Logger: logger.Discard, NowFunc: now,
		DisableAutomaticPing: true} // Open asks itself, and explains what it is told
}

func ormPostgres(db *sql.DB, now func() time.Time) (*gorm.DB, error) {
	orm, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: db}), ormConfig(now))
	if err != nil {
		return nil, fmt.Errorf("prepare the Postgres connection: %w", err)
	}
	return orm, nil
}

func ormSQLite(db *sql.DB, now func() time.Time) (*gorm.DB, error) {
	orm, err := gorm.Open(liteDialector{db}, ormConfig(now))
	if err != nil {
		return nil, fmt.Errorf("prepare the SQLite connection: %w", err)
	}
	return orm, nil
}
