package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourfold/internal/metrics"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// Ready is who has a database of the schema that it knows; alive is who answers.
func TestHealthOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		db, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		watched := metrics.New(time.Now, nil)
		const address = "127.0.0.1:0"
		ctx, cancel := context.WithCancel(t.Context())
		done, err := serve(ctx, address, monitor(db, watched))
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		done()
		for _, c := range []struct {
			path  string
			spoil func()
			code  int
			says  string
		}{
			{"/healthz", nil, 200, "ok"},
			{"/readyz", nil, 200, "ok"},
			{"/readyz", func() {
				_, _ = (&stage{t: t, dsn: dsn}).database().Exec("DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)")
			}, 503, "is at schema"},
			{"/readyz", func() { _ = db.Close() }, 503, "does not answer"},
			{"/healthz", nil, 200, "ok"},
		} {
			if c.spoil != nil {
				c.spoil()
			}
			code, body := ask(t, monitor(db, watched), c.path)
			if code != c.code || !strings.Contains(body, c.says) {
				t.Errorf("%s: %d %s, want %d and %q", c.path, code, body, c.code, c.says)
			}
		}
	})
}

func ask(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	srv := httptest.NewServer(h)
	defer srv.Close()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// The guide says of every kind of need what it means, and of no other.
func TestTheGuideKnowsEveryNeed(t *testing.T) {
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| cause | means | do |")
	table, _, _ = strings.Cut(table, "\n\n")
	said := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` ").FindAllStringSubmatch(table, -1) {
		said[m[1]] = true
	}
	tried := map[string]bool{}
	for _, n := range needCases {
		tried[n.kind] = true
	}
	for _, kind := range worker.NeedKinds {
		if !said[kind] || !tried[kind] {
			t.Errorf("%s: docs/operating.md tells of it: %t; it is tried: %t", kind, said[kind], tried[kind])
		}
		delete(said, kind)
	}
	for kind := range said {
		t.Errorf("docs/operating.md tells of %s, which is no need", kind)
	}
}
