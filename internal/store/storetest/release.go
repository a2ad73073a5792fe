package storetest

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// EachRelease runs a test on the database of each earlier release, of both kinds, as it was left; dir is where they lie.
func EachRelease(t *testing.T, dir string, test func(t *testing.T, dsn string)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.gz"))
	if err != nil || len(files) < 2 {
		t.Fatalf("releases: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { test(t, release(t, file)) })
	}
}

func release(t testing.TB, file string) (dsn string) {
	t.Helper()
	content := unpack(t, file)
	if strings.HasSuffix(file, ".sqlite.gz") {
		path := filepath.Join(t.TempDir(), "release.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
	dsn = EmptyPostgres(t)
	cmd := exec.Command(Tool(t, "psql"), "--quiet", "--set=ON_ERROR_STOP=1", dsn)
	cmd.Stdin = bytes.NewReader(content)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("load the release: %v\n%s", err, out)
	}
	return dsn
}

func unpack(t testing.TB, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
