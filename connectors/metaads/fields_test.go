package metaads

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/metaads"
)

// record keeps what is used.
type record struct{ adstest.Used }

var (
	accountPath = regexp.MustCompile(`^/act_\d+`)
	reportPath  = regexp.MustCompile(`^/\d+`)
)

func (c record) request(method string, u *url.URL) {
	version, path, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	c.Use("version", version)
	path = reportPath.ReplaceAllString(accountPath.ReplaceAllString("/"+path, "/act_{id}"), "/{report}")
	if u.Host == graphHost {
		c.Use("host", u.Host)
	} else {
		path = u.Host + path
	}
	c.Use("request", method, path)
	node := map[string]string{"/me/adaccounts": "AdAccount", "/act_{id}": "AdAccount", "/act_{id}/insights": "AdsInsights", "/{report}": "AdReportRun"}[path]
	for name, values := range u.Query() {
		c.Use("param", method, path, name)
		for _, v := range values {
			c.value(node, name, v)
		}
	}
}

// value keeps the words of Meta's that a parameter is made of.
func (c record) value(node, name, v string) {
	switch name {
	case "fields":
		for f := range strings.SplitSeq(v, ",") {
			c.Use("field", node+"."+f)
		}
	case "level", "time_increment":
		c.Use("value", name, v)
	case "action_attribution_windows":
		var windows []string
		_ = json.Unmarshal([]byte(v), &windows)
		for _, w := range windows {
			c.Use("value", name, w)
		}
	case "time_range":
		var span map[string]string
		_ = json.Unmarshal([]byte(v), &span)
		for end := range span {
			c.Use("value", name, end)
		}
	case "filtering":
		var filters []filter
		_ = json.Unmarshal([]byte(v), &filters)
		for _, f := range filters {
			c.Use("value", name, f.Field, f.Operator)
			if _, what, _ := strings.Cut(f.Field, "."); what == "effective_status" {
				for _, s := range f.Value {
					c.Use("value", what, s)
				}
			}
		}
	}
}

func TestWhatIsUsedIsWhatMetaPublishes(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.MostRows = 4 })
	c := record{adstest.Used{}}
	r.Net = adstest.Tap(r.Net, func(q *http.Request, _ []byte) {
		c.request(q.Method, q.URL)
		if q.Header.Get("Authorization") != "" {
			c.Use("header", "Authorization")
		}
	})

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
	old := r.Tokens
	r.Link(t)
	r.Tokens = old
	acc := r.account(r.opts.Accounts[0])
	if _, err := accounts(t.Context(), r.Grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, f := range []sim.Faults{{}, {MostCells: 200}, {MostCells: 12, MostReport: 1}} {
		r.SetFaults(f)
		b := adstest.NewHeld()
		for _, s := range Connector().Streams {
			r.through(t, b, acc, s, period.On(firstRun, time.UTC)-30)
		}
	}
	for name, v := range map[string]any{
		"AdAccount": account{}, "AdsInsights": row{}, "AdsActionStats": action{}, "AdReportRun": progress{}, "page": page[struct{}]{}, "ordered": ordered{},
		"token": tokenAnswer{}, "inspection": inspection{}, "refusal": refusal{}, "case": caseUsage{}, "account": accountUsage{}, "app": appUsage{}, "insights": insightsUsage{},
	} {
		adstest.Reads(reflect.TypeOf(v), func(field string, _ bool) {
			if list, _, below := strings.Cut(field, "[]."); name != "AdsInsights" || !below || list != "actions" && list != "action_values" { // those are AdsActionStats
				c.Use("field", name+"."+strings.ReplaceAll(field, "[]", ""))
			}
		})
	}
	for _, h := range []string{usageOfCase, usageOfAccount, usageOfApp, usageOfInsights, answeredBy} {
		c.Use("header", http.CanonicalHeaderKey(h))
	}

	c.Check(t)
	kinds := regexp.MustCompile(`^(host|version|header|request|param|value|field) \S`)
	sources := regexp.MustCompile(`^(spec \S+|sdk \S.*|docs \S+|none)$`)
	for name, source := range adstest.Published(t) {
		if !kinds.MatchString(name) || !sources.MatchString(source) {
			t.Errorf("a line says nothing: %s, %s", name, source)
		}
	}
	// What is read of an object is what is asked of it.
	for what := range c.Used {
		for _, node := range []string{"AdAccount", "AdsInsights", "AdReportRun"} {
			if strings.HasPrefix(what, "field "+node+".") && !slices.ContainsFunc([]string{accountFields, strings.Join(everything, ","), reportFields}, func(asked string) bool {
				return slices.Contains(strings.Split(asked, ","), strings.TrimPrefix(what, "field "+node+"."))
			}) {
				t.Errorf("%s is read, and never asked for", what)
			}
		}
	}
}
