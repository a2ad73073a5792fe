//go:build release

package main

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// TestWriteRelease writes a small store's database, on both engines, as a release that later versions must be able to take over:
// FOURFOLD_RELEASE=name go test -tags release -run WriteRelease ./cmd/fourfold. The files stay as they are ever after.
func TestWriteRelease(t *testing.T) {
	name := os.Getenv("FOURFOLD_RELEASE")
	if name == "" {
		t.Fatal("name the release to write in FOURFOLD_RELEASE")
	}
	dir := filepath.Join("..", "..", "internal", "store", "testdata", "releases")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, releasedShop(t), rigOptions{Now: releasedAt, Sim: sim.Options{Protected: 2}})
		r.link()
		r.night(releasedAt)
		r.must(r.command("targets", "set", "net_sales", "--green", "5000"))
		r.app.close()
		path, ok := strings.CutPrefix(dsn, "sqlite:")
		if !ok {
			write(t, filepath.Join(dir, name+".postgres.sql.gz"), dumpPostgres(t, dsn))
			return
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("VACUUM INTO ?", copied); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".sqlite.gz"), b)
	})
}

func dumpPostgres(t *testing.T, dsn string) []byte {
	t.Helper()
	out, err := exec.Command(storetest.Tool(t, "pg_dump"), "--no-owner", "--no-privileges", dsn).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, z.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes", path, z.Len())
}
