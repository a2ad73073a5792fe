package export

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected files anew")

// golden compares with a file of testdata or, with -update, writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: look at it, and if it is right run go test ./internal/export -update\n%s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			old := "(no such line)"
			if i < len(w) {
				old = w[i]
			}
			return "got  " + g[i] + "\nwant " + old
		}
	}
	return "the expected file is longer"
}

func show(t *testing.T, b Book, o TermOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := Terminal(&out, b, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTerminal(t *testing.T) {
	got := show(t, sample(t), TermOptions{})
	golden(t, filepath.Join("testdata", "show.txt"), []byte(got))
	if strings.Contains(got, "\x1b") {
		t.Error("colour codes although colour is off")
	}
	for _, line := range strings.Split(got, "\n") {
		if width(line) > 80 {
			t.Errorf("%d cells wide: %s", width(line), line)
		}
	}
}
