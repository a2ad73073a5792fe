package microsoftads

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourfold/connectors/adstest"
	"fourfold/internal/money"
	sim "fourfold/internal/sim/microsoftads"
)

// testdata/fields.txt lists what is asked for and read, with the file of Microsoft's own publications that has it: what a request holds
// beyond the list was never looked up.
func TestOnlyPublishedFieldsAreUsed(t *testing.T) {
	used := adstest.Used{}
	s := simulate(t, sim.Options{}, account1("EUR", "Europe/Berlin", money.Unit/100))
	acc, h := s.Open(t, "1501234"), adstest.NewHeld()
	s.Net = adstest.Tap(s.Net, func(r *http.Request, body []byte) {
		switch r.URL.Host {
		case sim.Storage:
		case "login.microsoftonline.com":
			used.Form(r, body)
		default:
			noteRequest(t, used, r, body)
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
	for path, answer := range map[string]any{pathUser: userAnswer{}, pathAccount: accountAnswer{}, pathAccounts: accountsAnswer{}, pathSubmit: submitted{},
		pathPoll: pollAnswer{}, "any": refusal{}} {
		adstest.Reads(reflect.TypeOf(answer), func(field string, leaf bool) {
			if leaf {
				used.Use("read", path, strings.ReplaceAll(field, "[]", ""))
			}
		})
	}
	for _, status := range []string{"Pending", "Success", "Error"} {
		used["value Status "+status] = true
	}
	for status := range barred {
		used["value AccountLifeCycleStatus "+status] = true
	}
	for zone := range zones {
		used["value TimeZone "+zone] = true
	}
	for code := range meanings {
		used[fmt.Sprint("value Code ", code)] = true
	}
	used.Check(t)
}

func noteRequest(t *testing.T, used adstest.Used, r *http.Request, body []byte) {
	t.Helper()
	used["ask "+r.Method+" "+r.URL.Host+r.URL.Path] = true
	for name := range r.Header {
		if name != "Accept" && name != "Content-Type" {
			used["header "+strings.ToLower(name)] = true
		}
	}
	adstest.Walk(t, body, func(at string, v any) {
		word, _ := v.(string)
		if strings.HasSuffix(at, "Columns[]") {
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

// enums are the fields whose values are Microsoft's words.
var enums = []string{"Type", "Format", "FormatVersion", "Aggregation", "Field", "Operator", "Order"}
