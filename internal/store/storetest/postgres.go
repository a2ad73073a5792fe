package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"fourfold/migrations"
)

var (
	templateName = "fourfold_template_" + schemaName()
	serial       atomic.Int64
	errNone      = errors.New("no Postgres: set FOURFOLD_TEST_POSTGRES, or install the package postgresql")
)

// admin is the address of a server's own database, with our template made.
var admin = sync.OnceValues(func() (string, error) {
	dsn := os.Getenv("FOURFOLD_TEST_POSTGRES")
	if dsn == "" {
		var err error
		if dsn, err = start(); err != nil {
			return "", err
		}
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return "", err
	}
	defer db.Close()
	for range 100 {
		if err = db.Ping(); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		return "", fmt.Errorf("reach Postgres: %w", err)
	}
	return dsn, makeTemplate(db, dsn)
})

// schemaName tells one state of the migrations from another, so that a server which is kept keeps the template too.
func schemaName() string {
	h := sha256.New()
	err := fs.WalkDir(migrations.Postgres, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := migrations.Postgres.ReadFile(path)
		h.Write(content)
		return err
	})
	if err != nil {
		panic(err) // they are embedded
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// makeTemplate makes the migrated database that tests copy, unless another process has.
func makeTemplate(db *sql.DB, dsn string) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", templateName); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock(hashtext($1))", templateName) }()
	var there bool
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", templateName).Scan(&there)
	if err != nil || there {
		return err
	}
	building := templateName + "_building" // a half-made one is never copied
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + building, "CREATE DATABASE " + building + " TEMPLATE template0"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	address, err := named(dsn, building)
	if err != nil {
		return err
	}
	target, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(target, goose.DialectPostgres, migrations.Postgres, "postgres"), target.Close()); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+building+" RENAME TO "+templateName)
	return err
}

// named is the address of another database of the same server.
func named(dsn, database string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("FOURFOLD_TEST_POSTGRES is no address: use postgres://user@host/postgres")
	}
	u.Path = "/" + database
	return u.String(), nil
}

var creating sync.Mutex // a template cannot be copied twice at once

func createDatabase(t testing.TB, from string) string {
	t.Helper()
	dsn, err := admin()
	if errors.Is(err, errNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("fourfold_test_%d_%d", os.Getpid(), serial.Add(1))
	do := func(statement string) error {
		creating.Lock()
		defer creating.Unlock()
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.ExecContext(context.Background(), statement)
		return err
	}
	if err := do("CREATE DATABASE " + name + " " + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	own, err := named(dsn, name)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// start runs a server on a socket in a folder of its own. It ends with the test binary.
func start() (string, error) {
	bin := binaries()
	if bin == "" {
		return "", errNone
	}
	who, err := unprivileged()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "fourfold-pg-")
	if err != nil {
		return "", err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return "", err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "fourfold", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	server.Dir = dir
	// The server's end follows ours: the kernel sends the signal when the thread that started it ends, so that thread stays.
	server.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- server.Start()
		_ = server.Wait()
	}()
	if err := <-started; err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	sweepLater(dir)
	return "postgres://fourfold@/postgres?host=" + url.QueryEscape(dir), nil
}

// sweepLater has the data folder removed once this process has ended.
func sweepLater(dir string) {
	sh := exec.Command("/bin/sh", "-c", `while kill -0 "$1" 2>/dev/null; do sleep 1; done; sleep 1; rm -rf "$2"`, "sh", strconv.Itoa(os.Getpid()), dir)
	sh.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := sh.Start(); err == nil {
		go func() { _ = sh.Wait() }()
	}
}

// binaries is the newest installed server's folder, or "".
func binaries() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path)
	}
	return ""
}

// unprivileged is whom to run the server as: nobody else unless we are root, which Postgres refuses.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("Postgres does not run as root, and there is neither a user postgres nor nobody")
}
