package metaads

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/metaads"
)

// listed is testdata/fields.txt: what is used, by kind and name.
func listed(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^(host|version|header|request|param|value|field) +(\S.*?) +(spec \S+|sdk \S.*|docs \S+|none)$`)
	all := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		m := form.FindStringSubmatch(line)
		if m == nil || all[m[1]+" "+m[2]] {
			t.Errorf("a line says nothing, or says it again: %s", line)
			continue
		}
		all[m[1]+" "+m[2]] = true
	}
	return all
}

// record keeps what requests use.
type record struct {
	mu   sync.Mutex
	used map[string]bool
	next http.RoundTripper
}

func (c *record) note(words ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used[strings.Join(words, " ")] = true
}

func (c *record) RoundTrip(r *http.Request) (*http.Response, error) {
	c.request(r.Method, r.URL)
	if r.Header.Get("Authorization") != "" {
		c.note("header", "Authorization")
	}
	return c.next.RoundTrip(r)
}

var (
	accountPath = regexp.MustCompile(`^/act_\d+`)
	reportPath  = regexp.MustCompile(`^/\d+`)
)

func (c *record) request(method string, u *url.URL) {
	version, path, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	c.note("version", version)
	path = reportPath.ReplaceAllString(accountPath.ReplaceAllString("/"+path, "/act_{id}"), "/{report}")
	if u.Host == graphHost {
		c.note("host", u.Host)
	} else {
		path = u.Host + path
	}
	c.note("request", method, path)
	node := map[string]string{"/me/adaccounts": "AdAccount", "/act_{id}": "AdAccount", "/act_{id}/insights": "AdsInsights", "/{report}": "AdReportRun"}[path]
	for name, values := range u.Query() {
		c.note("param", method, path, name)
		for _, v := range values {
			c.value(node, name, v)
		}
	}
}

// value keeps the words of Meta's that a parameter is made of.
func (c *record) value(node, name, v string) {
	switch name {
	case "fields":
		for f := range strings.SplitSeq(v, ",") {
			c.note("field", node+"."+f)
		}
	case "level", "time_increment":
		c.note("value", name, v)
	case "action_attribution_windows":
		var windows []string
		_ = json.Unmarshal([]byte(v), &windows)
		for _, w := range windows {
			c.note("value", name, w)
		}
	case "time_range":
		var span map[string]string
		_ = json.Unmarshal([]byte(v), &span)
		for end := range span {
			c.note("value", name, end)
		}
	case "filtering":
		var filters []filter
		_ = json.Unmarshal([]byte(v), &filters)
		for _, f := range filters {
			c.note("value", name, f.Field, f.Operator)
			if _, what, _ := strings.Cut(f.Field, "."); what == "effective_status" {
				for _, s := range f.Value {
					c.note("value", what, s)
				}
			}
		}
	}
}

// reads keeps the fields of an answer that a type takes in.
func (c *record) reads(name string, t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := name + "." + t.Field(i).Tag.Get("json")
		c.note("field", f)
		if t.Field(i).Type != reflect.TypeFor[[]action]() {
			c.reads(f, t.Field(i).Type)
		}
	}
}

func TestWhatIsUsedIsWhatMetaPublishes(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.MostRows = 4 })
	c := &record{used: map[string]bool{}, next: r.Transport()}
	r.grant.Client.Transport = authorised{token: r.token, next: c}

	// All that is ever asked: both logins, the accounts, the probe, figures at once, as reports and in parts, and totals.
	for _, fields := range []map[string]string{{}, {fieldLogin: "1"}} {
		at, err := Connector().Auth[0].Begin(app, connectors.Consent{Fields: fields, Redirect: back, State: "state"})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		c.request(http.MethodGet, u)
	}
	code := r.codeFor(t)
	if _, err := exchange(t.Context(), &http.Client{Transport: c}, app, connectors.Consent{Redirect: back}, code); err != nil {
		t.Fatal(err)
	}
	acc := r.account(r.opts.Accounts[0])
	if _, err := accounts(t.Context(), r.grant); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, f := range []sim.Faults{{}, {MostCells: 200}, {MostCells: 12, MostReport: 1}} {
		r.Fault(func(now *sim.Faults) { *now = f })
		b := newBooks()
		for _, s := range Connector().Streams {
			b.pullThrough(t, r, acc, s, period.On(firstRun, time.UTC)-30)
		}
	}
	for name, v := range map[string]any{
		"AdAccount": account{}, "AdsInsights": row{}, "AdsActionStats": action{}, "AdReportRun": progress{}, "page": page[struct{}]{}, "ordered": ordered{},
		"token": tokenAnswer{}, "inspection": inspection{}, "refusal": refusal{}, "case": caseUsage{}, "account": accountUsage{}, "app": appUsage{}, "insights": insightsUsage{},
	} {
		c.reads(name, reflect.TypeOf(v))
	}
	for _, h := range []string{usageOfCase, usageOfAccount, usageOfApp, usageOfInsights, answeredBy} {
		c.note("header", http.CanonicalHeaderKey(h))
	}

	list := listed(t)
	for what := range c.used {
		if !list[what] {
			t.Errorf("used, and not in the list: %s", what)
		}
	}
	for what := range list {
		if !c.used[what] {
			t.Errorf("in the list, and not used: %s", what)
		}
	}
	// What is read of an object is what is asked of it.
	for what := range c.used {
		for _, node := range []string{"AdAccount", "AdsInsights", "AdReportRun"} {
			if strings.HasPrefix(what, "field "+node+".") && !slices.ContainsFunc([]string{accountFields, strings.Join(everything, ","), reportFields}, func(asked string) bool {
				return slices.Contains(strings.Split(asked, ","), strings.TrimPrefix(what, "field "+node+"."))
			}) {
				t.Errorf("%s is read, and never asked for", what)
			}
		}
	}
}
