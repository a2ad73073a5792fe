package ga4

import (
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"fourfold/connectors/adstest"
	sim "fourfold/internal/sim/ga4"
)

var id = regexp.MustCompile(`properties/\d+:`)

// note keeps the names in a request.
func note(t *testing.T, used adstest.Used, r *http.Request, text []byte) {
	t.Helper()
	used.Use("path", r.URL.Host+" "+r.Method+" "+id.ReplaceAllString(r.URL.Path, "properties/{property}:"))
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" && name != "Authorization" {
			used.Use("header", name)
		}
	}
	for name, v := range r.URL.Query() {
		used.Use("parameter", name)
		if name == "filter" {
			used.Use("parameter", name+"="+strings.TrimRight(v[0], "0123456789"))
		}
	}
	if len(text) == 0 {
		return
	}
	adstest.Walk(t, text, func(at string, v any) {
		name := strings.ReplaceAll(at, "[]", "")
		used.Use("body", name)
		if list, below, _ := strings.Cut(name, "."); below == "name" {
			used.Use(strings.TrimSuffix(list, "s"), v.(string))
		}
	})
}

func TestEveryNameIsPublished(t *testing.T) {
	r := rigged(t, sim.Options{Page: 2})
	used := adstest.Used{}
	r.Net = adstest.Tap(r.Net, func(q *http.Request, body []byte) { note(t, used, q, body) })
	if _, err := accounts(t.Context(), r.Grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), r.account(sites()[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := r.read(t, 0, 70); err != nil {
		t.Fatal(err)
	}
	used.Use("scope", scope)
	for prefix, of := range map[string]reflect.Type{"report.": reflect.TypeFor[report](), "accounts.": reflect.TypeFor[summaries](), "properties.": reflect.TypeFor[properties]()} {
		adstest.Reads(of, func(field string, _ bool) { used.Use("read", prefix+strings.ReplaceAll(field, "[]", "")) })
	}
	used.Check(t)
}
