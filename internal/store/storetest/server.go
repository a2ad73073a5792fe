package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Server is a Postgres on a socket in a folder of its own.
type Server struct {
	bin, dir string
	settings []string
	who      *syscall.Credential
	cmd      *exec.Cmd
	ended    chan struct{}
}

// NewServer runs a Postgres that belongs to the test alone, which may stop it and start it again. It ends with the test. Settings are as in "name=value".
func NewServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := newServer(settings...) // what it said is committed stays so even if it crashes
	if errors.Is(err, errNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Start(t)
	t.Cleanup(func() {
		s.Crash()
		_ = os.RemoveAll(s.dir)
	})
	return s
}

// DSN is the address of the server's own database, which is empty at first. It stays the same when the server is started again.
func (s *Server) DSN() string { return s.address("postgres") }

// Start starts the server on the data it has, and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if err = db.PingContext(context.Background()); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("reach Postgres: %v", err)
		}
	}
}

// Stop has the server end all sessions, write down what is committed, and end, as an operator does.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Crash ends the server without that: what it goes on with is its log.
func (s *Server) Crash() { s.end(syscall.SIGQUIT) }

func (s *Server) end(signal syscall.Signal) {
	_ = s.cmd.Process.Signal(signal)
	<-s.ended
}

// newServer makes the data of a server with some settings besides the usual, which is not started.
func newServer(settings ...string) (*Server, error) {
	s := &Server{bin: binaries(), settings: settings}
	if s.bin == "" {
		return nil, errNone
	}
	var err error
	if s.who, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "fourfold-pg-"); err != nil {
		return nil, err
	}
	sweepLater(s.dir)
	if s.who != nil {
		if err := os.Chown(s.dir, int(s.who.Uid), int(s.who.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "fourfold", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) address(database string) string {
	return "postgres://fourfold@/" + database + "?host=" + url.QueryEscape(s.dir)
}

func (s *Server) start() error {
	args := []string{"-D", s.data(), "-k", s.dir}
	for _, setting := range append([]string{"listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB"}, s.settings...) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Dir = s.dir
	// The server's end follows ours: the kernel sends the signal when the thread that started it ends, so that thread stays.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.who, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		_ = cmd.Wait()
		close(ended)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.cmd, s.ended = cmd, ended
	return nil
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

// Tool finds one of Postgres's own programs, such as pg_dump: beside the server, or on the path. The test is skipped where there is
// none, as it is without a server.
func Tool(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(filepath.Join(binaries(), name)); err == nil {
		return path
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not installed: install the package postgresql-client", name)
	default:
		t.Skipf("%s is not installed: install the package postgresql-client", name)
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
