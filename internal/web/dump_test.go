package web

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // a second look at the rig's database
)

// dump is every row of the rig's database, but for those that a visit may leave behind without changing anything.
func (r *rig) dump(without ...string) string {
	r.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(r.dsn, "sqlite:"))
	r.must(err)
	defer db.Close()
	var all strings.Builder
	for _, table := range column(r, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY name") {
		if slices.Contains(without, table) {
			continue
		}
		rows, err := db.Query("SELECT * FROM " + table)
		r.must(err)
		columns, err := rows.Columns()
		r.must(err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			r.must(rows.Scan(values...))
			fmt.Fprint(&all, table)
			for i := range values {
				v := *values[i].(*any)
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				fmt.Fprintf(&all, " %s=%v", columns[i], v)
			}
			all.WriteByte('\n')
		}
		r.must(rows.Err())
		rows.Close()
	}
	return all.String()
}

func column(r *rig, db *sql.DB, query string) []string {
	rows, err := db.Query(query)
	r.must(err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		r.must(rows.Scan(&s))
		all = append(all, s)
	}
	r.must(rows.Err())
	return all
}

// keeps asks that what happens in between changes no row, but for sessions and the count of attempts to sign in.
func (r *rig) keeps(what string, do func()) {
	r.t.Helper()
	before := r.dump("sessions", "attempts")
	do()
	if after := r.dump("sessions", "attempts"); before != after {
		r.t.Errorf("%s changed something:\n%s\nwas\n%s", what, after, before)
	}
}
