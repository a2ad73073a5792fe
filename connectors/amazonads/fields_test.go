package amazonads

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourfold/internal/money"
	sim "fourfold/internal/sim/amazonads"
)

// testdata/fields.txt lists what is asked for and read, with the file of Amazon's documentation that has it: what a request holds beyond the
// list was never looked up.
func TestOnlyPublishedFieldsAreUsed(t *testing.T) {
	used := map[string]bool{}
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	s.tokens.saw = func(r *http.Request, body []byte) { noteRequest(t, used, r, body) }
	acc, k := s.account(t, "2501234"), newShelf()
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.pull(t.Context(), acc, stream, begin.AddDate(0, -2, 0), k); err != nil {
			t.Fatal(err)
		}
	}
	s.tokens.base = noteTokens{used, s.tokens.base}
	if err := s.tokens.link(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.tokens.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, answer := range map[string]any{pathProfiles: profile{}, pathReports: report{}, "file": row{}, "any": refusal{}} {
		noteFields(used, "read "+path+" ", reflect.TypeOf(answer))
	}
	for name, r := range regions {
		used["region "+name+" "+r.consent+" "+r.token+" "+r.api] = true
	}
	for _, status := range []string{"PENDING", "PROCESSING", "COMPLETED", "FAILED"} {
		used["value status "+status] = true
	}
	used["value type agency"] = true
	used["header "+strings.ToLower(headerBearer)], used["header "+strings.ToLower(headerClient)] = true, true
	used["value HTTP "+fmt.Sprint(statusTooEarly)] = true

	published := readFields(t)
	for _, u := range slices.Sorted(maps.Keys(used)) {
		if !published[u] {
			t.Errorf("%s is not in testdata/fields.txt: look it up in what Amazon publishes, and add it", u)
		}
	}
	for p := range published {
		if !used[p] {
			t.Errorf("%s is in testdata/fields.txt, and nothing uses it", p)
		}
	}
}

func readFields(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]bool{}
	for in := bufio.NewScanner(f); in.Scan(); {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, source, ok := strings.Cut(line, "\t")
		if !ok || source == "" {
			t.Errorf("%q names no source", line)
		}
		all[what] = true
	}
	return all
}

func noteRequest(t *testing.T, used map[string]bool, r *http.Request, body []byte) {
	t.Helper()
	path := r.URL.Path
	if id, ok := strings.CutPrefix(path, pathReports+"/"); ok && id != "" {
		path = pathReports + "/{id}"
	}
	used["ask "+r.Method+" "+r.URL.Host+path] = true
	for name, values := range r.URL.Query() {
		used["send "+path+" "+name] = true
		used["value "+name+" "+values[0]] = true
	}
	for name, values := range r.Header {
		if name == "Content-Type" {
			used["header content-type "+values[0]] = true
		} else if name != "Accept" {
			used["header "+strings.ToLower(name)] = true
		}
	}
	if len(body) == 0 {
		return
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	noteValue(used, r.URL.Path, "", v)
}

// enums are the fields whose values are Amazon's words.
var enums = []string{"adProduct", "reportTypeId", "timeUnit", "format"}

func noteValue(used map[string]bool, path, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			noteValue(used, path, strings.TrimPrefix(at+"."+name, "."), inner)
		}
		return
	case []any:
		for _, inner := range v {
			if word, ok := inner.(string); ok && strings.HasSuffix(at, "groupBy") {
				used["value groupBy "+word] = true
			}
			if word, ok := inner.(string); ok && strings.HasSuffix(at, "columns") {
				used["column "+word] = true
				continue
			}
			noteValue(used, path, at, inner)
		}
	case string:
		name := at[strings.LastIndexByte(at, '.')+1:]
		if slices.Contains(enums, name) {
			used["value "+name+" "+v] = true
		}
	}
	used["send "+path+" "+at] = true
}

func noteFields(used map[string]bool, prefix string, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		noteFields(used, prefix, t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			noteFields(used, prefix+name+".", f.Type)
		}
	default:
		used[strings.TrimSuffix(prefix, ".")] = true
	}
}

// noteTokens looks at the page that the merchant is sent to, and at the requests for tokens.
type noteTokens struct {
	used map[string]bool
	next http.RoundTripper
}

func (n noteTokens) RoundTrip(r *http.Request) (*http.Response, error) {
	n.used["ask "+r.Method+" "+r.URL.Host+r.URL.Path] = true
	form := r.URL.Query()
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		if form, err = url.ParseQuery(string(b)); err != nil {
			return nil, err
		}
	}
	for name := range form {
		n.used["send "+r.URL.Path+" "+name] = true
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		n.used["value scope "+scope] = true
	}
	return n.next.RoundTrip(r)
}
