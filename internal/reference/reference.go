// Package reference finds, for tests, the reference material that is no part of the project: the KPIs' worked examples, Shopify's official schema
// and the CDNOW orders. The strongest tests hold the program to it, and are skipped where it is not at hand.
package reference

import (
	"os"
	"path/filepath"
	"testing"
)

// Path is where a file or folder of the reference material lies: below $FOURFOLD_SHARED, else below a folder shared beside the module. Without
// either the test is skipped. Who names a folder wants its tests run: there a want fails them.
func Path(t testing.TB, path ...string) string {
	t.Helper()
	within := filepath.Join(path...)
	if root := os.Getenv("FOURFOLD_SHARED"); root != "" {
		name := filepath.Join(root, within)
		if _, err := os.Stat(name); err != nil {
			t.Fatalf("FOURFOLD_SHARED is to name the folder of the reference material, by its whole path: %v", err)
		}
		return name
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		name := filepath.Join(filepath.Dir(dir), "shared", within)
		if _, err := os.Stat(name); err == nil {
			return name
		}
		break
	}
	t.Skipf("%s of the reference material is missing: put that into a folder shared beside the module, or name its folder in FOURFOLD_SHARED", within)
	return ""
}
