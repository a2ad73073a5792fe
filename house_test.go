// Package fourfold_test holds the rules of the house: who may import whom.
package fourfold_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says what each part of the house may import of ours, as docs/decisions and the design have it. "*" is everything.
// A provider's folder may not import another provider's; tests may also import the simulators and the test helpers, and those of link,
// web and worker the connectors and the vault that they are driven with, and those of cluster what a worker is made of.
var allowed = map[string][]string{
	"internal/money":           {},
	"internal/period":          {},
	"internal/secret":          {},
	"internal/reference":       {},
	"internal/fact":            {"internal/money", "internal/period"},
	"connectors":               {"internal/fact", "internal/money", "internal/period", "internal/secret"},
	"connectors/transport":     {"connectors"},
	"connectors/connectortest": {"connectors", "connectors/transport", "internal/fact", "internal/money", "internal/period"},
	"connectors/adstest":       {"connectors", "internal/fact", "internal/money", "internal/period", "internal/secret", "internal/sim/ads"},
	"connectors/catalog":       {"connectors", "connectors/*"},
	"connectors/oauth":         {"connectors", "connectors/transport", "internal/secret"},
	"connectors/rest":          {"connectors", "connectors/transport"},
	"connectors/daily":         {"connectors", "internal/fact", "internal/money", "internal/period"},
	"connectors/google":        {"connectors", "connectors/transport", "connectors/oauth", "connectors/rest", "internal/secret"},
	"connectors/":              {"connectors", "connectors/transport", "connectors/oauth", "connectors/rest", "connectors/daily", "connectors/google", "internal/fact", "internal/money", "internal/period", "internal/secret"},
	"kpi":                      {"internal/period", "internal/money"},
	"config":                   {"kpi", "internal/money", "internal/period", "internal/secret"},
	"internal/vault":           {"internal/secret"},
	"internal/mail":            {"internal/secret"},
	"internal/alert":           {"internal/mail", "internal/secret"},
	"internal/metrics":         {},
	"migrations":               {},
	"internal/store/count":     {"internal/fact", "kpi", "internal/money", "internal/period"},
	"internal/store/storetest": {"migrations"},
	"internal/store":           {"internal/store/count", "internal/fact", "kpi", "internal/money", "internal/period", "internal/secret", "connectors", "migrations"},
	"internal/link":            {"connectors", "internal/store", "internal/vault", "internal/secret"},
	"internal/export":          {"kpi", "internal/period", "internal/money"},
	"internal/book":            {"connectors", "kpi", "internal/export", "internal/period", "internal/store"},
	"internal/shapes":          {"connectors", "kpi", "internal/export", "internal/fact", "internal/money", "internal/period", "internal/store"},
	"internal/locale":          {"kpi", "internal/money", "internal/period", "internal/export"},
	"internal/letter":          {"kpi", "internal/export", "internal/locale", "internal/period"},
	"internal/destination":     {"connectors", "connectors/googlesheets", "connectors/transport", "kpi", "internal/export", "internal/period", "internal/store"},
	"internal/worker":          {"connectors", "kpi", "internal/fact", "internal/period", "internal/secret", "internal/store", "internal/link", "internal/export", "internal/metrics"},
	"internal/worker/cluster":  {"internal/worker", "internal/store", "connectors", "internal/metrics"},
	"internal/web":             {"connectors", "kpi", "internal/period", "internal/money", "internal/secret", "internal/store", "internal/link", "internal/export", "internal/book", "internal/locale", "internal/shapes"},
	"internal/sim/":            {"internal/money", "internal/period", "internal/sim"},
	"cmd/fourfold":             {"*"},
}

// onlyFrom names packages that one place alone imports.
var onlyFrom = map[string]string{"connectors/catalog": "cmd/fourfold", "config": "cmd/fourfold", "internal/sim/": "cmd/fourfold"}

const module = "fourfold/"

type goPackage struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestWhoMayImportWhom(t *testing.T) {
	packages := list(t)
	if len(packages) < 10 {
		t.Fatalf("go list found %d packages only", len(packages))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		if name == "fourfold" {
			continue // this test
		}
		may, ok := rules(name)
		if !ok {
			t.Errorf("%s has no place in the house: add it to the design and to this list", name)
			continue
		}
		for _, path := range p.Imports {
			check(t, name, path, may)
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			testOnly := strings.HasPrefix(path, module+"internal/sim/") || path == module+"internal/store/storetest" || path == module+"internal/reference" || path == module+"connectors/connectortest" || path == module+"connectors/adstest" ||
				name == "internal/worker/cluster" && slices.Contains([]string{module + "internal/fact", module + "internal/link", module + "internal/secret", module + "internal/vault", module + "kpi", module + "connectors/transport"}, path) ||
				name == "internal/web" && path == module+"internal/fact" ||
				slices.Contains([]string{"internal/link", "internal/web", "internal/worker"}, name) && slices.Contains([]string{module + "connectors/shopify", module + "connectors/googlesheets", module + "connectors/csv", module + "connectors/transport", module + "internal/vault"}, path)
			if path != p.ImportPath && !testOnly {
				check(t, name, path, may)
			}
		}
	}
}

func check(t *testing.T, name, path string, may []string) {
	t.Helper()
	if strings.HasPrefix(path, "gorm.io/") && name != "internal/store" {
		t.Errorf("%s imports %s: only internal/store knows the ORM", name, path)
	}
	ours, ok := strings.CutPrefix(path, module)
	if !ok {
		return
	}
	for pattern, from := range onlyFrom {
		if (ours == pattern || strings.HasSuffix(pattern, "/") && strings.HasPrefix(ours, pattern)) && name != from && !strings.HasPrefix(name, "internal/sim/") && name != "connectors/adstest" {
			t.Errorf("%s imports %s, which only %s may", name, ours, from)
		}
	}
	if !slices.Contains(may, "*") && !slices.Contains(may, ours) && !(slices.Contains(may, "connectors/*") && strings.HasPrefix(ours, "connectors/")) && !(strings.HasPrefix(name, "internal/sim/") && strings.HasPrefix(ours, "internal/sim/")) {
		t.Errorf("%s imports %s: it may import %v", name, ours, may)
	}
}

func rules(name string) ([]string, bool) {
	if may, ok := allowed[name]; ok {
		return may, true
	}
	for _, prefix := range []string{"connectors/", "internal/sim/"} {
		if strings.HasPrefix(name, prefix) {
			return allowed[prefix], true
		}
	}
	return nil, false
}

func list(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
