package ga4

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/ga4"
)

// published are the names of testdata/fields.txt by kind. Each was looked up in the description that Google publishes; see the file's head.
func published(t *testing.T) map[string]map[string]bool {
	t.Helper()
	text, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		name, source, ok := strings.Cut(rest, "\t")
		if !ok || source == "" {
			t.Fatalf("%q is not kind, name and source", line)
		}
		if names[kind] == nil {
			names[kind] = map[string]bool{}
		}
		names[kind][name] = true
	}
	return names
}

// recorder keeps the names in each request that passes.
type recorder struct {
	next http.RoundTripper
	used map[string]map[string]bool
}

func (c recorder) use(kind, name string) {
	if c.used[kind] == nil {
		c.used[kind] = map[string]bool{}
	}
	c.used[kind][name] = true
}

var id = regexp.MustCompile(`properties/\d+:`)

func (c recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	c.use("path", r.URL.Host+" "+r.Method+" "+id.ReplaceAllString(r.URL.Path, "properties/{property}:"))
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" && name != "Authorization" {
			c.use("header", name)
		}
	}
	for name, v := range r.URL.Query() {
		c.use("parameter", name)
		if name == "filter" {
			c.use("parameter", name+"="+strings.TrimRight(v[0], "0123456789"))
		}
	}
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		var body map[string]any
		if err := json.Unmarshal(text, &body); err != nil {
			return nil, err
		}
		for name, v := range body {
			c.use("body", name)
			list, _ := v.([]any)
			for _, entry := range list {
				for below, v := range entry.(map[string]any) {
					c.use("body", name+"."+below)
					if below == "name" {
						c.use(strings.TrimSuffix(name, "s"), v.(string))
					}
				}
			}
		}
	}
	return c.next.RoundTrip(r)
}

// read are the paths of the names that a type takes from JSON.
func read(t reflect.Type, prefix string, into map[string]bool) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return
	}
	for f := range slices.Values(reflect.VisibleFields(t)) {
		name := f.Tag.Get("json")
		into[prefix+name] = true
		read(f.Type, prefix+name+".", into)
	}
}

func TestEveryNameIsPublished(t *testing.T) {
	r := rigged(t, sim.Options{Page: 2})
	c := recorder{next: r.net, used: map[string]map[string]bool{}}
	r.net = c
	if _, err := accounts(t.Context(), r.grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), r.account(sites()[0])); err != nil {
		t.Fatal(err)
	}
	if _, err := r.read(0, 70); err != nil {
		t.Fatal(err)
	}
	c.use("scope", scope)
	c.used["read"] = map[string]bool{}
	for prefix, of := range map[string]reflect.Type{"report.": reflect.TypeFor[report](), "accounts.": reflect.TypeFor[summaries](), "properties.": reflect.TypeFor[properties]()} {
		read(of, prefix, c.used["read"])
	}
	names := published(t)
	for _, kind := range slices.Sorted(maps.Keys(c.used)) {
		for name := range c.used[kind] {
			if !names[kind][name] {
				t.Errorf("%s %q is used and not in testdata/fields.txt", kind, name)
			}
		}
	}
	for kind, list := range names {
		for name := range list {
			if !c.used[kind][name] {
				t.Errorf("%s %q is in testdata/fields.txt and nobody uses it", kind, name)
			}
		}
	}
}
