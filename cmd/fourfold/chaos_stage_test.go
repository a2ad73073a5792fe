package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

// The databases that everything is run on.
var chaosDatabases = []struct {
	name string
	dsn  func(testing.TB) string
}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}}

// stage is a simulated store behind HTTPS, a database, and the program between them as a process of its own, all on one clock that
// moves only when told. Since it stands still, two runs that were disturbed in different ways still store the same instants.
type stage struct {
	t     testing.TB
	clock *sim.Clock
	srv   *sim.Server
	dsn   string
	env   []string
	key   string
}

const stageSecret = "shpss_client_secret_of_the_stage"

// stageConfig has targets, so that snapshots have scores and name versions of targets.
const stageConfig = `
merchant:
  name: Stage
` + anyConfig

const anyConfig = `
costs:
  history: current
shopify:
  client_id: stage-app
  callback: http://127.0.0.1:0/callback
targets:
  - {kpi: net_sales, green: 20000, red: 10000, from: 2026-01-01}
  - {kpi: aov, green: 90, red: 70, from: 2026-01-01}
  - {kpi: aov, grain: week, green: 90, red: 70, from: 2026-01-01}
  - {kpi: product_return_rate_units, green: 6%, red: 10%, from: 2026-01-01}
  - {kpi: new_products_launched, green: 3, red: 1, from: 2026-01-01}
`

// newStage serves the shop on the clock, for a program with an empty database at dsn.
func newStage(t testing.TB, dsn string, shop *sim.Shop, at time.Time, options ...func(*sim.Options)) *stage {
	t.Helper()
	s := emptyStage(t, dsn, at)
	o := s.simulated()
	for _, set := range options {
		set(&o)
	}
	s.srv = sim.New(shop, o)
	if err := s.srv.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.srv.Close)
	s.open(s.srv.Addr(), s.srv.CA(), stageConfig)
	return s
}

func emptyStage(t testing.TB, dsn string, at time.Time) *stage {
	return &stage{t: t, dsn: dsn, clock: sim.NewClock(at), key: vault.NewKey().Reveal()}
}

// simulated says how a store behaves on the stage.
func (s *stage) simulated() sim.Options {
	return sim.Options{Now: s.clock.Now, ClientID: "stage-app", ClientSecret: stageSecret, RestoreRate: 20_000, Protected: 2}
}

// open prepares what the program finds where it starts: what it is configured to, and the way to what is simulated.
func (s *stage) open(addr string, ca []byte, config string) {
	s.t.Helper()
	dir := s.t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		return path
	}
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir,
		"FOURFOLD_CONFIG=" + file("fourfold.yml", config), "FOURFOLD_DATABASE=" + s.dsn, "FOURFOLD_KEY=" + s.key,
		"FOURFOLD_SHOPIFY_CLIENT_SECRET=" + stageSecret,
		"FOURFOLD_LISTEN=" + listening(config), childStore + "=" + addr, childCA + "=" + file("ca.pem", string(ca)),
	}
}

// listening is where the program serves pages: nowhere, since many of it run at once, unless its configuration says so.
func listening(config string) string {
	if strings.Contains(config, "listen: ") {
		return ""
	}
	return "off"
}

// process is one run of the program.
type process struct {
	cmd    *exec.Cmd
	output output
	began  time.Time // when it had started up
	ended  chan struct{}
	took   time.Duration // from began to ended
	err    error
}

// output is what a program has written so far, readable while it writes more.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// said tells whether the process has written the words.
func (p *process) said(words string) bool { return strings.Contains(p.output.String(), words) }

// start starts the program and waits until it has started up.
func (s *stage) start(args ...string) *process {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, args...), ended: make(chan struct{})}
	p.cmd.Env = append(s.env[:len(s.env):len(s.env)], childClock+"="+s.clock.Now().Format(time.RFC3339))
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = &p.output, &p.output, []*os.File{w}
	if err := errors.Join(p.cmd.Start(), w.Close()); err != nil {
		s.t.Fatal(err)
	}
	_, _ = r.Read(make([]byte, 1)) // it lets go of its end
	_ = r.Close()
	p.began = time.Now()
	go func() {
		p.err = p.cmd.Wait()
		p.took = time.Since(p.began)
		close(p.ended)
	}()
	return p
}

// runPatience is how long a run may take before it is taken for stuck.
const runPatience = 4 * time.Minute

// end waits for the process and returns its exit code: -1 where it was killed.
func (s *stage) end(p *process) int {
	s.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(runPatience):
		_ = p.cmd.Process.Kill()
		<-p.ended
		s.t.Fatalf("fourfold %s was not done in %s:\n%s", strings.Join(p.cmd.Args[1:], " "), runPatience, &p.output)
	}
	s.clean(p.output.String())
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		s.t.Fatal(p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// must runs the program, which must succeed, and says how long it took once it had started up.
func (s *stage) must(args ...string) time.Duration {
	s.t.Helper()
	p := s.start(args...)
	if code := s.end(p); code != exitOK {
		s.t.Fatalf("fourfold %s exits with %d:\n%s", strings.Join(args, " "), code, &p.output)
	}
	return p.took
}

// anySecret matches tokens of either kind, whoever they belong to.
var anySecret = regexp.MustCompile(`shp(at|rt)_[0-9a-f]+`)

// clean holds that nothing the program wrote has a secret in it.
func (s *stage) clean(output string) {
	s.t.Helper()
	if found := anySecret.FindString(output); found != "" {
		s.t.Errorf("a token stands in the output: %s", strings.ReplaceAll(output, found, "<token>"))
	}
	for name, secret := range map[string]string{"client secret": stageSecret, "key": s.key} {
		if strings.Contains(output, secret) {
			s.t.Errorf("the %s stands in the output: %s", name, strings.ReplaceAll(output, secret, "<secret>"))
		}
	}
}

// database opens the stage's database for a look beside the program.
func (s *stage) database() *sql.DB {
	s.t.Helper()
	driver, source := "pgx", s.dsn
	if path, ok := strings.CutPrefix(s.dsn, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = db.Close() })
	return db
}

// rebuilt works everything derived out of the facts once more, and must find what was kept. It does so merchant by merchant: that of many
// at a time is more than fits into memory.
func (s *stage) rebuilt(db *sql.DB) {
	s.t.Helper()
	ctx := context.Background()
	derived := []string{"totals", "customer_days", "marks"}
	st, err := store.Open(ctx, s.dsn, store.Options{Now: s.clock.Now})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	merchants, err := st.Merchants(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range merchants {
		kept := s.dumpOf(db, m.ID, derived...)
		conns, err := st.Connections(ctx, m.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, c := range conns {
			if err := st.Rebuild(ctx, m.ID, c.ID); err != nil {
				s.t.Fatal(err)
			}
		}
		if len(kept["totals"]) == 0 || len(kept["customer_days"]) == 0 {
			s.t.Errorf("nothing derived was kept of merchant %d", m.ID)
		}
		if d := kept.diff(s.dumpOf(db, m.ID, derived...), "kept", "rebuilt"); d != "" {
			s.t.Errorf("what was derived of merchant %d is not what the facts say:\n%s", m.ID, d)
		}
	}
}

func (s *stage) String() string {
	kind, _, _ := strings.Cut(s.dsn, ":")
	return fmt.Sprintf("%s at %s", kind, s.clock.Now().Format(time.DateOnly))
}
