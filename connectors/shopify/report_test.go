package shopify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// reporting answers every report by what table says of the query.
func reporting(table func(query string) string) (*fakeShop, *[]string) {
	var asked []string
	return &fakeShop{steps: []step{func(r *http.Request, body []byte) (*http.Response, error) {
		q := fmt.Sprint(seenRequest{Body: string(body)}.variablesOr()["q"])
		asked = append(asked, q)
		return says(200, `{"data":{"shopifyqlQuery":`+table(q)+`}}`)(r, body)
	}}}, &asked
}

func TestReportRowsInBothForms(t *testing.T) {
	want := []fact.Record{
		fact.ProviderSalesDay{Day: period.Date(2026, 11, 19), Currency: "EUR", Gross: 100_500_000, Discounts: -500_000, Net: 100_000_000, Total: 119_000_000, Orders: 3},
		fact.ProviderSalesDay{Day: period.Date(2026, 11, 20), Currency: "EUR"},
	}
	columns := `"columns":[{"name":"day","dataType":"DAY_TIMESTAMP"},{"name":"gross_sales","dataType":"MONEY"},{"name":"discounts","dataType":"MONEY"},{"name":"net_sales","dataType":"MONEY"},{"name":"total_sales","dataType":"MONEY"},{"name":"orders","dataType":"INTEGER"}]`
	for form, rows := range map[string]string{
		"objects": `[{"day":"2026-11-19","gross_sales":"100.5","discounts":"-0.5","net_sales":"100.00","total_sales":"119","orders":"3"},{"day":"2026-11-20","gross_sales":null,"orders":0}]`,
		"arrays":  `[["2026-11-19T00:00:00Z","100.5","-0.5","100.00","119","3"],["2026-11-20","0.0","0","0","0",0]]`,
	} {
		shop, _ := reporting(func(string) string { return `{"tableData":{` + columns + `,"rows":` + rows + `},"parseErrors":[]}` })
		q := &asker{c: shop.client(t), has: everything}
		got, err := salesReport.read(t.Context(), q, &reportPlace{}, period.Days{From: period.Date(2026, 11, 19), To: period.Date(2026, 11, 21)}, "EUR")
		if err != nil {
			t.Fatal(form, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", form, d)
		}
	}
}

func TestReportFailures(t *testing.T) {
	for want, table := range map[string]string{
		"did not understand": `{"tableData":null,"parseErrors":["Unknown column"]}`,
		"has no table":       `{"tableData":null,"parseErrors":[]}`,
		"no report":          `null`,
		"row 1: 1 cells":     `{"tableData":{"columns":[{"name":"day"},{"name":"orders"}],"rows":[["2026-11-19"]]},"parseErrors":[]}`,
		"is not a count":     `{"tableData":{"columns":[{"name":"day"},{"name":"orders"}],"rows":[["2026-11-19","many"]]},"parseErrors":[]}`,
		"is not a day":       `{"tableData":{"columns":[{"name":"orders"}],"rows":[["1"]]},"parseErrors":[]}`,
	} {
		shop, _ := reporting(func(string) string { return table })
		q := &asker{c: shop.client(t), has: everything}
		_, err := salesReport.read(t.Context(), q, &reportPlace{}, period.Days{From: 20000, To: 20001}, "EUR")
		if f, _ := connectors.FaultOf(err); f != connectors.Malformed || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want something malformed of %q", err, want)
		}
	}
}

func TestReportsAreReadInChunksAndAgain(t *testing.T) {
	empty := `{"tableData":{"columns":[],"rows":[]},"parseErrors":[]}`
	shop, asked := reporting(func(q string) string {
		if strings.Contains(q, "human_or_bot_session") {
			return `{"tableData":null,"parseErrors":["Unknown column"]}`
		}
		return empty
	})
	now := at("2026-11-21T09:00:00Z")
	acc := shop.account()
	acc.Zone, acc.Currency, acc.Now = "Europe/Berlin", "EUR", func() time.Time { return now }
	var cursor connectors.Cursor
	spans := func(since time.Time) (out []string) {
		*asked = nil
		for p, err := range sessions.pull(t.Context(), acc, connectors.Request{Cursor: cursor, Since: since}, nil) {
			if err != nil {
				t.Fatal(err)
			}
			cursor = p.Next
			out = append(out, p.Replaces.String())
			if last := p.Proof != nil; last != (p.Replaces.To == period.On(now, time.UTC)) {
				t.Errorf("%s: proof %t", p.Replaces, last)
			}
		}
		return out
	}
	if d := cmp.Diff([]string{"2026-07-01..2026-09-30", "2026-10-01..2026-11-20"}, spans(at("2026-06-30T22:00:00Z"))); d != "" {
		t.Errorf("the first pull: %s", d)
	}
	if len(*asked) != 3 {
		t.Errorf("%d queries for two chunks, of which one was not understood", len(*asked))
	}
	now = now.Add(day)
	if d := cmp.Diff([]string{"2026-11-18..2026-11-21"}, spans(time.Time{})); d != "" {
		t.Errorf("the next night: %s", d)
	}
	if len(*asked) != 1 {
		t.Errorf("%d queries: what Shopify does not understand was not remembered", len(*asked))
	}
	now = now.Add(6 * day)
	if d := cmp.Diff([]string{"2026-10-18..2026-11-27"}, spans(time.Time{})); d != "" {
		t.Errorf("a week later: %s", d)
	}
}

func TestSessionsOfOneOriginAreAddedUp(t *testing.T) {
	a := fact.SessionsDay{Day: 20000, Source: "direct", Branded: true, Sessions: 3, Carts: 1}
	b := fact.SessionsDay{Day: 20000, Source: "direct", Branded: true, Sessions: 4, Completed: 2}
	c := fact.SessionsDay{Day: 20000, Source: "search", Sessions: 9}
	want := []fact.Record{fact.SessionsDay{Day: 20000, Source: "direct", Branded: true, Sessions: 7, Carts: 1, Completed: 2}, c}
	filled := fact.SessionsDay{Day: 20001, Source: "search"} // a day without such a visit among days that have some
	if d := cmp.Diff(want, mergeSessions([]fact.Record{a, filled, c, b})); d != "" {
		t.Error(d)
	}
}

// variablesOr are a request's variables; none where the body is no query.
func (s seenRequest) variablesOr() map[string]any {
	var q struct{ Variables map[string]any }
	_ = json.Unmarshal([]byte(s.Body), &q)
	return q.Variables
}
