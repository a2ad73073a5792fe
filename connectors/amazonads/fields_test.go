package amazonads

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	sim "fourfold/internal/sim/amazonads"
)

// testdata/fields.txt lists what is asked for and read, with the file of Amazon's documentation that has it: what a request holds beyond the
// list was never looked up.
func TestOnlyPublishedFieldsAreUsed(t *testing.T) {
	used := adstest.Used{}
	s := simulate(t, sim.Options{}, shop("EUR", "Europe/Paris", money.Unit/100))
	acc, h := s.Open(t, "2501234"), adstest.NewHeld()
	s.Net = adstest.Tap(s.Net, func(r *http.Request, body []byte) {
		switch r.URL.Host {
		case sim.Storage:
		case regions["eu"].api:
			noteRequest(t, used, r, body)
		default:
			used.Form(r, body)
		}
	})
	if _, err := accounts(t.Context(), s.Grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{"spend", "spend_totals"} {
		if err := s.pull(t, acc, stream, begin.AddDate(0, -2, 0), h); err != nil {
			t.Fatal(err)
		}
	}
	s.Link(t)
	if err := s.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, answer := range map[string]any{pathProfiles: profile{}, pathReports: report{}, "file": row{}, "any": refusal{}} {
		adstest.Reads(reflect.TypeOf(answer), func(field string, leaf bool) {
			if leaf {
				used.Use("read", path, strings.ReplaceAll(field, "[]", ""))
			}
		})
	}
	for name, r := range regions {
		used["region "+name+" "+r.consent+" "+r.token+" "+r.api] = true
	}
	for _, status := range []string{"PENDING", "PROCESSING", "COMPLETED", "FAILED"} {
		used["value status "+status] = true
	}
	used["value type agency"] = true
	used["value HTTP "+fmt.Sprint(statusTooEarly)] = true
	used.Check(t)
}

func noteRequest(t *testing.T, used adstest.Used, r *http.Request, body []byte) {
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
	adstest.Walk(t, body, func(at string, v any) {
		word, _ := v.(string)
		if strings.HasSuffix(at, "columns[]") {
			used.Use("column", word)
			return
		}
		field := strings.ReplaceAll(at, "[]", "")
		if name := field[strings.LastIndexByte(field, '.')+1:]; word != "" && slices.Contains(enums, name) {
			used.Use("value", name, word)
		}
		used.Use("send", r.URL.Path, field)
	})
}

// enums are the fields whose values are Amazon's words.
var enums = []string{"groupBy", "adProduct", "reportTypeId", "timeUnit", "format"}
