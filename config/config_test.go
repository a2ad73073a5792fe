package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

func none(string) string { return "" }

// today is a Sunday, as long as it is told in UTC: in the east it is Monday already.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// The farthest place east decides what is still to come.
func TestADayThatIsStillToCome(t *testing.T) {
	for day, good := range map[string]bool{"2026-11-22": true, "2026-11-23": true, "2026-11-24": false, "2030-01-01": false} {
		if c, err := Parse("since", day, today); (err == nil) != good || good && c.Since.String() != day {
			t.Errorf("since %s: %v, %v", day, c.Since, err)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for host, private := range map[string]bool{"fourfold.example.com": false, "93.184.216.34": false, "10.1.2.3": true, "192.168.0.7:8443": true, "[fd00::7]": true} {
		if c, err := Parse("public_url", "https://"+host, today); err != nil || c.Private() != private {
			t.Errorf("%s: %v, private %t", host, err, c.Private())
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST:8443", "fourfold.localhost", "127.0.0.1", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "169.254.1.1", "[fe80::1]"} {
		if c, err := Parse("public_url", "https://"+host, today); err == nil {
			t.Errorf("%s is taken for an address that is reached from outside: %s", host, c.PublicURL)
		}
	}
}

func TestAddressesThatClash(t *testing.T) {
	for _, x := range []struct {
		listen, metrics string
		clash           bool
	}{
		{"127.0.0.1:8378", "127.0.0.1:9377", false},
		{"127.0.0.1:8378", "127.0.0.1:8378", true},
		{"localhost:8378", "127.0.0.1:8378", true},
		{":8378", "127.0.0.1:8378", true},
		{"10.0.0.1:8378", "0.0.0.0:8378", true},
		{"10.0.0.1:8378", "127.0.0.1:8378", false},
		{"off", "127.0.0.1:8378", false},
		{"", "127.0.0.1:8378", true}, // where the pages are if nobody says
		{":8378", "127.0.0.1:0", false},
	} {
		env := map[string]string{"FOURFOLD_LISTEN": x.listen, "FOURFOLD_METRICS_LISTEN": x.metrics}
		if _, err := Load("", func(k string) string { return env[k] }, today); (err != nil) != x.clash {
			t.Errorf("%s and %s: %v", x.listen, x.metrics, err)
		}
	}
}

// shops are providers with apps.
var shops = []Provider{{ID: "shopify", Title: "Shopify"}, {ID: "some_ads", Title: "Some Ads", Developer: true}}

func TestTheFileThatInitWritesIsGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fourfold.yml")
	if err := os.WriteFile(path, []byte(Example(shops...)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, none, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sqlite:" + filepath.Join(filepath.Dir(path), "fourfold.db"); c.Database != want {
		t.Errorf("database %q, want %q", c.Database, want)
	}
	for _, f := range all(shops) {
		name := f.path[strings.LastIndex(f.path, ".")+1:]
		if !strings.Contains(Example(shops...), name) {
			t.Errorf("the example does not show %s", f.path)
		}
	}
}

func TestGoodFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.good.yml")
	if len(files) == 0 {
		t.Fatal("no good files")
	}
	for _, file := range files {
		if _, err := Load(file, none, today, shops...); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	c, err := Load("testdata/full.good.yml", none, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Merchant.Calendar.WeekShift != 6 || c.Since != period.Date(2024, 1, 1) || len(c.Targets) != 5 || c.Targets[3].Scope != (kpi.Scope{Connection: 5, Account: true}) || c.FixedRates != "usd=0.92 GBP=1.17" || c.Targets[1].Anchors.Green != 0.06 || c.Targets[0].Anchors.Red != 45_000 {
		t.Errorf("read as %+v", c)
	}
	if c.Spreading() != 45*time.Minute || c.AtATime() != 3 || Default().Spreading() != 0 || Default().AtATime() != 2 {
		t.Errorf("nights are spread over %s, %d at a time", c.Spreading(), c.AtATime())
	}
	if c.App("shopify").ClientSecret.Reveal() != "from-a-file" {
		t.Error("the secret's file was not read")
	}
}

// Every fault of a file comes at once, with its line, field, value and what would do. The expected lines stand in the file itself,
// behind "# want:".
func TestBadFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.bad.yml")
	if len(files) < 4 {
		t.Fatalf("only %d bad files", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Load(file, none, today, shops...)
		var faults Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: got %v, want faults", file, err)
			continue
		}
		var want []string
		for _, line := range strings.Split(string(text), "\n") {
			if _, w, ok := strings.Cut(line, "# want: "); ok {
				want = append(want, w)
			}
		}
		if len(want) != len(faults) {
			t.Errorf("%s: %d faults, want %d:\n%v", file, len(faults), len(want), err)
			continue
		}
		for i, f := range faults {
			if got := strings.TrimPrefix(f.String(), filepath.Base(file)+":"); !strings.HasPrefix(got, want[i]) {
				t.Errorf("%s:\n got %s\nwant %s", file, got, want[i])
			}
		}
	}
}

func TestTheEnvironmentWins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"FOURFOLD_DATABASE": "postgres://u:pw@h/d", "FOURFOLD_MERCHANT_ZONE": "Asia/Tokyo", "FOURFOLD_SHOPIFY_CLIENT_SECRET_FILE": path, "FOURFOLD_KEY": "k",
	}
	c, err := Load("testdata/full.good.yml", func(k string) string { return env[k] }, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != env["FOURFOLD_DATABASE"] || c.Merchant.Zone != "Asia/Tokyo" || c.App("shopify").ClientSecret.Reveal() != "s3cret" || c.Key.Reveal() != "k" {
		t.Errorf("read as %+v", c)
	}
	env = map[string]string{"FOURFOLD_SCHEDULE": "TZ=Europe/Berlin", "FOURFOLD_MERCHANT_CURRENCY": "EURO", "FOURFOLD_DATABASE": "mysql://u:pw@h/d", "FOURFOLD_LOG": "xml"}
	_, err = Load("", func(k string) string { return env[k] }, today, shops...)
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 4 {
		t.Fatalf("got %v, want four faults", err)
	}
	if strings.Contains(err.Error(), "pw") {
		t.Errorf("the password of the database is in %v", err)
	}
}

// A slip in a variable's name is told: nothing else would. What is not of the configuration, and what Kubernetes sets, is no slip.
func TestSlipsInTheEnvironment(t *testing.T) {
	got := Slips([]string{
		"PATH=/bin", "FOURFOLD_DATABASE=x", "FOURFOLD_EXPORT_NIGHTLY=csv", "FOURFOLD_KEY=k", "FOURFOLD_KEY_FILE=k", "FOURFOLD_CONFIG=c", "FOURFOLD_LOG=json",
		"FOURFOLD_SHOPIFY_CLIENT_SECRET_FILE=s", "FOURFOLD_SHARED=/work", "FOURFOLD_BENCH_ORDERS=3", "FOURFOLD_TEST_CLOCK=now", "FOURFOLD_CHAOS_CLUSTER=1",
		"FOURFOLD_SERVICE_HOST=10.0.0.1", "FOURFOLD_SERVICE_PORT_HTTP=80", "FOURFOLD_PORT=tcp://10.0.0.1:80", "FOURFOLD_PORT_80_TCP_ADDR=10.0.0.1",
		"FOURFOLD_UNSET=", "FOURFOLD_SHOPFY_CLIENT_ID=x", "FOURFOLD_EXPORT_NIGHTY=1", "FOURFOLD_DATABASE_FILE=x",
	}, shops...)
	if want := []string{"FOURFOLD_DATABASE_FILE", "FOURFOLD_EXPORT_NIGHTY", "FOURFOLD_SHOPFY_CLIENT_ID"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A path in the file is meant from the file, one in the environment from where the program runs.
func TestWhereRelativePathsBegin(t *testing.T) {
	env := map[string]string{"FOURFOLD_DATABASE": "sqlite:here.db"}
	c, err := Load("testdata/full.good.yml", func(k string) string { return env[k] }, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "sqlite:here.db" || c.KeyFile != filepath.Join("testdata", "shop.key") || c.Export.Dir != filepath.Join("testdata", "out") {
		t.Errorf("database %s, key %s, export %s", c.Database, c.KeyFile, c.Export.Dir)
	}
	if c, err = Load("", none, today, shops...); err != nil || c.KeyFile != "fourfold.key" {
		t.Errorf("without a file: %s, %v", c.KeyFile, err)
	}
}

func TestSchedules(t *testing.T) {
	for _, good := range []string{"30 3 * * *", "0 */6 * * 1-5", "@daily"} {
		if _, err := ParseSchedule(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "TZ=Europe/Berlin", "CRON_TZ=UTC 0 3 * * *", "0 0 31 2 *", "0 0 * * 7", "61 * * * *", "every night"} {
		if _, err := ParseSchedule(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// What cannot be read is not helped by a new file, unless there is none.
func TestAFileThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path string
		err  error
		want string
	}{
		{filepath.Join(dir, "none.yml"), fs.ErrNotExist, "`fourfold init` writes one"},
		{filepath.Join(dir, "locked.yml"), &fs.PathError{Op: "open", Path: "locked.yml", Err: fs.ErrPermission}, "let this user read it"},
		{dir, errors.New("is a directory"), "name the file itself, such as " + filepath.Join(dir, "fourfold.yml")},
	} {
		if got := unread(c.path, c.err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s, %v: %q, want %q", c.path, c.err, got, c.want)
		}
	}
	if _, err := Load(dir, none, today); err == nil || !strings.Contains(err.Error(), "name the file itself") || strings.Contains(err.Error(), "init") {
		t.Errorf("a directory: %v", err)
	}
}
