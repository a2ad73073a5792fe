package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/store/storetest"
)

// columns of all tables but goose's, as "table.column kind null".
const (
	postgresColumns = `SELECT table_name || '.' || column_name, data_type, is_nullable = 'YES' FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`
	sqliteColumns = `SELECT m.name || '.' || c.name, c.type, c."notnull" = 0 AND (c.pk = 0 OR c.type <> 'INTEGER' OR instr(m.sql, 'AUTOINCREMENT') = 0)
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT IN ('goose_db_version', 'sqlite_sequence')`
	postgresKeys = `SELECT t.relname, i.indisunique, string_agg(a.attname, ',' ORDER BY k.n) FROM pg_index i
		JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace, unnest(i.indkey) WITH ORDINALITY AS k (col, n)
		JOIN pg_attribute a ON a.attnum = k.col WHERE a.attrelid = i.indrelid AND s.nspname = 'public' AND t.relname <> 'goose_db_version'
		GROUP BY t.relname, i.indexrelid, i.indisunique`
	sqliteKeys = `SELECT m.name, l."unique", (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
		FROM sqlite_master m, pragma_index_list(m.name) l WHERE m.type = 'table' AND m.name <> 'goose_db_version'`
)

// kinds names the types of both databases by what they hold.
var kinds = map[string]string{
	"bigint": "integer", "timestamp with time zone": "integer", "boolean": "boolean", "text": "text", "double precision": "real", "bytea": "blob",
	"INTEGER": "integer", "BOOLEAN": "boolean", "TEXT": "text", "REAL": "real", "BLOB": "blob",
}

func TestBothDatabasesHaveTheSameTablesColumnsAndKeys(t *testing.T) {
	pg, lite := connect(t, "pgx", storetest.Postgres(t)), connect(t, "sqlite", strings.TrimPrefix(storetest.SQLite(t), "sqlite:"))
	want, got := columns(t, pg, postgresColumns), columns(t, lite, sqliteColumns)
	if len(want) < 300 {
		t.Errorf("only %d columns were found", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-postgres +sqlite):\n%s", diff)
	}
	if diff := cmp.Diff(keys(t, pg, postgresKeys), keys(t, lite, sqliteKeys)); diff != "" {
		t.Errorf("keys (-postgres +sqlite):\n%s", diff)
	}
}

func connect(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func columns(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name, kind string
		var null bool
		if err := rows.Scan(&name, &kind, &null); err != nil {
			t.Fatal(err)
		}
		if kinds[kind] == "" {
			t.Errorf("%s has a type that is not one of ours: %s", name, kind)
		}
		all = append(all, fmt.Sprint(name, " ", kinds[kind], " null=", null))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// keys lists indexes as "table unique columns". A lone id is SQLite's way to count one up, where the key proper is listed too.
func keys(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var table, columns string
		var unique bool
		if err := rows.Scan(&table, &unique, &columns); err != nil {
			t.Fatal(err)
		}
		if columns != "id" {
			all = append(all, fmt.Sprint(table, " unique=", unique, " ", columns))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
