package googleads

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

	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/googleads"
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

var (
	customer = regexp.MustCompile(`customers/\d+/`)
	selected = regexp.MustCompile(`^SELECT (.+) FROM (\w+)(?: WHERE (segments\.date) BETWEEN '[\d-]+' AND '[\d-]+')?$`)
)

func (c recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	c.use("path", r.Method+" "+customer.ReplaceAllString(r.URL.Path, "customers/{customer_id}/"))
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" && name != "Authorization" {
			c.use("header", strings.ToLower(name))
		}
	}
	for name := range r.URL.Query() {
		c.use("parameter", name)
	}
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		var body map[string]string
		if err := json.Unmarshal(text, &body); err != nil {
			return nil, err
		}
		for name := range body {
			c.use("body", name)
		}
		m := selected.FindStringSubmatch(body["query"])
		if m == nil {
			m = []string{"", body["query"], "?", ""}
		}
		for f := range strings.SplitSeq(m[1]+", "+m[3], ", ") {
			if f != "" {
				c.use("select", f)
			}
		}
		c.use("from", m[2])
	}
	return c.next.RoundTrip(r)
}

// read are the paths of the names that a type takes from JSON.
func read(t reflect.Type, prefix string, into map[string]bool) {
	for t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for f := range slices.Values(reflect.VisibleFields(t)) {
		name := f.Tag.Get("json")
		if name == "" {
			continue
		}
		into[prefix+name] = true
		read(f.Type, prefix+name+".", into)
	}
}

func TestEveryNameIsPublished(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all[:1], Managers: []sim.Manager{{ID: "9990001111", Name: "Agency", Accounts: all[1:2]}}})
	c := recorder{next: r.net, used: map[string]map[string]bool{}}
	r.net = c
	if _, err := accounts(t.Context(), r.grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), r.account(all[1], "9990001111")); err != nil {
		t.Fatal(err)
	}
	for _, stream := range Connector().Streams {
		var s shelf
		if err := s.pull(t, stream, r.account(all[1], "9990001111"), r.now.AddDate(0, -2, 0)); err != nil {
			t.Fatal(err)
		}
	}
	c.use("scope", scope)
	c.used["read"] = map[string]bool{}
	for prefix, of := range map[string]reflect.Type{"": reflect.TypeFor[batch](), " ": reflect.TypeFor[listed](), "error.": reflect.TypeFor[google.Status](), "error.details.": reflect.TypeFor[failure]()} {
		read(of, strings.TrimSpace(prefix), c.used["read"])
	}
	for code := range meanings {
		c.use("error", code)
	}
	for value := range waits {
		c.use("error", "quotaError."+value)
	}
	names := published(t)
	for name := range names["enum"] {
		c.use("enum", name)
		field, value, _ := strings.Cut(name, "=")
		switch field {
		case "campaign.advertising_channel_type":
			if channelOf(value) == fact.AdOther {
				t.Errorf("%s is sorted as any other", name)
			}
		case "customer_client.status":
			if barred := (client{Status: value}).info("").Barred; (barred == "") != (value == "ENABLED") {
				t.Errorf("%s bars an account by %q", name, barred)
			}
		default:
			t.Errorf("nobody reads %s", name)
		}
	}
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
	if f, ok := connectors.FaultOf(judge(callOf(200, ""))); ok {
		t.Errorf("a good answer is %s", f)
	}
}
