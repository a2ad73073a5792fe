package shopify

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"fourfold/internal/reference"
)

var loadOfficial = sync.OnceValues(func() (*ast.Schema, error) {
	raw, err := os.ReadFile(officialPath)
	if err != nil {
		return nil, err
	}
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "admin_2026-10.graphql", Input: string(raw)})
	if s != nil {
		return s, nil
	}
	return nil, err
})

var officialPath string

func official(t *testing.T) *ast.Schema {
	officialPath = reference.Path(t, "shopify", "admin_2026-10.graphql")
	s, err := loadOfficial()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Everything in the subset stands in the official schema by the same name, with the same type, defaults and interfaces.
func TestSubsetOfOfficialSchema(t *testing.T) {
	full := official(t)
	checked := 0
	for name, def := range schema().Types {
		if def.BuiltIn || strings.HasPrefix(name, "__") {
			continue
		}
		real := full.Types[name]
		if real == nil || real.Kind != def.Kind {
			t.Errorf("type %s is not in the official schema as %s", name, def.Kind)
			continue
		}
		for _, i := range def.Interfaces {
			if !slices.Contains(real.Interfaces, i) {
				t.Errorf("%s does not implement %s", name, i)
			}
		}
		for _, u := range def.Types {
			if !slices.Contains(real.Types, u) {
				t.Errorf("%s does not hold %s", name, u)
			}
		}
		for _, v := range def.EnumValues {
			if real.EnumValues.ForName(v.Name) == nil {
				t.Errorf("%s has no value %s", name, v.Name)
			}
		}
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			checked++
			is := real.Fields.ForName(f.Name)
			if is == nil {
				t.Errorf("%s has no field %s", name, f.Name)
				continue
			}
			if is.Type.String() != f.Type.String() {
				t.Errorf("%s.%s is %s, not %s", name, f.Name, is.Type, f.Type)
			}
			for _, a := range f.Arguments {
				arg := is.Arguments.ForName(a.Name)
				if arg == nil || arg.Type.String() != a.Type.String() || arg.DefaultValue.String() != a.DefaultValue.String() {
					t.Errorf("%s.%s(%s: %s = %s) differs", name, f.Name, a.Name, a.Type, a.DefaultValue)
				}
			}
			for _, a := range is.Arguments {
				if a.Type.NonNull && a.DefaultValue == nil && f.Arguments.ForName(a.Name) == nil {
					t.Errorf("%s.%s lacks its required argument %s", name, f.Name, a.Name)
				}
			}
		}
	}
	if checked < 400 {
		t.Errorf("only %d fields were compared", checked)
	}
}

// Every field of every object can be resolved, and no resolver is without a field.
func TestEveryFieldHasAResolver(t *testing.T) {
	for name, def := range schema().Types {
		if def.Kind != ast.Object || def.BuiltIn || strings.HasPrefix(name, "__") || strings.HasSuffix(name, "Connection") ||
			strings.HasSuffix(name, "Edge") || name == "PageInfo" || name == "MoneyBag" { // those the executor writes itself
			continue
		}
		for _, f := range def.Fields {
			if !strings.HasPrefix(f.Name, "__") && resolvers[name][f.Name] == nil {
				t.Errorf("%s.%s has no resolver", name, f.Name)
			}
		}
		for f := range resolvers[name] {
			if def.Fields.ForName(f) == nil {
				t.Errorf("the resolver %s.%s has no field", name, f)
			}
		}
	}
	for name := range resolvers {
		if schema().Types[name] == nil {
			t.Errorf("resolvers of %s, which the schema does not have", name)
		}
	}
}

// The guards say what the official table of required access says, for every type and field of the subset that is in it.
func TestAccessAsOfficial(t *testing.T) {
	f, err := os.Open(reference.Path(t, "shopify", "access_2026-10.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		col := strings.SplitN(sc.Text(), "\t", 3)
		def := schema().Types[col[0]]
		if def == nil || len(col) < 3 || !strings.Contains(col[2], "access scope") {
			continue
		}
		var have *access
		if col[1] == "*" {
			have = typeAccess[col[0]]
			if def.IsAbstractType() && have == nil {
				continue
			}
		} else {
			field := def.Fields.ForName(col[1])
			if field == nil {
				continue
			}
			node := ""
			if strings.HasSuffix(field.Type.Name(), "Connection") {
				node = schema().Types[field.Type.Name()].Fields.ForName("nodes").Type.Name()
			}
			if have = accessTo(col[0], col[1], field.Type.Name(), node); have == nil {
				have = typeAccess[col[0]]
			}
		}
		rows++
		if have == nil {
			t.Errorf("%s.%s is open, but needs %s", col[0], col[1], col[2])
			continue
		}
		want := guard(col[2], "").scopes
		slices.Sort(want)
		got := slices.Sorted(slices.Values(have.scopes))
		if !slices.Equal(got, want) {
			t.Errorf("%s.%s needs %v, here %v", col[0], col[1], want, got)
		}
	}
	if rows < 40 {
		t.Errorf("only %d rows of the table concern the subset", rows)
	}
}
