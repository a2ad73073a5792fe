package microsoftads

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
	sim "fourfold/internal/sim/microsoftads"
)

// testdata/fields.txt lists what is asked for and read, with the file of Microsoft's own publications that has it: what a request holds
// beyond the list was never looked up.
func TestOnlyPublishedFieldsAreUsed(t *testing.T) {
	used := map[string]bool{}
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	s.tokens.saw = func(r *http.Request, body []byte) { noteRequest(t, used, r, body) }
	acc, k := s.account(t, "1501234"), newShelf()
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
	for path, answer := range map[string]any{pathUser: userAnswer{}, pathAccount: accountAnswer{}, pathAccounts: accountsAnswer{}, pathSubmit: submitted{},
		pathPoll: pollAnswer{}, "any": refusal{}} {
		noteFields(used, "read "+path+" ", reflect.TypeOf(answer))
	}
	for _, status := range []string{"Pending", "Success", "Error"} {
		used["value Status "+status] = true
	}
	for status := range barred {
		used["value AccountLifeCycleStatus "+status] = true
	}
	used["header authorization"], used["header "+strings.ToLower(headerDeveloper)] = true, true
	for zone := range zones {
		used["value TimeZone "+zone] = true
	}
	for code := range meanings {
		used[fmt.Sprint("value Code ", code)] = true
	}

	published := readFields(t)
	for _, u := range slices.Sorted(maps.Keys(used)) {
		if !published[u] {
			t.Errorf("%s is not in testdata/fields.txt: look it up in what Microsoft publishes, and add it", u)
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
	used["ask "+r.Method+" "+r.URL.Host+r.URL.Path] = true
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" {
			used["header "+strings.ToLower(name)] = true
		}
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	noteValue(used, r.URL.Path, "", v)
}

// enums are the fields whose values are Microsoft's words.
var enums = []string{"Type", "Format", "FormatVersion", "Aggregation", "Field", "Operator", "Order"}

func noteValue(used map[string]bool, path, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			noteValue(used, path, strings.TrimPrefix(at+"."+name, "."), inner)
		}
		return
	case []any:
		for _, inner := range v {
			if word, ok := inner.(string); ok && strings.HasSuffix(at, "Columns") {
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
