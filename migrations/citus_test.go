package migrations_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fourfold/internal/store/storetest"
)

// Tables of Postgres that belong to no merchant: they stay on the coordinator.
var local = []string{"attempts", "goose_db_version", "people", "sessions"}

const (
	ourTables = `SELECT t.tablename, EXISTS (SELECT 1 FROM information_schema.columns c
		WHERE c.table_schema = 'public' AND c.table_name = t.tablename AND c.column_name = 'merchant_id') FROM pg_tables t WHERE t.schemaname = 'public' ORDER BY 1`
	foreignKeys = `SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`
)

// Citus shards by one column. A table of merchants' rows can be sharded by merchant_id only if every primary and unique key holds it,
// and no foreign key leaves it out.
func TestEveryKeyHoldsTheMerchant(t *testing.T) {
	db := connect(t, "pgx", storetest.Postgres(t))
	tables := strings.Join(sharded(t), " ")
	for _, key := range keys(t, db, postgresKeys) {
		table, columns, _ := strings.Cut(key, " unique=")
		unique, columns, _ := strings.Cut(columns, " ")
		if unique == "true" && table != "merchants" && !slices.Contains(local, table) && !slices.Contains(strings.Split(columns, ","), "merchant_id") {
			t.Errorf("a unique key of %s leaves merchant_id out: %s", table, columns)
		}
	}
	if !strings.Contains(tables, "orders") || !strings.Contains(tables, "snapshots") {
		t.Fatalf("the tables are %s", tables)
	}
	rows, err := db.QueryContext(t.Context(), foreignKeys)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s has a foreign key: rows are held together by merchant_id alone", table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// sharded lists the tables that hold merchants' rows. A table that is neither one of these nor known to stay local is a fault.
func sharded(t *testing.T) []string {
	t.Helper()
	db := connect(t, "pgx", storetest.Postgres(t))
	rows, err := db.QueryContext(t.Context(), ourTables)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var table string
		var has bool
		if err := rows.Scan(&table, &has); err != nil {
			t.Fatal(err)
		}
		switch {
		case has:
			all = append(all, table)
		case table != "merchants" && !slices.Contains(local, table):
			t.Errorf("%s has no merchant_id: it cannot be sharded with the rest", table)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The statements of docs/operating.md distribute every table there is, and by the right column.
func TestTheDocsDistributeEveryTable(t *testing.T) {
	text, err := os.ReadFile("../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	want = append(want, "SELECT create_distributed_table('merchants', 'id');")
	for _, table := range sharded(t) {
		want = append(want, fmt.Sprintf("SELECT create_distributed_table('%s', 'merchant_id', colocate_with => 'merchants');", table))
	}
	got := regexp.MustCompile(`SELECT create_distributed_table\(.*\);`).FindAllString(string(text), -1)
	if !slices.Equal(got, want) {
		t.Errorf("docs/operating.md should say:\n%s", strings.Join(want, "\n"))
	}
}

var (
	backed  = regexp.MustCompile("(?s)`[^`]*`|\"(?:[^\"\\\\\n]|\\\\.)*\"")
	derived = regexp.MustCompile(`(?i)merchant_id|\.merchant\b|merchants m|CROSS JOIN|LATERAL|json_each|unnest`)
)

// No join leaves the merchant out: rows of two tables that are joined lie on one machine.
func TestEveryJoinHoldsTheMerchant(t *testing.T) {
	entries, err := os.ReadDir("../internal/store")
	if err != nil {
		t.Fatal(err)
	}
	joins := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile("../internal/store/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range backed.FindAllString(string(text), -1) {
			if !strings.Contains(literal, " ON ") || !strings.Contains(strings.ToUpper(literal), "JOIN ") {
				continue
			}
			joins++
			if !derived.MatchString(literal) {
				t.Errorf("%s joins without the merchant: %s", e.Name(), literal)
			}
		}
	}
	if joins == 0 {
		t.Error("no joins were found")
	}
}
