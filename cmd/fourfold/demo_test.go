package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The demo ends with exit 0, without a terminal, a configuration or a network, and in place of an earlier one. What it has made is served
// afterwards, with simulators that are as they were.
func TestDemoEndsWell(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "demo.db"), []byte("an earlier one"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--size", "100", "--dir", dir}, noEnv, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	for _, words := range []string{"Net sales", "Done in", filepath.Join(dir, "scorecard.xlsx"), "FOURFOLD_DATABASE=sqlite:" + filepath.Join(dir, "demo.db"), "link shopify --shop NAME",
		"Its pages, at http://127.0.0.1:8378:\n\n  " + os.Args[0] + " demo --serve --dir " + dir} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("the demo does not say %q", words)
		}
	}
	if strings.Contains(out.String()+errs.String(), "\x1b") {
		t.Error("escape codes where there is no terminal")
	}
	for _, name := range []string{"scorecard.xlsx", "demo.db", "csv/scorecard.csv"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("its pages", func(t *testing.T) { demoServes(t, dir) })
	t.Run("a night of it", func(t *testing.T) { demoPulls(t, dir) })
	t.Run("another size", func(t *testing.T) {
		var errs bytes.Buffer
		code := run(t.Context(), []string{"demo", "--serve", "--size", "200", "--listen", "127.0.0.1:0", "--dir", dir}, noEnv, strings.NewReader(""), io.Discard, &errs)
		if code != exitUsage || !strings.Contains(errs.String(), "leave out --orders, --size and --seed") {
			t.Errorf("exit code %d: %s", code, &errs)
		}
	})
}

func noEnv(string) string { return "" }

// demoServes serves the demo in dir, and opens the address for the first password.
func demoServes(t *testing.T, dir string) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--serve", "--listen", "127.0.0.1:0", "--dir", dir}, noEnv, strings.NewReader(""), &out, &errs)
	}()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/first/\S+`)
	for end := time.Now().Add(runPatience); !strings.Contains(errs.String(), "msg=serving"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) || len(ended) > 0 {
			t.Fatalf("the demo does not serve: %s%s", &out, &errs)
		}
	}
	if strings.Contains(out.String(), "$ fourfold link") {
		t.Error("it tells how it links what was linked before")
	}
	resp, err := http.Get(address.FindString(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(b), "<h1>Welcome</h1>") {
		t.Errorf("%d %v: %s", resp.StatusCode, err, b)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("it ends with %d: %s", code, &errs)
	}
}

// demoPulls has the demo in dir play again, and pulls from it as a night does.
func demoPulls(t *testing.T, dir string) {
	var out, errs bytes.Buffer
	a := newApp(noEnv, strings.NewReader(""), &out, &errs)
	defer a.close()
	d := demo{dir: dir, listen: "127.0.0.1:0"}
	b, err := os.ReadFile(filepath.Join(dir, demoKept))
	if err == nil {
		err = d.again(t.Context(), a, b)
	}
	if err == nil {
		err = d.steps(t.Context(), a, [][]string{{"pull", "--quiet"}, {"status"}})
	}
	if err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &errs)
	}
	if strings.Contains(out.String(), "relink") {
		t.Errorf("something wants to be linked again:\n%s", &out)
	}
}
