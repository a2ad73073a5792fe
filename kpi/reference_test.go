package kpi

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	material "fourfold/internal/reference"
)

// reference is the part of kpis.yaml that concerns this package.
type reference struct {
	KPIs []struct {
		ID          string `yaml:"id"`
		Name        string `yaml:"name"`
		Perspective string `yaml:"perspective"`
		Theme       string `yaml:"theme"`
		Kind        string `yaml:"kind"`
		Unit        string `yaml:"unit"`
		Direction   string `yaml:"direction"`
		Derivable   string `yaml:"derivable"`
		Starter     bool   `yaml:"starter"`
		Null        struct {
			Codes []string `yaml:"codes"`
		} `yaml:"null_semantics"`
		Example struct {
			Inputs map[string]float64 `yaml:"inputs"`
			Expr   string             `yaml:"expr"`
			Result float64            `yaml:"result"`
		} `yaml:"example"`
	} `yaml:"kpis"`
	StarterSet []string `yaml:"starter_set"`
	Vectors    []struct {
		ID       string `yaml:"id"`
		Inputs   string `yaml:"inputs"`
		Expected any    `yaml:"expected"`
	} `yaml:"test_vectors"`
}

func loadReference(t *testing.T) reference {
	t.Helper()
	text, err := os.ReadFile(material.Path(t, "reference", "kpis.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := yaml.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.KPIs) < 100 || len(r.Vectors) < 30 {
		t.Fatalf("read only %d KPIs and %d vectors", len(r.KPIs), len(r.Vectors))
	}
	return r
}

// ours lists the 51 KPIs that Shopify can feed, and nine of the ten of ad accounts: the tenth awaits goals, from the classes of the reference.
func (r reference) ours(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, k := range r.KPIs {
		switch k.Derivable {
		case "shopify", "shopify+cost", "shopify+snapshots", "sessions", "ads":
			if mine, ok := Find(Catalogue(), ID(k.ID)); k.ID != "clv_bgnbd" && (k.Derivable != "ads" || ok && mine.Awaits == "") {
				ids = append(ids, k.ID)
			}
		}
	}
	if len(ids) != 60 {
		t.Fatalf("the reference holds %d KPIs that stores and ad accounts can feed, not 60", len(ids))
	}
	return ids
}
