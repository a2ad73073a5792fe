package googleads

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/google"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/googleads"
)

var (
	customer = regexp.MustCompile(`customers/\d+/`)
	selected = regexp.MustCompile(`^SELECT (.+) FROM (\w+)(?: WHERE (segments\.date) BETWEEN '[\d-]+' AND '[\d-]+')?$`)
)

// note keeps the names in a request.
func note(t *testing.T, used adstest.Used, r *http.Request, text []byte) {
	t.Helper()
	used.Use("path", r.Method+" "+customer.ReplaceAllString(r.URL.Path, "customers/{customer_id}/"))
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" && name != "Authorization" {
			used.Use("header", strings.ToLower(name))
		}
	}
	for name := range r.URL.Query() {
		used.Use("parameter", name)
	}
	if len(text) > 0 {
		var body map[string]string
		if err := json.Unmarshal(text, &body); err != nil {
			t.Fatal(err)
		}
		for name := range body {
			used.Use("body", name)
		}
		m := selected.FindStringSubmatch(body["query"])
		if m == nil {
			m = []string{"", body["query"], "?", ""}
		}
		for f := range strings.SplitSeq(m[1]+", "+m[3], ", ") {
			if f != "" {
				used.Use("select", f)
			}
		}
		used.Use("from", m[2])
	}
}

func TestEveryNameIsPublished(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Accounts: all[:1], Managers: []sim.Manager{{ID: "9990001111", Name: "Agency", Accounts: all[1:2]}}})
	used := adstest.Used{}
	r.Net = adstest.Tap(r.Net, func(q *http.Request, body []byte) { note(t, used, q, body) })
	if _, err := accounts(t.Context(), r.Grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), r.account(all[1], "9990001111")); err != nil {
		t.Fatal(err)
	}
	for _, stream := range Connector().Streams {
		if err := adstest.NewHeld().Once(t, stream, r.account(all[1], "9990001111"), r.Clock.Now().AddDate(0, -2, 0)); err != nil {
			t.Fatal(err)
		}
	}
	used.Use("scope", scope)
	for prefix, of := range map[string]reflect.Type{"": reflect.TypeFor[batch](), " ": reflect.TypeFor[listed](), "error.": reflect.TypeFor[google.Status](), "error.details.": reflect.TypeFor[failure]()} {
		adstest.Reads(of, func(field string, _ bool) {
			used.Use("read", strings.TrimSpace(prefix)+strings.ReplaceAll(field, "[]", ""))
		})
	}
	for code := range meanings {
		used.Use("error", code)
	}
	for value := range waits {
		used.Use("error", "quotaError."+value)
	}
	for line := range adstest.Published(t) {
		name, enum := strings.CutPrefix(line, "enum ")
		if !enum {
			continue
		}
		used.Use(line)
		field, value, _ := strings.Cut(name, "=")
		switch field {
		case "campaign.advertising_channel_type":
			if channelOf(value) == fact.AdOther {
				t.Errorf("%s is sorted as any other", name)
			}
		case "customer_client.status":
			if barred := (client{Status: value, Currency: "EUR", Zone: "UTC"}).info("").Barred; (barred == "") != (value == "ENABLED") {
				t.Errorf("%s bars an account by %q", name, barred)
			}
		default:
			t.Errorf("nobody reads %s", name)
		}
	}
	used.Check(t)
	if f, ok := connectors.FaultOf(judge(callOf(200, ""))); ok {
		t.Errorf("a good answer is %s", f)
	}
}
