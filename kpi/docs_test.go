package kpi

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/kpis.md anew")

const docsFile = "../docs/kpis.md"

func TestTheDocsAreUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := Docs(&b, Catalogue()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(docsFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, b.Bytes()) {
		t.Error("docs/kpis.md is not what the declarations say: go test ./kpi -run Docs -update")
	}
	for _, k := range Catalogue() {
		if strings.Count(b.String(), "`"+string(k.ID)+"`  \n") != 1 {
			t.Errorf("%s does not stand in the docs once", k.ID)
		}
	}
}

func TestGapsFollowTheReference(t *testing.T) {
	r := loadReference(t)
	ours := r.ours(t)
	gaps := map[string]Gap{"N0": NoDenominator, "NZ": StaleSource, "NS": InsufficientSample, "NM": NotEntered, "NH": InsufficientHist,
		"NC": ImmatureCohort, "NI": BelowCoverage, "NX": NotConnected}
	for _, want := range r.KPIs {
		if !slices.Contains(ours, want.ID) {
			continue
		}
		k, _ := Find(Catalogue(), ID(want.ID))
		for _, code := range want.Null.Codes {
			if k.ID == "product_market_fit_accuracy" && code == "N0" {
				continue // it has no formula to divide by until its criteria can be entered
			}
			if !slices.Contains(k.Gaps(), gaps[code]) {
				t.Errorf("%s can show %v, the reference says %s too", k.ID, k.Gaps(), gaps[code])
			}
		}
	}
}
