package adstest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Used are the names that a connector sends and reads: paths, parameters, headers, words and fields.
type Used map[string]bool

// Use notes a name.
func (u Used) Use(words ...string) { u[strings.Join(words, " ")] = true }

// Reads tells the names that a type takes from JSON, as paths with "[]" behind a list. What holds others is no leaf.
func Reads(of reflect.Type, name func(path string, leaf bool)) { reads(of, "", name) }

func reads(of reflect.Type, at string, name func(path string, leaf bool)) {
	switch {
	case of.Kind() == reflect.Pointer:
		reads(of.Elem(), at, name)
	case of.Kind() == reflect.Slice && of.Elem().Kind() != reflect.Uint8:
		reads(of.Elem(), at+"[]", name)
	case of.Kind() == reflect.Struct && of != reflect.TypeFor[time.Time]():
		if at != "" {
			name(at, false)
		}
		for f := range of.Fields() {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag == "" && !f.Anonymous {
				tag = f.Name
			}
			if tag != "-" {
				reads(f.Type, strings.Trim(at+"."+tag, "."), name)
			}
		}
	default:
		name(at, true)
	}
}

// Tap shows each request, and what is in it, to a test before it goes on.
func Tap(next http.RoundTripper, sees func(r *http.Request, body []byte)) http.RoundTripper {
	var one sync.Mutex // requests may go out side by side
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		one.Lock()
		sees(r, body)
		one.Unlock()
		return next.RoundTrip(r)
	})
}

// Published reads testdata/fields.txt: on each line a name, a tab, and where the provider describes it. Lines that begin with # say of what and when.
func Published(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, source, _ := strings.Cut(line, "\t")
		if strings.TrimSpace(source) == "" || all[name] != "" {
			t.Errorf("%q names no source, or says it again", line)
		}
		all[name] = source
	}
	return all
}

// Check holds what is used against testdata/fields.txt, and the list against what is used.
func (u Used) Check(t *testing.T) {
	t.Helper()
	published := Published(t)
	for _, name := range slices.Sorted(maps.Keys(u)) {
		if _, ok := published[name]; !ok {
			t.Errorf("%s is not in testdata/fields.txt: look it up in what the provider publishes, and add it", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(published)) {
		if !u[name] {
			t.Errorf("%s is in testdata/fields.txt, and nothing uses it", name)
		}
	}
}

// Walk tells the values of a JSON text by their paths, lists as well as what is in them, which has "[]" behind it.
func Walk(t *testing.T, text []byte, value func(path string, v any)) {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	walk("", v, value)
}

func walk(at string, v any, value func(path string, v any)) {
	if fields, ok := v.(map[string]any); ok {
		for name, below := range fields {
			walk(strings.TrimPrefix(at+"."+name, "."), below, value)
		}
		return
	}
	value(at, v)
	if list, ok := v.([]any); ok {
		for _, below := range list {
			walk(at+"[]", below, value)
		}
	}
}

// Form notes a request of the code grant: its address, what it sends, and the scopes it asks for.
func (u Used) Form(r *http.Request, body []byte) {
	u.Use("ask", r.Method, r.URL.Host+r.URL.Path)
	form := r.URL.Query()
	if len(body) > 0 {
		form, _ = url.ParseQuery(string(body))
	}
	for name := range form {
		u.Use("send", r.URL.Path, name)
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		u.Use("value scope", scope)
	}
}
