package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// tables are all tables of the shell's database with a column of the name.
func (sh *shell) tables(db *sql.DB, column string) []string {
	sh.t.Helper()
	rows, err := db.Query(`SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = ?`, column)
	if err != nil {
		sh.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			sh.t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		sh.t.Fatal(err)
	}
	return all
}

func (sh *shell) open() *sql.DB {
	sh.t.Helper()
	path, _ := strings.CutPrefix(sh.env["FOURFOLD_DATABASE"], "sqlite:")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		sh.t.Fatal(err)
	}
	sh.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (sh *shell) count(db *sql.DB, query string) (n int) {
	sh.t.Helper()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		sh.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// A new key seals everything anew; then the old one can go, and the old one alone opens nothing.
func TestRekey(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("link", "shopify", "--shop", "corner")
	old := sh.read("fourfold.key")
	if out := sh.must("rekey", "--new"); !strings.HasPrefix(out, "1 sealed anew") {
		t.Errorf("rekey says %q", out)
	}
	fresh, rest, _ := strings.Cut(sh.read("fourfold.key"), "\n")
	if rest != old || fresh == strings.TrimSpace(old) {
		t.Error("the fresh key is not put before the old one")
	}
	if info, err := os.Stat(sh.path("fourfold.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file can be read by others: %v, %v", info.Mode(), err)
	}
	sh.write("fourfold.key", fresh+"\n")
	sh.must("pull", "--quiet")
	if out := sh.must("rekey"); !strings.HasPrefix(out, "0 sealed anew") {
		t.Errorf("rekey with nothing to do says %q", out)
	}
	sh.write("fourfold.key", old)
	if code, _, errs := sh.say("pull", "--quiet"); code == exitOK || !strings.Contains(errs, "key") {
		t.Errorf("pull with the old key alone: exit code %d, %s", code, errs)
	}
	sh.env["FOURFOLD_KEY"] = strings.TrimSpace(old)
	sh.refused(exitUsage, []string{"FOURFOLD_KEY"}, "rekey", "--new")
}

// A key file that root writes anew for a service stays the service's, which could not read it otherwise.
func TestRekeyKeepsTheOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("this test gives a file to another user, which only root may: run it as root")
	}
	sh := newShell(t)
	if err := os.Chown(sh.path("fourfold.key"), 65532, 65532); err != nil {
		t.Fatal(err)
	}
	sh.must("rekey", "--new")
	info, err := os.Stat(sh.path("fourfold.key"))
	if err != nil {
		t.Fatal(err)
	}
	if of := info.Sys().(*syscall.Stat_t); of.Uid != 65532 || of.Gid != 65532 || info.Mode().Perm() != 0o600 {
		t.Errorf("it belongs to %d:%d, mode %v", of.Uid, of.Gid, info.Mode())
	}
}

// A store that is unlinked keeps its history and loses its tokens; one that is forgotten leaves no row.
func TestUnlinkAndForget(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.linkAndPull()
	db := sh.open()
	may := sh.must("show", "2026-05")
	sh.refused(exitUsage, []string{`"2"`, "1 (corner.myshopify.com)"}, "unlink", "2")
	if out := sh.must("unlink", "corner"); !strings.Contains(out, "history stays") {
		t.Errorf("unlink says %q", out)
	}
	if n := sh.count(db, "SELECT count(*) FROM grants WHERE length(sealed) > 0"); n != 0 {
		t.Errorf("%d grants keep their tokens", n)
	}
	sh.refused(exitFailed, []string{"no store is linked"}, "pull")
	sh.refused(exitFailed, []string{"no store is linked"}, "run")
	if sh.must("show", "2026-05") != may {
		t.Error("the scorecard changed when the store was unlinked")
	}
	if out := sh.must("doctor"); !strings.Contains(out, "unlinked") {
		t.Errorf("doctor says nothing of an unlinked store:\n%s", out)
	}
	sh.must("link", "shopify", "--shop", "corner.myshopify.com")
	sh.must("pull", "--quiet")
	if n := sh.count(db, "SELECT count(*) FROM connections"); n != 1 {
		t.Errorf("a store that is linked again is another one: %d", n)
	}

	sh.stdin = "no\n"
	sh.refused(exitUsage, []string{"nothing was erased"}, "forget", "1")
	if sh.count(db, "SELECT count(*) FROM orders") == 0 {
		t.Fatal("erased without a yes")
	}
	held := 0
	for _, table := range sh.tables(db, "connection_id") {
		held += min(1, sh.count(db, "SELECT count(*) FROM "+table))
	}
	if held < 10 {
		t.Errorf("only %d tables hold anything of the store: the test sees too little", held)
	}
	sh.stdin = "Sample Store\n"
	sh.must("forget", "corner.myshopify.com")
	for _, table := range sh.tables(db, "connection_id") {
		if n := sh.count(db, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%d rows left in %s", n, table)
		}
	}
	for _, table := range []string{"connections", "grants"} {
		if n := sh.count(db, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%d rows left in %s", n, table)
		}
	}
	if n := sh.count(db, "SELECT count(*) FROM snapshots WHERE scope <> ''"); n != 0 {
		t.Errorf("%d snapshots left of the store's channels", n)
	}
	for _, args := range [][]string{{"pull"}, {"run"}, {"unlink", "1"}, {"forget", "1"}} {
		sh.refused(exitFailed, []string{"no store is linked"}, args...)
	}
	sh.must("show", "2026-05") // published values of the whole stay
	sh.must("doctor")
	sh.must("proofs")
	sh.linkAndPull() // and life goes on
}

// A service manager that stops it while it starts up is not told of a crash.
func TestAskedToEndWhileItStarts(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("link", "shopify", "--shop", "corner")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, command := range []string{"run", "work"} {
		if command == "work" {
			sh.env["FOURFOLD_DATABASE"] = storetest.Postgres(t)
		}
		var out, errs bytes.Buffer
		a := sh.app(&out, &errs)
		if code := a.main(ctx, []string{command}); code != exitOK || errs.Len() != 0 {
			t.Errorf("%s exits with %d: %s", command, code, &errs)
		}
	}
}

// run works the night it owes, gives a sign of life, and ends with 0 when asked to.
func TestRunEndsWhenAsked(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.refused(exitFailed, []string{"is not running"}, "health")
	sh.must("link", "shopify", "--shop", "corner")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs bytes.Buffer
	a := sh.app(&out, &errs)
	ended := make(chan int)
	go func() { ended <- a.main(ctx, []string{"run"}) }()
	db := sh.open()
	for deadline := time.Now().Add(time.Minute); sh.count(db, "SELECT count(*) FROM snapshots") == 0; {
		if time.Now().After(deadline) {
			t.Fatalf("no snapshot in a minute: %s", &errs)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case code := <-ended:
			t.Fatalf("it ended with %d: %s", code, &errs)
		}
	}
	sh.must("health")
	sh.clock.Advance(time.Hour)
	sh.refused(exitFailed, []string{"gave no sign"}, "health")
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("asked to end it exits with %d", code)
	}
	if !strings.Contains(errs.String(), "running") || strings.Contains(errs.String(), "level=ERROR") {
		t.Errorf("its log: %s", &errs)
	}
	sh.refused(exitFailed, []string{"is not running"}, "health")
}
