package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

// smallShop is enough to go wrong with.
func smallShop(t testing.TB) *sim.Shop {
	t.Helper()
	shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 60, Since: linkAt.AddDate(0, 0, -12), Until: linkAt, Products: 5,
		Domain: "small.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

func smallStage(t testing.TB, options ...func(*sim.Options)) *stage {
	t.Helper()
	return newStage(t, storetest.EmptySQLite(t), smallShop(t), linkAt, options...)
}

// set changes one variable of the program's environment.
func (s *stage) set(name, value string) {
	for i, v := range s.env {
		if strings.HasPrefix(v, name+"=") {
			s.env[i] = name + "=" + value
			return
		}
	}
	s.env = append(s.env, name+"="+value)
}

func (s *stage) getenv(name string) string {
	for _, v := range s.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// program is the program in this process, with what it writes.
func (s *stage) program() (a *app, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	a = newApp(s.getenv, strings.NewReader(""), stdout, stderr)
	a.onStore(s.srv.Transport(), s.clock.Now)
	return a, stdout, stderr
}

// run runs a command in this process. What it writes never holds a secret.
func (s *stage) run(args ...string) (code int, output string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), runPatience)
	defer cancel()
	a, stdout, stderr := s.program()
	code = a.main(ctx, args)
	if ctx.Err() != nil {
		s.t.Fatalf("fourfold %s was not done in %s", strings.Join(args, " "), runPatience)
	}
	output = stdout.String() + stderr.String()
	s.clean(output)
	return code, output
}

// wants runs a command, which must exit with the code and say all of the words.
func (s *stage) wants(code int, command string, words ...string) (output string) {
	s.t.Helper()
	got, output := s.run(strings.Fields(command)...)
	if got != code {
		s.t.Fatalf("fourfold %s exits with %d, want %d:\n%s", command, got, code, output)
	}
	flat := strings.Join(strings.Fields(output), " ") // wherever it was wrapped
	for _, w := range words {
		if !strings.Contains(flat, w) {
			s.t.Errorf("fourfold %s does not say %q:\n%s", command, w, output)
		}
	}
	return output
}

const linkSmall = "link shopify --shop small"

func TestADeadTokenIsLinkedAgain(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.wants(exitOK, linkSmall)
	s.srv.Uninstall()
	for range 2 { // once found out by the provider's answer, once from what was kept of it
		s.wants(exitPerson, "pull -q", "link the store again")
	}
	s.wants(exitPerson, "doctor", "link")
	s.wants(exitOK, linkSmall, "Linked")
	s.wants(exitOK, "pull -q")
	s.wants(exitOK, "doctor")
}

func TestALinkUnusedFor90DaysIsLinkedAgain(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.wants(exitOK, linkSmall)
	s.clock.Advance(91 * 24 * time.Hour)
	s.wants(exitPerson, "pull -q", "link the store again", "90 days")
	s.wants(exitOK, linkSmall)
	s.wants(exitOK, "pull -q")
}

func withoutScopes(scopes ...string) func(*sim.Options) {
	return func(o *sim.Options) {
		o.Scopes = []string{}
		for _, all := range sim.AllScopes {
			if !strings.Contains(strings.Join(scopes, " ")+" ", all+" ") {
				o.Scopes = append(o.Scopes, all)
			}
		}
	}
}

// What was not granted is named by the link and by the doctor, with what it costs and what to do; the rest is pulled.
func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	s := smallStage(t, withoutScopes("read_all_orders", "read_reports", "read_returns"))
	for _, scope := range []string{"all_orders", "reports", "returns"} {
		s.wants(exitOK, linkSmall, "not granted: "+scope, "read_"+scope, "link the store again")
	}
	s.wants(exitOK, "pull -q")
	s.wants(exitOK, "doctor", "may not read all orders", "may not read reports", "may not read returns", "read_returns")
	s.wants(exitOK, "show 2026-06-10", "Net sales")
}

// A store whose orders are not to be seen has the KPIs of its visits, and no snapshots of times without any facts. Each pull says
// what is missing and wants a person.
func TestWithoutOrdersThereIsLittleToTell(t *testing.T) {
	t.Parallel()
	s := smallStage(t, withoutScopes("read_orders"))
	s.wants(exitOK, linkSmall, "not granted: orders")
	s.wants(exitPerson, "pull -q", "orders may not be read", "read_orders")
	s.wants(exitOK, "doctor", "may not read orders", "no sales")
	got := s.read(s.database(), "SELECT MIN(period_to) AS earliest, COUNT(*) AS n FROM snapshots")[0]
	if day := got[0].text; day < "2026-06-01" {
		t.Errorf("%s snapshots, the first of a period that ended on %s; the first facts are of June 2026", got[1].text, day)
	}
}

func TestAFrozenShopIsLeftForLater(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.wants(exitOK, linkSmall)
	for name, f := range map[string]sim.Faults{"frozen": {Frozen: true}, "locked": {Locked: true}, "inactive": {Inactive: true}} {
		s.srv.SetFaults(f)
		before := s.srv.Stats().Requests
		s.wants(exitLater, "pull -q", "paused or frozen", "the next run goes on")
		if n := s.srv.Stats().Requests - before; n > 3 {
			t.Errorf("a shop that is %s is asked %d times", name, n)
		}
		s.srv.SetFaults(sim.Faults{})
	}
	s.wants(exitOK, "pull -q")
}

// A shop that freezes while it is read is not waited for.
func TestAShopThatFreezesMeanwhileIsLeftForLater(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.wants(exitOK, linkSmall)
	began := s.srv.Stats().BulkRuns
	done := make(chan struct{})
	defer close(done)
	go func() {
		for s.srv.Stats().BulkRuns < began+3 {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
		s.srv.SetFaults(sim.Faults{Frozen: true})
	}()
	s.wants(exitLater, "pull -q", "paused or frozen")
	s.srv.SetFaults(sim.Faults{})
	s.wants(exitOK, "pull -q")
	s.wants(exitOK, "show 2026-06-10")
}

func TestTheWrongKeyOpensNothing(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.wants(exitOK, linkSmall)
	right := s.key
	ring, err := vault.Load(writeKey(t, right, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	s.key = vault.NewKey().Reveal()
	s.set("FOURFOLD_KEY", s.key)
	for _, command := range []string{"pull -q", "doctor", "accounts", "rekey"} {
		s.wants(exitPerson, command, "put back the key that sealed it", ring.KeyID())
	}
	s.wants(exitPerson, "status", "no key of the key file opens it", "Put back the key")
	s.set("FOURFOLD_KEY", "")
	s.set("FOURFOLD_KEY_FILE", "/no/such/key")
	s.wants(exitFailed, "pull -q", "fourfold init", "FOURFOLD_KEY")
	s.wants(exitPerson, "status", "/no/such/key", "Put back the key", "next night")
	s.wants(exitUsage, "status --merchant Nobody", `no merchant "Nobody"`)
	s.set("FOURFOLD_KEY_FILE", writeKey(t, right, 0o644))
	s.wants(exitFailed, "pull -q", "chmod 600")
	s.wants(exitPerson, "status", "chmod 600")
	s.set("FOURFOLD_KEY_FILE", writeKey(t, "not a key", 0o600))
	s.wants(exitFailed, "pull -q", "line 1")
	s.set("FOURFOLD_KEY_FILE", writeKey(t, s.key+"\n"+right, 0o600))
	s.wants(exitOK, "rekey", "1 sealed anew")
	s.wants(exitOK, "pull -q")
}

func writeKey(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fourfold.key")
	if err := os.WriteFile(path, []byte(text+"\n"), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADatabaseNewerThanTheProgramIsRefused(t *testing.T) {
	for _, d := range chaosDatabases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, d.dsn(t), smallShop(t), linkAt)
			s.wants(exitOK, linkSmall)
			if _, err := s.database().Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)"); err != nil {
				t.Fatal(err)
			}
			for _, command := range []string{"pull -q", "show", "migrate", "doctor"} {
				s.wants(exitFailed, command, "9999", "install the newer fourfold")
			}
		})
	}
}

func TestADatabaseThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	for dsn, words := range map[string][]string{
		"postgres://u:hunter2@/x?host=/no/such/socket&connect_timeout=2": {"cannot be reached", "its address"},
		"sqlite:/no/such/folder/fourfold.db":                             {"its folder exists"},
	} {
		s.set("FOURFOLD_DATABASE", dsn)
		for _, command := range []string{"pull -q", "doctor"} {
			if out := s.wants(exitFailed, command, words...); strings.Contains(out, "hunter2") {
				t.Errorf("the database's password stands in the output: %s", strings.ReplaceAll(out, "hunter2", "<password>"))
			}
		}
	}
}

// smallDisk is a disk of so many bytes. Making one takes a right that root has on most machines, and that many containers withhold.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "tmpfs", dir).CombinedOutput(); err != nil {
		if os.Geteuid() != 0 || bytes.Contains(out, []byte("permission denied")) || bytes.Contains(out, []byte("not permitted")) {
			t.Skipf("this test needs the right to mount a small disk, which is missing here (run it as root, in a container with CAP_SYS_ADMIN): %v: %s", err, bytes.TrimSpace(out))
		}
		t.Fatalf("mount a small disk: %v: %s", err, bytes.TrimSpace(out))
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	return dir
}

// The disk fills up in the middle of the first pull.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	const size = 24 << 20
	dir := smallDisk(t, size)
	s := newStage(t, "sqlite:"+filepath.Join(dir, "fourfold.db"), smallShop(t), linkAt)
	s.wants(exitOK, linkSmall)
	s.clock.Advance(backfillAt.Sub(linkAt))
	ballast := filepath.Join(dir, "ballast")
	fill := func(left int) {
		t.Helper()
		used := 0
		for _, name := range []string{"fourfold.db", "fourfold.db-wal", "fourfold.db-shm"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				used += int(info.Size())
			}
		}
		if err := os.WriteFile(ballast, make([]byte, max(0, size-used-left)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []int{100_000, 700_000} {
		fill(left)
		s.wants(exitFailed, "pull -q", "disk", "free some space", "where the last page ended")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.wants(exitOK, "pull -q")
	calm := smallStage(t)
	calm.wants(exitOK, linkSmall)
	calm.clock.Advance(backfillAt.Sub(linkAt))
	calm.wants(exitOK, "pull -q")
	if d := calm.dump(calm.database()).firstOnly().diff(s.dump(s.database()).firstOnly(), "on a disk with room", "on one that was full"); d != "" {
		t.Error(d)
	}
}

// Callbacks that the provider did not send are refused before anything is sent anywhere, and the genuine one still links.
func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	a, stdout, stderr := s.program()
	var sent atomic.Int64
	a.transport = countedRequests{a.transport, &sent}
	agreed := make(chan struct{})
	var forgeries []forgery
	a.browse = func(ctx context.Context, address string) {
		defer close(agreed)
		forgeries = forge(t, address, s.clock.Now())
		before := s.srv.Stats()
		for _, f := range forgeries {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.address, nil)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Errorf("%s: %v", f.name, err)
				continue
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s is answered with %s", f.name, resp.Status)
			}
		}
		if n := sent.Load(); n != 0 || s.srv.Stats() != before {
			t.Errorf("forged callbacks made %d requests to the provider", n)
		}
		agree(ctx, s.srv.Transport(), address)
	}
	if code := a.main(t.Context(), strings.Fields(linkSmall)); code != exitOK {
		t.Fatalf("the genuine callback does not link: %s", stderr)
	}
	<-agreed
	s.clean(stdout.String() + stderr.String())
	if n := strings.Count(stderr.String(), "callback refused"); n < len(forgeries) {
		t.Errorf("%d forgeries, and %d lines about them in the log:\n%s", len(forgeries), n, stderr)
	}
	for _, f := range forgeries {
		for name, values := range f.query {
			for _, v := range values {
				if name != "shop" && name != "timestamp" && strings.Contains(stderr.String(), v) {
					t.Errorf("%s: its %s stands in the log", f.name, name)
				}
			}
		}
	}
	s.wants(exitOK, "doctor")
}

// countedRequests counts requests.
type countedRequests struct {
	http.RoundTripper
	n *atomic.Int64
}

func (c countedRequests) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func TestNoCommandShowsASecret(t *testing.T) {
	t.Parallel()
	s := smallStage(t)
	s.set("FOURFOLD_EXPORT_DIR", t.TempDir())
	s.wants(exitOK, linkSmall)
	s.wants(exitOK, "pull", "done")
	for _, command := range []string{"doctor", "doctor --json", "proofs", "show 2026-06-10 --all", "kpis", "targets", "export --period 2026-06-10",
		"rebuild", "rekey", "migrate", "pull", "unlink --help"} {
		s.wants(exitOK, command)
	}
	dir := s.getenv("FOURFOLD_EXPORT_DIR")
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		s.clean(string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
