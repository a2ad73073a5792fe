//go:build bench

package main

import (
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// benchUntil is when the benchmarks begin.
var benchUntil = time.Date(2026, time.November, 21, 2, 0, 0, 0, time.UTC)

// shopOf is a store with so many orders. All stores sell as much in a day: a longer history is one of more days, all else being equal.
func shopOf(t *testing.T, orders, restore int) benchShop {
	dir := os.Getenv("FOURFOLD_BENCH_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	perDay := benchSize(t, "PER_DAY", 500)
	return benchShop{
		Orders: orders, Since: benchUntil.AddDate(0, 0, -max(orders/perDay, 90)), Until: benchUntil,
		Products: 1000, Restore: restore, BulkDir: filepath.Join(dir, fmt.Sprintf("%d-%d", orders, perDay)),
	}
}

// enterprise is the restore rate of the largest plan, in points a second.
const enterprise = 2000

// benchDatabases are those to be measured.
var benchDatabases = []struct {
	name string
	dsn  func(testing.TB) string
}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}}

// TestBenchBackfill reads a store's whole history.
func TestBenchBackfill(t *testing.T) {
	begin(t)
	shop := shopOf(t, benchOrders(t), enterprise)
	began := time.Now()
	srv := spawn(t, "simulator", shop)
	var state benchState
	srv.ask(benchWish{}, &state)
	t.Logf("%d orders made up in %s", state.Orders, time.Since(began).Round(time.Second))
	for i, db := range benchDatabases {
		t.Run(db.name, func(t *testing.T) {
			dsn := db.dsn(t)
			job := newBenchJob(t, dsn, state)
			if i == 0 {
				prepareBulk(t, job)
			}
			w := spawn(t, "worker", job)
			w.ask(benchStep{"link", benchUntil}, &benchDone{})
			var pull, snapshots benchDone
			srv.ask(benchWish{}, &state)
			before := state.CPU
			w.ask(benchStep{"pull", benchUntil}, &pull)
			srv.ask(benchWish{}, &state)
			w.ask(benchStep{"snapshots", benchUntil}, &snapshots)
			w.end()
			var r report
			backfilled(t, &r, dsn, pull, snapshots)
			r.add("CPU of the simulated store meanwhile", "%.1f s", (state.CPU - before).Seconds())
			if db.name == "postgres" {
				floor, rows := copyAgain(t, dsn, storetest.Postgres(t))
				stored := pull.All.less(pull.Derive)
				r.add(`\copy of the same rows into the same tables`, "%.1f s, %.0f rows/s", floor.Seconds(), float64(rows)/floor.Seconds())
				r.add(`backfill ÷ \copy`, "%.2f (with the totals worked out %.2f)", stored.Wall.Seconds()/floor.Seconds(), pull.All.Wall.Seconds()/floor.Seconds())
			}
			r.print(t)
		})
	}
}

// backfilled tells what a first pull took.
func backfilled(t *testing.T, r *report, dsn string, pull, snapshots benchDone) {
	rows := factRows(t, dsn)
	var all int64
	for _, n := range rows {
		all += n
	}
	stored := pull.All.less(pull.Derive)
	r.add("orders", "%d", rows["orders"])
	r.add("fact rows", "%d", all)
	r.add("download, read and store", "%s (%s)", seconds(stored), rate(all, stored))
	r.add("work out all totals", "%s", seconds(pull.Derive))
	r.add("first snapshots", "%s, %d of them", seconds(snapshots.All), snapshots.Snapshots)
	r.add("peak memory of the worker, pull with totals", "%d MB", pull.Peak>>20)
	r.add("peak memory of the worker, with snapshots", "%d MB", snapshots.Peak>>20)
	for name, s := range pull.Streams {
		if s.Records > 0 {
			r.add("  stream "+name, "%d records in %d pages, from %.1f s to %.1f s", s.Records, s.Pages, s.From.Seconds(), s.To.Seconds())
		}
	}
}

func seconds(s spent) string {
	return fmt.Sprintf("%.1f s; CPU %.1f s, database server %.1f s", s.Wall.Seconds(), s.CPU.Seconds(), s.DB.Seconds())
}

func rate(rows int64, s spent) string {
	return fmt.Sprintf("%.0f rows/s", float64(rows)/s.Wall.Seconds())
}

func newBenchJob(t *testing.T, dsn string, state benchState) benchJob {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return benchJob{DSN: dsn, Key: base64.StdEncoding.EncodeToString(key), Addr: state.Addr, CA: state.CA, Postmaster: postmaster(t, dsn)}
}

// prepareBulk has the store make the results of all bulk operations.
func prepareBulk(t *testing.T, job benchJob) {
	t.Helper()
	job.DSN = storetest.SQLite(t)
	began := time.Now()
	w := spawn(t, "worker", job)
	w.ask(benchStep{"link", benchUntil}, &benchDone{})
	w.ask(benchStep{"prepare", benchUntil}, &benchDone{})
	w.end()
	t.Logf("bulk results prepared in %s", time.Since(began).Round(time.Second))
}

// judged links the store, reads all of it and judges its periods, where how long that takes is not the question.
func judged(t *testing.T, job benchJob) {
	t.Helper()
	w := spawn(t, "worker", job)
	for _, step := range []string{"link", "pull", "snapshots"} {
		w.ask(benchStep{step, benchUntil}, &benchDone{})
	}
	w.end()
}

func openBench(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", path
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// factTables are the tables that a pull fills.
var factTables = []string{"orders", "order_lines", "agreements", "sales", "refunds", "refund_lines", "refund_adjustments", "returns", "return_lines",
	"fulfillments", "promises", "transactions", "disputes", "customers", "products", "variants", "stock_readings", "cost_readings", "sessions_days", "provider_sales_days"}

func factRows(t *testing.T, dsn string) map[string]int64 {
	t.Helper()
	db := openBench(t, dsn)
	rows := map[string]int64{}
	for _, table := range factTables {
		var n int64
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		rows[table] = n
	}
	return rows
}

// postmaster is the server's process if the database is a Postgres of this machine; else zero.
func postmaster(t *testing.T, dsn string) int {
	t.Helper()
	if strings.HasPrefix(dsn, "sqlite:") {
		return 0
	}
	var data string
	if err := openBench(t, dsn).QueryRowContext(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		t.Logf("the server's CPU time is not known: its files are not here")
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(b), "\n", 2)[0]))
	return pid
}

// copyAgain writes the facts to files and has psql copy them into the equal tables, with the equal indexes, of an empty database.
func copyAgain(t *testing.T, from, to string) (took time.Duration, rows int64) {
	t.Helper()
	psql := storetest.Tool(t, "psql")
	folder := t.TempDir()
	run := func(dsn, script string) time.Duration {
		began := time.Now()
		cmd := exec.Command(psql, "-q", "-v", "ON_ERROR_STOP=1", dsn)
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("psql: %v\n%s", err, out)
		}
		return time.Since(began)
	}
	var out, in strings.Builder
	for _, table := range factTables {
		file := filepath.Join(folder, table+".csv")
		fmt.Fprintf(&out, "\\copy (SELECT * FROM %s ORDER BY ctid) TO '%s' CSV\n", table, file)
		fmt.Fprintf(&in, "\\copy %s FROM '%s' CSV\n", table, file)
	}
	run(from, out.String())
	run(to, "CHECKPOINT")
	took = run(to, in.String())
	for _, n := range factRows(t, to) {
		rows += n
	}
	return took, rows
}
