package store

import (
	"database/sql"
	"errors"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"
	sqlitedriver "modernc.org/sqlite"
)

// liteDialector teaches GORM to speak to the SQLite driver in pure Go. Our migrations are SQL, so it knows no column types.
type liteDialector struct{ db *sql.DB }

func (liteDialector) Name() string { return "sqlite" }

func (d liteDialector) Initialize(db *gorm.DB) error {
	db.ConnPool = d.db
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses:        []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses:        []string{"UPDATE", "SET", "WHERE", "RETURNING"},
		DeleteClauses:        []string{"DELETE", "FROM", "WHERE", "RETURNING"},
		LastInsertIDReversed: true,
	})
	db.ClauseBuilders["LIMIT"] = func(c clause.Clause, b clause.Builder) {
		if limit, ok := c.Expression.(clause.Limit); ok {
			if limit.Limit == nil && limit.Offset > 0 {
				all := -1
				limit.Limit = &all // SQLite has no OFFSET without LIMIT
			}
			limit.Build(b)
		}
	}
	// One writer at a time: a row need not be locked.
	db.ClauseBuilders["FOR"] = func(clause.Clause, clause.Builder) {}
	return nil
}

func (d liteDialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator.Migrator{Config: migrator.Config{DB: db, Dialector: d}}
}

func (liteDialector) DataTypeOf(*schema.Field) string { return "" }

func (liteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL"}
}

func (liteDialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) { _ = w.WriteByte('?') }

func (liteDialector) QuoteTo(w clause.Writer, name string) {
	_ = w.WriteByte('"')
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '.':
			_, _ = w.WriteString(`"."`)
		case '"':
			_, _ = w.WriteString(`""`)
		default:
			_ = w.WriteByte(name[i])
		}
	}
	_ = w.WriteByte('"')
}

func (liteDialector) Explain(query string, vars ...any) string {
	return logger.ExplainSQL(query, nil, `'`, vars...)
}

// SavePoint and RollbackTo nest transactions.
func (liteDialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + strconv.Quote(name)).Error
}

func (liteDialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + strconv.Quote(name)).Error
}

// Extended result codes of a duplicate key.
const (
	sqliteDuplicatePrimary = 1555
	sqliteDuplicateUnique  = 2067
)

func (liteDialector) Translate(err error) error {
	var lite *sqlitedriver.Error
	if errors.As(err, &lite) && (lite.Code() == sqliteDuplicatePrimary || lite.Code() == sqliteDuplicateUnique) {
		return gorm.ErrDuplicatedKey
	}
	return err
}
