package main

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors/catalog"
)

// leftOut is all that two databases may differ in which hold the same: tables, and columns of tables, each with the reason.
// Everything else is compared, tables and columns that come later included.
//
// Beside it, an instant within a night's work is compared as that night alone: at which minute of it something was read or stored
// is the as-of, and not what was found.
var leftOut = map[string]string{
	"goose_db_version":  "of the migration tool: when the schema was made",
	"budgets":           "what an account may ask of its provider at the moment; kept where several processes share it",
	"people":            "nobody signs in there",
	"sessions":          "see people",
	"attempts":          "see people",
	"runs":              "a run that was killed leaves its row, and the next has its own",
	"proofs.id":         "counts slices, and a disturbed run may need more of them",
	"proofs.run_id":     "see runs",
	"streams.number":    "counts pages, and a page that was read again counts again",
	"customers.seen_at": "when it was last seen to be there: a first pull that was cut off comes to that a night earlier, see firstOnly",
	"grants.sealed":     "sealed with a random nonce; tokens differ from store to store",
	"grants.lock_owner": "the mark of whoever renews; a killed process leaves its own",
	"grants.lock_until": "see lock_owner",
	"marks.times":       "how often a day was touched before it was judged",
}

// dumped is what a database holds: rows by table, each as one line in a form that both databases share, sorted.
type dumped map[string][]string

// chaosNights are the spans of time in which the program worked. Nothing happened in the store meanwhile.
var chaosNights = []struct {
	name     string
	from, to time.Time
}{
	{"<first night>", backfillAt, backfillAt.Add(6 * time.Hour)},
	{"<second night>", nightAt, nightAt.Add(6 * time.Hour)},
}

// dump reads the named tables, all if none is named.
func (s *stage) dump(db *sql.DB, tables ...string) dumped {
	s.t.Helper()
	return s.dumpOf(db, everybody, tables...)
}

// dumpOf reads what of the named tables belongs to a merchant.
func (s *stage) dumpOf(db *sql.DB, merchant int64, tables ...string) dumped {
	s.t.Helper()
	if len(tables) == 0 {
		list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		if strings.HasPrefix(s.dsn, "postgres") {
			list = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
		}
		for _, row := range s.read(db, list) {
			tables = append(tables, row[0].text)
		}
	}
	d := dumped{}
	for _, table := range tables {
		if _, out := leftOut[table]; out || strings.HasPrefix(table, "river_") { // the queue's own
			continue
		}
		rows := s.read(db, "SELECT * FROM "+table+belongs(table, merchant))
		if table == "alerts" {
			// Whether anybody saw that a night was late for a while is a matter of the minute. What still needs a person is not.
			rows = slices.DeleteFunc(rows, func(row []namedCell) bool {
				return slices.ContainsFunc(row, func(c namedCell) bool { return c.column == "cleared_at" && c.text != "null" })
			})
		}
		if table == "proofs" {
			d[table] = rangesOf(rows)
			continue
		}
		lines := make([]string, len(rows))
		for i, row := range rows {
			lines[i] = rowText(table, row)
		}
		slices.Sort(lines)
		d[table] = lines
		if table == "snapshots" {
			d[settled] = settle(rows)
		}
	}
	return d
}

// Whose rows are dumped, besides one merchant's.
const (
	everybody = 0
	nobody    = -1 // what was left of merchants who are gone, or never was anybody's
)

// belongs is the condition under which a table's row belongs to a merchant.
func belongs(table string, merchant int64) string {
	column := "merchant_id"
	if table == "merchants" {
		column = "id"
	}
	switch merchant {
	case everybody:
		return ""
	case nobody:
		return " WHERE " + column + " NOT IN (SELECT id FROM merchants)"
	}
	return fmt.Sprintf(" WHERE %s = %d", column, merchant)
}

// settled stands beside the table of snapshots in a dump: the last revision of each, without the as-of. A pull that failed takes
// snapshots of what is complete, so that there may be more revisions in the end, and what was published with a stream that could not be
// read is restated afterwards. What they come to must be the same.
const settled = "snapshots, settled"

func settle(rows [][]namedCell) []string {
	type head struct {
		revision int
		line     string
	}
	heads := map[string]head{}
	for _, row := range rows {
		v := map[string]string{}
		kept := slices.DeleteFunc(slices.Clone(row), func(c namedCell) bool {
			v[c.column] = c.text
			return slices.Contains([]string{"revision", "taken_at", "complete_to", "through", "cause", "published"}, c.column)
		})
		key := strings.Join([]string{v["merchant_id"], v["scope"], v["period"], v["kpi"], v["definition"]}, " ")
		if n, _ := strconv.Atoi(v["revision"]); n > heads[key].revision {
			heads[key] = head{n, rowText("snapshots", kept)}
		}
	}
	var lines []string
	for _, h := range heads {
		lines = append(lines, h.line)
	}
	slices.Sort(lines)
	return lines
}

type namedCell struct{ column, text string }

// read reads a query's rows, the values in a form that both databases share: instants in milliseconds, truths as 0 and 1.
func (s *stage) read(db *sql.DB, query string) [][]namedCell {
	s.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	order := make([]int, len(columns)) // the tables of both databases may list their columns in another order
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(columns[a], columns[b]) })
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	var all [][]namedCell
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			s.t.Fatal(err)
		}
		row := make([]namedCell, len(order))
		for i, c := range order {
			row[i] = namedCell{columns[c], cellText(values[c])}
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return map[bool]string{false: "0", true: "1"}[v]
	case time.Time:
		return strconv.FormatInt(v.UnixMilli(), 10)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

// rowText writes a row without what is left out, each cell after its column.
func rowText(table string, row []namedCell) string {
	var b strings.Builder
	for _, c := range row {
		if _, out := leftOut[table+"."+c.column]; out {
			continue
		}
		v := c.text
		switch {
		case isInstant(c.column):
			v = nightOf(v)
		case table == "streams" && c.column == "cursor":
			v = cursorMeaning(v)
		}
		fmt.Fprintf(&b, " %s=%s", c.column, v)
	}
	return b.String()[1:]
}

// isInstant says whether a column holds instants.
func isInstant(column string) bool {
	switch column {
	case "complete_to", "range_from", "range_to", "since", "started", "last_page", "last_complete", "lock_until":
		return true
	}
	return strings.HasSuffix(column, "_at")
}

// nightOf names the night of an instant that lies in one.
func nightOf(millis string) string {
	n, err := strconv.ParseInt(millis, 10, 64)
	if err != nil {
		return millis
	}
	for _, p := range chaosNights {
		if t := time.UnixMilli(n); !t.Before(p.from) && t.Before(p.to) {
			return p.name
		}
	}
	return millis
}

// cursorMeaning is a cursor without what it has merely learned: how large pages may be. Its instants become nights.
func cursorMeaning(cursor string) string {
	var v any
	if json.Unmarshal([]byte(cursor), &v) != nil {
		return cursor
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, "size")
	}
	var named func(v any) any
	named = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = named(v[k])
			}
		case []any:
			for i := range v {
				v[i] = named(v[i])
			}
		case string:
			if t, err := time.Parse(time.RFC3339, v); err == nil {
				return nightOf(strconv.FormatInt(t.UnixMilli(), 10))
			}
		}
		return v
	}
	b, err := json.Marshal(named(v))
	if err != nil {
		return cursor
	}
	return string(b)
}

// rangesOf is what the proofs prove: for each stream, night and manner the ranges, those that meet or overlap as one, and how far the
// stream is complete. A reading that was cut in halves, or done twice, proves the same.
func rangesOf(rows [][]namedCell) []string {
	type span struct{ from, to int64 }
	spans := map[string][]span{}
	complete, sweeps := map[string]int64{}, map[string]string{}
	for _, row := range rows {
		v := map[string]string{}
		for _, c := range row {
			v[c.column] = c.text
		}
		number := func(column string) int64 {
			n, _ := strconv.ParseInt(v[column], 10, 64) // null is the beginning of time
			return n
		}
		key := fmt.Sprintf("merchant_id=%s connection_id=%s stream=%s stored_at=%s method=%s version=%s",
			v["merchant_id"], v["connection_id"], v["stream"], nightOf(v["stored_at"]), v["method"], v["version"])
		spans[key] = append(spans[key], span{number("range_from"), number("range_to")})
		complete[key] = max(complete[key], number("complete_to"))
		sweeps[key] = max(sweeps[key], v["sweep"]) // of some streams the last slice alone does
	}
	var lines []string
	for key, all := range spans {
		slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
		text := ""
		for i := 0; i < len(all); {
			s := all[i]
			for i++; i < len(all) && all[i].from <= s.to; i++ {
				s.to = max(s.to, all[i].to)
			}
			text += fmt.Sprintf(" %s..%s", nightOf(strconv.FormatInt(s.from, 10)), nightOf(strconv.FormatInt(s.to, 10)))
		}
		lines = append(lines, fmt.Sprintf("%s sweep=%s complete_to=%s ranges:%s", key, sweeps[key], nightOf(strconv.FormatInt(complete[key], 10)), text))
	}
	slices.Sort(lines)
	return lines
}

// firstOnly takes out what belongs to streams that come after another: a first pull in one piece leaves them to the next night, and one
// that was cut off, whose backfill is then found complete, goes on to them. They read again what was just read.
func (d dumped) firstOnly() dumped {
	after := map[string]bool{}
	for _, c := range catalog.All() {
		for _, s := range c.Streams {
			after["stream="+s.ID] = s.After != ""
		}
	}
	d = maps.Clone(d)
	for table, mark := range map[string]string{"streams": "last_page=<first night>", "proofs": "stored_at=<first night>"} {
		d[table] = slices.DeleteFunc(slices.Clone(d[table]), func(row string) bool {
			return strings.Contains(row, mark) && slices.ContainsFunc(strings.Fields(row), func(f string) bool { return after[f] })
		})
	}
	return d
}

// diff says in which rows two databases differ, the first few of each table; "" if in none.
func (d dumped) diff(other dumped, name, otherName string) string {
	const most = 5
	var b strings.Builder
	tables := map[string]bool{}
	for t := range d {
		tables[t] = true
	}
	for t := range other {
		tables[t] = true
	}
	var names []string
	for t := range tables {
		names = append(names, t)
	}
	slices.Sort(names)
	for _, t := range names {
		ours, theirs := onlyIn(d[t], other[t]), onlyIn(other[t], d[t])
		if len(ours)+len(theirs) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %d rows %s, %d rows %s\n", t, len(d[t]), name, len(other[t]), otherName)
		for _, side := range []struct {
			name string
			rows []string
		}{{name, ours}, {otherName, theirs}} {
			fmt.Fprintf(&b, "  only %s: %d\n", side.name, len(side.rows))
			for _, row := range side.rows[:min(most, len(side.rows))] {
				fmt.Fprintf(&b, "    %s\n", row)
			}
		}
	}
	return b.String()
}

// onlyIn lists the lines of a that b lacks; both are sorted.
func onlyIn(a, b []string) (lines []string) {
	for j := 0; len(a) > 0; a = a[1:] {
		for j < len(b) && b[j] < a[0] {
			j++
		}
		if j < len(b) && b[j] == a[0] {
			j++
			continue
		}
		lines = append(lines, a[0])
	}
	return lines
}
