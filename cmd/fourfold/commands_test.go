package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/cobra"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// shell is a person at a prompt: the program in this process, with an environment, and a simulated store at the other end.
type shell struct {
	t     testing.TB
	dir   string
	env   map[string]string
	stdin string
	srv   *sim.Server
	clock *sim.Clock
	// network is what the program reaches; the store alone where nil.
	network http.RoundTripper
}

// shellAt is when the person sits down: a Monday morning in June, local time.
var shellAt = time.Date(2026, time.June, 15, 6, 0, 0, 0, time.UTC)

// newShell has an empty database and what `fourfold init` writes, for a store of a hundred days.
func newShell(t testing.TB) *shell {
	t.Helper()
	shop, err := sim.Generate(sim.Config{Seed: 5, Orders: 250, Since: shellAt.AddDate(0, 0, -100), Until: shellAt, Products: 8,
		Domain: "corner.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	sh := &shell{t: t, dir: t.TempDir(), clock: sim.NewClock(shellAt)}
	sh.srv = sim.New(shop, sim.Options{Now: sh.clock.Now, ClientID: "corner-app", ClientSecret: "corner-secret", RestoreRate: 20_000, Protected: 2})
	if err := sh.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sh.srv.Close)
	sh.env = map[string]string{
		"FOURFOLD_CONFIG": sh.path("fourfold.yml"), "FOURFOLD_KEY_FILE": sh.path("fourfold.key"), "FOURFOLD_DATABASE": storetest.EmptySQLite(t),
		"FOURFOLD_SHOPIFY_CLIENT_ID": "corner-app", "FOURFOLD_SHOPIFY_CLIENT_SECRET": "corner-secret",
		"FOURFOLD_SHOPIFY_CALLBACK": "http://127.0.0.1:0/callback", "FOURFOLD_EXPORT_DIR": sh.path("out"),
		"FOURFOLD_LISTEN": "off", // many run at once; without pages a store is linked by command
	}
	sh.must("init", "--dir", sh.dir)
	return sh
}

func (sh *shell) path(name string) string { return filepath.Join(sh.dir, name) }

func (sh *shell) read(name string) string {
	sh.t.Helper()
	b, err := os.ReadFile(sh.path(name))
	if err != nil {
		sh.t.Fatal(err)
	}
	return string(b)
}

func (sh *shell) write(name, text string) string {
	sh.t.Helper()
	if err := os.WriteFile(sh.path(name), []byte(text), 0o600); err != nil {
		sh.t.Fatal(err)
	}
	return sh.path(name)
}

func (sh *shell) app(stdout, stderr *bytes.Buffer) *app {
	a := newApp(func(name string) string { return sh.env[name] }, strings.NewReader(sh.stdin), stdout, stderr)
	if sh.network == nil {
		sh.network = sh.srv.Transport()
	}
	a.onStore(sh.network, sh.clock.Now)
	return a
}

// say runs a command line.
func (sh *shell) say(args ...string) (code int, stdout, stderr string) {
	sh.t.Helper()
	ctx, cancel := context.WithTimeout(sh.t.Context(), 2*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	code = sh.app(&out, &errs).main(ctx, args)
	if strings.Contains(out.String()+errs.String(), "\x1b[") {
		sh.t.Errorf("%v: colour where there is no terminal", args)
	}
	return code, out.String(), errs.String()
}

// must is say for what has to succeed.
func (sh *shell) must(args ...string) string {
	sh.t.Helper()
	code, out, errs := sh.say(args...)
	if code != exitOK {
		sh.t.Fatalf("fourfold %s exits with %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// refused is say for what has to fail, with a code and a message that has all the words.
func (sh *shell) refused(code int, words []string, args ...string) {
	sh.t.Helper()
	got, out, errs := sh.say(args...)
	if got != code {
		sh.t.Errorf("fourfold %s exits with %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errs)
	}
	if !strings.HasPrefix(errs, "fourfold: ") {
		sh.t.Errorf("fourfold %s says %q on standard error", strings.Join(args, " "), errs)
	}
	for _, w := range words {
		if !strings.Contains(errs, w) {
			sh.t.Errorf("fourfold %s does not say %q: %s", strings.Join(args, " "), w, errs)
		}
	}
}

// linkAndPull makes a scorecard.
func (sh *shell) linkAndPull() {
	sh.t.Helper()
	sh.must("link", "shopify", "--shop", "corner")
	sh.must("pull", "--quiet")
}

func (sh *shell) json(into any, args ...string) {
	sh.t.Helper()
	if err := json.Unmarshal([]byte(sh.must(append(args, "--json")...)), into); err != nil {
		sh.t.Errorf("fourfold %s --json: %v", strings.Join(args, " "), err)
	}
}

// commands are all commands with their paths, without the root and what cobra adds.
func commands() map[string]*cobra.Command {
	all := map[string]*cobra.Command{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			all[strings.TrimPrefix(sub.CommandPath(), "fourfold ")] = sub
			walk(sub)
		}
	}
	walk(rootCommand(newApp(os.Getenv, nil, nil, nil)))
	return all
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	sh := &shell{t: t}
	sh.srv = sim.New(&sim.Shop{}, sim.Options{})
	sh.clock = sim.NewClock(shellAt)
	helps := map[string]string{"": sh.must("--help")}
	if bare := sh.must(); bare != helps[""] {
		t.Errorf("without a command it says something else than its help:\n%s", bare)
	}
	for path, cmd := range commands() {
		helps[path] = sh.must(append(strings.Fields(path), "--help")...)
		if cmd.Runnable() && !strings.Contains(helps[path], "Examples:\n  fourfold "+path) {
			t.Errorf("%s --help has no example of itself", path)
		}
		if hasJSON := cmd.Flags().Lookup("json") != nil; hasJSON != slices.Contains([]string{"show", "kpis", "targets", "proofs", "doctor", "audit", "merchant list", "merchant show", "people list", "restatements", "status", "alerts", "accounts", "channels"}, path) {
			t.Errorf("%s: --json is %v", path, hasJSON)
		}
	}
	for path, help := range helps {
		for line := range strings.Lines(help) {
			if len([]rune(strings.TrimRight(line, "\n"))) > helpWidth {
				t.Errorf("%s --help is wider than %d: %s", path, helpWidth, line)
			}
		}
	}
	topic := sh.must("exit-codes", "--help")
	for _, code := range []string{"0 ", "1 ", "2 ", "3 ", "4 ", "130 "} {
		if !strings.Contains(topic, "\n"+code) && !strings.HasPrefix(topic, code) {
			t.Errorf("exit code %s is not explained", code)
		}
	}
}

// Whatever is wrong with the command line or the configuration is exit code 2, and nothing was touched.
func TestFaultsOfTheCommandLine(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	bad := sh.write("bad.yml", "merchant:\n  zone: Mars/Olympus\nschedule: never\nfoo: 1\n")
	for _, c := range []struct {
		args  string
		words []string
	}{
		{"nonsense", []string{`"nonsense"`, "--help"}},
		{"sho", []string{"did you mean show"}},
		{"targets nonsense", []string{`"nonsense"`, "fourfold targets --help"}},
		{"show 2026-05 2026-06", []string{"fourfold show [PERIOD]"}},
		{"pull everything", []string{`"everything" does not fit`, "fourfold pull"}},
		{"unlink", []string{"fourfold unlink STORE"}},
		{"forget", []string{"fourfold forget STORE"}},
		{"targets set", []string{"fourfold targets set KPI"}},
		{"targets remove", []string{"fourfold targets remove KPI"}},
		{"targets import", []string{"fourfold targets import FILE"}},
		{"targets export a b", []string{"fourfold targets export [FILE]"}},
		{"link", []string{"fourfold link shopify --shop NAME"}},
		{"link amazon --shop corner", []string{`"amazon"`, "shopify"}},
		{"link shopify", []string{"is not a Shopify store"}},
		{"link shopify --shop a.myshopify.com.evil.example", []string{"is not a Shopify store"}},
		{"link shopify --shop corner --mode carrier-pigeon", []string{"code or client or token"}},
		{"link shopify --shop corner --mode token", []string{"--token-file"}},
		{"show --colour", []string{"--colour"}},
		{"kpis net_sale", []string{`"net_sale"`, "fourfold kpis"}},
		{"export --format pdf", []string{"xlsx or csv"}},
		{"proofs --limit 0", []string{"1 or more"}},
		{"audit --limit 0", []string{"1 or more"}},
		{"privacy nonsense", []string{`"nonsense"`, "fourfold privacy --help"}},
		{"privacy report", []string{"--customer"}},
		{"privacy redact --customer gid://shopify/Customer/", []string{"--customer"}},
		{"demo --size 3", []string{"100 or more"}},
		{"demo --period someday", []string{`"someday" is not a period`}},
		{"-c nowhere.yml show", []string{"nowhere.yml", "fourfold init"}},
		{"-c " + sh.dir + " show", []string{"is a directory; name the file itself, such as " + sh.path("fourfold.yml")}},
		{"-c " + bad + " show", []string{"bad.yml:2", "bad.yml:3", "bad.yml:4"}},
	} {
		sh.refused(exitUsage, c.words, strings.Fields(c.args)...)
	}
	// None of it looks like a link.
	for _, args := range [][]string{{"show"}, {"pull"}, {"run"}, {"export"}, {"unlink", "1"}} {
		sh.refused(exitFailed, []string{"no store is linked", "fourfold link shopify --shop NAME"}, args...)
	}
	if out := sh.must("doctor"); !strings.Contains(out, "no store is linked") {
		t.Errorf("doctor without a store: %s", out)
	}
}

func TestASlipInTheEnvironmentIsTold(t *testing.T) {
	for form, want := range map[string]string{"": "fourfold: FOURFOLD_EXPORT_NIGHTY in the environment: there is no such setting", "json": `"msg":"FOURFOLD_EXPORT_NIGHTY in`} {
		var errs bytes.Buffer
		a := newApp(func(name string) string { return map[string]string{"FOURFOLD_LOG": form}[name] }, nil, nil, &errs)
		a.warnOfSlips([]string{"HOME=/root", "FOURFOLD_LISTEN=off", "FOURFOLD_EXPORT_NIGHTY=1"})
		if strings.Count(errs.String(), "\n") != 1 || !strings.Contains(errs.String(), want) {
			t.Errorf("as %q: %q", form, errs.String())
		}
	}
}

func TestInitLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	key := sh.read("fourfold.key")
	settings := sh.write("fourfold.yml", sh.read("fourfold.yml")+"# mine\n")
	if out := sh.must("init", "--dir", sh.dir); !strings.Contains(out, "kept   "+settings) {
		t.Errorf("init again: %s", out)
	}
	if sh.read("fourfold.key") != key || !strings.HasSuffix(sh.read("fourfold.yml"), "# mine\n") {
		t.Error("init again changed a file")
	}
	for _, name := range []string{"fourfold.key", "fourfold.yml"} {
		if info, err := os.Stat(sh.path(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	sh.must("doctor") // the file as it was written is good
	sh.refused(exitFailed, []string{"init: "}, "init", "--dir", filepath.Join(settings, "below"))
}

// interrupting is a network that is cut off by Ctrl-C at its n-th request.
type interrupting struct {
	http.RoundTripper
	after *atomic.Int64
	stop  context.CancelFunc
}

func (i interrupting) RoundTrip(r *http.Request) (*http.Response, error) {
	if i.after.Add(-1) == 0 {
		i.stop()
	}
	return i.RoundTripper.RoundTrip(r)
}

func TestAnInterruptedPullGoesOn(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("link", "shopify", "--shop", "corner")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs bytes.Buffer
	a := sh.app(&out, &errs)
	left := &atomic.Int64{}
	left.Store(30)
	a.transport = interrupting{a.transport, left, stop}
	if code := a.main(ctx, []string{"pull"}); code != exitStopped || !strings.Contains(errs.String(), "fourfold: interrupted; the next run goes on") {
		t.Errorf("interrupted: exit code %d, %s", code, &errs)
	}
	sh.refused(exitFailed, []string{"fourfold pull"}, "show")
	if out := sh.must("doctor"); !strings.Contains(out, "the first pull is not complete yet") {
		t.Errorf("doctor after an interrupted pull:\n%s", out)
	}
	if out := sh.must("pull"); !strings.Contains(out, "snapshots taken") {
		t.Errorf("pull says %q", out)
	}
	sh.must("show")
	if out := sh.must("pull"); !strings.Contains(out, "No snapshot changed.") {
		t.Errorf("pull with no news says %q", out)
	}
}
