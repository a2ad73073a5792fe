package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/store/storetest"
)

// nobodys are the tables that belong to no merchant: the merchants themselves, and goose's record of migrations.
// People may have a part in several merchants, and sign in before it is known in which.
var nobodys = []string{"attempts", "goose_db_version", "merchants", "people", "sessions", "sqlite_sequence"}

// A Postgres that shards by merchant_id (Citus) takes a table only if that column is in each of its keys; and a row is found without
// asking every shard only if it comes first.
const (
	postgresTables = `SELECT c.relname, bool_or(a.attname = 'merchant_id') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CURRENT_SCHEMA()::regnamespace GROUP BY c.relname`
	postgresIndexes = `SELECT t.relname, x.relname, i.indisprimary, i.indisunique, string_agg(a.attname, ',' ORDER BY k.n)
		FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid, unnest(i.indkey) WITH ORDINALITY AS k (col, n)
		JOIN pg_attribute a ON a.attnum = k.col WHERE a.attrelid = i.indrelid AND t.relnamespace = CURRENT_SCHEMA()::regnamespace
		GROUP BY t.relname, x.relname, i.indisprimary, i.indisunique`
	postgresForeign = `SELECT t.relname, f.conname, string_agg(a.attname, ',' ORDER BY k.n) FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid,
		unnest(f.conkey) WITH ORDINALITY AS k (col, n) JOIN pg_attribute a ON a.attnum = k.col
		WHERE f.contype = 'f' AND a.attrelid = f.conrelid AND t.relnamespace = CURRENT_SCHEMA()::regnamespace GROUP BY t.relname, f.conname`

	sqliteTables = `SELECT m.name, MAX(c.name = 'merchant_id') FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name`
	// A lone id that counts itself up is SQLite's row number and no index; what else is unique is listed here.
	sqliteIndexes = `SELECT m.name, l.name, l.origin = 'pk', l."unique", (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
		FROM sqlite_master m, pragma_index_list(m.name) l WHERE m.type = 'table'`
	sqliteForeign = `SELECT m.name, f.id, group_concat(f."from", ',') FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id`
)

func (s *Store) schema(t *testing.T, onPostgres, onSQLite string, fn func(scan func(...any) error) error) {
	t.Helper()
	query := onSQLite
	if s.dialect == postgres {
		query = onPostgres
	}
	if err := s.look(context.Background(), func(ctx context.Context, tx *tx) error { return tx.each(ctx, fn, query) }); err != nil {
		t.Fatal(err)
	}
}

// withMerchants lists the tables whose rows belong to a merchant.
func (s *Store) withMerchants(t *testing.T) []string {
	t.Helper()
	var all []string
	s.schema(t, postgresTables, sqliteTables, func(scan func(...any) error) error {
		var table string
		var has bool
		err := scan(&table, &has)
		switch {
		case has:
			all = append(all, table)
		case !slices.Contains(nobodys, table):
			t.Errorf("%s has no merchant_id: whose are its rows?", table)
		}
		return err
	})
	slices.Sort(all)
	return all
}

// acrossMerchants are the columns of indexes that find what somebody has with any merchant. They are not unique.
var acrossMerchants = []string{"person_id,merchant_id"}

func TestEveryKeyNamesTheMerchant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := open(t, dsn)
		tables := s.withMerchants(t)
		if len(tables) < 40 {
			t.Fatalf("only %d tables were found: %v", len(tables), tables)
		}
		primary := map[string]bool{}
		s.schema(t, postgresIndexes, sqliteIndexes, func(scan func(...any) error) error {
			var table, index, columns string
			var isPrimary, unique bool
			err := scan(&table, &index, &isPrimary, &unique, &columns)
			if !slices.Contains(tables, table) {
				return err
			}
			primary[table] = primary[table] || isPrimary
			if first, _, _ := strings.Cut(columns, ","); first != "merchant_id" && !slices.Contains(acrossMerchants, columns) {
				t.Errorf("%s on %s (unique: %v) begins with %s: it must begin with merchant_id", index, table, unique, first)
			}
			return err
		})
		for _, table := range tables {
			if s.dialect == postgres && !primary[table] {
				t.Errorf("%s has no primary key", table)
			}
		}
		s.schema(t, postgresForeign, sqliteForeign, func(scan func(...any) error) error {
			var table, name, columns string
			err := scan(&table, &name, &columns)
			if !slices.Contains(strings.Split(columns, ","), "merchant_id") {
				t.Errorf("foreign key %s of %s leaves merchant_id out: %s", name, table, columns)
			}
			return err
		})
	})
}

// A new table is one more that has to be emptied when a merchant is removed, or a store forgotten.
func TestNoTableIsForgottenWhenAMerchantIsRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := open(t, dsn)
		listed := slices.Sorted(slices.Values(append([]string{"audit"}, merchantTables...))) // which alone outlives its merchant
		if diff := cmp.Diff(s.withMerchants(t), listed); diff != "" {
			t.Errorf("merchantTables (-in the database +listed):\n%s", diff)
		}
		var ofConnections []string
		for _, table := range merchantTables {
			query := fmt.Sprintf("SELECT COUNT(*) FROM pg_attribute WHERE attrelid = '%s'::regclass AND attname = 'connection_id'", table)
			if s.dialect == sqlite {
				query = fmt.Sprintf("SELECT COUNT(*) FROM pragma_table_info('%s') WHERE name = 'connection_id'", table)
			}
			s.schema(t, query, query, func(scan func(...any) error) error {
				var n int
				err := scan(&n)
				if n > 0 {
					ofConnections = append(ofConnections, table)
				}
				return err
			})
		}
		slices.Sort(ofConnections)
		if diff := cmp.Diff(ofConnections, slices.Sorted(slices.Values(connectionTables))); diff != "" {
			t.Errorf("connectionTables (-in the database +listed):\n%s", diff)
		}
	})
}
